"""A native reader confirms exactly one text of a translation: who may, what is written down, what readers are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.catalogue import services as courses
from lms.catalogue.models import ConfirmationAct, TranslationConfirmation
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.people import services as people
from lms.people.models import Person
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import Worker, fingerprint_of, published, unit_of, worker
from tests.catalogue import tiny
from tests.conftest import statements
from tests.languages import ASKED, FIRST, spoken, translated
from tests.learning.makers import make_reader, publish
from tests.learning.test_languages import AWAITING
from tests.learning.test_reading import beyond_session
from tests.people.makers import give_mandate

REASON = "The second section was cut short."


@pytest.fixture(autouse=True)
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with spoken(tmp_path_factory.mktemp("catalogues")):
        yield


@pytest.fixture
def reviewer(catalogues: None, app: Flask, tmp_path: Path) -> Worker:
    published(tmp_path)
    return worker(app)


def acts() -> list[tuple[int, ConfirmationAct, int]]:
    with unit_of_work() as session:
        rows = session.scalars(select(TranslationConfirmation).order_by(TranslationConfirmation.id))
        return [(row.revision_id, row.act, row.person_id) for row in rows]


def seen_by_a_reader(app: Flask, unit: str = "first") -> str:
    reader = make_reader(app)
    reader.client.post("/language", data={"language": "es"})
    return reader.get(unit)


def test_a_reviewer_confirms_the_text_on_the_page_and_readers_are_told(reviewer: Worker, app: Flask) -> None:
    assert AWAITING in seen_by_a_reader(app)
    page = reviewer.page("/tiny/units/first?text=es")
    assert "Confirm this translation" in page
    assert f'name="fingerprint" value="{fingerprint_of()}"' in page
    answer = reviewer.confirm()
    assert (answer.status_code, answer.location) == (303, "/courses/tiny/units/first?text=es")
    page = reviewer.page("/tiny/units/first?text=es")
    assert "The translation is confirmed." in page
    assert "Confirm this translation" not in page
    assert "12 April 2027</bdi>" in page
    assert acts() == [(unit_of().translations["es"].revision_id, ConfirmationAct.CONFIRMED, reviewer.person.id)]
    page = seen_by_a_reader(app)
    assert AWAITING not in page
    assert "confirmed by a native reader" in page
    assert AWAITING in seen_by_a_reader(app, "asked"), "exactly one text was confirmed"


def test_only_who_says_that_the_language_is_theirs_confirms(reviewer: Worker) -> None:
    page = reviewer.page("/tiny/units/first?text=es")
    assert "I grew up with Spanish, or it is the language I work in." in page
    box = re.search(r'<input[^>]*name="own_language"[^>]*>', page)
    assert box
    assert " checked" not in box[0]
    answer = reviewer.confirm(own="")
    assert answer.status_code == 422
    assert "Only somebody who grew up with the language or works in it can confirm this." in answer.text
    assert "I grew up with Spanish" in answer.text
    assert acts() == []


def test_confirming_twice_says_it_once(reviewer: Worker, app: Flask) -> None:
    assert reviewer.confirm().status_code == 303
    assert worker(app).confirm().status_code == 303
    assert len(acts()) == 1


def test_it_is_written_down_who_confirmed_what(reviewer: Worker) -> None:
    reviewer.confirm()
    reviewer.take_back(REASON)
    with unit_of_work() as session:
        lines = session.scalars(select(AuditEntry).where(AuditEntry.act.like("translation.%")).order_by(AuditEntry.id))
        said = [(line.actor, line.act, line.about, line.details) for line in lines]
    details = {"unit": "first", "language": "es"}
    assert said == [
        (reviewer.person.subject, "translation.confirmed", fingerprint_of(), details),
        (reviewer.person.subject, "translation.taken-back", fingerprint_of(), details),
    ]


def test_a_confirmation_is_taken_back_with_a_reason_and_the_first_stays_written(reviewer: Worker, app: Flask) -> None:
    reviewer.confirm()
    short = reviewer.take_back("No.")
    assert short.status_code == 422
    assert "at least ten characters" in short.text
    assert len(acts()) == 1
    assert reviewer.take_back(REASON).status_code == 303
    assert [act for _revision, act, _person in acts()] == [ConfirmationAct.CONFIRMED, ConfirmationAct.TAKEN_BACK]
    page = reviewer.page("/tiny/units/first?text=es")
    assert REASON in page
    assert "Confirm this translation" in page
    assert AWAITING in seen_by_a_reader(app)
    again = reviewer.take_back(REASON)
    assert again.status_code == 422
    assert "nothing to take back" in again.text
    with unit_of_work() as session:
        sealed = session.scalars(select(TranslationConfirmation.sealed_reason)).all()
    assert sealed[0] is None
    assert sealed[1]
    assert b"section" not in sealed[1]


def test_the_reason_goes_with_the_key_of_whoever_wrote_it(reviewer: Worker, app: Flask) -> None:
    reviewer.confirm()
    reviewer.take_back(REASON)
    with unit_of_work() as session:
        person = session.get_one(Person, reviewer.person.id)
        people.erase(session, person=person, by=None, at=person.created_at)
    page = worker(app, Role.TRAINER).page("/tiny/units/first?text=es")
    assert REASON not in page
    assert "Name erased" in page


@pytest.mark.parametrize(
    ("role", "scope", "scope_id", "opens"),
    [
        (Role.TRAINER, ScopeKind.ALL, None, 200),
        (Role.TRAINER, ScopeKind.COURSE, "tiny", 200),
        (Role.REVIEWER, ScopeKind.COURSE, "another", 404),
        (Role.COORDINATOR, ScopeKind.ALL, None, 404),
        (Role.ADMINISTRATOR, ScopeKind.ALL, None, 404),
        (None, ScopeKind.ALL, None, 404),
    ],
)
def test_nobody_else_can_confirm_or_take_back(
    app: Flask, tmp_path: Path, role: Role | None, scope: ScopeKind, scope_id: str | None, opens: int
) -> None:
    published(tmp_path)
    somebody = worker(app, role, scope, scope_id)
    page = somebody.page("/tiny/units/first?text=es", opens)
    assert "Confirm this translation" not in page
    assert somebody.confirm().status_code == 404
    worker(app).confirm()
    assert somebody.take_back(REASON).status_code == 404
    assert len(acts()) == 1


def test_a_reviewer_of_the_course_alone_can(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    assert worker(app, Role.REVIEWER, ScopeKind.COURSE, "tiny").confirm().status_code == 303


def test_a_trainer_who_is_also_reviewer_of_another_course_cannot(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    both = worker(app, Role.TRAINER)
    give_mandate(both.person, Role.REVIEWER, ScopeKind.COURSE, "another")
    assert "Confirm this translation" not in both.page("/tiny/units/first?text=es")
    assert both.confirm().status_code == 404


@pytest.mark.parametrize(("unit", "language"), [("first", "en"), ("first", "fr"), ("thought", "es"), ("nowhere", "es")])
def test_what_is_no_translation_cannot_be_confirmed(reviewer: Worker, unit: str, language: str) -> None:
    assert reviewer.confirm(unit, language, fingerprint="a" * 64).status_code == 404
    assert acts() == []


def test_a_text_published_meanwhile_is_read_before_it_is_confirmed(reviewer: Worker, tmp_path: Path) -> None:
    before = fingerprint_of()
    published(tmp_path, first=FIRST.replace("It ended.", "It ended at last."))
    answer = reviewer.confirm(fingerprint=before)
    assert answer.status_code == 409
    assert "Another translation has been published since" in answer.text
    assert f'name="fingerprint" value="{fingerprint_of()}"' in answer.text
    assert acts() == []


def test_a_new_text_needs_a_new_confirmation_and_the_same_text_does_not(
    reviewer: Worker, app: Flask, tmp_path: Path
) -> None:
    reviewer.confirm()
    spanish = (tmp_path / "tiny/modules/01-words/first.es.md").read_text()
    files = {"first": FIRST, "asked_es": (tmp_path / "tiny/modules/01-words/asked.es.yaml").read_text()}
    publish(tmp_path, **files, asked=ASKED.replace("Is it so?", "Is this so?"), first_es=spanish)
    assert AWAITING not in seen_by_a_reader(app), "another unit was corrected"
    publish(tmp_path, **files, asked=ASKED, first_es=spanish.replace("Terminó.", "Ha terminado."))
    assert AWAITING in seen_by_a_reader(app)
    assert "Awaiting a native reader" in reviewer.page("/tiny")


SOURCES = tiny.SOURCES.replace("The first source", "The first source, corrected")


def test_a_corrected_source_does_not_cost_a_confirmation(reviewer: Worker, app: Flask, tmp_path: Path) -> None:
    reviewer.confirm()
    before, earlier = unit_of().translations["es"].revision_id, fingerprint_of()
    publish(tmp_path, **translated(), sources=SOURCES)
    after = unit_of().translations["es"].revision_id
    assert after != before
    assert acts() == [
        (before, ConfirmationAct.CONFIRMED, reviewer.person.id),
        (after, ConfirmationAct.CONFIRMED, reviewer.person.id),
    ]
    assert AWAITING not in seen_by_a_reader(app)
    assert AWAITING in seen_by_a_reader(app, "asked"), "it was never confirmed"
    assert "12 April 2027</bdi>" in reviewer.page("/tiny/units/first?text=es")
    with unit_of_work() as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.act == "translation.carried-over")).one()
        assert line.about == fingerprint_of()
        assert line.details == {"unit": "first", "language": "es", "earlier": earlier}


def test_words_that_a_translation_leaves_to_its_original_are_words_too(
    reviewer: Worker, app: Flask, tmp_path: Path
) -> None:
    reviewer.confirm("asked")
    spanish = {name: (tmp_path / "tiny" / tiny.MORE[name]).read_text() for name in ("first_es", "asked_es")}
    publish(tmp_path, first=FIRST, asked=ASKED.replace("Is it so?", "Is this so?"), **spanish, sources=SOURCES)
    assert len(acts()) == 1
    assert AWAITING in seen_by_a_reader(app, "asked")


def test_a_confirmation_taken_back_is_not_carried_over(reviewer: Worker, app: Flask, tmp_path: Path) -> None:
    reviewer.confirm()
    publish(tmp_path, **translated(), sources=SOURCES)
    assert reviewer.take_back(REASON).status_code == 303
    assert REASON in reviewer.page("/tiny/units/first?text=es")
    publish(tmp_path, **translated(), sources=SOURCES.replace("corrected", "corrected again"))
    assert AWAITING in seen_by_a_reader(app)
    published(tmp_path)
    assert AWAITING in seen_by_a_reader(app), "the words are those of the first revision, and they were taken back"
    assert reviewer.confirm().status_code == 303
    assert AWAITING not in seen_by_a_reader(app)


def test_what_was_said_is_never_changed_or_removed(reviewer: Worker) -> None:
    reviewer.confirm()
    table = "lms_translation_confirmation"
    for change in (f"UPDATE {table} SET act = 'taken-back'", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="append-only"), own_transaction() as session:
            session.execute(text(change))
    assert len(acts()) == 1


def test_files_are_exported_byte_for_byte_after_a_confirmation(reviewer: Worker, tmp_path: Path) -> None:
    reviewer.confirm()
    with unit_of_work() as session:
        files = courses.exported_files(session, "tiny")
    assert {path: (tmp_path / "tiny" / path).read_text() for path in files} == files
    assert "status: awaiting-native-reader" in files["modules/01-words/first.es.md"]


def test_a_readers_page_asks_once_whether_it_is_confirmed(reviewer: Worker, app: Flask) -> None:
    reviewer.confirm()
    reader = make_reader(app)
    reader.client.post("/language", data={"language": "es"})
    reader.get("first")
    with statements(app) as sent:
        reader.get("first")
    assert len(beyond_session(sent)) <= 3, sent
    assert len([one for one in sent if "lms_translation_confirmation" in one]) == 1


def test_a_translation_confirmed_in_its_file_has_no_button(app: Flask, tmp_path: Path) -> None:
    published(tmp_path, status="confirmed")
    page = worker(app).page("/tiny/units/first?text=es")
    assert "Confirmed in its file" in page
    assert "Confirm this translation" not in page
    assert "To take that back, change the file." in page
