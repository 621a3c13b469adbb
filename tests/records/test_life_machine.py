"""The life of records as a machine that is driven at random, on a real database: whatever is tried in whatever order,
all that can be read of them says what a model of a few lines says: the ledger, the office's list, the page of the code,
the published bit, the signed file, the feed, the alumni status, and the checks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.alumni import queries as alumni
from lms.alumni.checks import statuses
from lms.alumni.feed.checks import feed
from lms.catalogue.models import Course, CourseVersion
from lms.kernel.clock import frozen
from lms.kernel.errors import NotFound, Refused
from lms.kernel.unit_of_work import own_transaction
from lms.people.models import Person
from lms.people.proposals.rules import PROPOSAL_LASTS
from lms.people.rules import PersonName
from lms.people.services import erase
from lms.records import checks, queries, services
from lms.records.credentials import jobs, signing
from lms.records.credentials.checks import credentials
from lms.records.models import Cause, RecordAct, RecordSubject
from lms.records.queries.life import Wish
from lms.records.rules.public import Public
from lms.records.sealing import seal_waiting
from lms.records.services.before import attest_before
from lms.seminars.models import Edition, Enrolment, EnrolmentState
from lms.seminars.services import use_version
from tests.conftest import NOW
from tests.records import saying
from tests.records.makers import close, finished_place, make_edition, make_version
from tests.seminars.makers import enrol_person

WHY = "Written down by an officer of the demonstration."
TRIED = (Phase.explicit, Phase.reuse, Phase.generate)
"""Not made smaller when it fails: every step is a transaction, so that would take minutes."""
OFFICERS = ("officer-one", "officer-two", "officer-three")
CHECKS = (statuses, feed, checks.holders, checks.publics, checks.names, checks.lives, checks.issuing)
LONG_AGO = {
    "title": "Seminar, November 2012",
    "starts_on": dt.date(2012, 11, 4),
    "ends_on": dt.date(2012, 11, 10),
    "deadline_at": dt.datetime(2012, 10, 20, 16, 0, tzinfo=dt.UTC),
}
WORDS = {"institution": "Ministry of Justice", "words": ""}


@dataclass
class Life:
    """What the model knows of one record."""

    record: str
    holder: str
    person_id: int
    act: RecordAct = RecordAct.ISSUED
    proposal: tuple[str, str, dt.datetime] | None = None
    """Its id, who proposed it and when."""
    request: str | None = None
    erased: bool = False
    before: bool = False
    """From before this system: it has no code, no bit and no file."""
    told: bool = False
    """That it has ended is published."""
    file: bytes | None = None
    """What its holder has taken along."""


@dataclass
class Model:
    """What should be true."""

    lives: dict[str, Life] = field(default_factory=dict)
    public: dict[str, Public] = field(default_factory=dict)
    """As it was first seen."""
    editions: list[str] = field(default_factory=list)
    names: int = 0

    def records_of(self, person_id: int) -> list[Life]:
        """The records of one person that are in force."""
        return [one for one in self.lives.values() if one.person_id == person_id and one.act is RecordAct.ISSUED]


class Records(RuleBasedStateMachine):
    """Everything that may happen to records, and everything that must not."""

    records = Bundle("records")

    def __init__(self) -> None:
        super().__init__()
        self.model, self.at = Model(), NOW + dt.timedelta(days=400)

    def attempt(self, act: object, may: bool) -> object:
        """Do it in a transaction of its own; it is refused exactly where the model says so."""
        try:
            with frozen(self.at), own_transaction() as session:
                done = act(session)  # type: ignore[operator]
        except (Refused, NotFound):
            assert not may
            return None
        assert may
        return done

    @initialize(target=records, number=st.integers(2, 3))
    def begin(self, number: int) -> object:
        """There is something to be done to."""
        return self.issue(number)

    @rule(target=records, number=st.integers(1, 2))
    def issue(self, number: int) -> object:
        """An edition is closed."""
        with frozen(self.at), own_transaction() as session:
            edition = make_edition(session)
            places = [finished_place(session, edition) for _ in range(number)]
            close(session, edition, at=self.at)
            people = {place.person_id: session.get_one(Person, place.person_id).subject for place in places}
            rows = session.scalars(select(RecordSubject).where(RecordSubject.person_id.in_(people))).all()
            made = [Life(row.record, people[row.person_id], row.person_id) for row in rows]
            self._note(session, made, edition)
        return multiple(*(life.record for life in made))

    def _note(self, session: Session, made: list[Life], edition: Edition | None = None) -> None:
        self.model.lives |= {life.record: life for life in made}
        self.model.public |= queries.public_of(session, [life.record for life in made])
        self.model.editions += [edition.public_id] if edition else []

    @rule(target=records, record=records)
    def attest(self, record: str) -> object:
        """Two officers say that a holder was at an edition before this system, too; nobody says so of the erased."""
        life = self.model.lives[record]
        with frozen(self.at), own_transaction() as session:
            edition = make_edition(session, **LONG_AGO)
            person = session.get_one(Person, life.person_id)
            place = enrol_person(session, edition, person=person, becomes=EnrolmentState.NOMINATED)
            session.flush()
            made = attest_before(session, edition=edition, places=[place.id], at=self.at, by=OFFICERS[0])
            assert len(made) == (not life.erased)
            self._note(session, [Life(one, life.holder, life.person_id, before=True) for one in made], edition)
        return multiple(*made)

    @rule(record=records)
    def issue_again(self, record: str) -> None:
        """Of one place there is one record, and what corrects it; none after it has ended, whoever asks."""
        with frozen(self.at), own_transaction() as session:
            place = session.get_one(Enrolment, session.get_one(RecordSubject, record).enrolment_id)
            edition = session.get_one(Edition, place.edition_id)
            assert services.consider(session, enrolment_id=place.id, at=self.at) == []
            assert attest_before(session, edition=edition, places=[place.id], at=self.at, by=OFFICERS[0]) == []

    @rule(days=st.integers(1, 8))
    def time_passes(self, days: int) -> None:
        """Proposals lapse after seven days; the course goes on, which records do not notice."""
        self.at += dt.timedelta(days=days)
        if days == 1:
            self._new_version()

    def _new_version(self) -> None:
        with frozen(self.at), own_transaction() as session:
            course = session.scalars(select(Course).where(Course.slug == "small")).one()
            last = session.scalar(select(func.max(CourseVersion.major)).where(CourseVersion.course_id == course.id))
            version = make_version(session, course, ((last or 0) + 1, 0))
            edition = session.scalars(select(Edition).order_by(Edition.id.desc()).limit(1)).one()
            use_version(session, edition=edition, version_id=version.id, at=self.at, by="coordinator")

    @rule(record=records, own=st.booleans())
    def withdraw(self, record: str, own: bool) -> None:
        """By its holder, or by somebody else who tries."""
        life = self.model.lives[record]
        by = life.holder if own else OFFICERS[0]
        may = own and life.act is RecordAct.ISSUED
        self.attempt(lambda session: services.withdraw(session, record=record, by=by, at=self.at), may)
        if may:
            self._ended(life, RecordAct.WITHDRAWN)

    def _ended(self, life: Life, act: RecordAct) -> None:
        life.act, life.proposal, life.request = act, None, None

    def _open(self, life: Life) -> bool:
        return life.proposal is not None and self.at < life.proposal[2] + PROPOSAL_LASTS

    @rule(record=records, by=st.sampled_from((*OFFICERS, "holder")), cause=st.sampled_from(Cause))
    def propose(self, record: str, by: str, cause: Cause) -> None:
        """An officer proposes to revoke, or the holder tries."""
        life = self.model.lives[record]
        who = life.holder if by == "holder" else by
        may = by != "holder" and life.act is RecordAct.ISSUED and not self._open(life)

        def act(session: Session) -> str:
            made = services.propose_revocation(session, record=record, cause=cause, words=WHY, by=who, at=self.at)
            return made.public_id

        proposal = self.attempt(act, may)
        if may:
            life.proposal = str(proposal), who, self.at

    @precondition(lambda self: any(life.proposal for life in self.model.lives.values()))
    @rule(
        number=st.integers(0, 99),
        by=st.sampled_from(("proposer", "another", "another", "holder")),
        confirms=st.booleans(),
    )
    def decide(self, number: int, by: str, confirms: bool) -> None:
        """Another officer, the same one, or the holder decides on a proposal."""
        proposed = [life for life in self.model.lives.values() if life.proposal]
        self._decide(proposed[number % len(proposed)], by, confirms)

    @rule(record=records, cause=st.sampled_from(Cause))
    def revoke(self, record: str, cause: Cause) -> None:
        """Two officers agree at once."""
        life = self.model.lives[record]
        self.propose(record, OFFICERS[0], cause)
        if life.proposal:
            self._decide(life, "another", confirms=True)

    def _decide(self, life: Life, by: str, confirms: bool) -> None:
        assert life.proposal is not None
        record, (shown, proposer, _at) = life.record, life.proposal
        another = next(officer for officer in OFFICERS if officer != proposer)
        who = {"proposer": proposer, "another": another, "holder": life.holder}[by]
        may = by != "holder"
        if confirms:
            may = may and self._open(life) and who != proposer
        verb = services.confirm_revocation if confirms else services.decline_revocation
        self.attempt(lambda session: verb(session, record=record, proposal=shown, by=who, at=self.at), may)
        if may and confirms:
            self._ended(life, RecordAct.REVOKED)
        elif may:
            life.proposal = None

    @rule(record=records, own=st.booleans())
    def ask(self, record: str, own: bool) -> None:
        """The holder asks for another name, or somebody else tries."""
        life = self.model.lives[record]
        may = own and life.act is RecordAct.ISSUED and life.request is None and not life.erased and not life.before
        self.model.names += 1
        wish = Wish(PersonName(full=f"Amina Mfano {'abcdefghij'[self.model.names % 10] * self.model.names}"), **WORDS)
        by = life.holder if own else OFFICERS[1]

        def act(session: Session) -> str:
            return services.ask_correction(session, record=record, wish=wish, by=by, at=self.at).public_id

        request = self.attempt(act, may)
        if may:
            life.request = str(request)

    @precondition(lambda self: any(life.request for life in self.model.lives.values()))
    @rule(target=records, number=st.integers(0, 99), by=st.sampled_from((*OFFICERS, "holder")))
    def grant(self, number: int, by: str) -> object:
        """An officer agrees, or the holder tries."""
        asked = [life for life in self.model.lives.values() if life.request]
        return self._grant(asked[number % len(asked)], by)

    @rule(target=records, record=records)
    def correct(self, record: str) -> object:
        """A holder asks, and is answered at once."""
        life = self.model.lives[record]
        self.ask(record, own=True)
        return self._grant(life, OFFICERS[2]) if life.request else multiple()

    def _grant(self, life: Life, by: str) -> object:
        record, shown, who = life.record, str(life.request), (life.holder if by == "holder" else by)
        may = by != "holder" and not life.erased and not self._open(life)
        done = self.attempt(
            lambda session: services.grant_request(session, record=record, request=shown, by=who, at=self.at), may
        )
        if not may:
            return multiple()
        self._ended(life, RecordAct.CORRECTED)
        made = Life(str(done), life.holder, life.person_id)
        with own_transaction() as session:
            self._note(session, [made])
        before, after = self.model.public[record], self.model.public[made.record]
        assert (after.subject, after.awarded_at, after.replaces) == (before.subject, before.awarded_at, record)
        return multiple(made.record)

    @rule(record=records)
    def erase_holder(self, record: str) -> None:
        """The account goes; its records stay as they are."""
        person_id = self.model.lives[record].person_id
        if self.model.lives[record].erased:
            return
        with own_transaction() as session:
            erase(session, person=session.get_one(Person, person_id), by=None, at=self.at)
        for life in self.model.lives.values():
            if life.person_id == person_id:
                life.erased, life.request = True, None

    @rule()
    def work(self) -> None:
        """The worker seals, signs and publishes. A bit once set stays set; a file once taken stays the same, and holds
        when its holder is erased and nobody here can open it any more."""
        with frozen(self.at):
            with own_transaction() as session:
                seal_waiting(session, {}, self.at)
                signer = signing.signer(session, self.at)
                assert signer
                while signing.sign_waiting(session, signer, self.at):
                    pass
            with own_transaction() as session:
                jobs.publish(session, {}, self.at)
        lives = self.model.lives
        with own_transaction() as session:
            for record in self.model.public:
                life, taken = lives[record], saying.taken_along(session, record)
                life.told = life.act is not RecordAct.ISSUED
                assert (taken is None) == life.erased
                assert taken is None or life.file in (None, taken)
                life.file = life.file or taken
            self._agree_outside(session)

    def _agree_outside(self, session: Session) -> None:
        """A stranger is told the same by the page, and by the file with nothing but what is published."""
        public = self.model.public.values()
        pages = saying.at_the_page(session, public, self.at)
        for one in public:
            life, page = self.model.lives[one.record], pages[one.record]
            assert (page.state.act, page.state.valid, page.erased) == (life.act, not life.told, life.erased)
            assert life.file is None or saying.holds(life.file) is page.state.valid
        assert not [found for check in CHECKS for found in check(session)]

    @invariant()
    def everything_agrees(self) -> None:
        """The ledger, the public rows, the office's list, the bits, the feed and the alumni status."""
        lives, public = self.model.lives, self.model.public
        with own_transaction() as session:
            states = queries.states_of(session, list(lives))
            assert {record: state.act for record, state in states.items()} == {r: one.act for r, one in lives.items()}
            assert queries.public_of(session, list(lives)) == public
            for record, life in lives.items():
                said = [one.act for one in queries.history(session, record)]
                assert said == [RecordAct.ISSUED, *([] if life.act is RecordAct.ISSUED else [life.act])]
            listed = saying.in_the_list(session, self.model.editions)
            assert listed == {r: (one.act, bool(one.proposal), bool(one.request)) for r, one in lives.items()}
            assert saying.in_the_status_list(public.values()) == {record: lives[record].told for record in public}
            holders = {life.person_id: life.erased for life in lives.values()}
            valid = {person: number for person in holders if (number := len(self.model.records_of(person)))}
            found = {person: alumni.status_of(session, person) for person in holders}
            assert {person: status.records for person, status in found.items() if status} == valid
            told = {person: number for person, number in valid.items() if not holders[person]}
            assert saying.in_the_feed(session, holders) == told

    def teardown(self) -> None:
        """At the end the whole chain is sealed, and whole; what is published tells of every end."""
        self.work()
        self.everything_agrees()
        with frozen(self.at), own_transaction() as session:
            assert queries.unsealed(session) == []
            assert [f for f in checks.ledger(session) if "noted outside" not in f.problem] == []
            assert not list(credentials(session))
        super().teardown()


def test_whatever_is_tried_in_whatever_order_records_stay_true(app: Flask) -> None:
    run_state_machine_as_test(
        Records,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=TRIED,
        ),
    )
