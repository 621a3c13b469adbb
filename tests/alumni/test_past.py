"""Alumni of editions from before this system: imported, proposed by one officer, confirmed by another."""

from __future__ import annotations

import datetime as dt
import re
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from lms.alumni import queries
from lms.alumni.models import PastAttestation
from lms.alumni.rules.directory import Field
from lms.alumni.rules.past import may_propose
from lms.alumni.services import past as services
from lms.kernel.checks import run_all
from lms.kernel.clock import frozen
from lms.kernel.errors import Refused
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import own_transaction, reading, unit_of_work
from lms.kernel.worker import drain
from lms.people.models import Person, Role, ScopeKind, SentLetter
from lms.people.proposals.rules import PROPOSAL_LASTS, ProposalState
from lms.people.rules.names import PersonName
from lms.records.models import (
    LedgerEntry,
    LedgerSeal,
    PublicRecord,
    RecordAct,
    RecordCredential,
    RecordSubject,
    Revocation,
)
from lms.records.queries import my_records, valid_of
from lms.records.queries.life import Wish
from lms.records.rules.before import NO_VERSION
from lms.records.services.correcting import ask_correction
from lms.seminars.models import AttendanceClosing, Edition, Enrolment, EnrolmentState
from lms.seminars.services import invite, withdraw
from tests.conftest import NOW, statements
from tests.pages import shown_in
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.seminars.makers import enrol_person, make_edition

from .makers import browser, join, page, seen_by, show

TODAY = NOW.date()
SOURCE = "The signed list of attendance in the archive, folder 2012/2."
THEN = {
    "title": "Raphael Lemkin Seminar, November 2012",
    "starts_on": dt.date(2012, 11, 4),
    "ends_on": dt.date(2012, 11, 10),
    "deadline_at": dt.datetime(2012, 10, 20, 16, 0, tzinfo=dt.UTC),
}


@pytest.mark.parametrize("said", list(product([True, False], repeat=5)))
def test_a_proposal_needs_an_edition_that_is_over_people_a_source_and_an_officer_who_is_not_concerned(
    said: tuple,
) -> None:
    over, people, source, waiting, concerned = said
    found = may_propose(
        ends_on=TODAY - dt.timedelta(days=1) if over else TODAY, today=TODAY, held_here=False, places=int(people),
        source=SOURCE if source else "short", waiting=waiting, concerned=concerned,
    )  # fmt: skip
    assert (found is None) == (over and people and source and not waiting and not concerned)


@pytest.mark.parametrize("by", ["closing", "invitation"])
def test_an_edition_that_was_held_here_is_none_from_before(app: Flask, by: str) -> None:
    public_id, [person, other] = past("Zuri Kielelezo", "Urs Beispiel")
    first, second = officers(app)
    propose(first, public_id, but=1)
    with unit_of_work() as session:
        edition = session.scalars(select(Edition).where(Edition.public_id == public_id)).one()
        places = {one.person_id: one for one in session.scalars(select(Enrolment))}
        if by == "closing":
            session.add(AttendanceClosing(edition_id=edition.id, at=NOW, by="an officer"))
        else:
            invite(session, enrolment=places[other.id], at=NOW, by="an officer")
            withdraw(session, enrolment=places[other.id], reason="By mistake.", at=NOW, by="an officer")
        with pytest.raises(Refused, match="was held in this system"):
            chosen_place = [places[person.id].id]
            services.propose(session, edition=edition, places=chosen_place, source=SOURCE, by=person.subject, at=NOW)
    assert "was held in this system" in confirm(second, public_id)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 0


def test_the_check_names_an_edition_with_records_of_both_kinds(app: Flask) -> None:
    issued = {"act": RecordAct.ISSUED, "subject": "s", "dated": TODAY, "commitment": "", "facts": {}, "created_at": NOW}
    records = (("one", "both", NO_VERSION), ("two", "both", "a"), ("three", "old", NO_VERSION), ("four", "new", "a"))
    with unit_of_work() as session:
        for record, edition, version in records:
            session.add(LedgerEntry(record=record, edition=edition, version_hash=version, mark="", **issued))
    with reading() as session:
        assert [one.about for one in run_all(session)["records.before"]] == ["edition both"]
    revoked = {**issued, "act": RecordAct.REVOKED}
    with unit_of_work() as session:
        session.add(LedgerEntry(record="one", edition="both", version_hash=NO_VERSION, mark="", **revoked))
    with reading() as session:
        assert run_all(session)["records.before"] == [], "what has ended says nothing any more"


def test_to_an_edition_from_before_nobody_is_invited(app: Flask) -> None:
    public_id, [person, other] = past("Zuri Kielelezo", "Urs Beispiel")
    first, second = officers(app)
    propose(first, public_id, but=1)
    confirm(second, public_id)
    with unit_of_work() as session:
        places = {one.person_id: one for one in session.scalars(select(Enrolment))}
        for one in (other, person):
            with pytest.raises(Refused, match="from before this system"):
                invite(session, enrolment=places[one.id], at=NOW, by="an officer")
    with reading() as session:
        assert {one.state for one in session.scalars(select(Enrolment))} == {EnrolmentState.NOMINATED}


def past(*names: str) -> tuple[str, list[Person]]:
    """An edition of 2012 whose people were imported: nominated, and never written to."""
    with unit_of_work() as session:
        edition = make_edition(session, **THEN)
        places = [enrol_person(session, edition, name=name, becomes=EnrolmentState.NOMINATED) for name in names]
        return edition.public_id, [session.get_one(Person, place.person_id) for place in places]


def officers(app: Flask) -> tuple[FlaskClient, FlaskClient]:
    two = (make_person("Ewa Przykład"), make_person("Jan Voorbeeld"))
    for one in two:
        give_mandate(one, Role.COORDINATOR)
    first, second = two
    return signed_in_client(app, first), signed_in_client(app, second)


def chosen(client: FlaskClient, edition: str) -> list[str]:
    text = client.get(f"/alumni/past/{edition}").text
    return [part.split('"')[0] for part in text.split('name="chosen" value="')[1:]]


def propose(client: FlaskClient, edition: str, but: int = 0) -> None:
    places = chosen(client, edition)[but:]
    assert client.post(f"/alumni/past/{edition}", data={"chosen": places, "source": SOURCE}).status_code == 303


def proposal(client: FlaskClient, edition: str) -> str:
    return shown_in(client.get(f"/alumni/past/{edition}"))


def confirm(client: FlaskClient, edition: str) -> str:
    shown = {"shown": proposal(client, edition)}
    return client.post(f"/alumni/past/{edition}/confirm", data=shown, follow_redirects=True).text


def attested(app: Flask, *names: str) -> tuple[str, list[Person], FlaskClient]:
    edition, people = past(*names)
    first, second = officers(app)
    propose(first, edition)
    assert "The records are written" in confirm(second, edition)
    return edition, people, second


def test_two_officers_make_alumni_of_the_people_of_a_past_edition(app: Flask) -> None:
    edition, people, _officer = attested(app, "Zuri Kielelezo", "Urs Beispiel")
    with reading() as session:
        for person in people:
            status = queries.status_of(session, person.id)
            assert status is not None
            assert status.since == THEN["ends_on"]
        entries = session.scalars(select(LedgerEntry)).all()
        assert {(one.act, one.edition, one.facts["before"]) for one in entries} == {(RecordAct.ISSUED, edition, True)}
        assert session.scalar(select(func.count()).select_from(PublicRecord)) == 0
        assert "Zuri" not in repr([one.facts for one in entries])
    drain()
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(RecordCredential)) == 0
        assert session.scalars(select(SentLetter.id)).all() == []
        assert session.scalar(select(func.count()).select_from(LedgerSeal)) == 2


def test_their_places_are_shown_as_what_they_are(app: Flask) -> None:
    edition, _people = past("Zuri Kielelezo")
    first, second = officers(app)
    listed = f"/editions/{edition}/people"
    assert "Nominated, not invited yet" in first.get(listed).text
    propose(first, edition)
    confirm(second, edition)
    shown = first.get(listed).text
    assert "Completed before this system" in shown
    assert "Nominated, not invited yet" not in shown
    own = first.get(re.findall(rf'href="({listed}/[^"?]+)"', shown)[0]).text
    assert "Completed before this system" in own
    assert "/invitation" not in own


def test_every_check_is_content_with_records_from_before(app: Flask) -> None:
    attested(app, "Zuri Kielelezo", "Urs Beispiel")
    with unit_of_work() as session:
        found = run_all(session)
    assert {name: told for name, told in found.items() if told and name.startswith(("records", "alumni", "feed"))} == {}


def test_they_stand_in_the_directory_and_in_the_cohort_of_their_month(app: Flask) -> None:
    edition, (one, viewer), _officer = attested(app, "Zuri Kielelezo", "Urs Beispiel")
    with unit_of_work() as session:
        for person in (one, viewer):
            session.execute(update(Person).where(Person.id == person.id).values(welcomed_at=NOW, locale="en"))
    join(one, viewer)
    show(one, Field.NAME, Field.EDITION)
    assert "November 2012" in page(app, viewer)
    cohort = page(app, viewer, f"/alumni/editions/{edition}")
    assert "November 2012" in cohort
    assert "Zuri Kielelezo" in cohort
    with reading() as session:
        [seen] = seen_by(session, viewer)
        assert seen.editions[0].starts_on == THEN["starts_on"]


def test_their_record_has_no_certificate_and_says_where_it_is_from(app: Flask) -> None:
    _edition, (one,), _officer = attested(app, "Zuri Kielelezo")
    with unit_of_work() as session:
        session.execute(update(Person).where(Person.id == one.id).values(welcomed_at=NOW, locale="en"))
        [record] = my_records(session, one.id)
    assert record.before
    client = browser(app, one)
    text = client.get("/records").text
    assert "From before this system" in text
    assert f'href="/records/{record.record}"' not in text
    assert client.get(f"/records/{record.record}").status_code == 404
    assert client.get(f"/records/{record.record}/history").status_code == 404
    with pytest.raises(Refused, match="no certificate"), unit_of_work() as session:
        wish = Wish(PersonName("Zuri K. Kielelezo"), "Another ministry", "It was misspelled.")
        ask_correction(session, record=record.record, wish=wish, by=one.subject, at=NOW)


def test_its_holder_can_withdraw_a_record_from_before(app: Flask) -> None:
    _edition, (one,), _officer = attested(app, "Zuri Kielelezo")
    with unit_of_work() as session:
        session.execute(update(Person).where(Person.id == one.id).values(welcomed_at=NOW, locale="en"))
        [(record, _dated)] = valid_of(session, [one.id])[one.id]
    client = browser(app, one)
    assert f"/records/{record}/withdraw" in client.get("/records").text
    assert "Ask for a correction" not in client.get(f"/records/{record}/withdraw").text
    assert client.post(f"/records/{record}/withdraw", data={"checked": "y"}).headers["Location"].endswith("/records")
    assert client.get("/records").status_code == 200
    with reading() as session:
        assert queries.status_of(session, one.id) is None


def test_one_officer_alone_is_not_enough_and_a_second_click_changes_nothing(app: Flask) -> None:
    edition, _people = past("Zuri Kielelezo", "Urs Beispiel")
    first, second = officers(app)
    propose(first, edition, but=1)
    again = first.post(f"/alumni/past/{edition}", data={"chosen": [], "source": SOURCE})
    assert again.status_code == 422
    assert "Another officer has to confirm" in confirm(first, edition)
    shown = {"shown": proposal(second, edition)}
    for _click in range(2):
        assert second.post(f"/alumni/past/{edition}/confirm", data=shown).status_code == 303
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 1
        acts = list(session.scalars(select(AuditEntry.act).where(AuditEntry.about == edition)))
    assert acts.count("past.confirmed") == 1
    assert len(chosen(first, edition)) == 1


def test_what_is_wrong_with_a_proposal_is_said_on_the_form(app: Flask) -> None:
    edition, _people = past("Zuri Kielelezo")
    first, second = officers(app)
    for data, said in (
        ({"chosen": chosen(first, edition), "source": "A list."}, "in a sentence"),
        ({"chosen": [], "source": SOURCE}, "Choose at least one person"),
        ({"chosen": chosen(first, edition), "source": ""}, "Please fill this in"),
    ):
        answer = first.post(f"/alumni/past/{edition}", data=data)
        assert answer.status_code == 422
        assert said in answer.text
    propose(first, edition)
    with frozen(NOW + PROPOSAL_LASTS):
        assert (
            "propose these records" in signed_in_client(app, make_admin()).get(f"/alumni/past/{edition}").text.lower()
        )
    shown = {"shown": proposal(first, edition)}
    assert "Nothing was written" in first.post(
        f"/alumni/past/{edition}/decline", data=shown, follow_redirects=True
    ).text  # fmt: skip
    assert "not open any more" in second.post(
        f"/alumni/past/{edition}/confirm", data=shown, follow_redirects=True
    ).text  # fmt: skip


def make_admin() -> Person:
    person = make_person()
    give_mandate(person, Role.ADMINISTRATOR)
    return person


def test_a_place_that_changed_since_the_proposal_stops_it(app: Flask) -> None:
    edition, people = past("Zuri Kielelezo", "Urs Beispiel")
    first, second = officers(app)
    propose(first, edition)
    with unit_of_work() as session:
        mine = update(Enrolment).where(Enrolment.person_id == people[0].id)
        session.execute(mine.values(state=EnrolmentState.WITHDRAWN))
    assert "has changed since" in confirm(second, edition)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 0
        assert session.scalar(select(PastAttestation.state)) is ProposalState.PROPOSED


def test_only_those_who_coordinate_everything_come_here(app: Flask) -> None:
    edition, people = past("Zuri Kielelezo")
    local = make_person()
    with reading() as session:
        other = session.scalars(select(Edition.public_id)).first()
    give_mandate(local, Role.COORDINATOR, ScopeKind.EDITION, other)
    for person in (local, people[0], make_person()):
        client = signed_in_client(app, person)
        for path in ("/alumni/past", f"/alumni/past/{edition}", "/alumni/office"):
            assert client.get(path).status_code in {303, 404}
        assert client.post(f"/alumni/past/{edition}", data={"source": SOURCE}).status_code in {303, 404}


def test_an_officer_who_was_there_does_not_attest_it(app: Flask) -> None:
    edition, people = past("Zuri Kielelezo", "Urs Beispiel")
    with unit_of_work() as session:
        session.execute(update(Person).where(Person.id == people[0].id).values(welcomed_at=NOW, locale="en"))
    give_mandate(people[0], Role.COORDINATOR)
    mine = signed_in_client(app, people[0])
    answer = mine.post(f"/alumni/past/{edition}", data={"chosen": chosen(mine, edition), "source": SOURCE})
    assert answer.status_code == 422
    assert "You are one of these people" in answer.text


def test_invitations_go_once_to_those_who_have_never_signed_in(app: Flask) -> None:
    edition, _people, officer = attested(app, "Zuri Kielelezo", "Urs Beispiel")
    for number in ("2 invitations are", "0 invitations are"):
        text = officer.post(f"/alumni/past/{edition}/invite", follow_redirects=True).text
        assert number in text
    with reading() as session:
        letters = session.scalars(select(SentLetter.template)).all()
    assert letters == ["people/invitation"] * 2


def test_the_list_of_past_editions_takes_as_many_statements_for_many_as_for_few(app: Flask) -> None:
    past("Zuri Kielelezo")
    first, _second = officers(app)
    first.get("/alumni/past")
    with statements(app) as few:
        assert "November 2012" in first.get("/alumni/past").text
    past("Urs Beispiel", "Amina Mfano")
    with statements(app) as many:
        first.get("/alumni/past")
    assert len(many) == len(few) <= 9


def test_officers_see_a_record_from_before_and_can_revoke_it(app: Flask) -> None:
    edition, _people, second = attested(app, "Amina Mfano")
    with own_transaction() as session:
        record = session.scalars(select(RecordSubject.record)).one()
    at = f"/editions/{edition}/records"
    assert "Amina Mfano" in second.get(at).text
    assert second.get(f"{at}/{record}").status_code == 200
    sent = {"cause": "other-person", "words": "This was somebody else, as the archive says."}
    assert second.post(f"{at}/{record}/revocation", data=sent).status_code == 303
    with own_transaction() as session:
        assert session.scalars(select(Revocation.record)).all() == [record]
