"""Filling an empty system with the demonstration: an open edition at every stage, and one that is over."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.alumni.feed import permits
from lms.alumni.feed.rules import Field
from lms.catalogue import queries as catalogue
from lms.dashboards.services import freeze
from lms.kernel.values import dataclass
from lms.people import queries as people
from lms.people import services as people_services
from lms.people.models import IdentityRow, Person, Role, ScopeKind, Sector
from lms.people.rules import PersonName
from lms.plugins.manager import unit_kinds
from lms.records.signatories.rules import EVERYWHERE
from lms.records.signatories.services import set_lines
from lms.seminars import queries as seminars
from lms.seminars import services
from lms.seminars.columns import Column
from lms.seminars.models import ContactKind, Edition, EditionKind, Enrolment, MakeUp, Mark, RequestKind
from lms.seminars.nominating.services import put_forward
from lms.seminars.rules import EditionFacts
from lms.seminars.services import Nominee
from lms.seminars.services.calls import Call

from .before import attest, held_before
from .cast import Cast, Character
from .community import open_community
from .ends import ENDS
from .way import propose, read_units, report
from .writing import write

PLACE = "Oświęcim, Poland"
ZONE = "Europe/Warsaw"
CONTACT = "seminar@lemkin.example"
PARTNER = "Example network of alumni (demonstration)"
UNANSWERED = ("NP", "SN")
"""States that were asked and have not answered."""
PAST = ("recorded", "absent", "corrected", "withdrawn", "revoked")
SHARE_READ = {"reading": 0.2, "half-way": 0.5, "asked": 0.35, "complete": 1.0, **dict.fromkeys(PAST, 1.0)}
PROGRAMME = """First day: arrival and welcome.

The days between: mornings on the site of the former German Nazi concentration and extermination camp \
Auschwitz-Birkenau, afternoons in the seminar room, half a day for the memory of each group of victims.

Last day: what each of us takes home, and departure."""
PRACTICAL = """The seminar house is ten minutes on foot from the site. Bring shoes for long walks on uneven ground.

The museum asks for silence in some places and for no photographs in others; your guide will say where.

You can step out at any moment without giving a reason."""


@dataclass(frozen=True)
class Builder:
    """One filling, in one transaction."""

    session: Session
    cast: Cast
    at: dt.datetime
    password_hash: str

    def fill(self) -> bool:
        """Everyone and everything, and True; False when the demonstration is there already."""
        if people.person_by_address(self.session, self.cast.staff[0].address):
            return False
        staff = {who.key: self._person(who, self.at - dt.timedelta(days=300)) for who in self.cast.staff}
        self._administrators(staff)
        over = self._edition(self.at.date() - dt.timedelta(days=180))
        open_now = self._edition(self.at.date() + dt.timedelta(days=20), by_day=True)
        self._mandates(staff)
        by, signing = staff["administrator"].subject, self.at - dt.timedelta(days=300)
        set_lines(self.session, edition=EVERYWHERE, lines=self.cast.signatories, by=by, at=signing)
        for who in self.cast.participants:
            if who.deferred:
                self._put_off(over, open_now, who, staff["coordinator"].subject)
        self._past(over, staff["coordinator"].subject)
        self._before(staff)
        self._ends(over, staff)
        open_community(self.session, self.cast, at=self.at, by=staff["administrator"].subject)
        for who in self.cast.participants:
            if not who.deferred:
                self._participant(open_now, who, staff["coordinator"].subject, self.at - dt.timedelta(days=21))
        self._letters_to_states(open_now, staff["coordinator"].subject)
        self._nomination(open_now, staff["focal-point"])
        self._words(open_now, staff["trainer"].subject)
        self._errors(open_now, staff["trainer"].subject)
        self._writing(staff)
        self._partner(staff)
        for weeks in range(12, -1, -1):
            freeze(self.session, at=self.at - dt.timedelta(weeks=weeks))
        return True

    def _partner(self, staff: dict[str, Person]) -> None:
        """A program outside that may read the alumni feed; its token is for an administrator to make."""
        first, second = (staff[who.key].subject for who in self.cast.staff if who.role == Role.ADMINISTRATOR)
        at = self.at - dt.timedelta(days=90)
        fields = frozenset({Field.EDITIONS})
        made = permits.name_partner(self.session, name=PARTNER, fields=fields, by=first, at=at)
        self.session.flush()
        permits.confirm_partner(self.session, public_id=made.public_id, by=second, at=at)

    # People ----------------------------------------------------------------------------------------------------

    def _person(self, who: Character, at: dt.datetime) -> Person:
        made = people_services.create_person(
            self.session, name=_name(who), address=who.address, at=at, locale=who.locale, zone=who.zone
        )
        self._welcome(made, who, at)
        return made

    def _welcome(self, person: Person, who: Character, at: dt.datetime) -> None:
        """The first sign-in: name confirmed, language and zone chosen, a password set."""
        people_services.welcome(
            self.session,
            person=person,
            name=_name(who),
            locale=who.locale,
            zone=who.zone,
            function=who.function,
            at=at,
        )
        people_services.keep_password(self.session, person_id=person.id, hashed=self.password_hash, at=at)
        # Nobody can type the code from a mailbox that does not exist; it counts as typed.
        theirs = update(IdentityRow).where(IdentityRow.person_id == person.id, IdentityRow.blind_index.is_not(None))
        self.session.execute(theirs.values(verified_at=at))

    def _administrators(self, staff: dict[str, Person]) -> None:
        for who in self.cast.staff:
            if who.role == Role.ADMINISTRATOR:
                people_services.grant_by_operator(
                    self.session,
                    person=staff[who.key],
                    role=Role.ADMINISTRATOR,
                    since=self.at.date() - dt.timedelta(days=300),
                    reason="The two administrators of the demonstration.",
                    at=self.at - dt.timedelta(days=300),
                )

    def _mandates(self, staff: dict[str, Person]) -> None:
        """Everyone else's mandate: proposed by one administrator, confirmed by the other."""
        for who in self.cast.staff:
            if who.role == Role.ADMINISTRATOR:
                continue
            scope, scope_id = (ScopeKind.STATE, who.state) if who.state else (ScopeKind.ALL, None)
            mandate = people_services.propose(
                self.session,
                person=staff[who.key],
                role=Role(who.role),
                scope=scope,
                scope_id=scope_id,
                since=self.at.date() - dt.timedelta(days=290),
                until=self.at.date() + dt.timedelta(days=365),
                by=staff["administrator"].id,
                at=self.at - dt.timedelta(days=290),
            )
            people_services.confirm(
                self.session, mandate=mandate, by=staff["administrator2"].id, at=self.at - dt.timedelta(days=289)
            )

    # Editions --------------------------------------------------------------------------------------------------

    def _edition(self, starts_on: dt.date, *, by_day: bool = False) -> Edition:
        slug, _version = catalogue.courses(self.session)[0]
        local = dt.datetime.combine(starts_on - dt.timedelta(days=9), dt.time(18), ZoneInfo(ZONE))
        facts = EditionFacts(
            kind=EditionKind.GLOBAL,
            title=f"Global Raphael Lemkin Seminar, {starts_on:%B %Y}",
            place=PLACE,
            starts_on=starts_on,
            ends_on=starts_on + dt.timedelta(days=5),
            zone=ZONE,
            deadline_at=local.astimezone(dt.UTC),
            deadline_on=local.date() if by_day else None,
            contact=CONTACT,
            programme=PROGRAMME,
            practical=PRACTICAL,
        )
        created = dt.datetime.combine(starts_on - dt.timedelta(days=70), dt.time(9), dt.UTC)
        return services.create_edition(self.session, course=slug, facts=facts, at=created, by=None)

    def _participant(self, edition: Edition, who: Character, by: str, at: dt.datetime) -> Enrolment:
        nominee = Nominee(
            name=who.name,
            address=who.address,
            state=who.state,
            institution=who.institution,
            sector=Sector(who.sector),
            zone=who.zone,
            language=who.locale,
        )
        enrolment = services.nominate(self.session, edition=edition, nominee=nominee, at=at, by=by)
        if who.stage == "nominated":
            return enrolment
        services.invite(self.session, enrolment=enrolment, at=at + dt.timedelta(hours=1), by=by)
        if who.stage == "declined":
            services.decline(self.session, enrolment=enrolment, at=at + dt.timedelta(days=2), by=by, reason="Elections")
        if who.stage == "invited":
            # Written now, so that the code in the letter is still good.
            services.send_invitation(self.session, enrolment=enrolment, at=self.at, by=None)
        if who.stage in ("invited", "declined"):
            return enrolment
        person = self.session.get_one(Person, enrolment.person_id)
        self._welcome(person, who, at + dt.timedelta(days=3))
        if who.stage in SHARE_READ:
            share = SHARE_READ[who.stage]
            read_units(
                self.session, edition=edition, person_id=person.id, share=share, at=at + dt.timedelta(days=5, hours=7)
            )
        if who.stage == "half-way":
            self._call(enrolment, by)
        if who.stage == "asked":
            words = "We have a session of the commission until the end of next week. Could I have five more days?"
            services.ask(
                self.session, enrolment=enrolment, kind=RequestKind.MORE_TIME, message=words, at=at, by=person.subject
            )
        return enrolment

    def _put_off(self, edition: Edition, later: Edition, who: Character, by: str) -> None:
        """Somebody who was nominated and could not come has a place in a later edition instead."""
        first = dt.datetime.combine(edition.starts_on, dt.time(9), dt.UTC)
        place = self._participant(edition, who, by, first - dt.timedelta(days=60))
        at, reason = first - dt.timedelta(days=20), "An investigation that cannot wait"
        services.defer(self.session, enrolment=place, later=later, at=at, by=by, reason=reason)

    def _letters_to_states(self, edition: Edition, by: str) -> None:
        """Every state was asked for two officials; a few have not answered yet."""
        sent, asked = self.at - dt.timedelta(days=60), sorted({who.state for who in self.cast.participants})
        for codes, answer in ((asked, sent + dt.timedelta(days=25)), (UNANSWERED, None)):
            call = Call(2, sent.date(), answer.date() if answer else None)
            services.note_calls(self.session, edition=edition, codes=codes, call=call, at=self.at, by=by)

    def _nomination(self, edition: Edition, focal_point: Person) -> None:
        """The focal point has put one more official of their state forward, and the coordinator has not decided."""
        said = {
            Column.NAME: "Subira Kielelezo", Column.ADDRESS: "subira@lemkin.example", Column.FUNCTION: "Legal Officer",
            Column.STATE: "TZ", Column.INSTITUTION: "Ministry of Home Affairs", Column.LANGUAGE: "en",
        }  # fmt: skip
        cells = {str(column): words for column, words in said.items()}
        key, at = f"demo-{edition.id}", self.at - dt.timedelta(days=1)
        put_forward(self.session, edition_id=edition.id, cells=cells, key=key, at=at, by=focal_point.id)

    def _call(self, enrolment: Enrolment, by: str) -> None:
        """The coordinator noted a call of the day before yesterday in the contact log."""
        caller, at = people.person_by_subject(self.session, by), self.at - dt.timedelta(days=2)
        if caller:
            services.note_contact(
                self.session, enrolment=enrolment, kind=ContactKind.CALLED, day=at.date(),
                words="Will go on reading after the session of parliament.", key=f"demo-{enrolment.id}", at=at,
                by=caller.id,
            )  # fmt: skip

    def _words(self, edition: Edition, trainer: str) -> None:
        """What participants call terms of the course in their languages; a trainer has answered some."""
        addresses = {who.key: who.address for who in self.cast.participants}
        for number, said in enumerate(self.cast.words):
            person = people.person_by_address(self.session, addresses[said.by])
            if person:
                at = self.at - dt.timedelta(days=6, hours=-number)
                propose(self.session, edition=edition, person_id=person.id, said=said, by=trainer, at=at)

    def _errors(self, edition: Edition, trainer: str) -> None:
        """What participants report in the texts; a trainer has answered some."""
        addresses = {who.key: who.address for who in self.cast.participants}
        for number, said in enumerate(self.cast.errors):
            person = people.person_by_address(self.session, addresses[said.by])
            if person:
                at = self.at - dt.timedelta(days=5, hours=-number)
                report(self.session, edition=edition, person_id=person.id, said=said, by=trainer, at=at)

    def _writing(self, staff: dict[str, Person]) -> None:
        """A draft of the course that trainers have written and a reviewer has begun to read."""
        said = self.cast.writing
        keys = {*(change.by for change in said.changes), said.remark.by, said.signed.by}
        who = {key: people.viewer_for_person(self.session, staff[key].id, self.at) for key in keys}
        known = {key: viewer for key, viewer in who.items() if viewer}
        slug, _version = catalogue.courses(self.session)[0]
        at = self.at - dt.timedelta(days=4)
        write(self.session, slug=slug, said=said, who=known, kinds=unit_kinds(), at=at)

    def _past(self, edition: Edition, by: str) -> None:
        invited = dt.datetime.combine(edition.starts_on - dt.timedelta(days=60), dt.time(9), dt.UTC)
        evening = dt.datetime.combine(edition.ends_on, dt.time(16), dt.UTC)
        marks: dict[tuple[int, int], Mark] = {}
        for who in self.cast.alumni:
            enrolment = self._participant(edition, who, by, invited)
            mark = Mark.ABSENT if who.stage == "absent" else Mark.PRESENT
            marks |= {(enrolment.id, row.id): mark for row in seminars.sessions_of(self.session, edition.id)}
        services.mark_attendance(self.session, edition=edition, marks=marks, at=evening, by=by)
        there = next(place for (place, _half_day), mark in marks.items() if mark is Mark.PRESENT)
        self._make_up(edition, self.session.get_one(Enrolment, there), evening, by)
        services.close_attendance(self.session, edition=edition, at=evening + dt.timedelta(hours=1), by=by)

    def _before(self, staff: dict[str, Person]) -> None:
        """Editions from before this system, as they were imported, attested by one officer or by two."""
        officers = (staff["coordinator"].subject, staff["coordinator2"].subject)
        at = self.at - dt.timedelta(days=90)
        for past in self.cast.past:
            edition = held_before(self.session, past, place=PLACE, zone=ZONE, contact=CONTACT, at=at)
            places = [self._participant(edition, who, officers[0], at) for who in past.people]
            moment = at if past.confirmed else self.at - dt.timedelta(days=1)
            attest(self.session, edition, [place.id for place in places], past, officers, moment)
            for who, place in zip(past.people, places, strict=True):
                if past.confirmed:
                    self._welcome(self.session.get_one(Person, place.person_id), who, moment + dt.timedelta(days=3))

    def _ends(self, edition: Edition, staff: dict[str, Person]) -> None:
        """What became of some of the records: one was corrected, one withdrawn, one revoked by two officers."""
        at = dt.datetime.combine(edition.ends_on, dt.time(10), dt.UTC) + dt.timedelta(days=30)
        officers = (staff["coordinator"].subject, staff["coordinator2"].subject)
        for who in self.cast.alumni:
            person = people.person_by_address(self.session, who.address)
            if person and who.stage in ENDS:
                ENDS[who.stage](self.session, person=person, officers=officers, at=at)

    def _make_up(self, edition: Edition, enrolment: Enrolment, at: dt.datetime, by: str) -> None:
        """Somebody was excused on the first half-day, and made up for it."""
        services.attest(
            self.session,
            edition=edition,
            enrolment=enrolment,
            half_day=seminars.sessions_of(self.session, edition.id)[0],
            mark=Mark.EXCUSED,
            reason="The flight was cancelled.",
            make_up=services.MakeUpWork("Tell the group in five minutes what you missed.", edition.ends_on),
            at=at,
            by=by,
        )
        work = self.session.scalars(select(MakeUp).where(MakeUp.enrolment_id == enrolment.id)).one()
        services.confirm_make_up(self.session, edition=edition, enrolment=enrolment, make_up=work, at=at, by=by)


def _name(who: Character) -> PersonName:
    return PersonName(full=who.name, latin=who.latin)
