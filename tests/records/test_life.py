"""The life of a record: corrected, withdrawn, revoked; each once, for ever, by whom it may be."""

from __future__ import annotations

import datetime as dt
import json
import runpy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, exc, func, insert, select, text
from sqlalchemy.orm import Session

from lms.alumni import queries as alumni
from lms.catalogue.models import Course
from lms.kernel import events, migrations
from lms.kernel.checks import Finding, run_all
from lms.kernel.clock import now
from lms.kernel.errors import NotFound, Refused
from lms.kernel.events import Event
from lms.kernel.models import AuditEntry, Job
from lms.kernel.secrets import unseal
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.kernel.worker import drain
from lms.people.letters import letter_for
from lms.people.models import Person
from lms.people.proposals.rules import ProposalState
from lms.people.rules import PersonName, Scope
from lms.people.sealing import key_of
from lms.people.services import change_name, erase
from lms.records import queries, services
from lms.records.checks import lives
from lms.records.events import RecordEnded, RecordIssued
from lms.records.models import (
    Cause,
    Correction,
    LedgerEntry,
    RecordAct,
    RecordSubject,
    RequestState,
    Revocation,
)
from lms.records.queries.held import sealed_place
from lms.records.queries.life import Wish
from lms.records.services.ending import take
from lms.records.services.entries import row_of
from lms.records.verification.services import show_name
from lms.seminars import services as seminar_services
from lms.seminars.models import Edition, Enrolment
from tests.records.makers import AT, close, finished_place, make_edition, make_version

LATER = AT + dt.timedelta(days=30)
WHY = "The sheet was filled in for somebody else."
FIRST, SECOND = "officer-one", "officer-two"


@dataclass(frozen=True)
class Held:
    """A record in force, with its holder and place."""

    record: str
    person: Person
    place: Enrolment
    edition: Edition


@pytest.fixture
def held(session: Session) -> Held:
    """Amina Mfano's record."""
    edition = make_edition(session)
    place = finished_place(session, edition, name="Amina Mfano")
    close(session, edition)
    record = session.scalars(select(RecordSubject.record)).one()
    return Held(record, session.get_one(Person, place.person_id), place, edition)


def held_by(session: Session, row: RecordSubject, edition: Edition) -> Held:
    person, place = session.get_one(Person, row.person_id), session.get_one(Enrolment, row.enrolment_id)
    return Held(row.record, person, place, edition)


def wish(full: str = "Amina Mfano-Kielelezo", institution: str = "Ministry of Justice", words: str = "Married") -> Wish:
    return Wish(PersonName(full=full), institution, words)


def propose(session: Session, held: Held, by: str = FIRST, at: dt.datetime = AT) -> str:
    made = services.propose_revocation(session, record=held.record, cause=Cause.CONDITIONS, words=WHY, by=by, at=at)
    session.flush()
    return made.public_id


def ask(session: Session, held: Held, wanted: Wish | None = None) -> str:
    made = services.ask_correction(session, record=held.record, wish=wanted or wish(), by=held.person.subject, at=AT)
    session.flush()
    return made.public_id


def acts(session: Session, record: str) -> list[RecordAct]:
    return [one.act for one in queries.history(session, record)]


def payloads(session: Session) -> list[dict[str, Any]]:
    jobs = session.scalars(select(Job.payload).where(Job.kind == "mail.send").order_by(Job.id))
    return [payload for payload in jobs if payload["template"].startswith("records/")]


def letters(session: Session) -> list[str]:
    return [payload["template"] for payload in payloads(session)]


def findings(session: Session) -> dict[str, list[Finding]]:
    """What the checks of records and of the alumni status find; the makers' readers have read nothing."""
    ours = {name: list(found) for name, found in run_all(session).items() if name.startswith(("records.", "alumni."))}
    return {name: found for name, found in ours.items() if found}


def no_findings(session: Session) -> None:
    assert findings(session).keys() <= {"records.ledger"}  # what was not sealed yet and is dated long ago


def test_the_holder_withdraws_once_and_for_ever(session: Session, held: Held) -> None:
    services.withdraw(session, record=held.record, by=held.person.subject, at=LATER)
    state = queries.state_of(session, held.record)
    assert state is not None
    assert (state.act, state.ended_at, state.valid) == (RecordAct.WITHDRAWN, LATER, False)
    assert alumni.status_of(session, held.person.id) is None
    assert letters(session) == ["records/withdrawn"]
    for act in (RecordAct.WITHDRAWN, RecordAct.REVOKED, RecordAct.CORRECTED, RecordAct.ISSUED):
        with pytest.raises(Refused, match="not in force"):
            services.end(session, record=held.record, act=act, at=LATER)
    assert services.consider(session, enrolment_id=held.place.id, at=LATER) == []
    no_findings(session)


def test_nobody_withdraws_the_record_of_another(session: Session, held: Held) -> None:
    for by in (FIRST, ""):
        with pytest.raises(NotFound):
            services.withdraw(session, record=held.record, by=by, at=LATER)
    assert acts(session, held.record) == [RecordAct.ISSUED]


def test_two_officers_revoke_and_the_holder_is_written_to(session: Session, held: Held) -> None:
    proposal = propose(session, held)
    assert acts(session, held.record) == [RecordAct.ISSUED]
    services.confirm_revocation(session, record=held.record, proposal=proposal, by=SECOND, at=LATER - dt.timedelta(24))
    state = queries.state_of(session, held.record)
    assert state is not None
    assert (state.act, state.reason) == (RecordAct.REVOKED, "conditions-not-met")
    assert alumni.status_of(session, held.person.id) is None
    said = session.execute(
        select(AuditEntry.act, AuditEntry.actor).where(AuditEntry.about == held.record).order_by(AuditEntry.id)
    ).all()
    assert [tuple(row) for row in said] == [
        ("record.issued", None), ("revocation.proposed", FIRST), ("record.revoked", SECOND),
    ]  # fmt: skip
    assert letters(session) == ["records/revoked"]
    (payload,) = payloads(session)
    letter = letter_for(session, payload)
    assert letter is not None
    assert "conditions of the record had not been met" in letter.body_text
    assert WHY not in letter.body_text
    assert held.record in letter.body_text
    no_findings(session)


def test_what_happened_is_sealed_and_stands_nowhere_in_clear(session: Session, held: Held) -> None:
    propose(session, held)
    row = session.scalars(select(Revocation)).one()
    assert row.sealed_words is not None
    assert b"sheet" not in row.sealed_words
    assert row.words_length == len(WHY)
    found = queries.holding(session, held.record)
    assert found is not None
    shown = queries.proposal_on(session, found, AT)
    assert shown is not None
    assert shown.words == WHY
    assert WHY not in json.dumps([row.details for row in session.scalars(select(AuditEntry))])


def test_one_officer_alone_revokes_nothing(session: Session, held: Held) -> None:
    proposal = propose(session, held)
    with pytest.raises(Refused, match="Another officer"):
        services.confirm_revocation(session, record=held.record, proposal=proposal, by=FIRST, at=AT)
    with pytest.raises(Refused, match="already to revoke"):
        propose(session, held, SECOND)
    assert acts(session, held.record) == [RecordAct.ISSUED]


def test_the_database_too_asks_for_two_officers(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        finished_place(session, edition)
        close(session, edition)
        record = session.scalars(select(RecordSubject.record)).one()
    row = {
        "public_id": "p", "record": record, "cause": Cause.MISUSE, "words_length": 30,
        "state": ProposalState.CONFIRMED, "proposed_by": FIRST, "proposed_at": AT,
        "decided_by": FIRST, "decided_at": AT,
    }  # fmt: skip
    with pytest.raises(exc.IntegrityError, match="two_officers"), own_transaction() as session:
        session.execute(insert(Revocation), [row])


def test_officers_do_nothing_to_their_own_record(session: Session, held: Held) -> None:
    own = held.person.subject
    with pytest.raises(Refused, match="your own record"):
        propose(session, held, own)
    proposal = propose(session, held)
    for act in (services.confirm_revocation, services.decline_revocation):
        with pytest.raises(Refused, match="your own record"):
            act(session, record=held.record, proposal=proposal, by=own, at=AT)
    request = ask(session, held)
    with pytest.raises(Refused, match="your own record"):
        services.grant_request(session, record=held.record, request=request, by=own, at=AT)
    with pytest.raises(Refused, match="your own record"):
        services.refuse_request(session, record=held.record, request=request, words=WHY, by=own, at=AT)


def test_a_proposal_lapses_after_seven_days_and_can_be_made_anew(session: Session, held: Held) -> None:
    proposal, late = propose(session, held), AT + dt.timedelta(days=7)
    with pytest.raises(Refused, match="within seven days"):
        services.confirm_revocation(session, record=held.record, proposal=proposal, by=SECOND, at=late)
    again = propose(session, held, FIRST, late)
    with pytest.raises(Refused, match="not open any more"):
        services.confirm_revocation(session, record=held.record, proposal=proposal, by=SECOND, at=late)
    services.confirm_revocation(session, record=held.record, proposal=again, by=SECOND, at=late)
    assert acts(session, held.record) == [RecordAct.ISSUED, RecordAct.REVOKED]


def test_a_proposal_is_declined_by_another_or_taken_back(session: Session, held: Held) -> None:
    for by in (SECOND, FIRST):
        proposal = propose(session, held)
        services.decline_revocation(session, record=held.record, proposal=proposal, by=by, at=AT)
        with pytest.raises(Refused, match="not open any more"):
            services.confirm_revocation(session, record=held.record, proposal=proposal, by=SECOND, at=AT)
    assert acts(session, held.record) == [RecordAct.ISSUED]
    assert letters(session) == []


def test_one_officer_does_not_undo_by_a_correction_what_two_decide_on(session: Session, held: Held) -> None:
    request, proposal = ask(session, held), propose(session, held)
    with pytest.raises(Refused, match="Decide on that first"):
        services.grant_request(session, record=held.record, request=request, by=SECOND, at=AT)
    assert acts(session, held.record) == [RecordAct.ISSUED]
    services.decline_revocation(session, record=held.record, proposal=proposal, by=SECOND, at=AT)
    services.grant_request(session, record=held.record, request=request, by=SECOND, at=AT)
    assert acts(session, held.record) == [RecordAct.ISSUED, RecordAct.CORRECTED]


def test_an_end_is_dated_by_the_clocks_of_the_edition(session: Session, held: Held) -> None:
    edition = session.scalars(select(Edition)).one()
    edition.zone = "Pacific/Auckland"
    late = dt.datetime(2027, 6, 20, 13, 30, tzinfo=dt.UTC)
    session.flush()
    services.end(session, record=held.record, act=RecordAct.WITHDRAWN, at=late)
    dated = select(LedgerEntry.dated).where(LedgerEntry.act == RecordAct.WITHDRAWN)
    assert session.scalars(dated).all() == [dt.date(2027, 6, 21)]


def test_a_reason_of_a_few_words_is_no_reason(session: Session, held: Held) -> None:
    with pytest.raises(Refused, match="20 characters"):
        services.propose_revocation(session, record=held.record, cause=Cause.MISUSE, words=" wrong ", by=FIRST, at=AT)


def test_what_an_end_closes_is_in_the_audit(session: Session, held: Held) -> None:
    propose(session, held)
    ask(session, held)
    services.withdraw(session, record=held.record, by=held.person.subject, at=AT)
    noted = set(session.scalars(select(AuditEntry.act).where(AuditEntry.about == held.record)))
    assert {"revocation.over", "correction.over"} <= noted


def test_a_correction_issues_a_successor_in_the_same_moment(session: Session, held: Held) -> None:
    before = queries.public_of(session, [held.record])[held.record]
    status = alumni.status_of(session, held.person.id)
    successor = services.grant_request(session, record=held.record, request=ask(session, held), by=FIRST, at=LATER)
    after = queries.public_of(session, [successor])[successor]
    assert (after.subject, after.awarded_at, after.replaces) == (before.subject, before.awarded_at, held.record)
    assert len({before.code, after.code}) == len({before.credential, after.credential}) == 2
    assert (before.status_list, before.status_index) != (after.status_list, after.status_index)
    old, new = queries.state_of(session, held.record), queries.state_of(session, successor)
    assert old is not None
    assert new is not None
    assert (old.act, old.successor, old.ended_at) == (RecordAct.CORRECTED, successor, LATER)
    assert (new.act, new.issued_on, new.issued_at) == (RecordAct.ISSUED, old.issued_on, LATER)
    page = queries.my_record(session, successor, held.person.id)
    assert page.name.full == "Amina Mfano-Kielelezo"
    assert queries.my_record(session, held.record, held.person.id).name.full == "Amina Mfano"
    now_there = alumni.status_of(session, held.person.id)
    assert status is not None
    assert now_there is not None
    assert (now_there.since, now_there.records) == (status.since, 1)
    assert letters(session) == ["records/corrected"]
    no_findings(session)


def test_the_alumni_status_has_no_gap_at_any_moment_that_others_react_to(
    session: Session, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[type[Event], bool]] = []

    def note(session: Session, event: RecordEnded | RecordIssued) -> None:
        seen.append((type(event), alumni.status_of(session, event.person_id) is not None))

    for kind in (RecordEnded, RecordIssued):
        monkeypatch.setitem(events._reactions, kind, [*events._reactions[kind], note])
    services.grant_request(session, record=held.record, request=ask(session, held), by=FIRST, at=LATER)
    assert seen == [(RecordEnded, True), (RecordIssued, True)]


def test_a_successor_can_be_corrected_again_and_keeps_the_first_award(session: Session, held: Held) -> None:
    first = services.grant_request(session, record=held.record, request=ask(session, held), by=FIRST, at=LATER)
    again = replace(held, record=first)
    second = services.grant_request(
        session, record=first, request=ask(session, again, wish("Amina K. Mfano")), by=FIRST, at=LATER
    )
    assert queries.public_of(session, [second])[second].awarded_at == AT
    rows = session.execute(select(RecordSubject.correction, RecordSubject.record).order_by(RecordSubject.correction))
    assert [tuple(row) for row in rows] == [(0, held.record), (1, first), (2, second)]
    assert [standing.record for standing in queries.standings(session)] == [second]
    no_findings(session)


def test_the_successor_says_the_same_of_the_course_and_commits_to_the_new_name(session: Session, held: Held) -> None:
    successor = services.grant_request(session, record=held.record, request=ask(session, held), by=FIRST, at=LATER)
    _holding, (old, _ended) = take(session, held.record)
    _holding, (new,) = take(session, successor)
    same = ("subject", "edition", "version_hash", "dated")
    assert [getattr(old, name) for name in same] == [getattr(new, name) for name in same]
    assert new.commitment != old.commitment
    assert new.facts["corrects"] == held.record
    for name in ("met", "rule", "version", "edition"):
        assert new.facts[name] == old.facts[name]
    row = session.get_one(RecordSubject, successor)
    copy = json.loads(unseal(key_of(session, held.person.id), row.sealed_name, sealed_place(successor)))
    assert copy["institution"] == "Ministry of Justice"
    assert copy["state"] == "TZ"


def test_a_request_that_changes_nothing_or_cannot_be_printed_is_turned_down(session: Session, held: Held) -> None:
    there = queries.shown_on(session, take(session, held.record)[0])
    with pytest.raises(Refused, match="stands on the record already"):
        ask(session, held, Wish(there.name, f" {there.institution} ", "because"))
    with pytest.raises(Refused, match="Write the name"):
        ask(session, held, wish(" "))
    with pytest.raises(Refused, match="cannot be shown"):
        ask(session, held, wish("Amina\u202eofaM"))
    with pytest.raises(NotFound):
        services.ask_correction(session, record=held.record, wish=wish(), by=FIRST, at=AT)


def test_a_request_is_asked_once_refused_with_words_or_taken_back(session: Session, held: Held) -> None:
    request = ask(session, held)
    with pytest.raises(Refused, match="asked for a correction already"):
        ask(session, held)
    with pytest.raises(Refused, match="20 characters"):
        services.refuse_request(session, record=held.record, request=request, words="no", by=FIRST, at=AT)
    said = "Please send a copy of your passport to the office."
    services.refuse_request(session, record=held.record, request=request, words=said, by=FIRST, at=LATER)
    with pytest.raises(Refused, match="already been answered"):
        services.grant_request(session, record=held.record, request=request, by=FIRST, at=AT)
    (payload,) = payloads(session)
    assert said not in json.dumps(payload)
    letter = letter_for(session, payload)
    assert letter is not None
    assert said in letter.body_text
    second = ask(session, held)
    services.take_back_request(session, record=held.record, request=second, by=held.person.subject, at=LATER)
    found = queries.holding(session, held.record)
    assert found is not None
    assert [(one.state, one.answer) for one in queries.requests_on(session, found)] == [
        ("taken-back", ""), ("refused", said),
    ]  # fmt: skip


def test_what_an_erased_person_asked_for_is_over_also_where_they_were_erased_before(
    session: Session, held: Held
) -> None:
    ask(session, held)
    erase(session, person=held.person, by=None, at=LATER)
    asked = session.scalars(select(Correction)).one()
    assert (asked.state, asked.decided_at) == (RequestState.OVER, LATER)
    asked.state, asked.decided_at = RequestState.ASKED, None
    session.flush()
    for statement in closing_statements():
        session.execute(text(statement))
    session.refresh(asked)
    assert (asked.state, asked.decided_at is None) == (RequestState.OVER, False)


def closing_statements() -> tuple[str, ...]:
    """Those of the migration."""
    [path] = (migrations.folder() / "versions").glob("*_what_the_erased_left_open.py")
    found = runpy.run_path(str(path))["CLOSED"]
    assert len(found) == 4
    return tuple(found)


def open_about(session: Session, held: Held) -> tuple[bool, bool]:
    """Whether officers are shown a proposal to revoke it, and a request."""
    row = queries.record_in(session, held.edition.id, held.record, Scope(0, everything=True))
    return row.revocation, row.asked


def test_what_is_open_about_a_record_is_over_when_it_ends(session: Session, held: Held) -> None:
    proposal, request = propose(session, held), ask(session, held)
    assert open_about(session, held) == (True, True)
    services.withdraw(session, record=held.record, by=held.person.subject, at=LATER)
    assert open_about(session, held) == (False, False)
    session.expire_all()
    with pytest.raises(Refused):
        services.confirm_revocation(session, record=held.record, proposal=proposal, by=SECOND, at=AT)
    with pytest.raises(Refused):
        services.grant_request(session, record=held.record, request=request, by=FIRST, at=AT)


def _change_edition(session: Session, held: Held) -> None:
    held.edition.title, held.edition.place = "Another title", "Elsewhere"
    held.edition.starts_on -= dt.timedelta(days=400)


def _new_version(session: Session, held: Held) -> None:
    version = make_version(session, session.get_one(Course, held.edition.course_id), (2, 0))
    seminar_services.use_version(session, edition=held.edition, version_id=version.id, at=LATER, by="coordinator")


def _rename(session: Session, held: Held) -> None:
    change_name(session, person=held.person, name=PersonName(full="Somebody Else"), at=LATER)


def _disable(session: Session, held: Held) -> None:
    held.person.disabled_at = LATER


def _erase(session: Session, held: Held) -> None:
    erase(session, person=held.person, by=FIRST, at=LATER)


@pytest.mark.parametrize("happens", [_change_edition, _new_version, _rename, _disable, _erase])
def test_nothing_that_happens_to_course_edition_or_account_changes_a_record(
    session: Session, held: Held, happens: Callable[[Session, Held], None]
) -> None:
    def everything() -> list[object]:
        session.flush()
        session.expire_all()
        said = session.execute(text("SELECT * FROM lms_ledger_entry ORDER BY id")).all()
        known = session.execute(text("SELECT * FROM lms_record_public ORDER BY record")).all()
        kept = session.execute(text("SELECT * FROM lms_record_subject ORDER BY record")).all()
        return [said, known, kept, queries.state_of(session, held.record)]

    before = everything()
    happens(session, held)
    assert everything() == before
    state = queries.state_of(session, held.record)
    assert state is not None
    assert state.valid


def test_the_record_of_an_erased_holder_is_revoked_all_the_same_and_nobody_is_written_to(
    session: Session, held: Held
) -> None:
    erase(session, person=held.person, by=FIRST, at=AT)
    session.flush()
    proposal = propose(session, held)
    found = queries.holding(session, held.record)
    assert found is not None
    shown = queries.proposal_on(session, found, AT)
    assert shown is not None
    assert shown.words == ""
    services.confirm_revocation(session, record=held.record, proposal=proposal, by=SECOND, at=AT)
    assert letters(session) == []
    assert acts(session, held.record) == [RecordAct.ISSUED, RecordAct.REVOKED]


def test_the_check_names_an_end_that_nobody_decided(session: Session, held: Held) -> None:
    services.end(session, record=held.record, act=RecordAct.REVOKED, at=LATER, facts={"reason": "deception"})
    about = f"record {held.record}"
    assert list(lives(session)) == [Finding(about, "is revoked, but no two officers decided it for this cause")]
    _found, entries = take(session, held.record)
    session.execute(
        insert(LedgerEntry),
        [row_of(replace(entries[0], act=RecordAct.CORRECTED, facts={"successor": "nothing"}, created_at=LATER))],
    )
    assert [finding.problem for finding in lives(session)] == [
        "has ended more than once",
        "was corrected by nothing, but None says that it takes its place",
    ]


def test_every_act_is_sealed_by_the_worker(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        for _ in range(3):
            finished_place(session, edition)
        close(session, edition)
        one, two, three = (
            held_by(session, row, edition)
            for row in session.scalars(select(RecordSubject).order_by(RecordSubject.record)).all()
        )
        services.withdraw(session, record=one.record, by=one.person.subject, at=now())
        services.confirm_revocation(session, record=two.record, proposal=propose(session, two), by=SECOND, at=AT)
        services.grant_request(session, record=three.record, request=ask(session, three), by=FIRST, at=now())
    drain()
    with own_transaction() as session:
        assert queries.head(session).sequence == session.scalar(select(func.count()).select_from(LedgerEntry)) == 7
        assert findings(session) == {}


def test_the_check_sees_that_a_confirmed_revocation_lost_its_entry(session: Session, held: Held) -> None:
    session.execute(
        insert(Revocation),
        [{
            "public_id": "p", "record": held.record, "cause": Cause.MISUSE, "words_length": 30,
            "state": ProposalState.CONFIRMED, "proposed_by": FIRST, "proposed_at": AT,
            "decided_by": SECOND, "decided_at": AT,
        }],
    )  # fmt: skip
    assert [finding.problem for finding in lives(session)] == ["was to be revoked by two officers, but is not"]
    session.execute(delete(Revocation))
    session.execute(delete(Correction))
    assert list(lives(session)) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE lms_record_subject SET sealed_name = sealed_name",
        "UPDATE lms_record_subject SET enrolment_id = 1",
        "DELETE FROM lms_record_subject",
        "UPDATE lms_record_name_showing SET shown = NOT shown",
    ],
)
def test_the_database_itself_refuses_to_rewrite_what_a_holder_has_and_has_said(
    session: Session, held: Held, change: str
) -> None:
    show_name(session, record=held.record, person_id=held.person.id, shown=True, at=LATER, by="-")
    session.flush()
    with pytest.raises(exc.DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(change))
