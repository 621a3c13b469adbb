"""After an erasure nothing that names the person is left: not in the database or its log, in letters or backups."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import quopri
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.alumni.models import DirectoryWords, Member
from lms.alumni.queries.introductions import Answer
from lms.alumni.rules.directory import Audience, Consent, Field
from lms.alumni.rules.yearly import YEAR
from lms.alumni.services import introductions, reinvitations, yearly
from lms.alumni.services import membership as alumni
from lms.integrations.mail import forgetting
from lms.integrations.own_copy import services as own_copies
from lms.integrations.own_copy.models import OwnCopy
from lms.kernel import audit, worker
from lms.kernel import secrets as kernel_secrets
from lms.kernel.checks import Finding, run_all
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.models import Job, JobState
from lms.kernel.secrets import new_token
from lms.kernel.settings import keyring, settings_of
from lms.kernel.unit_of_work import own_transaction, reading, unit_of_work
from lms.people import erased
from lms.people import services as people
from lms.people.models import FailureKind, IdentityRow, MailFailure, Person, PersonKey, SentLetter, SignInSession
from lms.people.queries import viewer_for_person
from lms.people.rules import PersonName, Role
from lms.people.rules.names import NameOrder
from lms.people.services import tidying
from lms.records.credentials.checking import judged
from lms.records.models import PublicRecord, RecordSubject
from lms.records.verification import services as sharing
from lms.records.verification.models import NameShowing, RecordLooks, RecordShare
from lms.seminars import services as seminars
from lms.seminars.models import ContactKind, Edition, Enrolment, EnrolmentState, Mark, RequestKind
from lms.seminars.nominating import services as nominating
from lms.seminars.queries import sessions_of
from tests.alumni.feeds import Program, make_partner, make_token
from tests.integrations.test_backup import make, restore
from tests.integrations.traces import Sealing, forms, in_bytes, in_files, in_tables
from tests.learning.makers import Reader, publish
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.credentials.test_signing import key_documents
from tests.records.makers import attend, close, complete_reading
from tests.seminars.importing import said, taken_in
from tests.seminars.makers import enrol_person, make_edition, make_institution

FULL, LATIN, CALLED, LISTED = "زينب الكناريّة", "Zeynep Kanarya-Şimşek", "Kanaryacık", "KANARYA-ŞIMŞEK Zeynep"
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
    "directory": "Canário e português", "subjects": "Canari prevention",
}  # fmt: skip


@dataclass
class Life:
    """Somebody to whom everything has happened."""

    person_id: int
    subject: str
    wrapped: bytes
    partner_token: str
    code: str
    """Of their record, as it is printed."""
    shared: str
    """The token of a link that shows the name on its page."""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where our code makes temporary files, to be looked through."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


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
    _take_part(app, person_id, editions[1], places[1], coordinator)
    _join_the_community(person_id, friends[1])
    _put_forward(person_id, editions[1])
    code, shared = _share(person_id)
    partner = make_token(make_partner())
    with unit_of_work() as session:
        own_copies.ask(session, person=session.get_one(Person, person_id), language="en", at=now())
    worker.drain()
    assert LATIN in json.dumps(Program(app, partner).read("include=names"), ensure_ascii=False)
    with reading() as session:
        wrapped = session.scalars(select(PersonKey.wrapped).where(PersonKey.person_id == person_id)).one()
        made = session.get_one(OwnCopy, person_id)
        assert made.sealed_data
        assert made.sealed_pages
    return Life(person_id, subject, wrapped, partner, code, shared)


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


def _join_the_community(person_id: int, friend_id: int) -> None:
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
        reinvitations.propose(session, old_address=ADDRESS, new_address=WORDS["again"], reason=why, by="-", at=now())


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


def _share(person_id: int) -> tuple[str, str]:
    """The name is shown to whoever has the code, and by a link; gives both."""
    with unit_of_work() as session:
        record = session.scalars(select(RecordSubject.record).where(RecordSubject.person_id == person_id)).one()
        whose = {"record": record, "person_id": person_id, "at": now(), "by": "-"}
        sharing.show_name(session, shown=True, **whose)
        sharing.count_look(session.connection(), record, now())
        code = session.scalars(select(PublicRecord.code).where(PublicRecord.record == record)).one()
        return code, sharing.share(session, days=7, key=new_token(), **whose)


def erase(person_id: int) -> None:
    with unit_of_work() as session:
        people.erase(session, person=session.get_one(Person, person_id), by="-", at=now())
    db.session.remove()
    worker.drain()


def findings() -> set[Finding]:
    with own_transaction() as session:
        return {finding for found in run_all(session).values() for finding in found}


def waiting() -> list[str]:
    """Work that was not done."""
    with reading() as session:
        return list(session.scalars(select(Job.kind).where(Job.state != JobState.DONE)))


def test_after_an_erasure_no_word_of_the_person_is_left_anywhere(
    app: Flask, tmp_path: Path, temporary: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sealing = Sealing()
    monkeypatch.setattr(kernel_secrets, "AESGCM", sealing)
    life = live(app, tmp_path / "course")
    home, words = settings_of(app).home, list(WORDS.values())
    tables = {place.partition(":")[0] for place in sealing.opens(words)}
    assert {"lms_nomination", "lms_import_row", "lms_contact_note", "lms_introduction", "lms_record_subject"} <= tables
    backups = tmp_path / "backups"
    make(backups / "before", app)
    assert {ADDRESS, OTHER} <= {found.rpartition(": ")[2] for found in in_files(home / "mail", words)}
    before = findings()
    erase(life.person_id)
    make(backups / "after", app)
    assert waiting() == []
    assert in_tables(words) == []
    assert sealing.opens(words) == set(), "sealed under a key that is left"
    blinds = [keyring().blind(address) for address in (ADDRESS, OTHER)]
    assert in_tables(blinds) == [], "what finds a person by an address"
    said_out = capfd.readouterr()
    assert in_bytes((said_out.out + said_out.err).encode(), words) == set()
    for folder in (home, backups, temporary):
        assert in_files(folder, words) == [], folder
    assert findings() <= before, "an erasure leaves everything in order"


def test_strangers_find_a_valid_record_and_nobody_s_name_after_an_erasure(app: Flask, tmp_path: Path) -> None:
    life, stranger = live(app, tmp_path / "course"), app.test_client()
    pages = (f"/v/{life.code}", f"/v/{life.code}/shared/{life.shared}")
    for address in pages:
        assert FULL in stranger.get(address).text
    erase(life.person_id)
    answers = [stranger.get(address) for address in pages]
    answers.append(stranger.post(f"/v/{life.code}/name", data={"name": FULL}))
    for answer in answers:
        assert answer.status_code == 200
        assert "This certificate is valid" in answer.text
        assert "Valid; ask the holder for the signed file" in answer.text
        assert not in_bytes(answer.data + str(answer.headers).encode(), WORDS.values())
    with reading() as session:
        for table in (RecordShare, NameShowing, RecordLooks):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table


def test_after_an_erasure_not_even_the_wrapped_key_is_left_in_the_database(app: Flask, tmp_path: Path) -> None:
    life = live(app, tmp_path / "course")
    if db.engine.dialect.name == "sqlite":
        held = [path for path in _database_files(app) if life.wrapped in path.read_bytes()]
        assert held, "the test would find the key"
    make(tmp_path / "backups" / "before", app)
    erase(life.person_id)
    make(tmp_path / "backups" / "after", app)
    if db.engine.dialect.name == "sqlite":
        assert [path.name for path in _database_files(app) if life.wrapped in path.read_bytes()] == []
    with reading() as session:
        assert life.wrapped not in set(session.scalars(select(PersonKey.wrapped)))
    kept = [path for path in (tmp_path / "backups" / "after").rglob("*") if path.is_file()]
    assert kept
    assert [
        path for path in kept if life.wrapped in path.read_bytes() or life.wrapped.hex().encode() in path.read_bytes()
    ] == []


def _database_files(app: Flask) -> list[Path]:
    path = Path(str(db.engine.url.database))
    return [found for found in path.parent.glob(f"{path.name}*") if found.is_file()]


def test_an_older_backup_that_is_restored_is_searched_in_vain_too(app: Flask, empty: Flask, tmp_path: Path) -> None:
    with app.app_context():
        life = live(app, tmp_path / "course")
        made = make(tmp_path / "before", app)
        erase(life.person_id)
        kept = erased.file().read_text()
    words = list(WORDS.values())
    assert in_files(made, words) == []
    with empty.app_context():
        erased.file().parent.mkdir(exist_ok=True)
        erased.file().write_text(kept)
    restore(made, empty)
    with empty.app_context():
        worker.drain()
        with reading() as session:
            assert session.get(PersonKey, life.person_id) is None
            assert session.get(Member, life.person_id) is None
        assert in_tables(words) == []
        if db.engine.dialect.name == "sqlite":
            assert [path.name for path in _database_files(empty) if life.wrapped in path.read_bytes()] == []
        db.session.remove()


def test_what_an_erased_person_had_is_over(app: Flask, tmp_path: Path) -> None:
    life = live(app, tmp_path / "course")
    with unit_of_work() as session:
        person = session.get_one(Person, life.person_id)
    client = signed_in_client(app, person)
    assert client.get("/account").status_code == 200
    erase(life.person_id)
    assert client.get("/account").status_code == 303
    with reading() as session:
        assert session.get(Member, life.person_id) is None
        assert session.get(DirectoryWords, life.person_id) is None
        assert session.get(OwnCopy, life.person_id) is None
        assert not session.scalar(select(func.count()).where(IdentityRow.person_id == life.person_id))
        live_ones = (SignInSession.person_id == life.person_id, SignInSession.ended_at.is_(None))
        assert not session.scalar(select(func.count(SignInSession.id)).where(*live_ones))
        record = session.scalars(select(RecordSubject.record).where(RecordSubject.person_id == life.person_id)).one()
    told = Program(app, life.partner_token).read("include=names,editions,states&limit=500")
    assert told[-1]["type"].endswith("person.erased.v1")
    assert not in_bytes(json.dumps(told, ensure_ascii=False).encode(), WORDS.values())
    assert record not in json.dumps(told)


def test_the_signed_file_in_the_copy_still_verifies(app: Flask, tmp_path: Path) -> None:
    life = live(app, tmp_path / "course")
    with reading() as session:
        said_before = json.loads(own_copies.copy_of(session, life.person_id, "data", now()))
    [kept] = said_before["data"]["record_credential"]
    erase(life.person_id)
    found = json.loads(judged(json.dumps(kept["document"]).encode(), documents=key_documents()))
    assert found["name"] == FULL


def test_letters_that_are_kept_for_want_of_a_mail_server_go_after_thirty_days(app: Flask) -> None:
    folder = settings_of(app).home / "mail"
    folder.mkdir()
    for name, age in (("old", 31), ("fresh", 29)):
        path = folder / f"{name}.0000.eml"
        path.write_text("To: somebody")
        moment = (now() - dt.timedelta(days=age)).timestamp()
        os.utime(path, (moment, moment))
    with own_transaction() as session:
        forgetting.tidy(session, {}, now())
    assert [path.name for path in folder.iterdir()] == ["fresh.0000.eml"]


def test_that_a_letter_was_sent_is_known_for_two_years_or_as_long_as_it_stops_mail(app: Flask) -> None:
    person = make_person()
    with unit_of_work() as session:
        address = people.primary_address(session, person.id)
        for name, days in (("old", 731), ("fresh", 729), ("stopping", 800), ("over", 800)):
            at = now() - dt.timedelta(days=days)
            letter = SentLetter(
                public_id=name, person_id=person.id, identity_id=address, template="people/reset", at=at
            )
            session.add(letter)
            session.flush()
            if name in ("stopping", "over"):
                over = now() if name == "over" else None
                session.add(
                    MailFailure(
                        letter_id=letter.id, identity_id=address, kind=FailureKind.PERMANENT, status="5.1.1",
                        day=at.date(), noted_at=at, over_at=over, over_by="-" if over else None,
                    )
                )  # fmt: skip
    with own_transaction() as session:
        tidying.tidy(session, {}, now())
    with reading() as session:
        assert set(session.scalars(select(SentLetter.public_id))) == {"fresh", "stopping"}


@pytest.mark.parametrize("word", [FULL, LATIN, ADDRESS])
@pytest.mark.parametrize("shift", range(3))
def test_the_search_finds_a_word_in_every_form(word: str, shift: int, tmp_path: Path) -> None:
    planted = [
        word.encode(),
        word.upper().encode("utf-16-le"),
        json.dumps({"name": word}).encode(),
        json.dumps({"name": word}).replace("\\u", "\\u").encode(),
        base64.b64encode(bytes(shift) + word.encode() + b"and more"),
        unicodedata.normalize("NFD", word).encode(),
        quopri.encodestring(word.encode()),
        word.encode().hex().encode(),
        quote(word).encode(),
    ]
    for number, content in enumerate(planted):
        (tmp_path / str(number)).write_bytes(b"\x00before" + content + b"after")
    assert len(in_files(tmp_path, [word])) == len(planted)
    assert in_bytes(b"something else altogether", [word]) == set()
    assert all(len(form) > 8 for form in forms(word))


def test_the_search_finds_a_word_in_a_table(app: Flask) -> None:
    with unit_of_work() as session:
        audit.record(session, at=now(), actor=None, act="planted", said={"name": FULL})
    assert in_tables([FULL, LATIN]) == [f"lms_audit.details: {FULL}"]
