"""Correcting what stands on a record: its holder asks, an officer agrees, and a successor takes its place at once."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, replace

from flask_babel import gettext as _
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.errors import NotFound, Refused
from lms.kernel.events import publish
from lms.kernel.secrets import new_token
from lms.people.proposals.rules import has_lapsed
from lms.people.rules.names import (
    mistake_in_line,
    mistake_in_parts,
    mistake_in_prose,
    tidy_line,
    tidy_name,
)
from lms.people.sealing import key_of, keys_of, seal_text, unseal_text
from lms.people.services.wording import refuse_text
from lms.records.events import RecordIssued, RecordsIssued
from lms.records.models import Correction, LedgerEntry, PublicRecord, RecordAct, RecordSubject, RequestState
from lms.records.queries.held import seal_shown
from lms.records.queries.life import Holding, Wish, answer_place, proposal_row, request_row, shown_on, wanted_place
from lms.records.queries.public import public_of
from lms.records.rules import life
from lms.records.rules.before import from_before
from lms.records.rules.ledger import Entry, commit_to
from lms.records.rules.public import Public, commitment_of
from lms.records.signatories.rules import plain as signatures
from lms.seminars.models import Enrolment

from .ending import end, state_in, take, tell
from .entries import row_of
from .public import Wanted, draw
from .wording import refuse, refused


def ask_correction(session: Session, *, record: str, wish: Wish, by: str, at: dt.datetime) -> Correction:
    """The holder asks for another name or institution on their record. Raises NotFound for somebody else's, Refused."""
    found, entries = take(session, record)
    if found.subject != by:
        raise NotFound
    if from_before(entries[0].facts):
        raise Refused(_("A record from before this system has no certificate that could be corrected."))
    now_there, wanted = shown_on(session, found), _tidy(wish)
    changed = (wanted.name, wanted.institution) != (now_there.name, now_there.institution)
    waiting = request_row(session, record) is not None
    refuse(life.may_ask(state_in(entries), holder=found.subject, by=by, waiting=waiting, changed=changed))
    public_id = new_token()
    made = Correction(
        public_id=public_id,
        record=record,
        sealed_wanted=seal_text(session, found.person_id, wanted.to_json(), wanted_place(public_id)),
        state=RequestState.ASKED,
        asked_at=at,
    )
    session.add(made)
    audit.record(session, at=at, actor=by, act="correction.asked", about=record, edition=entries[0].edition)
    return made


def _tidy(wish: Wish) -> Wish:
    """The same in normal form; raises Refused for what cannot stand on a record."""
    name, institution, words = tidy_name(wish.name), tidy_line(wish.institution), wish.words.strip()
    refuse_text(mistake_in_parts(name) or mistake_in_line(institution, life.LONGEST_INSTITUTION))
    refuse_text(mistake_in_prose(words, life.LONGEST_WORDS))
    return Wish(name, institution, words)


def take_back_request(session: Session, *, record: str, request: str, by: str, at: dt.datetime) -> None:
    """The holder does not ask any more. Raises NotFound for somebody else's, Refused."""
    found, entries = take(session, record)
    if found.subject != by:
        raise NotFound
    asked = _shown(session, record, request)
    refuse(life.may_take_back(asked.state, holder=found.subject, by=by))
    _decide(session, asked, RequestState.TAKEN_BACK, by, at)
    audit.record(session, at=at, actor=by, act="correction.taken-back", about=record, edition=entries[0].edition)


def refuse_request(session: Session, *, record: str, request: str, words: str, by: str, at: dt.datetime) -> None:
    """An officer says no, and why; the holder is written to. Raises NotFound, Refused."""
    found, entries, asked = _to_answer(session, record, request, by)
    refuse(None if len(words.strip()) >= life.SHORTEST_REASON else life.LifeRefusal.REASON)
    refuse_text(mistake_in_prose(words, life.LONGEST_WORDS))
    asked.sealed_answer = seal_text(session, found.person_id, words.strip(), answer_place(asked.public_id))
    _decide(session, asked, RequestState.REFUSED, by, at)
    audit.record(session, at=at, actor=by, act="correction.refused", about=record, edition=entries[0].edition)
    tell(session, found, entries[0], "records/correction-refused", by=by, words=words.strip())


def grant_request(session: Session, *, record: str, request: str, by: str, at: dt.datetime) -> str:
    """An officer agrees: the successor is issued and the record ends, in one transaction, so that the holder is never
    without a valid record. Gives the successor's id. Raises NotFound, Refused."""
    found, entries, asked = _to_answer(session, record, request, by)
    proposal = proposal_row(session, record)
    open_one = proposal is not None and not has_lapsed(proposal.proposed_at, at)
    refuse(life.may_grant(state_in(entries), asked.state, holder=found.subject, by=by, proposed=open_one))
    wish = Wish.from_json(_opened(session, found, asked))
    successor = _issue_successor(session, found, entries[0], wish, at)
    asked.successor = successor
    _decide(session, asked, RequestState.GRANTED, by, at)
    end(session, record=record, act=RecordAct.CORRECTED, at=at, by=by, facts={"successor": successor})
    place, dated = found.enrolment_id, entries[0].dated
    edition_id = session.get_one(Enrolment, place).edition_id
    publish(session, RecordIssued(successor, found.person_id, place, edition_id, dated, at, replaces=record))
    publish(session, RecordsIssued((found.person_id,), at))
    tell(session, found, replace(entries[0], record=successor), "records/corrected", by=by)
    return successor


def close_requests(session: Session, *, person_id: int, at: dt.datetime) -> None:
    """What somebody asked for who is erased is over: nothing can be written on their records any more."""
    theirs = select(RecordSubject.record).where(RecordSubject.person_id == person_id)
    open_ones = update(Correction).where(Correction.record.in_(theirs), Correction.state == RequestState.ASKED)
    closed = session.scalars(
        open_ones.values(state=RequestState.OVER, decided_at=at).returning(Correction.record),
        execution_options={"synchronize_session": False},
    )
    audit.record_all(session, at=at, actor=None, act="correction.over", about=closed)


def _issue_successor(session: Session, found: Holding, entry: Entry, wish: Wish, at: dt.datetime) -> str:
    """The same statement about the same person and day, with what the wish says on it, under ids of its own."""
    before = public_of(session, [found.record])[found.record]
    wanted = Wanted(new_token(), before.awarded_at, replaces=found.record, subject=before.subject)
    public = draw(session, [wanted])[wanted.record]
    salt, name = new_token(), json.loads(wish.name.to_json())
    facts = {**entry.facts, "public": commitment_of(public), "corrects": found.record}
    issued = replace(entry, record=public.record, commitment=commit_to(name, salt), facts=facts, created_at=at)
    kept = shown_on(session, found)
    shown = {"name": name, "institution": wish.institution, "state": kept.state_code, "salt": salt}
    shown["signed_by"] = signatures(kept.signatories)
    session.execute(insert(LedgerEntry), [row_of(issued)])
    session.execute(insert(RecordSubject), [_holder(session, found, entry, public, shown, at)])
    session.execute(insert(PublicRecord), [asdict(public)])
    audit.record(session, at=at, actor=None, act="record.issued", about=public.record, edition=entry.edition)
    return public.record


def _holder(
    session: Session, found: Holding, entry: Entry, public: Public, shown: dict[str, object], at: dt.datetime
) -> dict[str, object]:
    key = key_of(session, found.person_id)
    return {
        "record": public.record,
        "subject": entry.subject,
        "person_id": found.person_id,
        "enrolment_id": found.enrolment_id,
        "correction": found.correction + 1,
        "sealed_name": seal_shown(key, shown, public.record),
        "issued_at": at,
    }


def _to_answer(session: Session, record: str, request: str, by: str) -> tuple[Holding, list[Entry], Correction]:
    """A request that an officer was shown, with its record held still. Raises NotFound, Refused."""
    found, entries = take(session, record)
    asked = _shown(session, record, request)
    refuse(life.may_answer(state_in(entries), asked.state, holder=found.subject, by=by))
    refuse(None if keys_of(session, [found.person_id]) else life.LifeRefusal.ERASED)
    return found, entries, asked


def _shown(session: Session, record: str, request: str) -> Correction:
    """The open request, if it is the one that was shown; raises Refused."""
    found = request_row(session, record)
    if found is None or found.public_id != request:
        raise refused(life.LifeRefusal.NOT_ASKED)
    return found


def _opened(session: Session, found: Holding, asked: Correction) -> str:
    return unseal_text(session, found.person_id, asked.sealed_wanted, wanted_place(asked.public_id))


def _decide(session: Session, found: Correction, state: RequestState, by: str, at: dt.datetime) -> None:
    found.state, found.decided_by, found.decided_at = state, by, at
    session.flush()  # before its record ends, which closes what is still open
