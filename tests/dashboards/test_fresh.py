"""The open desk asks again with the tag of what it shows, and is answered with nothing where nothing has changed."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.dashboards.queries import freshness
from lms.kernel.clock import frozen
from lms.kernel.models import AuditEntry, Job, JobState
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people_services
from lms.people.models import Institution, Person, Sector, SensitiveMark, SignInSession
from lms.people.rules import PersonName, Role, ScopeKind
from lms.seminars import services
from lms.seminars.models import ContactKind, Edition, Enrolment, ParticipantRequest, RequestKind, Stage
from tests.conftest import NOW, statements
from tests.dashboards.makers import crowd
from tests.learning.makers import Reader, make_reader, publish
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import make_edition
from tests.seminars.makers import make_institution

SHEETS = ("/editions/{}/attention", "/editions/attention", "/editions/{}")


def tag(page: str) -> str:
    found = re.search(r"hx-headers='([^']+)'", page)
    assert found
    told = re.search(r'W/\\"([0-9a-f]+)\\"', unescape(found[1]).replace("\\u0022", '"'))
    assert told
    return f'W/"{told[1]}"'


def again(client: FlaskClient, path: str, known: str) -> TestResponse:
    return client.get(path, headers={"HX-Request": "true", "If-None-Match": known})


def desk(app: Flask, edition: str) -> FlaskClient:
    person = make_person()
    give_mandate(person, Role.COORDINATOR, ScopeKind.EDITION, edition)
    return signed_in_client(app, person)


@pytest.fixture
def reader(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    publish(tmp_path_factory.mktemp("course"))
    return make_reader(app)


@pytest.mark.parametrize("path", SHEETS)
def test_an_open_sheet_gets_an_empty_answer_until_somebody_finishes_a_text(reader: Reader, path: str) -> None:
    path, client = path.format(reader.edition), desk(reader.app, reader.edition)
    known = tag(client.get(path).text)
    for _again in range(2):
        answer = again(client, path, known)
        assert (answer.status_code, answer.data) == (304, b"")
    reader.read()
    answer = again(client, path, known)
    assert answer.status_code == 200
    assert tag(answer.text) != known
    if path.endswith("attention"):
        assert answer.text.strip().startswith('<div id="sheet"'), "only the part that changes"
    assert again(client, path, tag(answer.text)).status_code == 304


def _asks(session: Session, place: Enrolment) -> None:
    services.ask(session, enrolment=place, kind=RequestKind.MORE_TIME, message="x", at=NOW, by=place.person.subject)


def _answers(session: Session, place: Enrolment) -> None:
    request = session.scalars(select(ParticipantRequest)).one()
    services.answer_request(session, enrolment=place, request=request, granted=False, at=NOW, by="c")


def _withdraws(session: Session, place: Enrolment) -> None:
    services.withdraw(session, enrolment=place, at=NOW, by="c")


def _called(session: Session, place: Enrolment) -> None:
    services.note_contact(
        session, enrolment=place, kind=ContactKind.CALLED, day=NOW.date(), words="", key="key-1234", at=NOW,
        by=place.person_id,
    )  # fmt: skip


def _more_time(session: Session, place: Enrolment) -> None:
    services.extend(session, enrolment=place, deadline_at=NOW + dt.timedelta(days=20), at=NOW, by="c")


def _mail_fails(session: Session, _place: Enrolment) -> None:
    made = {"run_at": NOW, "created_at": NOW, "payload": {"person_id": 1}}
    session.add(Job(kind="mail.send", state=JobState.DEAD, **made))


def _comes(session: Session, place: Enrolment) -> None:
    crowd(session, session.get_one(Edition, place.edition_id), [("TZ", Sector.JUSTICE, Stage.INVITED)])


def _name(session: Session, place: Enrolment) -> None:
    session.get_one(Person, place.person_id).name_confirmed_at = NOW + dt.timedelta(seconds=1)


def _not_to_be_named(session: Session, place: Enrolment) -> None:
    session.add(SensitiveMark(person_id=place.person_id, on=True, by_person_id=place.person_id, at=NOW))


def _serves_elsewhere(session: Session, place: Enrolment) -> None:
    elsewhere, on = make_institution(session, "KE"), NOW.date() + dt.timedelta(days=9)
    people_services.move(session, person=place.person, institution=elsewhere, function="", on=on, at=NOW, by="c")


def _ministry_is_renamed(session: Session, place: Enrolment) -> None:
    session.get_one(Institution, place.institution_id).name = "Ministry of Everything Else"


def _ministry_is_of_another_sector(session: Session, place: Enrolment) -> None:
    session.get_one(Institution, place.institution_id).sector = Sector.DEFENCE


def _ministry_lives_by_other_clocks(session: Session, place: Enrolment) -> None:
    session.get_one(Institution, place.institution_id).zone = "Pacific/Fiji"


PUT_RIGHT = [_ministry_is_renamed, _ministry_is_of_another_sector, _ministry_lives_by_other_clocks]
ACTS = [
    _asks, _withdraws, _called, _more_time, _mail_fails, _comes, _name, _not_to_be_named, _serves_elsewhere,
    *PUT_RIGHT,
]  # fmt: skip


@pytest.mark.parametrize("act", ACTS, ids=[act.__name__.strip("_") for act in ACTS])
def test_whatever_the_sheet_shows_changes_its_tag(reader: Reader, act: Callable[[Session, Enrolment], None]) -> None:
    path, client = SHEETS[0].format(reader.edition), desk(reader.app, reader.edition)
    known = tag(client.get(path).text)
    with unit_of_work() as session:
        act(session, session.get_one(Enrolment, reader.enrolment_id))
    assert again(client, path, known).status_code == 200


def _confirms(session: Session, place: Enrolment) -> None:
    person = session.get_one(Person, place.person_id)
    people_services.change_name(session, person=person, name=PersonName("Amina A. Mfano"), at=NOW)


LARGE = [*(act for act in ACTS if act not in (_name, *PUT_RIGHT)), _confirms]


@pytest.mark.parametrize("act", LARGE, ids=[act.__name__.strip("_") for act in LARGE])
def test_the_tag_of_a_large_edition_changes_with_it_and_is_told_without_reading_its_people(
    reader: Reader, act: Callable[[Session, Enrolment], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness, "MOST_READ", 0)
    path, client = SHEETS[0].format(reader.edition), desk(reader.app, reader.edition)
    known = tag(client.get(path).text)
    with statements(reader.app) as sent:
        assert again(client, path, known).status_code == 304
    assert len([one for one in sent if not one.startswith(("BEGIN", "PRAGMA"))]) == 3
    assert not [one for one in sent if re.search(r"(FROM|JOIN) lms_(enrolment|enrolment_progress)\b", one)]
    with unit_of_work() as session:
        act(session, session.get_one(Enrolment, reader.enrolment_id))
    assert again(client, path, known).status_code == 200


def test_the_tag_of_a_large_edition_changes_when_somebody_reads_and_by_itself_after_a_while(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness, "MOST_READ", 0)
    path, client = SHEETS[0].format(reader.edition), desk(reader.app, reader.edition)
    known = tag(client.get(path).text)
    reader.read()
    assert again(client, path, known).status_code == 200
    known = tag(client.get(path).text)
    with frozen(NOW + freshness.REPAIRED):
        assert again(client, path, known).status_code == 200


def test_an_answer_a_new_day_another_language_and_another_person_change_the_tag(reader: Reader) -> None:
    path, client = SHEETS[0].format(reader.edition), desk(reader.app, reader.edition)
    with unit_of_work() as session:
        _asks(session, session.get_one(Enrolment, reader.enrolment_id))
    known = tag(client.get(path).text)
    with unit_of_work() as session:
        _answers(session, session.get_one(Enrolment, reader.enrolment_id))
    later = tag(client.get(path).text)
    assert later != known
    assert tag(desk(reader.app, reader.edition).get(path).text) != later
    with frozen(NOW + dt.timedelta(hours=15)):
        tomorrow = desk(reader.app, reader.edition)
        assert again(tomorrow, path, later).status_code == 200


def test_a_deadline_that_passes_changes_the_tag_by_itself(reader: Reader) -> None:
    path = SHEETS[0].format(reader.edition)
    before = dt.datetime(2027, 4, 23, 15, 59, tzinfo=dt.UTC)
    with frozen(before):
        client = desk(reader.app, reader.edition)
        known = tag(client.get(path).text)
    with frozen(before + dt.timedelta(minutes=2)):
        assert again(client, path, known).status_code == 200


def test_asking_again_is_no_visit_and_shows_nobody(reader: Reader) -> None:
    """It is not noted as a look, does not keep the sign-in alive, and sends three statements."""
    path, client = SHEETS[0].format(reader.edition), desk(reader.app, reader.edition)
    with frozen(NOW + dt.timedelta(days=9)):
        client = desk(reader.app, reader.edition)
        known = tag(client.get(path).text)
    with unit_of_work() as session:
        before = session.scalars(select(AuditEntry.id).where(AuditEntry.act == "attention.listed")).all()
        seen = session.scalars(select(SignInSession.seen_at).order_by(SignInSession.id)).all()
    with frozen(NOW + dt.timedelta(days=9, minutes=20)):
        with statements(reader.app) as sent:
            assert again(client, path, known).status_code == 304
        asked = [one for one in sent if not one.startswith(("BEGIN", "PRAGMA"))]
        assert len(asked) == 3, asked
    with unit_of_work() as session:
        assert session.scalars(select(AuditEntry.id).where(AuditEntry.act == "attention.listed")).all() == before
        assert session.scalars(select(SignInSession.seen_at).order_by(SignInSession.id)).all() == seen


def test_a_page_opened_by_a_person_is_never_answered_with_nothing(reader: Reader) -> None:
    path, client = SHEETS[0].format(reader.edition), desk(reader.app, reader.edition)
    known = tag(client.get(path).text)
    assert client.get(path, headers={"If-None-Match": known}).status_code == 200
    foreign = signed_in_client(reader.app, make_person())
    assert again(foreign, path, known).status_code == 404
    assert again(reader.app.test_client(), path, known).status_code == 401


def test_an_empty_answer_costs_a_fifth_of_the_page_at_most(sqlite_app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        crowd(session, edition, [("TZ", Sector.JUSTICE, Stage.READING)] * 300)
    path = SHEETS[0].format(edition.public_id)
    with frozen(NOW + dt.timedelta(days=9)):
        client = desk(sqlite_app, edition.public_id)
        known = tag(client.get(path).text)
        page = _least(lambda: client.get(path))
        nothing = _least(lambda: again(client, path, known))
    assert nothing * 5 <= page, (nothing, page)


def _least(ask: Callable[[], TestResponse]) -> float:
    took = []
    for _time in range(8):
        begun = time.process_time()
        assert ask().status_code in (200, 304)
        took.append(time.process_time() - begun)
    return min(took)


def test_only_who_sees_everything_of_an_edition_has_its_page_kept_up_to_date(reader: Reader) -> None:
    person = make_person()
    give_mandate(person, Role.EVALUATOR)
    client, path = signed_in_client(reader.app, person), f"/editions/{reader.edition}"
    page = client.get(path)
    assert "data-fresh" not in page.text
    assert "ETag" not in page.headers
    assert again(client, path, 'W/"0"').status_code == 200
    assert "data-fresh" in desk(reader.app, reader.edition).get(path).text
