"""The pages of those who work on texts: which courses, what stands where, what waits, and both texts side by side."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.catalogue import services as courses
from lms.kernel.clock import now
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import unit_of_work
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import MARKED, published, worker
from tests.authoring.drafts import begin
from tests.catalogue import tiny
from tests.conftest import statements
from tests.languages import ASKED, FIRST, FIRST_ES, follows, in_form, spoken, translated
from tests.learning.makers import make_reader, publish
from tests.learning.test_reading import beyond_session
from tests.seminars.makers import make_edition


@pytest.fixture(autouse=True)
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with spoken(tmp_path_factory.mktemp("catalogues")):
        yield


def words(page: str) -> str:
    """The visible words of the main part."""
    main = page[page.index("<main") : page.index("</main")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def reusing(tmp_path: Path) -> None:
    """A second course, which takes a module over from the tiny one."""
    course = tiny.COURSE.replace("slug: tiny", "slug: other").replace("A tiny course", "Another course")
    course = course.replace("- module: 01-words\n", "- use: tiny/words\n").replace("  after:\n  - words\n", "")
    folder = tmp_path / "other"
    files = tiny.tiny_files(course=course)
    kept = {path: text for path, text in files.items() if "01-words" not in path}
    kept["glossary.yaml"] = "terms: []\n"
    kept["sources.yaml"] = "sources: []\n"
    for path, text in kept.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    with unit_of_work() as session:
        courses.load(session, folder=folder, kinds=tiny.KINDS, at=now(), by=None)


def copy(tmp_path: Path, slug: str) -> None:
    """A course of its own with the same texts."""
    folder = tmp_path / slug
    shutil.copytree(tmp_path / "tiny", folder)
    head = folder / "course.yaml"
    named = head.read_text().replace("slug: tiny", f"slug: {slug}")
    head.write_text(named.replace("A tiny course", f"A tiny course of {slug}"))
    with unit_of_work() as session:
        courses.load(session, folder=folder, kinds=tiny.KINDS, at=now(), by=None)


def test_the_list_says_of_each_course_what_there_is_and_what_waits(app: Flask, tmp_path: Path) -> None:
    published(tmp_path, first=MARKED.replace("  en: First\n", "  en: First\n  es: Primero\n", 0))
    said = words(worker(app, Role.TRAINER).page(""))
    assert said == (
        "The courses you work on A tiny course Version 1.0, published 12 April 2027. 2 modules, 3 units. "
        "Español: 2 of 3 units, 2 await a native reader. 2 places need review."
    )


@pytest.mark.parametrize("role", [Role.TRAINER, Role.REVIEWER])
def test_a_mandate_over_one_course_shows_that_one_alone(app: Flask, tmp_path: Path, role: Role) -> None:
    published(tmp_path)
    reusing(tmp_path)
    everything, one = worker(app, role), worker(app, role, ScopeKind.COURSE, "other")
    assert "A tiny course" in everything.page("")
    assert "A tiny course" not in one.page("")
    assert "Another course" in one.page("")
    for path in ("/tiny", "/tiny/care", "/tiny/units/first", "/tiny/units/first?text=es", "/nowhere"):
        one.page(path, 404)
        everything.page(path, 404 if path == "/nowhere" else 200)


def test_a_trainer_of_an_edition_works_on_the_course_it_reads(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    reusing(tmp_path)
    with unit_of_work() as session:
        edition = make_edition(session, "tiny").public_id
    trainer = worker(app, Role.TRAINER, ScopeKind.EDITION, edition)
    assert "A tiny course" in trainer.page("")
    trainer.page("/other", 404)


def test_a_trainer_of_an_edition_reads_the_course_and_never_its_drafts(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    with unit_of_work() as session:
        edition = make_edition(session, "tiny").public_id
    draft = begin(worker(app, Role.TRAINER))
    trainer = worker(app, Role.TRAINER, ScopeKind.EDITION, edition)
    of_draft = f"/tiny/drafts/{draft.public_id}"
    for path in ("/tiny/drafts", "/tiny/upload", of_draft, f"{of_draft}/publish", f"{of_draft}/units/first"):
        trainer.page(path, 404)
    for path in ("/tiny/drafts", "/tiny/units/first/change", f"{of_draft}/send", f"{of_draft}/publish"):
        assert trainer.client.post(f"/courses{path}", data={"title": "Mine"}).status_code == 404, path
    said = trainer.page("/tiny")
    assert "/courses/tiny/drafts" not in said
    assert "/courses/tiny/upload" not in said
    assert trainer.client.get("/courses/tiny/bundle.zip").status_code == 200
    assert "Change this text" not in trainer.page("/tiny/units/first")


@pytest.mark.parametrize("role", [None, Role.COORDINATOR, Role.EVALUATOR, Role.ADMINISTRATOR])
def test_for_everybody_else_these_pages_do_not_exist(app: Flask, tmp_path: Path, role: Role | None) -> None:
    published(tmp_path)
    somebody = worker(app, role)
    for path in ("", "/tiny", "/tiny/care", "/tiny/units/first"):
        somebody.page(path, 404)


def test_trainers_find_their_courses_from_home_and_in_the_masthead(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    trainer = worker(app, Role.TRAINER, ScopeKind.COURSE, "tiny")
    home = trainer.client.get("/").text
    assert "Trainer : A tiny course" in words(home)
    assert '<a href="/courses/tiny">A tiny course</a>' in home
    assert re.search(r'<nav class="nav".*?<a href="/courses">Courses</a>', home, re.S)
    assert 'aria-current="page">Courses</a>' in trainer.page("")
    assert "Courses</a>" not in worker(app, Role.COORDINATOR).client.get("/editions").text


def test_the_outline_says_of_every_text_how_it_stands(app: Flask, tmp_path: Path) -> None:
    published(tmp_path, first=MARKED)
    reviewer = worker(app)
    reviewer.confirm("asked")
    said = words(reviewer.page("/tiny"))
    assert re.search(r"First Text, 5 minutes, \d+ words Awaiting a native reader 2", said)
    assert "Asked Questions, 2 minutes, 5 questions Confirmed Amina Mfano" in said
    assert "A thought Private reflection, 3 minutes, 4 words Not translated –" in said
    assert re.search(r"\d things need care", said)


def test_the_outline_says_how_far_a_translation_is_behind(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    changed = FIRST.replace("It ended. [@S001]", "It ended at last. [@S001]").replace("- A point.", "- One point.")
    publish(tmp_path, **translated() | {"first": changed})
    said = words(worker(app, Role.TRAINER).page("/tiny"))
    assert "Awaiting a native reader 2 passages of the original have changed since." in said
    assert "1 follows an older text" in said


def test_a_translation_of_a_text_that_was_never_here_is_only_called_behind(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, **translated() | {"first": FIRST.replace("It ended.", "It ended at last.")})
    said = words(worker(app, Role.TRAINER).page("/tiny"))
    assert "Awaiting a native reader The original has changed since." in said
    page = worker(app, Role.TRAINER).page("/tiny/units/first?text=es")
    assert "What changed in the original since" not in page


def test_what_changed_since_is_shown_passage_by_passage(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    changed = FIRST.replace("It ended. [@S001]", "It ended at last. [@S001]\n\nAnd then? [@S001]")
    publish(tmp_path, **translated() | {"first": changed})
    page = worker(app, Role.TRAINER).page("/tiny/units/first?text=es")
    said = words(page)
    assert "What changed in the original since End" in said
    assert "It ended [new: at last ] . [source: The first source]" in said
    assert "[new: And then? [source: The first source] ]" in said
    assert "2 passages of the original have changed since." in said


def test_a_unit_is_shown_with_its_marks_in_place(app: Flask, tmp_path: Path) -> None:
    published(tmp_path, first=MARKED)
    page = worker(app, Role.TRAINER).page("/tiny/units/first")
    assert 'Some say it was in 2013.<span class="review">needs review</span> Nobody is sure.' in page
    assert page.count('class="review"') == 2
    assert "2 places need review." in page
    for part in ("This text describes violence.", '<h2 id="end">End</h2>', "Watch and report.", "A member or observer",
                 'href="#r1"', "Human rights institution"):  # fmt: skip
        assert part in page, part
    assert "needs review" not in make_reader(app).get("first"), "participants do not see it"


def test_the_places_that_need_review_are_listed_with_their_sentence_and_a_way_to_them(
    app: Flask, tmp_path: Path
) -> None:
    glossary = tiny.GLOSSARY.replace("  cites:\n  - S001\n", "  needs_review: true\n")
    publish(tmp_path, **translated(first=MARKED), glossary=glossary)
    page = worker(app, Role.TRAINER).page("/tiny/care")
    said = words(page)
    assert "First In 2011 nobody knew. Some say it was in 2013. Read it in its place" in said
    assert 'href="/courses/tiny/units/first#end"' in page
    assert "Nobody is sure." not in said
    assert "has no source yet state A member or observer of the United Nations. Where: First" in said


def test_a_translation_stands_beside_its_original_section_by_section(app: Flask, tmp_path: Path) -> None:
    published(tmp_path, first=MARKED)
    page = worker(app, Role.TRAINER).page("/tiny/units/first?text=es")
    rows = page.split('<div class="pair beside ruled mt-2">')[1:]
    assert len(rows) >= 2 + 1 + 1 + 2 + 6, "titles, note, key point, sections, paragraphs for institutions"
    beginning = next(row for row in rows if 'id="beginning"' in row)
    english, spanish = beginning.split('lang="es" dir="ltr"')[:2]
    assert "In 2012 a" in english
    assert 'id="t-beginning"' in spanish
    assert "En 2012 actuó un" in spanish
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids)), "no id stands twice"
    for target in re.findall(r'href="#([^"]+)"', page) + re.findall(r'popovertarget="([^"]+)"', page):
        assert target in ids, target


def test_questions_stand_beside_each_other_with_the_right_answers_marked(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    trainer = worker(app, Role.TRAINER)
    alone, both = words(trainer.page("/tiny/units/asked")), trainer.page("/tiny/units/asked?text=es")
    assert "Which one? This one Right That one The other one SECRET-ONE because it says so." in alone
    assert "Is it so? True Right False" in alone
    assert "Left one Right one Left two Right two" in alone
    assert "Early Middle Late" in alone
    said = words(both)
    assert "¿Cuál? Este Right Ese El otro Porque lo dice." in said
    assert said.index("Which one?") < said.index("¿Cuál?") < said.index("Which ones?")
    assert 'href="/courses/tiny/units/first?text=es#beginning"' in both


def test_a_module_taken_over_is_read_with_the_sources_of_its_own_course(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    reusing(tmp_path)
    reviewer = worker(app, Role.REVIEWER, ScopeKind.COURSE, "other")
    page = reviewer.page("/other/units/first?text=es")
    assert "The first source" in page
    assert "Confirm this translation" not in page, "it is the other course's to confirm"
    assert reviewer.confirm(slug="other").status_code == 404
    assert "Taken over from tiny/words." in reviewer.page("/other")


@pytest.mark.parametrize("path", ["/tiny/units/nowhere", "/tiny/units/first?text=fr", "/tiny/units/first?text=%00"])
def test_what_is_not_there_is_not_found(app: Flask, tmp_path: Path, path: str) -> None:
    published(tmp_path)
    worker(app).page(path, 404)


def test_the_pages_ask_little_however_many_units_there_are(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    publish(tmp_path, **translated() | {"first": FIRST.replace("It ended.", "It ended at last.")})
    reviewer = worker(app)
    reviewer.confirm()
    for path, most in (("", 6), ("/tiny", 11), ("/tiny/care", 8), ("/tiny/units/first?text=es", 9)):
        reviewer.page(path)
        with statements(app) as sent:
            reviewer.page(path)
        ours = [one for one in beyond_session(sent) if "lms_audit" not in one]
        assert len(ours) <= most, (path, ours)


def test_the_pages_ask_no_more_of_seven_courses_than_of_one(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    with unit_of_work() as session:
        edition = make_edition(session, "tiny").public_id
    everything, one = worker(app), worker(app, Role.TRAINER, ScopeKind.COURSE, "tiny")
    by_edition = worker(app, Role.TRAINER, ScopeKind.EDITION, edition)
    asked = [
        (who, path)
        for who in (everything, one, by_edition)
        for path in ("", "/tiny", "/tiny/care", "/tiny/units/first?text=es")
    ]

    def counted() -> list[int]:
        numbers = []
        for who, path in asked:
            who.page(path)
            with statements(app) as sent:
                who.page(path)
            numbers.append(len(beyond_session(sent)))
        return numbers

    alone = counted()
    for number in range(6):
        copy(tmp_path, f"copy-{number}")
    assert "A tiny course of copy-5" in everything.page("")
    assert counted() == alone


def test_each_course_of_the_list_has_its_newest_version_and_what_is_said_of_it_alone(
    app: Flask, tmp_path: Path
) -> None:
    published(tmp_path)
    copy(tmp_path, "copy")
    reviewer = worker(app)
    reviewer.confirm()
    published(tmp_path, asked=ASKED.replace("Which one?", "Which is it?"))
    said = words(reviewer.page(""))
    assert "A tiny course Version 1.1," in said
    assert "A tiny course of copy Version 1.0," in said
    of_copy, of_tiny = said.split("A tiny course Version")
    assert "2 of 3 units, 2 await" in of_copy
    assert "2 of 3 units, 1 awaits" in of_tiny


def test_that_somebodys_name_was_shown_is_noted(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    reviewer = worker(app)
    reviewer.page("/tiny")
    reviewer.confirm()
    reviewer.page("/tiny")
    with unit_of_work() as session:
        looks = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "readers.seen")
        assert session.scalar(looks) == 1


def samoan(title: str = "") -> dict[str, str]:
    """The files of the course with a text in a language of a member state in which CLDR has no texts."""
    files = translated()
    course = tiny.COURSE.replace("  en: A tiny course\n", f"  en: A tiny course\n{title}")
    first = FIRST.replace("  es: Primero\n", "  es: Primero\n  sm: Muamua\n")
    return files | {"first": first, "first_sm": files["first_es"], "course": course}


def test_a_course_may_speak_a_language_in_which_cldr_has_no_texts(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, **samoan("  tet: Kursu kiik\n"))
    trainer = worker(app, Role.TRAINER)
    assert "Samoan: 1 of 3 units" in words(trainer.page(""))
    assert "Tetum: 0 of 3 units" in words(trainer.page(""))
    for path in ("/tiny", "/tiny/units/first", "/tiny/units/first?text=sm"):
        assert "Samoan" in words(trainer.page(path)), path
    trainer.page("/tiny/care")
    trainer.client.post("/language", data={"language": "es"})
    assert "Samoano" in words(trainer.page("/tiny"))
    assert "First" in make_reader(app).get("first")


def aymara(first: str = FIRST) -> dict[str, str]:
    """The files of the course with Aymara as the language it is written in; where it has a title in Spanish, that comes
    first by the canonical form."""
    files = {
        "course": tiny.COURSE, "glossary": tiny.GLOSSARY, "words": tiny.WORDS, "cases": tiny.CASES,
        "thought": tiny.THOUGHT, "first": first, "asked": ASKED,
    }  # fmt: skip
    files = {name: re.sub(r"(?m)^( *(?:- |language: )?)en\b", r"\1ay", text) for name, text in files.items()}
    return {name: re.sub(r"( +ay: .*\n)( +es: .*\n)", r"\2\1", text) for name, text in files.items()}


def test_the_original_may_be_in_a_language_in_which_cldr_has_no_texts(app: Flask, tmp_path: Path) -> None:
    files = aymara()
    spanish = FIRST_ES.format(follows=follows("first", **files), status="confirmed")
    files["first_es"] = in_form("first_es", **files, first_es=spanish)
    publish(tmp_path, **files)
    reader = make_reader(app)
    reader.client.post("/language", data={"language": "es"})
    assert "Read the original in aimara" in reader.get("first")
    trainer = worker(app, Role.TRAINER)
    for path in ("", "/tiny", "/tiny/care", "/tiny/units/first", "/tiny/units/first?text=es"):
        trainer.page(path)
    assert "Aymara, the original" in words(trainer.page("/tiny/units/first"))


def test_a_sentence_to_review_is_in_the_language_of_its_unit(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, **aymara(MARKED))
    reusing(tmp_path)
    page = worker(app).page("/other/care")
    assert '<p class="read" lang="ay" dir="ltr">In 2011 nobody knew.' in page
