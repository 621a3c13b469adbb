"""Whoever has finished a text is told what has changed of it since, passage by passage, and can put that away."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from lms.catalogue.files.read import read_unit
from lms.catalogue.rules.readable import readable
from lms.catalogue.rules.translation import text_hash
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.learning.checks import changes_seen
from lms.learning.models import ChangeSeen, ProgressEvent
from lms.learning.rules.changes import questions_changed
from lms.people.models import Person
from lms.plugins.unit_kind import Option, Question
from tests.conftest import NOW, statements
from tests.learning.makers import ASKED, FIRST, Reader, adopt, make_reader, publish
from tests.people.makers import signed_in_client
from tests.seminars.makers import enrol_person, make_edition

LATER = NOW + dt.timedelta(days=3)
CORRECTED = FIRST.replace("It ended. [@S001]", "It ended in 2013. [@S001]")
ANOTHER = CORRECTED.replace("substance: s1", "substance: s2")
SPANISH = """\
---
follows: {follows}
status: confirmed
---

## Comienzo {{#beginning}}

En 2012 actuó un [[state|Estado]]. [@S001 p. 3]

## Fin {{#end}}

{end}
"""


@contextmanager
def later(*readers: Reader, days: int = 3) -> Iterator[None]:
    """Some days on, signed in anew."""
    with frozen(NOW + dt.timedelta(days=days)):
        for reader in readers:
            with unit_of_work() as session:
                person = session.get_one(Person, reader.person_id)
            reader.client = signed_in_client(reader.app, person)
        yield


def words(page: str) -> str:
    """What a page says, without its marks."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main)).strip()


def told(reader: Reader, unit: str = "first") -> str:
    """What the page of a unit says of its changes; nothing where it says nothing."""
    found = re.search(r'<div class="note no-print" role="note" id="changed">.*?</div>\s*</div>', reader.get(unit), re.S)
    return found[0] if found else ""


def put_away(reader: Reader, unit: str = "first", version: str = "1.1", key: str = "") -> int:
    return reader.post(unit, "changes", version=version, key=key).status_code


def spanish(source: str, end: str) -> str:
    """A translation that follows this text."""
    return SPANISH.format(follows=text_hash(read_unit("first", "en", source)), end=end)


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path)
    return make_reader(app)


def test_a_text_that_was_corrected_says_so_to_whoever_finished_it_and_to_nobody_else(
    reader: Reader, app: Flask, tmp_path: Path
) -> None:
    reader.read()
    other = make_reader(app)
    with later(reader, other):
        publish(tmp_path, first=CORRECTED)
        said = told(reader)
        assert "This text has changed since you finished it on 12 April 2027." in said
        assert "What you have finished stays finished." in said
        assert "<details" in said
        assert "since 15 April 2027" in said
        assert "Words of texts were corrected." in said
        assert told(other) == ""


def test_the_words_are_told_apart_by_marks_and_by_words_and_not_by_colour_alone(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    with later(reader):
        publish(tmp_path, first=CORRECTED.replace("It ended", "It stopped"))
        said = told(reader)
    assert re.search(r"<del>[^/]*taken out:[^/]*</span> ended<", said)
    assert re.search(r"<ins>[^/]*put in:[^/]*</span> stopped in 2013<", said)
    assert ">End<" in said
    assert "@S001" not in said
    assert "[[" not in said


def test_a_heading_that_begins_like_the_name_of_a_field_stays_a_heading(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, first=FIRST.replace("## End", "## questions of law"))
    reader = make_reader(app)
    reader.read()
    with later(reader):
        publish(tmp_path, first=CORRECTED.replace("## End", "## questions of law"))
        said = told(reader)
    assert ">questions of law<" in said
    assert "Question of" not in said


def test_nobody_is_told_of_a_version_in_which_the_text_is_the_same(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    with later(reader):
        publish(tmp_path, asked=ASKED.replace("Which one?", "Which one is it?"))
        assert told(reader) == ""
        assert "have changed since" not in reader.client.get("/").text


def test_a_text_of_another_substance_says_that_it_counts_as_not_read(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    with later(reader):
        adopt(reader, publish(tmp_path, first=ANOTHER))
        said = told(reader)
        assert "It says something else than before, so it counts as not read yet." in said
        assert "I have seen what changed" not in said
        reader.read()
        assert told(reader) == ""


def test_whoever_is_complete_is_told_that_nothing_more_is_asked(reader: Reader, tmp_path: Path) -> None:
    reader.finish()
    with later(reader):
        adopt(reader, publish(tmp_path, first=ANOTHER))
        said = told(reader)
        assert "nothing more is asked of you" in said
        assert "I have seen what changed" in said


def test_a_text_that_was_taken_back_or_read_again_tells_nothing(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    with later(reader):
        publish(tmp_path, first=CORRECTED)
        assert reader.post("first", "undo").status_code == 303
        assert told(reader) == ""
        reader.read()
        assert told(reader) == ""


def test_the_readers_own_word_puts_it_away_until_it_changes_again(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    with later(reader):
        publish(tmp_path, first=CORRECTED)
        assert put_away(reader, key="once-and-only") == 303
        assert put_away(reader, key="once-and-only") == 303
        assert told(reader) == ""
        assert "has changed since" not in words(reader.client.get("/").text)
    with later(reader, days=5):
        publish(tmp_path, first=CORRECTED.replace("in 2013", "in May 2013"))
        said = told(reader)
        assert "This text has changed since you looked at its changes on 15 April 2027." in said
        assert "<ins>" in said
        assert "2012" not in said
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(ChangeSeen)) == 1
        assert session.scalar(select(func.count()).select_from(ProgressEvent)) == 1


def test_what_was_not_shown_cannot_be_said_to_be_seen(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    with later(reader):
        publish(tmp_path, first=CORRECTED)
        publish(tmp_path, first=CORRECTED.replace("in 2013", "in May 2013"))
        assert put_away(reader, version="1.1") == 422
        assert told(reader)
        assert put_away(reader, version="1.2") == 303


def test_the_database_itself_keeps_what_was_said(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    with later(reader):
        publish(tmp_path, first=CORRECTED)
        assert put_away(reader) == 303
    db.session.remove()
    for change in ("UPDATE lms_change_seen SET version_id = 1", "DELETE FROM lms_change_seen"):
        with pytest.raises(DBAPIError, match="append-only"), own_transaction() as session:
            session.execute(text(change))


def test_the_checks_find_what_was_made_up(reader: Reader, app: Flask, tmp_path: Path) -> None:
    other = make_reader(app)
    reader.read()
    with later(reader):
        publish(tmp_path, first=CORRECTED)
        assert put_away(reader) == 303
    with unit_of_work() as session:
        assert not list(changes_seen(session))
        kept = session.scalars(select(ChangeSeen)).one()
        edition = make_edition(session)
        made_up = {"unit_id": kept.unit_id, "receipt_id": kept.receipt_id, "version_id": kept.version_id, "at": NOW}
        session.add(ChangeSeen(enrolment_id=other.enrolment_id, **made_up))
        session.add(ChangeSeen(enrolment_id=enrol_person(session, edition).id, **made_up))
        session.execute(text("DELETE FROM lms_edition_version WHERE edition_id = :id"), {"id": edition.id})
        session.flush()
        assert [finding.problem for finding in changes_seen(session)] == [
            "has a receipt that was given to somebody else",
            "has a receipt that was given to somebody else",
            "is of a version that the edition has not read",
        ]


def test_a_note_is_told_in_the_original_where_the_translation_stayed_as_it_was(app: Flask, tmp_path: Path) -> None:
    first, corrected = (text.replace("  en: First\n", "  en: First\n  es: Primero\n") for text in (FIRST, CORRECTED))
    publish(tmp_path, first=first, first_es=spanish(first, "Terminó."))
    reader = make_reader(app)
    with unit_of_work() as session:
        session.get_one(Person, reader.person_id).locale = "es"
    reader.read()
    with later(reader):
        # What the translation leaves to its source has changed with it, so its revision is another too.
        both = corrected.replace("- A point.", "- Another point.")
        publish(tmp_path, first=both, first_es=spanish(first, "Terminó."))
        assert "Another" in told(reader)


def test_of_questions_the_words_are_told_and_never_what_tells_an_answer(reader: Reader, tmp_path: Path) -> None:
    corrected = (
        ASKED.replace("Which one?", "Which one is it?")
        .replace("text: Early", "text: Early on")
        .replace("right: Right one", "right: Right one indeed")
        .replace("SECRET-ONE because", "SECRET-ONE since")
    )
    reader.read()
    reader.pass_quiz()
    reader.begin()
    with later(reader):
        publish(tmp_path, asked=corrected)
        said = told(reader, "asked")
        assert "These questions have changed since you finished them on 12 April 2027" in said
        assert "is it" in said
        assert "Early on" in said or "on" in said
        assert "SECRET" not in said
        assert "pairs" not in said
        reader.pass_quiz()
    with later(reader, days=5):
        publish(tmp_path, asked=corrected.replace("SECRET-ONE since", "SECRET-ONE for"))
        assert "SECRET-ONE" in told(reader, "asked")


def test_questions_that_ask_something_else_count_as_not_answered(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    reader.pass_quiz()
    anew = ASKED.replace("substance: s1", "substance: s2", 1).replace("SECRET-ONE because", "SECRET-ONE since")
    with later(reader):
        adopt(reader, publish(tmp_path, asked=anew.replace("Which one?", "Which one is it?")))
        said = told(reader, "asked")
        assert "so they count as not answered yet" in said
        assert "SECRET" not in said


_names = st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=6, unique=True)


@given(_names, st.permutations(range(6)))
def test_the_order_of_a_question_is_not_to_be_read_from_its_changes(ids: list[str], order: list[int]) -> None:
    items = [Option(name, f"{name}{name}", correct=False) for name in ids]
    shuffled = [items[number] for number in order if number < len(items)]

    def asked(options: list[Option], more: str) -> Question:
        made = tuple(Option(one.id, one.text + more, correct=False) for one in options)
        return Question("q", "ordering", "s1", "In which order?", made, explanation="Because of " + more)

    found = questions_changed([asked(items, "")], [asked(items, " x")], explained=False)
    other = questions_changed([asked(shuffled, "")], [asked(shuffled, " x")], explained=False)
    assert found == other
    assert len(found) == len(ids)


def test_a_translations_reader_is_told_in_the_language_they_read(app: Flask, tmp_path: Path) -> None:
    first, corrected = (text.replace("  en: First\n", "  en: First\n  es: Primero\n") for text in (FIRST, CORRECTED))
    publish(tmp_path, first=first, first_es=spanish(first, "Terminó."))
    reader = make_reader(app)
    with unit_of_work() as session:
        session.get_one(Person, reader.person_id).locale = "es"
    reader.read()
    with later(reader):
        publish(tmp_path, first=corrected, first_es=spanish(first, "Terminó."))
        behind = told(reader)
        assert "in 2013" in behind
        assert 'lang="en"' in behind
    with later(reader, days=4):
        publish(tmp_path, first=corrected, first_es=spanish(corrected, "Terminó en 2013. [@S001]"))
        followed = told(reader)
        assert "en 2013" in followed
        assert "in 2013" not in followed
        original = reader.client.get(reader.url("first") + "?original=1").text
        assert "in 2013" in original[original.index('id="changed"') :].split("</details>")[0]


def test_home_and_a_page_of_its_own_list_every_text_that_changed(reader: Reader, tmp_path: Path) -> None:
    path = f"/learn/{reader.edition}/changes"
    assert "Nothing has changed since this edition began." in words(reader.client.get(path).text)
    reader.read()
    reader.pass_quiz()
    with later(reader):
        publish(tmp_path, first=CORRECTED, asked=ASKED.replace("Which one?", "Which one is it?"))
        home = reader.client.get("/").text
        assert f'<a href="{path}">2 texts you have finished have changed since</a>' in home
        page = reader.client.get(path).text
        said = words(page)
        assert "2 texts you have finished have changed since." in said
        assert "Version 1.1 since 15 April 2027" in said
        assert "The version this edition began with." in said
        assert f'href="{reader.url("first")}#changed"' in page
        assert put_away(reader) == put_away(reader, "asked") == 303
        assert "have changed since" not in reader.client.get("/").text
        assert "No text that you have finished has changed since." in words(reader.client.get(path).text)


def test_the_public_line_of_a_version_is_told_in_the_readers_language(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    with later(reader):
        version_id = publish(tmp_path, first=CORRECTED)
        with unit_of_work() as session:
            summary = '{"en": "The year of the end was added.", "es": "Se añadió el año."}'
            session.execute(
                text("UPDATE lms_course_version SET summary = :summary WHERE id = :id"),
                {"summary": summary, "id": version_id},
            )
        assert "The year of the end was added." in told(reader)
        with unit_of_work() as session:
            session.get_one(Person, reader.person_id).locale = "es"
        assert "Se añadió el año." in reader.client.get(f"/learn/{reader.edition}/changes").text


def test_the_colophon_leads_to_what_has_changed(reader: Reader) -> None:
    for unit in ("first", "asked"):
        assert f'<a href="/learn/{reader.edition}/changes">Version 1.0, published' in reader.get(unit)


def test_whoever_has_nothing_to_be_told_costs_no_statement(reader: Reader, app: Flask, tmp_path: Path) -> None:
    reader.read()
    pages = (reader.url("first"), "/")
    for page in pages:
        reader.client.get(page)
    before = [_sent(app, reader, page) for page in pages]
    with later(reader):
        publish(tmp_path, asked=ASKED.replace("Which one?", "Which one is it?"))
        for page in pages:
            reader.client.get(page)
        assert [_sent(app, reader, page) for page in pages] == before
        publish(tmp_path, first=CORRECTED, asked=ASKED.replace("Which one?", "Which one is it?"))
        for page in pages:
            reader.client.get(page)
        assert [_sent(app, reader, page) for page in pages] == [number + 1 for number in before]


def _sent(app: Flask, reader: Reader, page: str) -> int:
    with statements(app) as sent:
        reader.client.get(page)
    return len(sent)


def test_whoever_finished_the_old_text_while_the_new_one_was_being_published_is_told(
    reader: Reader, tmp_path: Path
) -> None:
    """A version counts from the moment its publication began, which takes seconds."""
    with later(reader):
        pass
    with frozen(LATER + dt.timedelta(seconds=2)):
        reader.read()
    with later(reader):
        publish(tmp_path, first=CORRECTED)
    with later(reader, days=4):
        assert told(reader)


@pytest.mark.parametrize(
    ("file", "page"),
    [
        ("a [[state|State]] acted [@S001 p. 3]", "a State acted [S001 p. 3]"),
        ("**never** and *again*, see [the site](https://x.example)", "never and again, see the site"),
        ("2 * 3 * 4 and snake_case_names", "2 * 3 * 4 and snake_case_names"),
    ],
)
def test_marks_of_the_files_are_left_out(file: str, page: str) -> None:
    assert readable(file) == page
