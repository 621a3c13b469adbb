"""Acts on the outline: each leaves a course that its files say, or is turned down and changes nothing."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.authoring.rules.archiving import (
    archive_module,
    archive_unit,
    archived,
    bring_back_module,
    bring_back_unit,
)
from lms.authoring.rules.outlining import (
    Completion,
    add_module,
    add_unit,
    move_module,
    move_unit,
    move_unit_to,
    rename_module,
    rename_unit,
    set_after,
    set_course,
    set_module,
    set_unit,
    substantive,
)
from lms.authoring.rules.pointers import each_text
from lms.authoring.rules.reference_lists import (
    put_source,
    put_term,
    remove_source,
    remove_term,
    remove_uncited,
)
from lms.authoring.rules.reusing import reuse_module, take_over
from lms.authoring.rules.skeleton import (
    NotPossible,
    Reason,
    crooked,
    home_of,
    listed,
    module_keys,
    module_of,
    new_key,
    unit_keys,
)
from lms.authoring.rules.splitting import headings_of, split_places, split_unit
from lms.authoring.rules.writing import changed_files
from lms.catalogue.checks import check
from lms.catalogue.files.canonical import canonical_files
from lms.catalogue.rules.checking import overdue
from lms.catalogue.rules.course_files import CourseFiles, UnitFile
from tests.authoring.outlines import KINDS, read, texts

TEXTS = texts()
COURSE = read(TEXTS)


def applied(files: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    return {path: text for path, text in {**files, **changes}.items() if text is not None}


def unit(course: CourseFiles, key: str, language: str = "en") -> UnitFile:
    module, found = home_of(course, key)
    return next(text for text in (found, *module.translations_of(found)) if text.language == language)


def mistakes(course: CourseFiles) -> list[str]:
    files = {path: text.encode() for path, text in canonical_files(course, KINDS).items()}
    found = check(files, KINDS, {"other/more"})
    return [str(mistake) for mistake in [*found.mistakes, *found.notices]]


def refused(act: Callable[[], CourseFiles]) -> NotPossible:
    with pytest.raises(NotPossible) as told:
        act()
    return told.value


def test_the_course_of_these_tests_is_sound() -> None:
    assert mistakes(COURSE) == []


# Any sequence of acts

Act = Callable[[CourseFiles, int, int, str], CourseFiles]


def one_of(names: list[str], number: int) -> str:
    return names[number % len(names)] if names else "nothing"


def units(course: CourseFiles) -> list[str]:
    return [found.key for _module, found in course.units()]


ACTS: dict[str, Act] = {
    "add module": lambda c, a, b, t: add_module(c, {"en": t}),
    "name module": lambda c, a, b, t: set_module(c, one_of(module_keys(c), a), {"en": t}, [{"en": t, "es": t}], b + 1),
    "rename module": lambda c, a, b, t: rename_module(c, one_of(module_keys(c), a), new_key(t, module_keys(c), "part")),
    "move module": lambda c, a, b, t: move_module(c, one_of(module_keys(c), a), b - 2),
    "after": lambda c, a, b, t: set_after(c, one_of(module_keys(c), a), module_keys(c)[: b % 3]),
    "add unit": lambda c, a, b, t: add_unit(
        c, KINDS, module=one_of(module_keys(c), a), kind=one_of(list(KINDS), b), titles={"en": t}, minutes=b + 1
    ),
    "name unit": lambda c, a, b, t: set_unit(c, one_of(units(c), a), {"en": t, "es": t}, b + 1),
    "rename unit": lambda c, a, b, t: rename_unit(c, KINDS, one_of(units(c), a), new_key(t, unit_keys(c), "text")),
    "move unit": lambda c, a, b, t: move_unit(c, one_of(units(c), a), b - 2),
    "move to": lambda c, a, b, t: move_unit_to(c, one_of(units(c), a), one_of(module_keys(c), b)),
    "split": lambda c, a, b, t: _split(c, one_of(units(c), a), b),
    "archive unit": lambda c, a, b, t: archive_unit(c, KINDS, one_of(units(c), a)),
    "archive module": lambda c, a, b, t: archive_module(c, KINDS, one_of(module_keys(c), a)),
    "back unit": lambda c, a, b, t: bring_back_unit(
        c, KINDS, COURSE, one_of(units(COURSE), a), one_of(module_keys(c), b)
    ),
    "back module": lambda c, a, b, t: bring_back_module(c, KINDS, COURSE, one_of(module_keys(COURSE), a)),
    "reuse": lambda c, a, b, t: reuse_module(c, "other/more", ["more-text"]),
    "condition": lambda c, a, b, t: set_course(
        c, {"en": t}, {"en": t}, b + 50, Completion(tuple(module_keys(c)[: b % 3]) or None, b + 1, a % 2 == 0)
    ),
    "source": lambda c, a, b, t: put_source(c, {"title": t, "kind": "book", "note": t}, ""),
    "term": lambda c, a, b, t: put_term(c, names={"en": t}, definitions={"en": t}, official=[], cites=["S001 p. 3"]),
    "uncited": lambda c, a, b, t: remove_uncited(c, KINDS),
}
# What a course may lack while it is being written, and what is nobody's fault but the author's.
UNFINISHED = (
    "is missing", "there is no text", "there is no prompt", "nobody cites", "has the wrong number of entries",
    "has no source", "there is no account", "without a source",
)  # fmt: skip


def _split(course: CourseFiles, key: str, number: int) -> CourseFiles:
    _module, found = home_of(course, key)
    anchors = [heading.anchor for heading in headings_of(found.body)] or ["nothing"]
    return split_unit(course, KINDS, key, one_of(anchors, number))


words = st.text(st.sampled_from("aZé ß:#-'\"\n\t[]{}ñо今"), min_size=1, max_size=12)
sequences = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 7), st.integers(0, 4), words), max_size=12)


@given(sequences)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_sequence_of_acts_leaves_a_course_whose_files_read_back_equal(
    acts: list[tuple[str, int, int, str]],
) -> None:
    course, files = COURSE, TEXTS
    for name, one, two, words in acts:
        before = copy.deepcopy(course)
        try:
            after = ACTS[name](course, one, two, words)
            changes = changed_files(course, after, files, KINDS)
        except NotPossible:
            after, changes = course, {}
        assert course == before, f"{name} changed what it was given"
        course, files = after, applied(files, changes)
        assert read(files) == course, name
        assert files == canonical_files(course, KINDS), name


@given(sequences)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_sequence_of_acts_leaves_a_link_a_condition_or_a_translation_that_is_not_true(
    acts: list[tuple[str, int, int, str]],
) -> None:
    course, back = COURSE, set[str]()
    for name, one, two, words in acts:
        before = unit_keys(course)
        try:
            course = ACTS[name](course, one, two, words)
        except NotPossible:
            continue
        if back or name.startswith("back"):
            back |= unit_keys(course) - before
    wrong = [said for said in mistakes(course) if not any(one in said for one in UNFINISHED)]
    # What comes back stands as it stood: a link of its own to a unit that has another address since is named by the
    # checks, also where it was renamed or split afterwards.
    wrong = [said for said in wrong if "leads nowhere" not in said or said.split("/")[2].split(".")[0] not in back]
    assert wrong == []


@given(sequences)
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_what_left_the_outline_can_be_brought_back(acts: list[tuple[str, int, int, str]]) -> None:
    course = COURSE
    for name, one, two, words in acts:
        try:
            course = ACTS[name](course, one, two, words)
        except NotPossible:
            continue
    for gone in archived(course, [COURSE]):
        if gone.is_module:
            course = bring_back_module(course, KINDS, COURSE, gone.key)
    for gone in archived(course, [COURSE]):
        course = bring_back_unit(course, KINDS, COURSE, gone.key, next(m.fields["key"] for m in course.modules))
    assert unit_keys(COURSE) <= unit_keys(course)
    assert archived(course, [COURSE]) == []


# Adding and naming


def test_a_module_gets_its_key_from_its_title_and_the_next_number() -> None:
    made = add_module(COURSE, {"en": "  Réparation & memory ", "es": ""})
    assert made.fields["modules"][-1] == {"module": "03-reparation-memory"}
    assert module_of(made, "reparation-memory").fields["title"] == {"en": "Réparation & memory"}


def test_a_title_in_the_courses_own_language_is_asked_for() -> None:
    assert refused(lambda: add_module(COURSE, {"es": "Palabras"})).reason == Reason.NO_TITLE


@pytest.mark.parametrize(
    ("title", "taken", "key"),
    [
        ("The Court, 2002", [], "the-court-2002"),
        ("The Court", ["the-court"], "the-court-2"),
        ("今日", [], "text"),
        ("Über “das Völkerrecht”", [], "uber-das-volkerrecht"),
        ("word " * 30, [], "word-word-word-word-word-word-word-word-word-word"),
    ],
)
def test_keys_are_what_an_address_can_hold_and_nobody_elses(title: str, taken: list[str], key: str) -> None:
    assert new_key(title, taken, "text") == key


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_new_unit_of_any_kind_has_what_every_kind_has(kind: str) -> None:
    made = add_unit(COURSE, KINDS, module="cases", kind=kind, titles={"en": "New"}, minutes=7, taken=["new"])
    found = unit(made, "new-2")
    assert found.front == {"key": "new-2", "kind": kind, "title": {"en": "New"}, "minutes": 7, "substance": "s1"}
    assert found.path == f"modules/02-cases/new-2{KINDS[kind].suffix}"
    assert listed(module_of(made, "cases"))[-1] == "new-2"


def test_a_unit_called_module_does_not_take_the_place_of_module_yaml() -> None:
    made = add_unit(COURSE, KINDS, module="cases", kind="quiz", titles={"en": "Module"}, minutes=1)
    assert unit(made, "module-2").path.endswith("module-2.yaml")


def test_a_text_with_a_character_that_no_file_may_hold_is_refused() -> None:
    assert refused(lambda: set_unit(COURSE, "first", {"en": "a\u202eb"}, 5)).reason == Reason.BAD_TEXT


def test_only_what_was_never_published_gets_another_key() -> None:
    assert refused(lambda: rename_unit(COURSE, KINDS, "first", "one", {"first"})).reason == Reason.PUBLISHED_KEY
    assert refused(lambda: rename_module(COURSE, "words", "one", {"words"})).reason == Reason.PUBLISHED_KEY
    assert refused(lambda: rename_unit(COURSE, KINDS, "first", "Ein s", set())).reason == Reason.BAD_KEY
    assert refused(lambda: rename_unit(COURSE, KINDS, "first", "case", set())).reason == Reason.KEY_TAKEN


def test_every_link_follows_a_unit_to_its_new_key_and_translations_are_as_fresh_as_before() -> None:
    made = rename_unit(COURSE, KINDS, "first", "opening")
    assert mistakes(made) == []
    assert unit(made, "asked").front["questions"][0]["passage"] == "opening#end"
    assert "(opening#end)" in unit(made, "thought").body
    assert "(https://example.org/first#end)" in unit(made, "opening").body
    assert unit(made, "opening", "es").path == "modules/01-words/opening.es.md"


def test_a_case_study_is_named_by_its_new_key_where_cases_are_scored() -> None:
    made = rename_unit(COURSE, KINDS, "case", "kenya")
    assert mistakes(made) == []
    scoring = unit(made, "thought").front["scoring"]
    assert (scoring["rubric"], scoring["cases"][0]["unit"]) == ("kenya", "kenya")


def test_a_renamed_module_takes_its_folder_the_conditions_and_the_order_with_it() -> None:
    made = rename_module(COURSE, "words", "terms")
    assert mistakes(made) == []
    assert made.fields["modules"] == [{"module": "01-terms"}, {"module": "02-cases", "after": ["terms"]}]
    assert made.fields["completion"]["modules"] == ["terms", "cases"]
    changes = changed_files(COURSE, made, TEXTS, KINDS)
    assert changes["modules/01-terms/first.md"] == TEXTS["modules/01-words/first.md"]
    assert changes["modules/01-words/first.md"] is None


# Moving


def test_modules_change_places_and_keep_the_numbers_of_their_folders() -> None:
    made = move_module(COURSE, "cases", -1)
    assert module_keys(made) == ["cases", "words"]
    assert changed_files(COURSE, made, TEXTS, KINDS).keys() == {"course.yaml"}


def test_nothing_moves_beyond_the_ends() -> None:
    assert refused(lambda: move_module(COURSE, "words", -1)).reason == Reason.AT_THE_END
    assert refused(lambda: move_unit(COURSE, "asked", 1)).reason == Reason.AT_THE_END


def test_a_unit_goes_to_another_module_with_its_translations_byte_for_byte() -> None:
    made = move_unit_to(COURSE, "first", "cases")
    changes = changed_files(COURSE, made, TEXTS, KINDS)
    assert changes["modules/02-cases/first.md"] == TEXTS["modules/01-words/first.md"]
    assert changes["modules/02-cases/first.es.md"] == TEXTS["modules/01-words/first.es.md"]
    assert changes["modules/01-words/first.md"] is None
    assert mistakes(made) == []


def test_modules_that_would_wait_for_each_other_are_refused() -> None:
    told = refused(lambda: set_after(COURSE, "words", ["cases"]))
    assert (told.reason, set(told.names)) == (Reason.CIRCLE, {"words", "cases"})


# Splitting


def test_a_split_gives_each_part_what_belongs_to_it() -> None:
    made = split_unit(COURSE, KINDS, "first", "end")
    assert mistakes(made) == []
    first, second = unit(made, "first"), unit(made, "end")
    assert listed(module_of(made, "words")) == ["first", "end", "asked"]
    assert [figure["id"] for figure in first.front["figures"]] == ["early"]
    assert [figure["id"] for figure in second.front["figures"]] == ["late"]
    assert second.front["title"] == {"en": "End", "es": "Final"}
    assert second.front["content_note"] == first.front["content_note"]
    assert second.front["written_alternative"] == first.front["written_alternative"]
    assert first.front["minutes"] + second.front["minutes"] == 10
    assert "key_points" not in second.front
    assert first.front["substance"] == second.front["substance"] == "s1"


def test_links_lead_to_where_a_heading_went_and_the_first_use_of_a_term_is_marked_in_both_parts() -> None:
    made = split_unit(COURSE, KINDS, "first", "end")
    first, second = unit(made, "first"), unit(made, "end")
    assert "[at the end](end#end)" in first.body
    assert first.front["key_points"] == ["A point of [the end](end#end)."]
    assert "[the end](end#end)" in second.body
    assert "[at the beginning](first#beginning)" in second.body
    assert "(https://example.org/first#end)" in second.body
    assert "A [[state|State]] may leave a [[treaty|treaty]]." in second.body
    assert unit(made, "asked").front["questions"][0]["passage"] == "end#end"
    assert "(end#end)" in unit(made, "thought").body


def test_a_translation_is_split_with_its_original_and_follows_both_parts() -> None:
    made = split_unit(COURSE, KINDS, "first", "end")
    first, second = unit(made, "first", "es"), unit(made, "end", "es")
    assert "véase [el final](end#end)" in first.body
    assert second.body.startswith("## Final {#end}\n\nUn [[state|Estado]] puede salir.")
    assert second.front["figures"] == [{"id": "late", "title": "Tarde"}]
    assert second.path == "modules/01-words/end.es.md"


def test_a_part_that_begins_with_a_smaller_heading_begins_with_a_larger_one() -> None:
    made = split_unit(COURSE, KINDS, "first", "after", titles={"en": "Afterwards"})
    assert unit(made, "afterwards").body.startswith("## After {#after}")
    assert mistakes(made) == []


def test_what_cannot_be_split_is_said() -> None:
    assert refused(lambda: split_unit(COURSE, KINDS, "first", "nowhere")).reason == Reason.NO_HEADING
    assert refused(lambda: split_unit(COURSE, KINDS, "first", "beginning")).reason == Reason.NOTHING_BEFORE
    assert refused(lambda: split_unit(COURSE, KINDS, "case", "account")).reason == Reason.NOT_SPLITTABLE
    assert refused(lambda: split_unit(COURSE, KINDS, "asked", "x")).reason == Reason.NOT_SPLITTABLE
    assert [one.anchor for one in split_places(unit(COURSE, "first"), KINDS["reading"])] == ["end", "after"]
    assert split_places(unit(COURSE, "case"), KINDS["case-study"]) == []


def test_a_translation_without_the_heading_is_named() -> None:
    files = {path: text.replace("{#end}", "{#fin}") if ".es." in path else text for path, text in TEXTS.items()}
    told = refused(lambda: split_unit(read(files), KINDS, "first", "end"))
    assert (told.reason, told.names) == (Reason.TRANSLATION_LACKS, ("first", "es"))


# Archiving and bringing back


def test_what_other_texts_lead_to_is_not_archived_and_they_are_named() -> None:
    told = refused(lambda: archive_unit(COURSE, KINDS, "first"))
    assert (told.reason, told.names) == (Reason.POINTED_TO, ("asked", "thought"))


def test_archiving_takes_a_unit_with_its_translations_out() -> None:
    made = archive_unit(COURSE, KINDS, "asked")
    assert changed_files(COURSE, made, TEXTS, KINDS)["modules/01-words/asked.yaml"] is None
    assert [(gone.key, gone.module) for gone in archived(made, [COURSE])] == [("asked", "words")]
    assert bring_back_unit(made, KINDS, COURSE, "asked", "words") == COURSE


def test_the_only_module_that_completion_asks_for_is_not_archived() -> None:
    alone = set_course(COURSE, {"en": "T"}, {"en": "D"}, None, Completion(("cases",)))
    bare = archive_unit(archive_unit(archive_unit(alone, KINDS, "verse"), KINDS, "asked"), KINDS, "thought")
    unlinked = move_unit_to(bare, "case", "words")
    assert refused(lambda: archive_module(unlinked, KINDS, "cases")).reason == Reason.ONLY_CONDITION


def test_what_opened_after_an_archived_module_opens_after_what_that_one_waited_for() -> None:
    course = add_module(add_module(COURSE, {"en": "Middle"}), {"en": "Last"})
    course = set_after(set_after(course, "middle", ["words"]), "last", ["middle"])
    made = archive_module(course, KINDS, "middle")
    assert made.fields["modules"][-1] == {"module": "04-last", "after": ["words"]}


def test_sources_and_terms_come_back_with_the_text_that_names_them() -> None:
    bare = archive_unit(archive_unit(COURSE, KINDS, "asked"), KINDS, "thought")
    bare = remove_uncited(archive_unit(bare, KINDS, "first"), KINDS)
    bare = remove_term(remove_term(bare, KINDS, "treaty"), KINDS, "state")
    assert [source["id"] for source in bare.sources] == ["S001"]
    back = bring_back_unit(bare, KINDS, COURSE, "first", "words")
    assert {source["id"] for source in back.sources} == {"S001", "S002"}
    assert {term["key"] for term in back.terms} == {"state", "treaty"}


def test_what_is_there_is_not_brought_back() -> None:
    assert refused(lambda: bring_back_unit(COURSE, KINDS, COURSE, "first", "cases")).reason == Reason.STILL_THERE
    assert refused(lambda: bring_back_module(COURSE, KINDS, COURSE, "words")).reason == Reason.STILL_THERE


# Modules of other courses


def other(**changed: str) -> CourseFiles:
    files = {
        path.replace("01-words", "01-more").replace("asked", "quizzed"): text.replace("key: words", "key: more")
        .replace("- asked", "- quizzed").replace("key: asked", "key: quizzed").replace("first#", "early#")
        .replace("key: first", "key: early").replace("- first\n", "- early\n").replace("01-words", "01-more")
        for path, text in TEXTS.items()
        if "02-cases" not in path
    }  # fmt: skip
    files = {path.replace("/first.", "/early."): text for path, text in files.items()}
    files["course.yaml"] = (
        "slug: other\nlanguage: en\ntitle:\n  en: Other\ndescription:\n  en: O\npass_mark: 60\n"
        "completion:\n  modules: all\nmodules:\n- module: 01-more\n"
    )
    return read(files | changed)


def test_a_module_is_reused_once_and_never_from_the_course_itself() -> None:
    made = reuse_module(COURSE, "other/more", ["early"])
    assert made.fields["modules"][-1] == {"use": "other/more"}
    assert refused(lambda: reuse_module(made, "other/more", [])).reason == Reason.KEY_TAKEN
    assert refused(lambda: reuse_module(COURSE, "tiny/words", [])).reason == Reason.NO_MODULE
    told = refused(lambda: reuse_module(COURSE, "other/more", ["first", "x"]))
    assert (told.reason, told.names) == (Reason.UNITS_CLASH, ("first",))


def test_a_module_taken_over_brings_its_texts_terms_and_sources_under_names_that_are_free() -> None:
    course = set_after(reuse_module(COURSE, "other/more", ["early"]), "more", ["words"])
    theirs = other(**{"sources.yaml": TEXTS["sources.yaml"].replace("The second source", "Something else")})
    made = take_over(course, KINDS, "more", theirs)
    assert made.fields["modules"][-1] == {"module": "03-more", "after": ["words"]}
    assert [source["id"] for source in made.sources] == ["S001", "S002", "S003"]
    late = next(figure for figure in unit(made, "early").front["figures"] if figure["id"] == "late")
    assert late["events"][0]["cites"] == ["S003"]
    assert late["text"].endswith("[@S003]")
    assert module_of(made, "more").fields["pass_mark"] == 60
    assert len(made.terms) == len(COURSE.terms)
    wrong = [said for said in mistakes(made) if "leads nowhere" not in said]
    assert [said for said in wrong if "has changed since this was translated" not in said] == []


def test_a_module_in_another_language_is_not_taken_over() -> None:
    course = reuse_module(COURSE, "other/more", [])
    french = other(**{"course.yaml": "slug: other\nlanguage: fr\nmodules:\n- module: 01-more\n"})
    assert refused(lambda: take_over(course, KINDS, "more", french)).reason == Reason.OTHER_LANGUAGE


# What readers of a running edition get


@pytest.mark.parametrize(
    ("act", "counts"),
    [
        (lambda: add_module(COURSE, {"en": "New"}), True),
        (lambda: add_unit(COURSE, KINDS, module="words", kind="reading", titles={"en": "N"}, minutes=1), True),
        (lambda: move_module(COURSE, "cases", -1), True),
        (lambda: move_unit(COURSE, "asked", -1), True),
        (lambda: move_unit_to(COURSE, "asked", "cases"), True),
        (lambda: split_unit(COURSE, KINDS, "first", "end"), True),
        (lambda: archive_unit(COURSE, KINDS, "asked"), True),
        (lambda: set_after(COURSE, "cases", []), True),
        (lambda: reuse_module(COURSE, "other/more", []), True),
        (lambda: set_module(COURSE, "words", {"en": "W"}, [], 70), True),
        (lambda: set_unit(COURSE, "first", {"en": "Renamed"}, 3), False),
        (lambda: set_module(COURSE, "words", {"en": "Renamed"}, [{"en": "Do."}], None), False),
        (lambda: put_source(COURSE, {"title": "T", "kind": "law"}), False),
    ],
)
def test_an_act_is_substantive_when_it_changes_what_people_have_to_do(act: Any, counts: bool) -> None:
    assert bool(substantive(COURSE, act())) is counts


# Sources and terms


def test_a_source_gets_the_next_number_and_keeps_it() -> None:
    made = put_source(COURSE, {"title": " A  law ", "kind": "law", "url": ""})
    assert made.sources[-1] == {"id": "S003", "title": "A law", "kind": "law"}
    again = put_source(made, {"title": "Another", "kind": "law"}, "S003")
    assert again.sources[-1] == {"id": "S003", "title": "Another", "kind": "law"}
    assert len(again.sources) == len(made.sources)


def test_what_is_cited_is_not_removed_and_where_is_said() -> None:
    told = refused(lambda: remove_source(COURSE, KINDS, "S002"))
    assert (told.reason, told.names) == (Reason.CITED, ("first",))
    told = refused(lambda: remove_source(COURSE, KINDS, "S001"))
    assert set(told.names) >= {"first", "asked", "case", "state"}
    assert refused(lambda: remove_term(COURSE, KINDS, "treaty")).names == ("first",)


def test_a_term_says_how_sure_it_is_in_each_other_language_and_whether_it_has_a_source() -> None:
    made = put_term(
        COURSE, names={"en": "Court", "es": "Corte", "fr": "Cour"}, definitions={"en": "It judges."}, official=["es"],
        cites=["S001 p. 3"],
    )  # fmt: skip
    assert made.terms[-1]["status"] == {"es": "official", "fr": "translation"}
    assert mistakes(made) == []
    unsure = put_term(COURSE, names={"en": "Court"}, definitions={"en": "It judges."}, official=[], cites=[])
    assert unsure.terms[-1]["needs_review"] is True
    told = refused(
        lambda: put_term(COURSE, names={"en": "C"}, definitions={"en": "D"}, official=[], cites=["S001", "S099 p. 1"])
    )
    assert (told.reason, told.names) == (Reason.BAD_FIELD, ("S099 p. 1",))


@pytest.mark.parametrize(
    ("source", "old"),
    [
        ({"url": "https://a.org", "accessed": "2026-11-26"}, False),
        ({"url": "https://a.org", "accessed": "2025-11-27"}, False),
        ({"url": "https://a.org", "accessed": "2025-11-26"}, True),
        ({"url": "https://a.org", "accessed": "2025-11"}, False),
        ({"url": "https://a.org", "accessed": "2025-10"}, True),
        ({"url": "https://a.org", "accessed": "2024"}, True),
        ({"url": "https://a.org"}, True),
        ({"accessed": "2001"}, False),
    ],
)
def test_a_page_on_the_web_seen_more_than_a_year_ago_is_old(source: dict[str, str], old: bool) -> None:
    assert overdue(source, dt.date(2026, 11, 27)) is old


# Files


def test_a_file_that_cannot_be_read_is_carried_as_it_is_and_never_written_over() -> None:
    broken = "---\nkey: [\n---\n\nWords.\n"
    files = {**TEXTS, "modules/01-words/asked.yaml": "questions: [\n", "modules/02-cases/verse.yaml": broken}
    course = read(files)
    moved = changed_files(course, move_unit_to(course, "asked", "cases"), files, KINDS)
    assert moved["modules/02-cases/asked.yaml"] == "questions: [\n"
    told = refused_files(course, set_unit(course, "asked", {"en": "T"}, 3), files)
    assert (told.reason, told.names) == (Reason.UNREADABLE, ("modules/01-words/asked.yaml",))


def refused_files(before: CourseFiles, after: CourseFiles, files: Mapping[str, str]) -> NotPossible:
    with pytest.raises(NotPossible) as told:
        changed_files(before, after, files, KINDS)
    return told.value


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("course.yaml", "modules: 5\nslug: a\nlanguage: en\n"),
        ("course.yaml", "slug: a\nlanguage: en\nmodules:\n- x\n"),
        ("course.yaml", "slug: a\nlanguage: en\ncompletion: all\n"),
        ("course.yaml", "title: x\nslug: a\nlanguage: en\n"),
        ("course.yaml", "slug: a\n"),
        ("modules/01-words/module.yaml", "units: 5\n"),
        ("modules/01-words/module.yaml", "units:\n- 5\n"),
        ("modules/01-words/module.yaml", "title: x\n"),
        ("modules/01-words/module.yaml", "objectives: x\n"),
        ("modules/01-words/first.md", "---\ntitle: x\n---\n"),
        ("glossary.yaml", "terms:\n- 5\n"),
        ("glossary.yaml", "terms:\n- key: a\n  cites: S001\n"),
        ("sources.yaml", "sources:\n- x\n"),
    ],
)
def test_a_file_that_can_be_read_but_says_no_outline_is_named(path: str, text: str) -> None:
    assert crooked(read({**TEXTS, path: text})) == [path]


@pytest.mark.parametrize("path", ["glossary.yaml", "sources.yaml"])
def test_a_list_that_is_none_is_never_written_over(path: str) -> None:
    files = {**TEXTS, path: f"{path.partition('.')[0].replace('glossary', 'terms')}: 5\n"}
    course = read(files)
    after = put_term(course, names={"en": "T"}, definitions={"en": "D"}, official=[], cites=[])
    after = put_source(after, {"title": "T", "kind": "law"})
    assert (refused_files(course, after, files).reason) == Reason.UNREADABLE


def test_the_course_of_these_tests_tells_an_outline() -> None:
    assert crooked(COURSE) == []


# Pictures and documents

MAP = {"id": "map", "kind": "picture", "title": "A map", "licence": "CC0", "provenance": "Drawn in 2026"}


def with_picture(course: CourseFiles, medium: Mapping[str, str] = MAP) -> CourseFiles:
    """The course with a picture below every text with a body."""

    def show(text: UnitFile, _of: Any) -> UnitFile:
        return replace(text, body=f"{text.body}\n\n![A map](media/{medium['id']})") if text.body else text

    return replace(each_text(course, KINDS, show), media=(medium,))


def test_a_picture_comes_back_with_the_text_that_shows_it() -> None:
    course = with_picture(COURSE)
    bare = replace(archive_unit(archive_unit(course, KINDS, "asked"), KINDS, "thought"), media=())
    assert bring_back_unit(bare, KINDS, course, "asked", "words").media == ()
    back = bring_back_unit(bare, KINDS, course, "thought", "words")
    assert back.media == (MAP,)
    assert changed_files(bare, back, canonical_files(bare, KINDS), KINDS)["media.yaml"]


def test_a_picture_of_a_module_taken_over_gets_an_id_that_is_free_here() -> None:
    theirs = with_picture(other())
    made = take_over(reuse_module(with_picture(COURSE), "other/more", []), KINDS, "more", theirs)
    assert made.media == (MAP,)
    another = {**MAP, "title": "Another map"}
    made = take_over(reuse_module(with_picture(COURSE, another), "other/more", []), KINDS, "more", theirs)
    assert made.media == (another, {**MAP, "id": "map-2"})
    assert "![A map](media/map-2)" in unit(made, "early").body
    assert "![A map](media/map-2)" in unit(made, "early", "es").body
    assert "![A map](media/map)" in unit(made, "first").body
