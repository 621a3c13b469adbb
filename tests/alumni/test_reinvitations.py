"""Another address for whoever has lost a mailbox: two officers, and the old address is told."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.alumni.models import AlumniStatus, Reinvitation
from lms.kernel import audit
from lms.kernel.checks import run_all
from lms.kernel.clock import frozen
from lms.kernel.events import publish
from lms.kernel.models import AuditEntry, Job
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.events import SignedIn
from lms.people.letters import letter_for
from lms.people.models import IdentityRow, MailedToken, Person, Role, Sector, SentLetter
from lms.people.proposals.rules import PROPOSAL_LASTS
from lms.people.queries import addresses_of, person_by_address
from lms.people.rules.codes import GOOD_FOR, TokenPurpose
from lms.seminars.imports.reading import table_in
from lms.seminars.imports.saving import save
from lms.seminars.models import Edition
from tests.conftest import NOW
from tests.pages import shown_in
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.seminars.importing import JUSTICE, taken_in, verdicts_of
from tests.seminars.importing import said as row_of
from tests.seminars.makers import make_edition, make_institution

from .makers import browser, make_alumni
from .test_past import THEN

NEW = "zqnew@ministry.example.org"
REASON = "The ministry has a new domain. I called the number on its page and asked for the month and the group."


def officer(app: Flask) -> FlaskClient:
    person = make_person()
    give_mandate(person, Role.COORDINATOR)
    return signed_in_client(app, person)


def old_address(person: Person) -> str:
    with reading() as session:
        return addresses_of(session, person.id)[0].address


def propose(client: FlaskClient, person: Person, new: str = NEW) -> str:
    data = {"old": old_address(person), "new": new, "reason": REASON}
    assert client.post("/alumni/mailboxes", data=data).status_code == 303
    with reading() as session:
        return session.scalars(select(Reinvitation.public_id).order_by(Reinvitation.id.desc())).first() or ""


def primary(person: Person) -> str:
    with reading() as session:
        return next(one.address for one in addresses_of(session, person.id) if one.primary)


def test_a_second_officer_gives_the_new_address_and_the_old_one_is_told(app: Flask) -> None:
    [person] = make_alumni("Zuri Zqkielelezo")
    old = old_address(person)
    first, second = officer(app), officer(app)
    public_id = propose(first, person)
    assert primary(person) == old
    text = second.get("/alumni/mailboxes").text
    assert all(words in text for words in ("Zuri Zqkielelezo", old, NEW, "asked for the month"))
    alone = first.post("/alumni/mailboxes/confirm", data={"shown": public_id}, follow_redirects=True).text
    assert "Another officer has to confirm" in alone
    assert primary(person) == old
    for _click in range(2):
        assert second.post("/alumni/mailboxes/confirm", data={"shown": public_id}).status_code == 303
    assert primary(person) == NEW
    with reading() as session:
        found = person_by_address(session, NEW)
        assert found is not None
        assert found.id == person.id
        told = {
            row.template: session.get_one(IdentityRow, row.identity_id).primary
            for row in session.scalars(select(SentLetter).where(SentLetter.person_id == person.id))
            if row.template in ("people/addresses-changed", "people/back-in")
        }
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.about == person.subject)).all()
    assert told == {"people/addresses-changed": False, "people/back-in": True}
    assert acts.count("reinvitation.confirmed") == 1


def test_whoever_comes_in_or_chooses_an_address_themselves_keeps_it(app: Flask) -> None:
    one, other = make_alumni("Zuri Zqkielelezo", "Pia Zqbeispiel")
    first, second = officer(app), officer(app)
    proposed = propose(first, one)
    with unit_of_work() as session:
        publish(session, SignedIn(person_id=one.id, at=NOW))
    said = second.post("/alumni/mailboxes/confirm", data={"shown": proposed}, follow_redirects=True).text
    assert "Zqkielelezo" not in said
    assert primary(one) != NEW
    proposed = propose(first, other)
    with unit_of_work() as session:
        audit.record(
            session, at=NOW + PROPOSAL_LASTS / 2, actor=other.subject, act="address.primary", about=other.subject
        )
    said = second.post("/alumni/mailboxes/confirm", data={"shown": proposed}, follow_redirects=True).text
    assert "has chosen an address themselves" in said
    assert primary(other) != NEW


def test_what_cannot_be_proposed_is_said_in_words(app: Flask) -> None:
    [person], other = make_alumni("Zuri Kielelezo"), make_person(address="zqother@example.org")
    client = officer(app)
    good = {"old": old_address(person), "new": NEW, "reason": REASON}
    for wrong, said in (
        ({"old": "zqother@example.org"}, "No alumna or alumnus has this address"),
        ({"new": "zqother@example.org"}, "belongs to somebody else"),
        ({"new": "no address"}, "not an e-mail address"),
        ({"reason": "Lost."}, "how you made sure"),
    ):
        answer = client.post("/alumni/mailboxes", data={**good, **wrong})
        assert answer.status_code == 422
        assert said in answer.text
    propose(client, person)
    again = {**good, "new": "zqother@ministry.example.org"}
    assert "proposed for this person already" in client.post("/alumni/mailboxes", data=again).text
    with frozen(NOW + PROPOSAL_LASTS):
        later = officer(app)
        assert later.post("/alumni/mailboxes", data=good).status_code == 303
    assert other.id != person.id


@pytest.mark.parametrize("given", ["before", "between"])
def test_nobody_comes_at_a_mandate_by_another_address(app: Flask, given: str) -> None:
    [person] = make_alumni("Zuri Kielelezo")
    first, second = officer(app), officer(app)
    old = old_address(person)
    if given == "before":
        give_mandate(person, Role.ADMINISTRATOR)
        answer = first.post("/alumni/mailboxes", data={"old": old, "new": NEW, "reason": REASON})
        assert answer.status_code == 422
    else:
        public_id = propose(first, person)
        give_mandate(person, Role.TRAINER, until=NOW.date())
        answer = second.post("/alumni/mailboxes/confirm", data={"shown": public_id}, follow_redirects=True)
    assert "holds a mandate or is proposed for one" in answer.text
    assert primary(person) == old


def test_a_mandate_that_is_over_keeps_nobody_from_another_address(app: Flask) -> None:
    [person] = make_alumni("Zuri Kielelezo")
    give_mandate(person, Role.TRAINER, since=NOW.date() - dt.timedelta(days=9), until=NOW.date() - dt.timedelta(days=1))
    public_id = propose(officer(app), person)
    officer(app).post("/alumni/mailboxes/confirm", data={"shown": public_id})
    assert primary(person) == NEW
    with reading() as session:
        [until] = session.scalars(select(MailedToken.expires_at).where(MailedToken.person_id == person.id))
        context = session.scalars(select(Job.payload).where(Job.kind == "mail.send")).all()[-1]
        letter = letter_for(session, context)
    assert until == NOW + GOOD_FOR[TokenPurpose.INVITATION]
    assert letter is not None
    assert letter.to_address == NEW
    assert "letters to your old one do not arrive" in letter.body_text
    assert "nothing needs to be done" not in letter.body_text


def test_a_proposal_that_is_turned_down_or_too_old_changes_nothing(app: Flask) -> None:
    [person] = make_alumni("Zuri Kielelezo")
    first = officer(app)
    public_id = propose(first, person)
    with frozen(NOW + PROPOSAL_LASTS):
        late = officer(app).post("/alumni/mailboxes/confirm", data={"shown": public_id}, follow_redirects=True).text
    assert "within seven days" in late
    assert "Nothing was changed" in first.post(
        "/alumni/mailboxes/decline", data={"shown": public_id}, follow_redirects=True
    ).text  # fmt: skip
    assert "not open any more" in officer(app).post(
        "/alumni/mailboxes/confirm", data={"shown": public_id}, follow_redirects=True
    ).text  # fmt: skip
    assert primary(person) != NEW


def test_addresses_and_reasons_are_sealed_and_only_officers_over_everything_come_here(app: Flask) -> None:
    [person] = make_alumni("Zuri Zqkielelezo")
    public_id = propose(officer(app), person)
    for one in (person, make_person()):
        client = browser(app, one)
        assert client.get("/alumni/mailboxes").status_code == 404
        assert client.post("/alumni/mailboxes/confirm", data={"shown": public_id}).status_code == 404
    with reading() as session:
        row = session.scalars(select(Reinvitation)).one()
        kept = repr((row.sealed_address, row.sealed_reason))
        kept += repr([(one.act, one.about, one.details) for one in session.scalars(select(AuditEntry))])
        kept += repr([job.payload for job in session.scalars(select(Job))])
    assert not [word for word in ("zqnew", "the month", "Zqkielelezo") if word in kept]


def test_two_officers_give_an_address_to_whoever_came_without_one(app: Flask) -> None:
    with unit_of_work() as session:
        make_institution(session, "TZ", Sector.JUSTICE, JUSTICE)
        edition = make_edition(session, **THEN)
        found = taken_in(session, edition, row_of(1, name="Zuri Zqkielelezo", address=""), row_of(2))
        save(session, found=found, at=NOW, by="an officer")
        public_id = edition.public_id
    first, second = officer(app), officer(app)
    people = first.get(f"/alumni/past/{public_id}").text
    assert "Propose an address" not in people
    sent = {"chosen": re.findall(r'name="chosen" value="([^"]+)"', people), "source": "The signed list in the archive."}
    assert len(sent["chosen"]) == 2
    assert first.post(f"/alumni/past/{public_id}", data=sent).status_code == 303
    shown = {"shown": shown_in(second.get(f"/alumni/past/{public_id}"))}
    assert second.post(f"/alumni/past/{public_id}/confirm", data=shown).status_code == 303
    with reading() as session:
        assert session.scalars(select(SentLetter.id)).all() == []
        status = session.scalars(select(AlumniStatus.person_id)).all()
    assert len(status) == 2
    as_exported = table_in(first.get(f"/editions/{public_id}/people.csv").data)
    assert sorted(row.get("address", "") for _, row in as_exported.rows) == ["", "neema2@example.org"]
    with unit_of_work() as session:
        again = taken_in(session, session.scalars(select(Edition)).one(), *(row for _, row in as_exported.rows))
        assert verdicts_of(session, again) == ["same", "same"]
    [link] = re.findall(r'href="(/alumni/mailboxes\?place=[^"]+)"', first.get(f"/alumni/past/{public_id}").text)
    page = first.get(link).text
    assert "Zuri Zqkielelezo" in page
    assert "Old e-mail address" not in page
    sent = {"place": link.split("=")[1], "new": NEW, "reason": REASON}
    assert first.post("/alumni/mailboxes", data={**sent, "reason": "Short."}).status_code == 422
    assert first.post("/alumni/mailboxes", data=sent).status_code == 303
    with reading() as session:
        proposal = session.scalars(select(Reinvitation.public_id)).one()
    first.post("/alumni/mailboxes/confirm", data={"shown": proposal})
    with reading() as session:
        assert person_by_address(session, NEW) is None
    second.post("/alumni/mailboxes/confirm", data={"shown": proposal})
    with reading() as session:
        person = person_by_address(session, NEW)
        assert person is not None
        assert session.scalars(select(SentLetter.template)).all() == ["people/invitation"]
    assert first.get(link).status_code == 404
    assert first.post("/alumni/mailboxes", data={**sent, "new": "zqlater@example.org"}).status_code == 404
    away = table_in(first.get(f"/editions/{public_id}/people.csv").data)
    assert [(row["name"], row.get("address", "")) for _, row in away.rows if row["name"] != "Neema Mfano 2"] == [
        ("Zuri Zqkielelezo", NEW)
    ]
    with unit_of_work() as session:
        edition = session.scalars(select(Edition)).one()
        for rows in ([row for _, row in away.rows], [row_of(1, name="Zuri Zqkielelezo", address=""), row_of(2)]):
            assert verdicts_of(session, taken_in(session, edition, *rows)) == ["same", "same"]
        assert not {name: list(told) for name, told in run_all(session).items() if told}
