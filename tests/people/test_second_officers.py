"""Whoever may be the second officer finds what waits, and gets one letter for all of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.alumni.feed.permits import name_partner
from lms.alumni.services import past as attesting
from lms.alumni.services import reinvitations
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.models import Job
from lms.kernel.unit_of_work import own_transaction, reading, unit_of_work
from lms.people import services as people
from lms.people.letters import Letter, letter_for
from lms.people.models import Mandate, MandateState, Person, SentLetter
from lms.people.proposals.rules import PROPOSAL_LASTS
from lms.people.proposals.telling import AGAIN, TEMPLATE, officers_at, tell
from lms.people.proposals.waiting import Officer, Waiting, kinds, may_decide, waiting_for
from lms.people.queries import addresses_of
from lms.people.rules import Role, Scope, ScopeKind
from lms.records import services as records
from lms.records.models import Cause, RecordSubject
from lms.seminars.models import Edition, Enrolment
from tests.alumni.makers import make_alumni
from tests.alumni.test_past import SOURCE, past
from tests.alumni.test_reinvitations import REASON
from tests.conftest import NOW, statements
from tests.people.makers import give_mandate, make_person, signed_in_client

WHY = "The sheet was filled in for somebody else, who told us so."
KINDS = {"records/revocation", "alumni/past", "alumni/reinvitation", "alumni/partner", "people/mandate"}
ONE = Waiting("x", "first", NOW, "people.decisions")


def officer(subject: str = "second", *, over: str = "", administers: bool = False) -> Officer:
    """Over one edition, or over everything."""
    nothing = Scope(1, everything=not over, editions=frozenset({over} if over else ()))
    return Officer(subject, nothing, administers)


@pytest.mark.parametrize(
    ("one", "who", "may"),
    [
        (ONE, officer(), True),
        (ONE, officer("first"), False),
        (replace(ONE, concerned=frozenset({"second"})), officer(), False),
        (replace(ONE, edition="here"), officer(over="here"), True),
        (replace(ONE, edition="here"), officer(over="there"), False),
        (ONE, officer(over="here"), False),
        (replace(ONE, administrators=True), officer(), False),
        (replace(ONE, administrators=True), officer(administers=True), True),
        (replace(ONE, administrators=True), officer("first", administers=True), False),
    ],
)
def test_who_may_be_the_second_officer(one: Waiting, who: Officer, may: bool) -> None:
    assert may_decide(one, who) is may


class Office:
    """Officers over everything, over an edition with a record, and over another one."""

    def __init__(self) -> None:
        self.first, self.second, self.administrator = make_person(), make_person(), make_person()
        self.local, self.elsewhere = make_person(), make_person()
        [self.holder] = make_alumni("Zuri Zqkielelezo")
        with reading() as session:
            found = session.execute(
                select(RecordSubject.record, Edition.public_id)
                .join(Enrolment, Enrolment.id == RecordSubject.enrolment_id)
                .join(Edition, Edition.id == Enrolment.edition_id)
            ).one()
        self.record, self.edition = found
        for person in (self.first, self.second):
            give_mandate(person, Role.COORDINATOR)
        give_mandate(self.administrator, Role.ADMINISTRATOR)
        give_mandate(self.local, Role.COORDINATOR, ScopeKind.EDITION, self.edition)
        give_mandate(self.elsewhere, Role.COORDINATOR, ScopeKind.EDITION, "another")

    def revoke(self) -> None:
        with unit_of_work() as session:
            by = self.first.subject
            records.propose_revocation(session, record=self.record, cause=next(iter(Cause)), words=WHY, by=by, at=now())

    def propose_the_rest(self) -> None:
        """One of every other kind."""
        old, [_someone] = past("Kanari Mfano")
        with unit_of_work() as session:
            by = self.first.subject
            edition = session.scalars(select(Edition).where(Edition.public_id == old)).one()
            places = set(session.scalars(select(Enrolment.id).where(Enrolment.edition_id == edition.id)))
            attesting.propose(session, edition=edition, places=places, source=SOURCE, by=by, at=now())
            address = addresses_of(session, self.holder.id)[0].address
            reinvitations.propose(
                session, old_address=address, new_address="zqnew@example.org", reason=REASON, by=by, at=now()
            )
            name_partner(session, name="Network of examples", fields=[], by=by, at=now())
            whose = session.get_one(Person, make_person().id)
            another = make_person()
            give_mandate(another, Role.ADMINISTRATOR)
            people.propose(
                session, person=whose, role=Role.COORDINATOR, scope=ScopeKind.ALL, scope_id=None,
                since=NOW.date(), until=NOW.date() + dt.timedelta(days=300), by=another.id, at=now(),
            )  # fmt: skip

    def sees(self, person: Person, at: dt.datetime | None = None) -> set[str]:
        """The kinds of what waits for somebody."""
        with reading() as session:
            found = officers_at(session, at or now())[person.id]
            return {kind for kind, _one in waiting_for(session, found, at or now())}


@pytest.fixture
def office(app: Flask) -> Office:
    return Office()


def test_each_finds_what_they_may_decide_until_it_lapses(office: Office) -> None:
    office.revoke()
    only = {"records/revocation"}
    assert [office.sees(one) for one in (office.second, office.administrator, office.local)] == [only, only, only]
    assert office.sees(office.first) == office.sees(office.elsewhere) == set()
    office.propose_the_rest()
    assert office.sees(office.administrator) == KINDS == set(kinds)
    assert office.sees(office.second) == KINDS - {"alumni/partner", "people/mandate"}
    assert office.sees(office.local) == only
    assert office.sees(office.administrator, NOW + PROPOSAL_LASTS) == {"alumni/partner", "people/mandate"}


def letters() -> dict[int, list[Letter]]:
    """What was written to second officers so far, by person."""
    found: dict[int, list[Letter]] = {}
    with reading() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id))
        for payload in [job.payload for job in jobs if job.payload["template"] == TEMPLATE]:
            written = letter_for(session, payload)
            assert written
            found.setdefault(payload["person_id"], []).append(written)
    return found


def look(after: dt.timedelta) -> None:
    db.session.rollback()
    with frozen(NOW + after), own_transaction() as session:
        tell(session, {}, now())


def test_the_others_get_one_letter_for_all_of_it_and_one_a_day_at_most(office: Office) -> None:
    office.revoke()
    office.propose_the_rest()
    for minutes in (0, 30, 60):
        look(dt.timedelta(minutes=minutes))
    written = letters()
    assert {office.second.id, office.administrator.id, office.local.id} <= set(written)
    assert not {office.first.id, office.elsewhere.id, office.holder.id} & set(written)
    assert {len(one) for one in written.values()} == {1}
    [to_all], [to_local] = written[office.administrator.id], written[office.local.id]
    assert "5 proposals of other officers wait for a second one." in to_all.body_text
    assert "To revoke a completion record: 1" in to_local.body_text
    assert "/decisions" in to_local.body_text
    for letter in (to_all, to_local):
        assert letter.subject == "Raphael Lemkin Seminar: something waits for you"
        for word in ("Zqkielelezo", "Kanari", "zqnew", "Network of examples", office.record, office.edition):
            assert word not in letter.body_text
    look(dt.timedelta(days=1))
    assert letters().keys() == written.keys()
    assert {len(one) for one in letters().values()} == {1}, "what they were told of is not told again"


def test_a_letter_says_what_still_waits_when_it_is_written_and_none_goes_for_nothing(office: Office) -> None:
    office.revoke()
    office.propose_the_rest()
    look(dt.timedelta())
    with reading() as session:
        payload = session.scalars(select(Job.payload).where(Job.kind == "mail.send")).all()
        mine = next(
            one for one in payload if one["person_id"] == office.administrator.id and one["template"] == TEMPLATE
        )
        with frozen(NOW + PROPOSAL_LASTS):
            later = letter_for(session, mine)
        assert later
        assert "2 proposals of other officers wait" in later.body_text
    with own_transaction() as session:
        session.execute(update(Mandate).values(state=MandateState.ENDED))
        assert letter_for(session, mine) is None


def test_what_comes_later_is_told_the_next_day(office: Office) -> None:
    office.revoke()
    look(dt.timedelta())
    with frozen(NOW + dt.timedelta(hours=2)):
        office.propose_the_rest()
    look(dt.timedelta(hours=3))
    assert len(letters()[office.second.id]) == 1
    look(AGAIN + dt.timedelta(minutes=1))
    assert len(letters()[office.second.id]) == 2
    assert len(letters()[office.local.id]) == 1
    with reading() as session:
        assert session.scalars(select(SentLetter.about).where(SentLetter.template == TEMPLATE).distinct()).all() == [
            None
        ]


def test_officers_find_it_where_they_begin_with_the_page_on_which_it_is_decided(app: Flask, office: Office) -> None:
    client, local = signed_in_client(app, office.second), signed_in_client(app, office.local)
    assert "waits for you" not in client.get("/editions").text
    assert local.get("/").headers["Location"] == f"/editions/{office.edition}"
    office.revoke()
    assert "1 proposal of another officer waits for you" in client.get("/editions").text
    assert local.get("/").headers["Location"] == "/editions"
    assert "1 proposal of another officer waits for you" in local.get("/editions").text
    with statements(app) as sent:
        page = client.get("/decisions").text
    assert len([line for line in sent if "lms_session" not in line and not line.startswith("PRAGMA")]) <= 8, sent
    address = f"/editions/{office.edition}/records/{office.record}"
    assert f'href="{address}"' in page
    assert "Zqkielelezo" not in page
    assert client.get(address).status_code == 200
    assert "Nothing waits for you" in signed_in_client(app, office.first).get("/decisions").text
    assert signed_in_client(app, office.holder).get("/decisions").status_code == 404
