"""Somebody to whom everything has happened: each word that was written of them is one that no other text holds."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.alumni.models import Reinvitation
from lms.alumni.queries.introductions import Answer
from lms.alumni.queries.past import proposal_of as past_proposal
from lms.alumni.rules.directory import Audience, Consent, Field
from lms.alumni.rules.yearly import YEAR
from lms.alumni.services import introductions, past, reinvitations, yearly
from lms.alumni.services import membership as alumni
from lms.integrations.own_copy import services as own_copies
from lms.integrations.own_copy.models import OwnCopy
from lms.kernel import worker
from lms.kernel.clock import now
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people import services as people
from lms.people.models import Person, PersonKey
from lms.people.queries import viewer_for_person
from lms.people.rules import PersonName, Role
from lms.people.rules.names import NameOrder
from lms.records import services as records
from lms.records.models import Cause, PublicRecord, RecordSubject
from lms.records.queries.life import Wish
from lms.records.verification import services as sharing
from lms.seminars import services as seminars
from lms.seminars.models import ContactKind, Edition, Enrolment, EnrolmentState, Mark, RequestKind
from lms.seminars.nominating import services as nominating
from lms.seminars.queries import sessions_of
from tests.alumni.feeds import Program, make_partner, make_token
from tests.learning.makers import Reader, publish
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import attend, close, complete_reading
from tests.seminars.importing import said, taken_in
from tests.seminars.makers import enrol_person, make_edition, make_institution

FULL, LATIN, CALLED, LISTED = "زينب الكناريّة", "Zeynep Kanarya-Şimşek", "Kanaryacık", "KANARYA-ŞIMŞEK Zeynep"
CORRECTED = "زينب العصفور"
ADDRESS, OTHER = "zeynep.kanarya@example.org", "kanarya.private@example.net"
WORDS = {
    "full": FULL, "latin": LATIN, "family": "Kanarya", "called": CALLED, "address": ADDRESS, "other": OTHER,
    "function": "Kanaryalar dairesi başkanı", "request": "Kanaryam hasta olduğu için",
    "note": "Rang zurück wegen Kanarek",
    "reason": "Marked since Kanarienvogel is known", "reflection": "Über meinen Kanarienvogel",
    "excuse": "At Canarino's",
    "introduction": "Canarinha pergunta por si", "given": "Kanári szívesen válaszol",
    "report": "Le canari manque", "nominated": "Kanarya nominada", "imported": "Kanarya importée",
    "reported": "Canarino molesto", "again": "kanarya.again@example.com", "lost": "Canaria lost the mailbox",
    "corrected": CORRECTED, "in latin": "Zeynep Kanarienvogt", "office": "Kanzlei der Kanarischen Inseln",
    "other office": "Kanareninstitut", "third office": "Kanarenrat", "first wish": "Kanarienhochzeit im Mai",
    "refused": "Kanarin pasaportu eksik", "wish": "Kanárská svatba v květnu", "third wish": "Une canarette de plus",
    "charge": "Il canarino era altrove", "second charge": "Canarinas wurde vertreten",
    "source": "Canariensis, signed sheet 12 of the archive",
    "directory": "Canário e português", "subjects": "Canari prevention",
}  # fmt: skip

FIRST = "officer-one"
LONG_AGO = {
    "title": "Seminar, November 2012",
    "starts_on": dt.date(2012, 11, 4),
    "ends_on": dt.date(2012, 11, 10),
    "deadline_at": dt.datetime(2012, 10, 20, 16, 0, tzinfo=dt.UTC),
}


@dataclass
class Life:
    """Somebody to whom everything has happened."""

    person_id: int
    subject: str
    wrapped: bytes
    partner_token: str
    code: str
    """Of the record they hold of an edition here, as it is printed."""
    shared: str
    """The token of a link that shows the name on its page."""
    record: str
    page: str
    """Where officers see it."""
    mailbox: str
    """The proposal to write to them at another address."""


def live(app: Flask, folder: Path) -> Life:
    """A full life: named in a file, invited, written to, reading and writing, on site, recorded, member, told."""
    publish(folder)
    coordinator = make_person()
    give_mandate(coordinator, Role.COORDINATOR)
    name = PersonName(full=FULL, latin=LATIN, address=CALLED, for_lists=LISTED, order=NameOrder.AS_WRITTEN)
    with unit_of_work() as session:
        ministry = make_institution(session, "TR", name="Ministry of examples")
        over, open_now = _over(session), make_edition(session, "tiny")
        cells = said(name=LATIN, address=ADDRESS, state="Türkiye", institution="Ministry of examples")
        taken_in(session, open_now, {**cells, "function": WORDS["imported"]}, said(), at=now())
        person = people.create_person(session, name=name, address=ADDRESS, at=now(), locale="en", zone="UTC")
        place = enrol_person(session, open_now, person=person, institution=ministry, becomes=EnrolmentState.INVITED)
        seminars.send_invitation(session, enrolment=place, at=now(), by=coordinator.id)
        first = enrol_person(session, over, person=person, institution=ministry, becomes=EnrolmentState.INVITED)
        friend = enrol_person(session, over, institution=ministry, name="Nia Mfano")
        session.flush()
        person_id, subject, editions = person.id, person.subject, (over.id, open_now.id)
        places, friends = (first.id, place.id), (friend.id, friend.person_id)
    worker.drain()
    with unit_of_work() as session:
        person = session.get_one(Person, person_id)
        function = WORDS["function"]
        people.welcome(session, person=person, name=name, locale="en", zone="UTC", function=function, at=now())
        people.ask_for_address(session, person=person, address=OTHER, at=now())
        seminars.came_back(session, person_id=person_id, at=now())
    with unit_of_work() as session:
        session.get_one(Person, friends[1]).name_confirmed_at = now()
    _complete(editions[0], places[0], friends[0])
    worker.drain()  # their record is signed
    record, code = _argue_about_the_record(person_id)
    _attest(person_id, coordinator)
    _take_part(app, person_id, editions[1], places[1], coordinator)
    _join_the_community(person_id, friends[1], coordinator)
    _put_forward(person_id, editions[1])
    shared = _share(person_id, record)
    partner = make_token(make_partner())
    with unit_of_work() as session:
        own_copies.ask(session, person=session.get_one(Person, person_id), language="en", at=now())
    worker.drain()
    told = json.dumps(Program(app, partner).read("include=names"), ensure_ascii=False)
    assert CORRECTED in told
    assert "person.name-corrected" in told
    with reading() as session:
        wrapped = session.scalars(select(PersonKey.wrapped).where(PersonKey.person_id == person_id)).one()
        made = session.get_one(OwnCopy, person_id)
        assert made.sealed_data
        assert made.sealed_pages
        page = f"/editions/{session.get_one(Edition, editions[0]).public_id}/records/{record}"
        mailbox = session.scalars(select(Reinvitation.public_id)).one()
    return Life(person_id, subject, wrapped, partner, code, shared, record, page, mailbox)


def _over(session: Session) -> Edition:
    first, due = dt.date(2027, 3, 9), dt.datetime(2027, 3, 1, 16, 0, tzinfo=dt.UTC)
    return make_edition(
        session,
        "tiny",
        title="Seminar that is over",
        starts_on=first,
        ends_on=first + dt.timedelta(days=1),
        deadline_at=due,
    )


def _complete(edition_id: int, *places: int) -> None:
    """The last condition is met: there are records, and the status follows."""
    with unit_of_work() as session:
        edition = session.get_one(Edition, edition_id)
        for place in [session.get_one(Enrolment, number) for number in places]:
            complete_reading(session, place, now())
            attend(session, edition, place)
        close(session, edition, now())


def _take_part(app: Flask, person_id: int, edition_id: int, place_id: int, coordinator: Person) -> None:
    """What is written and said, by the person and about them."""
    with unit_of_work() as session:
        edition, place = session.get_one(Edition, edition_id), session.get_one(Enrolment, place_id)
        by = viewer_for_person(session, coordinator.id, now())
        assert by
        subject, public_id = session.get_one(Person, person_id).subject, edition.public_id
        seminars.ask(
            session, enrolment=place, kind=RequestKind.MORE_TIME, message=WORDS["request"], at=now(), by=subject
        )
        seminars.note_contact(
            session, enrolment=place, kind=ContactKind.CALLED, day=now().date(), words=WORDS["note"], key=new_token(),
            at=now(), by=coordinator.id,
        )  # fmt: skip
        seminars.attest(
            session, edition=edition, enrolment=place, half_day=sessions_of(session, edition_id)[0], mark=Mark.EXCUSED,
            reason=WORDS["excuse"], make_up=None, at=now(), by=coordinator.subject,
        )  # fmt: skip
        people.mark_person(
            session, person_id=person_id, state_code="TR", on=True, reason=WORDS["reason"], by=by, at=now()
        )
        people.mark_person(
            session, person_id=person_id, state_code="TR", on=False, reason=WORDS["reason"], by=by, at=now()
        )
        person = session.get_one(Person, person_id)
    client = signed_in_client(app, person)
    reader = Reader(app, person_id, place_id, public_id, edition_id, client)
    assert reader.post("first", "report", wrong=WORDS["report"]).status_code == 303
    assert reader.post("first", "instead", text=WORDS["reflection"]).status_code == 303
    assert client.get("/account").status_code == 200


def _join_the_community(person_id: int, friend_id: int, officer: Person) -> None:
    """A member, who asks another one and is asked."""
    with unit_of_work() as session:
        alumni.join(session, person_id=person_id, at=now())
        alumni.join(session, person_id=friend_id, at=now())
        named = {Field.NAME: Consent(Audience.MEMBERS)}
        alumni.agree(session, person_id=friend_id, wanted=named, languages="", subjects="", at=now())
        words, to = WORDS["introduction"], {"asker_id": person_id, "asked_id": friend_id}
        introductions.ask(session, **to, message=words, key="asked-by-them", at=now())
        wanted = {one: Consent(Audience.MEMBERS) for one in Field}
        said_of = {"languages": WORDS["directory"], "subjects": WORDS["subjects"]}
        alumni.agree(session, person_id=person_id, wanted=wanted, **said_of, at=now())
        back, message = {"asker_id": friend_id, "asked_id": person_id}, "May I write to you about a course?"
        asked = introductions.ask(session, **back, message=message, key="asked-of-them", at=now())
        given = Answer(words=WORDS["given"], name=FULL, address=ADDRESS)
        introductions.answer(session, introduction=asked, person_id=person_id, given=given, at=now())
        introductions.report(session, introduction=asked, person_id=person_id, reason=WORDS["reported"], at=now())
        yearly.ask_yearly(session, {}, now() + YEAR)
        alumni.confirm(session, person_id=person_id, at=now())
        why = f"{WORDS['lost']}: the ministry told us by telephone."
        other = {"old_address": ADDRESS, "new_address": WORDS["again"]}
        reinvitations.propose(session, **other, reason=why, by=officer.subject, at=now())


def _put_forward(person_id: int, edition_id: int) -> None:
    """Nominated by three focal points: one nomination became a place, one was left, one waits."""
    cells = {"name": LATIN, "address": ADDRESS.upper(), "state": "TR", "institution": "Ministry of examples"}
    said_of = {**cells, "function": WORDS["nominated"]}
    for act in ("take", "leave", "wait"):
        focal_point = make_person()
        with unit_of_work() as session:
            made = nominating.put_forward(
                session, edition_id=edition_id, cells=said_of, key=new_token(), at=now(), by=focal_point.id
            )
            if act == "take":
                nominating.take_over(session, found=made, at=now(), by="-")
                assert made.person_id == person_id
            elif act == "leave":
                nominating.leave(session, found=made, at=now(), by="-")


def _argue_about_the_record(person_id: int) -> tuple[str, str]:
    """A correction refused, one granted, one that waits; a revocation taken back, one that waits. Gives the record that
    has taken the place of the first, and its code."""
    with unit_of_work() as session:
        subject = session.get_one(Person, person_id).subject
        record = session.scalars(select(RecordSubject.record).where(RecordSubject.person_id == person_id)).one()
        corrected = PersonName(full=CORRECTED, latin=WORDS["in latin"])

        def ask(of: str, institution: str, words: str) -> str:
            wish = Wish(corrected, institution, words)
            return records.ask_correction(session, record=of, wish=wish, by=subject, at=now()).public_id

        def accuse(of: str, words: str) -> str:
            said = {"cause": Cause.DECEPTION, "words": words, "by": FIRST, "at": now()}
            return records.propose_revocation(session, record=of, **said).public_id

        proposal = accuse(record, WORDS["charge"])
        records.decline_revocation(session, record=record, proposal=proposal, by=FIRST, at=now())
        request = ask(record, WORDS["other office"], WORDS["first wish"])
        records.refuse_request(session, record=record, request=request, words=WORDS["refused"], by=FIRST, at=now())
        request = ask(record, WORDS["office"], WORDS["wish"])
        successor = records.grant_request(session, record=record, request=request, by=FIRST, at=now())
        ask(successor, WORDS["third office"], WORDS["third wish"])
        accuse(successor, WORDS["second charge"])
        code = session.scalars(select(PublicRecord.code).where(PublicRecord.record == successor)).one()
        return successor, code


def _attest(person_id: int, proposer: Person) -> None:
    """They were at an edition before this system, two officers say, and whence they know."""
    with unit_of_work() as session:
        edition = make_edition(session, "tiny", **LONG_AGO)
        session.flush()
        person, archive = session.get_one(Person, person_id), make_institution(session, "TR", name="An archive")
        place = enrol_person(session, edition, person=person, institution=archive, becomes=EnrolmentState.NOMINATED)
        session.flush()
        past.propose(session, edition=edition, places=[place.id], source=WORDS["source"], by=proposer.subject, at=now())
        proposal = past_proposal(session, edition.id, now())
        assert proposal
        assert past.confirm(session, edition=edition, proposal=proposal.public_id, by=FIRST, at=now()) == 1


def _share(person_id: int, record: str) -> str:
    """The name is shown to whoever has the code, and by a link, whose token this gives."""
    with unit_of_work() as session:
        whose = {"record": record, "person_id": person_id, "at": now(), "by": "-"}
        sharing.show_name(session, shown=True, **whose)
        sharing.count_look(session.connection(), record, now())
        return sharing.share(session, days=7, key=new_token(), **whose)
