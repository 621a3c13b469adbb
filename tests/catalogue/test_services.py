"""Files become versions and versions become files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.catalogue import queries, services
from lms.catalogue.checks import check
from lms.catalogue.cli import packaged_courses
from lms.catalogue.events import CourseVersionPublished
from lms.catalogue.files import disk
from lms.catalogue.models import Course, CourseVersion, UnitRevision
from lms.catalogue.rules.translation import text_hash
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from tests.conftest import NOW, statements

from .tiny import ASKED, CASES, COURSE, FIRST, GLOSSARY, KINDS, THOUGHT, WORDS, tiny_files, written


def load(session: Session, folder: Path) -> services.LoadReport:
    return services.load(session, folder=folder, kinds=KINDS, at=NOW)


def test_a_course_is_first_published_as_version_one(session: Session, tmp_path: Path) -> None:
    report = load(session, written(tmp_path))
    assert (report.outcome, report.number) == ("first", "1.0")
    outline = queries.outline(session, report.version_id)
    assert [unit.key for _, unit in outline.units()] == ["first", "asked", "thought"]
    assert outline.modules[1].after == ("words",)
    assert outline.rule.modules == ("words", "cases")
    assert outline.rule.attendance_at_least == 80
    assert [unit.pass_mark for _, unit in outline.units()] == [80, 80, 50]


def test_unchanged_files_do_nothing(session: Session, tmp_path: Path) -> None:
    first = load(session, written(tmp_path))
    again = load(session, written(tmp_path))
    assert (again.outcome, again.version_id) == ("unchanged", first.version_id)
    assert session.scalar(select(func.count()).select_from(CourseVersion)) == 1


def test_a_corrected_text_makes_an_editorial_version_and_keeps_the_other_revisions(
    session: Session, tmp_path: Path
) -> None:
    load(session, written(tmp_path))
    report = load(session, written(tmp_path, first=FIRST.replace("A point.", "A clearer point.")))
    assert (report.outcome, report.number) == ("editorial", "1.1")
    assert [str(change) for change in report.changes] == ["editorial: modules/01-words/first.md has changed"]
    assert session.scalar(select(func.count()).select_from(UnitRevision)) == 4


def test_a_new_substance_makes_a_substantive_version(session: Session, tmp_path: Path) -> None:
    load(session, written(tmp_path))
    report = load(session, written(tmp_path, first=FIRST.replace("substance: s1", "substance: s2")))
    assert (report.outcome, report.number) == ("substantive", "2.0")
    assert "substantive: unit first: substance was s1, is s2" in map(str, report.changes)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("at_least: 80", "at_least: 75", "the completion rule is another"),
        ("name_confirmed: true", "name_confirmed: false", "the completion rule is another"),
        ("language: en\ntitle", "language: en\ntitle", None),
        ("completion:", "pass_mark: 70\ncompletion:", "unit first: pass mark was 80, is 70"),
        ("  after:\n  - words\n", "", "module cases opens after other modules than before"),
    ],
)
def test_what_counts_is_substantive(session: Session, tmp_path: Path, old: str, new: str, said: str | None) -> None:
    load(session, written(tmp_path))
    report = load(session, written(tmp_path, course=COURSE.replace(old, new)))
    assert report.outcome == ("substantive" if said else "unchanged")
    assert said is None or said in [change.what for change in report.changes]


def test_units_in_another_order_are_substantive(session: Session, tmp_path: Path) -> None:
    load(session, written(tmp_path))
    report = load(session, written(tmp_path, words=WORDS.replace("- first\n- asked", "- asked\n- first")))
    assert report.outcome == "substantive"


def test_another_right_answer_without_a_new_substance_is_refused(session: Session, tmp_path: Path) -> None:
    load(session, written(tmp_path))
    swapped = ASKED.replace("    correct: true\n", "").replace("That one\n", "That one\n    correct: true\n")
    with pytest.raises(services.BrokenCourse) as refused:
        load(session, written(tmp_path, asked=swapped))
    assert "the right answer to “which” has changed — give the question a new `substance`" in str(refused.value)
    assert session.scalar(select(func.count()).select_from(CourseVersion)) == 1


def test_another_right_answer_with_new_substances_is_a_substantive_version(session: Session, tmp_path: Path) -> None:
    load(session, written(tmp_path))
    swapped = ASKED.replace("    correct: true\n", "").replace("That one\n", "That one\n    correct: true\n")
    announced = swapped.replace("substance: s1", "substance: s2").replace(
        "one-of-many\n", "one-of-many\n  substance: s2\n"
    )
    assert load(session, written(tmp_path, asked=announced)).outcome == "substantive"


def test_a_broken_course_loads_nothing(session: Session, tmp_path: Path) -> None:
    with pytest.raises(services.BrokenCourse):
        load(session, written(tmp_path, first=FIRST.replace("[@S001 p. 3]", "[@S009]")))
    assert session.scalar(select(func.count()).select_from(Course)) == 0


def test_a_course_edited_elsewhere_is_refused_until_it_is_exported(session: Session, tmp_path: Path) -> None:
    load(session, written(tmp_path))
    course = session.scalars(select(Course)).one()
    # What publishing in the browser leaves behind: a version whose files nobody has taken from the disk.
    course.files_hash = "0" * 64
    changed = written(tmp_path, first=FIRST.replace("A point.", "Another."))
    with pytest.raises(Refused, match="edited in the browser since; export first"):
        load(session, changed)
    services.export(session, slug="tiny", folder=tmp_path)
    assert load(session, tmp_path / "tiny").outcome == "unchanged"


def test_export_writes_the_bytes_that_were_loaded(session: Session, tmp_path: Path) -> None:
    load(session, written(tmp_path / "given"))
    services.export(session, slug="tiny", folder=tmp_path / "taken")
    for path, text in tiny_files().items():
        assert (tmp_path / "taken" / "tiny" / path).read_bytes() == text.encode(), path
    assert load(session, tmp_path / "taken" / "tiny").outcome == "unchanged"


def reusing(tmp_path: Path) -> Path:
    """A course "other" on the disk that reuses the module "words" of the tiny one."""
    course = COURSE.replace("slug: tiny", "slug: other").replace("- module: 01-words", "- use: tiny/words")
    folder = written(tmp_path, course=course)
    for name in ("module.yaml", "first.md", "asked.yaml"):
        (folder / "modules/01-words" / name).unlink()
    (folder / "sources.yaml").write_text("sources: []\n")
    (folder / "glossary.yaml").write_text("terms: []\n")
    return folder


def test_a_module_of_another_course_is_reused_as_it_is_published(session: Session, tmp_path: Path) -> None:
    first = load(session, written(tmp_path))
    folder = reusing(tmp_path)
    reused = queries.outline(session, load(session, folder).version_id).modules[0]
    source = queries.outline(session, first.version_id).modules[0]
    assert reused.used_from == "tiny/words"
    assert [unit.revision_id for unit in reused.units] == [unit.revision_id for unit in source.units]


def test_a_reused_module_that_becomes_a_copy_is_substantive_though_it_says_the_same(
    session: Session, tmp_path: Path
) -> None:
    load(session, written(tmp_path))
    folder = reusing(tmp_path)
    reused = queries.outline(session, load(session, folder).version_id).modules[0]
    shutil.copytree(tmp_path / "tiny/modules/01-words", folder / "modules/01-words", dirs_exist_ok=True)
    for name in ("glossary.yaml", "sources.yaml"):
        shutil.copy(tmp_path / "tiny" / name, folder / name)
    head = folder / "course.yaml"
    head.write_text(head.read_text().replace("- use: tiny/words", "- module: 01-words"))
    report = load(session, folder)
    copied = queries.outline(session, report.version_id).modules[0]
    assert {unit.id for unit in copied.units}.isdisjoint(unit.id for unit in reused.units)
    assert report.outcome == "substantive"
    assert "substantive: module words belongs to another course than before" in map(str, report.changes)


def test_a_reused_module_published_anew_reaches_the_course_at_its_next_load(session: Session, tmp_path: Path) -> None:
    load(session, written(tmp_path))
    folder = reusing(tmp_path)
    first = load(session, folder)
    assert load(session, folder).outcome == "unchanged"
    load(session, written(tmp_path, first=FIRST.replace("A point.", "A clearer point.")))
    editorial = load(session, folder)
    assert (editorial.outcome, [str(change) for change in editorial.changes]) == (
        "editorial",
        ["editorial: module words was published anew by its own course"],
    )
    load(session, written(tmp_path, first=FIRST.replace("substance: s1", "substance: s2")))
    substantive = load(session, folder)
    assert (substantive.outcome, substantive.number) == ("substantive", "2.0")
    assert load(session, folder).outcome == "unchanged"
    source = queries.outline(session, first.version_id).modules[0].units[0]
    assert queries.unit_text(session, source.revision_id).key_points == ("A point.",)


def test_an_own_unit_cannot_have_the_key_of_a_reused_one(session: Session, tmp_path: Path) -> None:
    load(session, written(tmp_path))
    folder = reusing(tmp_path)
    (folder / "modules/02-cases/module.yaml").write_text(CASES.replace("- thought", "- thought\n- first"))
    (folder / "modules/02-cases/first.md").write_text(
        FIRST.replace(" [@S001 p. 3]", "").replace("In 2012 a [[state|State]]", "A state")
    )
    with pytest.raises(services.BrokenCourse, match="modules “words” and “cases” both have a unit “first”"):
        load(session, folder)


def test_a_warm_outline_and_text_ask_the_database_nothing(app: Flask, tmp_path: Path) -> None:
    with unit_of_work() as session:
        report = load(session, written(tmp_path))
    db.session.remove()
    with unit_of_work() as session:
        with statements(app) as cold:
            outline = queries.outline(session, report.version_id)
            text = queries.unit_text(session, outline.modules[0].units[0].revision_id)
        with statements(app) as warm:
            assert queries.outline(session, report.version_id) is outline
            assert queries.unit_text(session, text.revision_id) is text
    assert len(cold) == 3, cold
    assert warm == []


def test_what_an_unfinished_publication_reads_is_not_kept(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        queries.outline(session, load(session, written(tmp_path)).version_id)
        raise ZeroDivisionError
    db.session.remove()
    with unit_of_work() as session:
        renamed = load(session, written(tmp_path, course=COURSE.replace("A tiny course", "Another title")))
    db.session.remove()
    with unit_of_work() as session:
        assert queries.outline(session, renamed.version_id).named("en") == "Another title"


def test_what_is_read_after_a_publication_is_kept_in_the_same_session(app: Flask, tmp_path: Path) -> None:
    with unit_of_work() as session:
        version_id = load(session, written(tmp_path)).version_id
        assert queries.outline(session, version_id) is not queries.outline(session, version_id)
    outline = queries.outline(session, version_id)
    with statements(app) as sent:
        assert queries.outline(session, version_id) is outline
    assert sent == []


def test_the_text_of_a_unit_comes_with_sources_terms_and_sections(session: Session, tmp_path: Path) -> None:
    outline = queries.outline(session, load(session, written(tmp_path)).version_id)
    text = queries.unit_text(session, outline.modules[0].units[0].revision_id)
    assert [section.id for section in text.sections] == ["beginning"]
    assert 'href="#s1"' in text.html
    assert text.citations[0].source == "S001"
    assert text.terms[0].key == "state"
    assert text.key_points == ("A point.",)
    assert text.citations[0].marked


SPANISH = """\
---
follows: {follows}
status: awaiting-native-reader
key_points:
- Un punto.
---

## Inicio {{#beginning}}

En 2012 un Estado actuó. [@S001]
"""


def with_spanish(tmp_path: Path, follows: str, **changed: str) -> Path:
    titled = changed.pop("first", FIRST).replace("  en: First\n", "  en: First\n  es: Primero\n")
    folder = written(tmp_path, first=titled, **changed)
    (folder / "modules/01-words/first.es.md").write_text(SPANISH.format(follows=follows), encoding="utf-8")
    return folder


def follows_now(tmp_path: Path) -> str:
    course = check(disk.collect(with_spanish(tmp_path, "t00000000000000a")), KINDS).course
    assert course is not None
    return text_hash(course.modules[0].units[0])


def test_a_translation_is_a_revision_that_follows_its_source(session: Session, tmp_path: Path) -> None:
    follows = follows_now(tmp_path)
    unit = queries.outline(session, load(session, with_spanish(tmp_path, follows)).version_id).modules[0].units[0]
    spanish = queries.unit_text(session, unit.revision_for("es"))
    assert (spanish.language, spanish.follows_id, spanish.substance) == ("es", unit.revision_id, unit.substance)
    assert "En 2012 un Estado" in spanish.html
    assert (unit.translations["es"].stale, unit.translations["es"].status) == (False, "awaiting-native-reader")
    assert unit.revision_for("fr") == unit.revision_id
    assert unit.named("es") == "Primero"


def test_a_changed_source_makes_its_translation_stale_and_nothing_more(session: Session, tmp_path: Path) -> None:
    follows = follows_now(tmp_path)
    load(session, with_spanish(tmp_path, follows))
    report = load(session, with_spanish(tmp_path, follows, first=FIRST.replace("A point.", "A clearer point.")))
    assert report.outcome == "editorial"
    assert len(report.notices) == 1
    assert queries.outline(session, report.version_id).modules[0].units[0].translations["es"].stale


def test_translations_are_exported_too(session: Session, tmp_path: Path) -> None:
    folder = with_spanish(tmp_path, follows_now(tmp_path))
    load(session, folder)
    files = services.exported_files(session, "tiny")
    assert files["modules/01-words/first.es.md"].encode() == (folder / "modules/01-words/first.es.md").read_bytes()


def test_another_definition_reaches_the_texts_that_use_the_term(session: Session, tmp_path: Path) -> None:
    before = queries.outline(session, load(session, written(tmp_path)).version_id).modules[0].units
    glossary = GLOSSARY.replace("A member or observer", "A member, or an observer,")
    report = load(session, written(tmp_path, glossary=glossary))
    after = queries.outline(session, report.version_id).modules[0].units
    assert report.outcome == "editorial"
    assert after[0].revision_id != before[0].revision_id
    assert after[1].revision_id == before[1].revision_id
    assert "or an observer," in queries.unit_text(session, after[0].revision_id).terms[0].definition


def test_publishing_is_told_to_other_contexts(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[CourseVersionPublished] = []
    monkeypatch.setattr("lms.catalogue.publishing.publish", lambda _session, event: told.append(event))
    first = load(session, written(tmp_path))
    second = load(session, written(tmp_path, first=FIRST.replace("A point.", "Another point.")))
    assert [(event.version_id, event.previous_version_id, event.change) for event in told] == [
        (first.version_id, None, "first"),
        (second.version_id, first.version_id, "editorial"),
    ]


def test_the_seminar_loads_and_comes_back_byte_for_byte(session: Session, tmp_path: Path) -> None:
    folder = packaged_courses() / "lemkin-seminar"
    report = load(session, folder)
    assert report.outcome == "first"
    services.export(session, slug="lemkin-seminar", folder=tmp_path)
    assert disk.collect(tmp_path / "lemkin-seminar") == disk.collect(folder)
    assert load(session, tmp_path / "lemkin-seminar").outcome == "unchanged"


def test_a_question_is_asked_with_its_answers_kept_on_the_server(session: Session, tmp_path: Path) -> None:
    quiz = queries.outline(session, load(session, written(tmp_path)).version_id).modules[0].units[1]
    (question,) = KINDS["quiz"].questions(queries.unit_text(session, quiz.revision_id).data)
    assert [option.correct for option in question.options] == [True, False]
    source = queries.unit_text(session, quiz.revision_id).cited(question.cites[0])
    assert source is not None
    assert "The first source" in source.html


def test_there_is_no_outline_and_no_text_of_nothing(session: Session) -> None:
    with pytest.raises(NotFound):
        queries.outline(session, 999)
    with pytest.raises(NotFound):
        queries.unit_text(session, 999)
    assert queries.published(session, "nothing") is None


SPANISH_QUIZ = """\
follows: t00000000000000a
status: awaiting-native-reader
questions:
- id: which
  prompt: "¿Cuál?"
"""


def test_a_translated_quiz_asks_what_its_source_asks_now(session: Session, tmp_path: Path) -> None:
    titled = ASKED.replace("  en: Asked\n", "  en: Asked\n  es: Preguntas\n")
    folder = written(tmp_path, asked=titled)
    (folder / "modules/01-words/asked.es.yaml").write_text(SPANISH_QUIZ, encoding="utf-8")
    load(session, folder)
    other = titled.replace("    correct: true\n", "").replace("That one\n", "That one\n    correct: true\n")
    other = other.replace("substance: s1", "substance: s2").replace("one-of-many\n", "one-of-many\n  substance: s2\n")
    written(tmp_path, asked=other)
    quiz = queries.outline(session, load(session, folder).version_id).modules[0].units[1]
    spanish = queries.unit_text(session, quiz.revision_for("es"))
    (question,) = KINDS["quiz"].questions(spanish.data)
    assert (question.prompt, spanish.substance) == ("¿Cuál?", "s2")
    assert [option.text for option in question.options if option.correct] == ["That one"]


def test_the_hash_of_a_version_names_reused_texts_too(session: Session, tmp_path: Path) -> None:
    load(session, written(tmp_path))
    folder = reusing(tmp_path)
    first = queries.outline(session, load(session, folder).version_id).content_hash
    load(session, written(tmp_path, first=FIRST.replace("A point.", "A clearer point.")))
    assert queries.outline(session, load(session, folder).version_id).content_hash != first


def test_a_unit_becomes_one_of_another_kind_only_with_a_new_substance(session: Session, tmp_path: Path) -> None:
    load(session, written(tmp_path))
    reading = THOUGHT.replace("kind: reflection", "kind: reading")
    with pytest.raises(services.BrokenCourse, match="of another kind — give the unit a new `substance`"):
        load(session, written(tmp_path, thought=reading))
    announced = reading.replace("substance: s1", "substance: s2")
    assert load(session, written(tmp_path, thought=announced)).outcome == "substantive"
