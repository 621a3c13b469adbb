"""Every mistake at once, each with its file, its line and its cure."""

# ruff: noqa: E501 - a mistake and the sentence it must give stand on one line
from __future__ import annotations

import pytest

from lms.catalogue.checks import check
from lms.catalogue.rules.translation import text_hash

from .tiny import (
    ASKED,
    CASE,
    CASES,
    COURSE,
    FIRST,
    GLOSSARY,
    HARD,
    INSTEAD,
    KINDS,
    SCORED,
    SOURCES,
    THOUGHT,
    WORDS,
    checked,
    complaints,
    encoded,
    tiny_files,
)

UNIT = "modules/01-words/first.md"
QUIZ = "modules/01-words/asked.yaml"


def test_the_tiny_course_is_in_order() -> None:
    assert complaints() == []
    assert checked().sound


def in_text(old: str, new: str) -> list[str]:
    assert old in FIRST
    return complaints(first=FIRST.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[@S001 p. 3]", "[@S01]", f"{UNIT}:14: sources.yaml has no “S01” — did you mean “S001”?"),
        (" [@S001 p. 3]", "", f"{UNIT}:14: “2012” is stated without a source — cite one, such as [@S019 p. 3], or mark it [@needs-review]"),
        ("[[state|State]]", "[[stat]]", f"{UNIT}:14: the glossary has no term “stat” — did you mean “state”?"),
        ("## Beginning {#beginning}", "## Beginning", f"{UNIT}:12: the heading “Beginning” has no anchor — end it with {{#beginning}}"),
        ("## Beginning", "# Beginning", f"{UNIT}:12: “Beginning” is a heading of level 1 — use ## or ###; the title is level 1"),
        ("acted.", "<b>acted</b>.", f"{UNIT}:14: there is HTML: <b> — use Markdown; write < as \\<"),
        ("acted.", "![x](y.png)", f"{UNIT}:14: there is a picture where none can stand — write ![what it shows](media/id) at the start of a paragraph of its own, and its caption below"),
        ("acted. [@S001 p. 3]", "acted. [@S001]\n\n![x](y.png)", f"{UNIT}:16: the picture “y.png” is none of this course — give the picture an entry in media.yaml"),
        ("acted. [@S001 p. 3]", "acted. [@S001]\n\n![ ](media/court)", f"{UNIT}:16: the picture has no text alternative — say between ![ and ] what it shows"),
        ("acted. [@S001 p. 3]", "acted. [@S001]\n\n![x](media/court)\nIn 1946.", f"{UNIT}:16: “1946” is stated without a source"),
        ("acted. [@S001 p. 3]", "acted. [@S001]\n\n![x](media/court)", f"{UNIT}:16: media.yaml has no “court” — give it an entry in media.yaml"),
        ("acted. [@S001 p. 3]", "acted. [@S001]\n\n- ![x](media/court)", f"{UNIT}:16: there is a picture where none can stand"),
        ("acted.", "[acted](media/report).", f"{UNIT}:14: media.yaml has no “report”"),
        ("acted.", "[acted](asked#x).", f"{UNIT}:14: “asked” has no heading with the anchor “x” — give a heading of asked this anchor"),
        ("acted.", "[acted](#begining).", f"{UNIT}:14: “first” has no heading with the anchor “begining” — did you mean “beginning”?"),
        ("acted.", "[acted](mailto:a@b.example).", f"{UNIT}:14: the link “mailto:a@b.example” leads nowhere"),
        ("acted.", "[acted](//example.org/x).", f"{UNIT}:14: the link “//example.org/x” leads nowhere"),
        ("acted.", "[acted](javascript:alert(1)).", "was not understood — check brackets and the address of the link"),
        ("A point.", "It began in March.", f"{UNIT}:9: “March” is stated without a source"),
        ("[@S001 p. 3]", "[@S001 p. 3] It ended in 2015.", f"{UNIT}:14: “2015” is stated without a source"),
        ("A point.", "It is in the Convention.", f"{UNIT}:9: “the Convention” is stated without a source"),
        ("A point.", "They “agreed”.", f"{UNIT}:9: ““” is stated without a source"),
        ("- A point.", "- |-\n  One.\n\n  Two.", f"{UNIT}:9: this field takes one paragraph"),
        ("kind: reading", "kind: readin", f"{UNIT}:3: “readin” is no kind of unit — did you mean “reading”?"),
        ("kind: reading", "kind: quiz", f"{UNIT}:3: a quiz stands in a .yaml file — rename the file to end in .yaml"),
        ("key: first", "key: frist", f"{UNIT}:2: the file is named first, the key is frist — make them the same"),
        ("minutes: 5", "minutes: 0", f"{UNIT}:6: “minutes” is 0 — write a whole number from 1 to 600"),
        ("minutes: 5", 'minutes: "5"', f"{UNIT}:6: “minutes” must be a whole number"),
        ("minutes: 5", "minuts: 5", f"{UNIT}:6: “minuts” is not a field here — did you mean “minutes”?"),
        ("minutes: 5\n", "", f"{UNIT}:2: “minutes” is missing — add minutes: …"),
        ("  en: First", "  es: Primero", f"{UNIT}:4: there is no text in the course's own language (en) — add en: …"),
        ("minutes: 5", "minutes:  5", f"{UNIT}:6: this is not in the canonical form — run `flask lms courses format`"),
        ("substance: s1", "substance: s1\nfor_your_institution:\n  justice: Act.", "“foreign-affairs” is missing"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_text_is_named_with_its_line_and_cure(old: str, new: str, said: str) -> None:
    assert any(said in complaint for complaint in in_text(old, new)), in_text(old, new)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    correct: true\n", "", f"{QUIZ}:8: question “which”: 0 options are marked as correct — mark exactly one with correct: true"),
        ("    text: That one", "    text: That one\n    correct: true", "2 options are marked as correct"),
        ("- id: that", "- id: this", "two of its options have the same id"),
        ("text: That one", "text: This one", "two of its options say the same"),
        ("one-of-many", "one-of-manny", f"{QUIZ}:9: “one-of-manny” is no kind of question — did you mean “one-of-many”?"),
        ("first#beginning", "first#begin", f"{QUIZ}:18: “first” has no heading with the anchor “begin”"),
        ("first#beginning", "frist#beginning", f"{QUIZ}:18: the link “frist#beginning” leads nowhere — did you mean “first”?"),
        ("  - S001 p. 3", "  - S009", f"{QUIZ}:20: sources.yaml has no “S009”"),
        ("  cites:\n  - S001 p. 3\n", "", f"{QUIZ}:8: “cites” is missing"),
        ("    correct: true", "    correct: false", "“correct” can only be true"),
        ("minutes: 2", "minutes: 2\npass_mark: 101", f"{QUIZ}:6: “pass_mark” is 101 — write a whole number from 1 to 100"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_quiz_is_named(old: str, new: str, said: str) -> None:
    assert old in ASKED
    found = complaints(asked=ASKED.replace(old, new))
    assert any(said in complaint for complaint in found), found


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("course", "  - words\n", "  - wrods\n", "course.yaml:16: there is no module “wrods” — did you mean “words”?"),
        (
            "course",
            "- module: 01-words\n",
            "- module: 01-words\n  after:\n  - cases\n",
            "these modules wait for each other: ",
        ),
        (
            "course",
            "- module: 02-cases",
            "- module: 03-cases",
            "there is no module folder “03-cases” — did you mean “02-cases”?",
        ),
        ("course", "- module: 01-words\n", "", "modules/01-words/module.yaml:1: course.yaml does not list this module"),
        (
            "course",
            "- module: 01-words\n",
            "- module: 01-words\n- use: tiny/wrods\n",
            "there is no module “tiny/wrods” to reuse",
        ),
        (
            "course",
            "modules: all",
            "modules:\n  - case",
            "course.yaml:9: there is no module “case” — did you mean “cases”?",
        ),
        ("course", "at_least: 80", "at_least: 0", "“at_least” is 0 — write a whole number from 1 to 100"),
        ("course", "completion:", "pass_mark: 0\ncompletion:", "“pass_mark” is 0"),
        (
            "words",
            "- asked\n",
            "",
            "modules/01-words/asked.yaml:1: module.yaml does not list this unit — add asked to its units",
        ),
        ("words", "- asked\n", "- asked\n- askde\n", "there is no file of the unit “askde” — did you mean “asked”?"),
        ("words", "key: words", "key: word", "the folder is 01-words, the key word — rename one: 01-word"),
        ("sources", "  kind: report", "  kind: raport", "“raport” is not one of the choices — did you mean “report”?"),
        ("sources", "  url: https://example.org/first", "  url: ftp://example.org", "is not written as “url” must be"),
        ("glossary", "  cites:\n  - S001\n", "", "the term “state” has no source"),
        ("glossary", "  status:\n    es: official\n", "", "the standing of “state” in other languages is not said"),
    ],
)
def test_a_mistake_in_the_frame_is_named(file: str, old: str, new: str, said: str) -> None:
    text = {"course": COURSE, "words": WORDS, "sources": SOURCES, "glossary": GLOSSARY, "cases": CASES}[file]
    assert old in text
    found = complaints(**{file: text.replace(old, new)})
    assert any(said in complaint for complaint in found), found


def test_a_source_nobody_cites_is_named() -> None:
    found = complaints(sources=SOURCES + "- id: S002\n  title: Another\n  kind: report\n")
    assert found == ["sources.yaml:7: nobody cites “S002” — cite it, or delete it"]


def test_two_units_of_one_name_are_refused() -> None:
    files = encoded(tiny_files(cases=CASES.replace("- thought", "- thought\n- first")))
    files["modules/02-cases/first.md"] = FIRST.encode()
    assert (
        "modules/02-cases/first.md:1: the unit “first” stands in modules/01-words/first.md too — rename one of the files"
        in map(str, check(files, KINDS).mistakes)
    )


def test_a_stray_file_is_named_with_the_layout() -> None:
    files = {**encoded(tiny_files()), "coarse.yaml": b"", "modules/x.md": b""}
    found = [str(mistake) for mistake in check(files, KINDS).mistakes]
    assert "coarse.yaml:1: this file has no place in a course — did you mean “course.yaml”?" in found
    assert any(complaint.startswith("modules/x.md:1: this file has no place") for complaint in found)


def test_a_missing_file_is_named() -> None:
    files = encoded(tiny_files())
    del files["sources.yaml"]
    assert any("sources.yaml:1: the file is missing" in str(mistake) for mistake in check(files, KINDS).mistakes)


def test_mistakes_of_several_files_come_together() -> None:
    found = complaints(
        first=FIRST.replace("minutes: 5", "minuts: 5"),
        asked=ASKED.replace("one-of-many", "many"),
        thought=THOUGHT.replace("kind: reflection", "kind: thought"),
    )
    assert {complaint.partition(":")[0] for complaint in found} == {UNIT, QUIZ, "modules/02-cases/thought.md"}


def test_words_marked_for_review_need_no_source() -> None:
    assert in_text("[@S001 p. 3]", "[@needs-review]") == []


def test_a_reused_module_that_is_published_elsewhere_is_accepted() -> None:
    files = encoded(tiny_files(course=COURSE + "- use: other/extra\n"))
    assert check(files, KINDS, {"other/extra"}).mistakes == []


def spanish(
    front: str = "", body: str = "## Inicio {#beginning}\n\nEn 2012 un Estado actuó. [@S001 p. 3]\n"
) -> dict[str, bytes]:
    files = tiny_files(first=FIRST.replace("  en: First\n", "  en: First\n  es: Primero\n"))
    course = check(encoded(files), KINDS).course
    assert course is not None
    follows = text_hash(course.modules[0].units[0])
    head = front or f"follows: {follows}\nstatus: awaiting-native-reader\nkey_points:\n- Un punto.\n"
    return encoded({**files, "modules/01-words/first.es.md": f"---\n{head}---\n\n{body}"})


def test_a_translation_that_follows_its_source_is_in_order() -> None:
    found = check(spanish(), KINDS)
    assert (found.mistakes, found.notices) == ([], [])
    assert found.units["modules/01-words/first.es.md"]["key_points"] == ["Un punto."]
    assert found.units["modules/01-words/first.es.md"]["minutes"] == 5


def test_a_translation_of_an_older_text_is_told_but_not_refused() -> None:
    found = check(spanish("follows: t23456789abcdef0\nstatus: confirmed\n"), KINDS)
    assert found.mistakes == []
    assert "modules/01-words/first.md has changed since this was translated" in str(found.notices[0])


@pytest.mark.parametrize(
    ("front", "body", "said"),
    [
        ("follows: t23456789abcdef0\nstatus: confirmed\nminutes: 9\n", "", "“minutes” is the source's to say"),
        (
            "follows: t23456789abcdef0\nstatus: confirmed\ncontent_note: Ojo.\n",
            "",
            "the source has no “content_note” here",
        ),
        ("follows: t23456789abcdef0\nstatus: confirmed\nkey_points:\n- a\n- b\n", "", "the source's list is shorter"),
        (
            "follows: t23456789abcdef0\nstatus: confirmed\n",
            "## Inicio {#inicio}\n",
            "its headings do not have the source's anchors",
        ),
        ("follows: t23456789abcdef0\nstatus: confirmed\n", "En 2012. \n", "“2012” is stated without a source"),
        ("follows: t23456789abcdef0\nstatus: confirmed\n", "Fue en marzo.\n", "“marzo” is stated without a source"),
        (
            "follows: t23456789abcdef0\nstatus: confirmed\n",
            "Lo dice la Carta.\n",
            "“la Carta” is stated without a source",
        ),
        ("status: confirmed\n", "", "“follows” is missing"),
    ],
)
def test_a_translation_says_nothing_its_source_does_not(front: str, body: str, said: str) -> None:
    found = [str(mistake) for mistake in check(spanish(front, body), KINDS).mistakes]
    assert any(said in complaint for complaint in found), found


def test_a_broken_file_hides_no_mistake_of_another_and_makes_none_up() -> None:
    found = complaints(
        first=FIRST.replace("minutes: 5", "minuts: 5"),
        asked=ASKED.replace("S001 p. 3", "S009").replace("first#beginning", "frist#beginning"),
        thought=THOUGHT.replace("What would", "In 2012 what would"),
    )
    assert [complaint.partition(" — ")[0] for complaint in found] == [
        f"{QUIZ}:18: the link “frist#beginning” leads nowhere",
        f"{QUIZ}:20: sources.yaml has no “S009”",
        f"{UNIT}:2: “minutes” is missing",
        f"{UNIT}:6: “minuts” is not a field here",
        "modules/02-cases/thought.md:10: “2012” is stated without a source",
    ]


@pytest.mark.parametrize("file", ["sources.yaml", "glossary.yaml"])
def test_a_broken_list_makes_no_mistakes_up_elsewhere(file: str) -> None:
    files = {**encoded(tiny_files()), file: b"nonsense: 1\n"}
    assert {mistake.file for mistake in check(files, KINDS).mistakes} == {file}


def test_two_things_to_put_in_order_would_give_their_order_away() -> None:
    ordering = ASKED.replace("one-of-many", "ordering").replace("options", "items").replace("    correct: true\n", "")
    assert any(
        "“items” has the wrong number of entries — it takes at least 3" in said for said in complaints(asked=ordering)
    )


def hard(fields: str) -> list[str]:
    return complaints(first=FIRST.replace("key_points:", f"{fields}key_points:"))


def test_a_text_that_announces_hard_material_says_what_to_write_instead() -> None:
    assert hard(HARD + INSTEAD) == []
    assert hard(HARD) == [
        f"{UNIT}:8: “content_note” stands without “written_alternative” — add written_alternative: one kind, concrete "
        "paragraph on what to write, for somebody who has not read the text"
    ]


def test_something_to_write_instead_is_refused_where_nothing_hard_is_announced() -> None:
    assert hard(INSTEAD) == [
        f"{UNIT}:8: “written_alternative” stands without “content_note” — say in content_note what is hard to read "
        "here, or delete written_alternative"
    ]


def test_questions_and_reflections_announce_hard_material_without_more() -> None:
    noted = "substance: s1\ncontent_note: It names killings.\n"
    assert complaints(asked=ASKED.replace("substance: s1\n", noted, 1)) == []
    assert complaints(thought=THOUGHT.replace("substance: s1\n", noted)) == []


def test_a_case_study_that_announces_hard_material_says_what_to_write_instead() -> None:
    assert any("stands without “written_alternative”" in found for found in with_case(CASE.replace(INSTEAD, "")))
    assert with_case(CASE) == []


def with_case(case: str, **changed: str) -> list[str]:
    files = encoded(tiny_files(**{"cases": CASES.replace("- thought", "- case\n- thought"), **changed}))
    files["modules/02-cases/case.md"] = case.encode()
    return [str(mistake) for mistake in check(files, KINDS).mistakes]


PROMPT = "modules/02-cases/thought.md"


def test_a_reflection_may_ask_to_score_cases_by_the_rubric_of_a_case_study() -> None:
    assert with_case(CASE, thought=SCORED) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rubric: case", "rubric: caze", f"{PROMPT}:9: there is no case study “caze” — did you mean “case”?"),
        ("rubric: case", "rubric: first", f"{PROMPT}:9: there is no case study “first” — name a case study of this course"),
        ("unit: case", "unit: thought", f"{PROMPT}:13: there is no case study “thought” — name a case study of this course"),
        ("id: two", "id: one", f"{PROMPT}:14: two cases have the id “one” — rename one"),
        ("id: two", "id: T w o", f"{PROMPT}:14: “T w o” is not written as “id” must be"),
        ("    name: The second case\n", "", f"{PROMPT}:14: “name” is missing — add name: …"),
        ("  rubric: case\n", "", f"{PROMPT}:8: “rubric” is missing"),
        ("    unit: case\n", "    units: case\n", "“units” is not a field here — did you mean “unit”?"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_is_to_be_scored_is_named(old: str, new: str, said: str) -> None:
    assert old in SCORED
    found = with_case(CASE, thought=SCORED.replace(old, new))
    assert any(said in complaint for complaint in found), found


def test_a_case_study_that_cannot_be_read_is_not_said_to_be_missing() -> None:
    found = with_case(CASE.replace("minutes: 5", "minuts: 5"), thought=SCORED)
    assert not any("there is no case study" in complaint for complaint in found), found


def test_two_factors_of_one_key_are_refused() -> None:
    found = with_case(CASE.replace("- key: funding", "- key: coordination"))
    assert "modules/02-cases/case.md:28: two factors have the key “coordination” — rename one" in found


def scored_in_spanish(front: str, **more: str) -> list[str]:
    files = encoded(
        tiny_files(
            cases=CASES.replace("- thought", "- case\n- thought"),
            thought=SCORED.replace("  en: A thought\n", "  en: A thought\n  es: Un pensamiento\n"),
        )
    )
    files["modules/02-cases/case.md"] = CASE.encode()
    head = f"follows: t23456789abcdef0\nstatus: confirmed\n{front}"
    files["modules/02-cases/thought.es.md"] = f"---\n{head}---\n\n¿Qué haría?\n".encode()
    return [str(mistake) for mistake in check(files, KINDS).mistakes]


def test_a_translation_names_the_cases_and_nothing_else() -> None:
    assert scored_in_spanish("scoring:\n  cases:\n  - id: one\n    name: El primer caso\n") == []
    assert any("the source has no “three”" in one for one in scored_in_spanish("scoring:\n  cases:\n  - id: three\n"))
    fixed = scored_in_spanish("scoring:\n  rubric: case\n  cases:\n  - id: one\n    unit: case\n")
    path = "modules/02-cases/thought.es.md"
    for line, name in ((5, "rubric"), (8, "unit")):
        assert f"{path}:{line}: “{name}” is the source's to say — compare with {PROMPT}" in fixed
