"""Changes to persons, on both databases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.kernel import checks
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.models import Job, JobState
from lms.kernel.secrets import Unsealable
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.worker import drain
from lms.people import queries, services
from lms.people.models import IdentityKind, IdentityRow, Mandate, MandateState, NameConfirmation, Person, SignInSession
from lms.people.queries import viewer_for_person, viewer_for_token
from lms.people.rules import PersonName, Role, ScopeKind
from lms.people.rules.codes import Outcome, TokenPurpose
from lms.people.sealing import seal_text, unseal_text
from lms.people.services.addresses import send_address_code
from lms.web.access import Permission
from tests.conftest import NOW
from tests.people.makers import REASON, give_mandate, make_institution, make_person, start_session

CANARY = "Kanari Xylofon"
LINES = ("kanari", "Xylofon", "kanari@example.org")


def test_nobody_is_named_in_the_bytes_of_the_database(sqlite_app: Flask, tmp_path: Path) -> None:
    person = make_person(PersonName(CANARY, latin="Kanari X", for_lists="Xylofon K"), "kanari@example.org")
    ministry = make_institution()
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        services.affiliate(session, person=row, institution=session.merge(ministry), since=NOW.date())
        services.set_function(session, person=row, function="Xylofon player", day=NOW.date())
        row.welcomed_at = None
        services.invite(session, person=row, by=None, at=NOW)
        services.ask_for_address(session, person=row, address="kanari@example.net", at=NOW)
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert person.subject.encode() in held
    for line in (*LINES, "player", "/invitation/"):
        assert line.lower().encode() not in held.lower(), line


def test_sealed_text_opens_in_its_own_place_alone(app: Flask) -> None:
    person = make_person()
    with unit_of_work() as session:
        sealed = seal_text(session, person.id, "a reflection", "here:1")
        assert unseal_text(session, person.id, sealed, "here:1") == "a reflection"
        with pytest.raises(Unsealable):
            unseal_text(session, person.id, sealed, "here:2")


def test_without_the_key_nothing_can_be_read(app: Flask) -> None:
    person = make_person(CANARY, "kanari@example.org")
    token = start_session(person)
    with unit_of_work() as session:
        sealed = seal_text(session, person.id, "a reflection", "here:1")
        services.erase(session, person=session.get_one(Person, person.id), by=None, at=NOW)
    with unit_of_work() as session:
        assert queries.person_name(session, person.id) == "Name erased"
        assert queries.names_of(session, [person.id]) == {person.id: "Name erased"}
        assert queries.addresses_of(session, person.id) == []
        assert queries.person_by_address(session, "kanari@example.org") is None
        assert viewer_for_token(session, token, NOW) is None
        with pytest.raises(NotFound):
            unseal_text(session, person.id, sealed, "here:1")
        assert not any(checks.run_all(session)[name] for name in ("people.keys", "people.identity"))


def test_an_address_belongs_to_one_person(app: Flask) -> None:
    first = make_person(address="One@Example.org")
    with pytest.raises(Conflict), unit_of_work() as session:
        services.create_person(session, name="Other Mfano", address=" one@example.org", at=NOW)
    with unit_of_work() as session:
        again = services.person_for_address(session, name="Other Mfano", address="one@EXAMPLE.org", at=NOW)
        assert again.id == first.id


@pytest.mark.parametrize(
    "address", ["", "a", "a@b", "a@@example.org", "a@example.org\r\nBcc: b@example.org", "a b@c.org"]
)
def test_what_is_no_address_is_refused(app: Flask, address: str) -> None:
    with pytest.raises(Refused), unit_of_work() as session:
        services.person_for_address(session, name="Amina Mfano", address=address, at=NOW)


def test_an_address_named_but_never_proved_does_not_keep_its_owner_out(app: Flask) -> None:
    squatter = make_person()
    with unit_of_work() as session:
        row = session.get_one(Person, squatter.id)
        services.ask_for_address(session, person=row, address="victim@example.org", at=NOW)
        place = seal_text(session, row.id, "victim@example.org", "lms_job:address:p")
        send_address_code(session, {"person_id": row.id, "sealed": place.hex(), "place": "p"}, NOW)
        assert session.scalar(select(IdentityRow.id).where(IdentityRow.verified_at.is_(None), ~IdentityRow.primary))
    owner = make_person(address="victim@example.org")
    with unit_of_work() as session:
        found = queries.person_by_address(session, "victim@example.org")
        assert found is not None
        assert found.id == owner.id


def test_letters_follow_the_first_address_which_cannot_be_removed(app: Flask) -> None:
    person = make_person(address="work@example.org")
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        sealed = seal_text(session, row.id, "own@example.net", "lms_job:address:p")
        send_address_code(session, {"person_id": row.id, "sealed": sealed.hex(), "place": "p"}, NOW)
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        (work,) = queries.addresses_of(session, person.id)
        own = session.scalars(
            select(IdentityRow).where(IdentityRow.blind_index.is_not(None), ~IdentityRow.primary)
        ).one()
        with pytest.raises(Refused, match="Confirm this address first"):
            services.make_primary(session, person=row, public_id=own.place, at=NOW)
        with pytest.raises(Refused, match="Letters go to this address"):
            services.remove_address(session, person=row, public_id=work.public_id, at=NOW)
        own.verified_at, own_id = NOW, own.place
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        services.make_primary(session, person=row, public_id=own_id, at=NOW)
        services.remove_address(session, person=row, public_id=work.public_id, at=NOW)
    with unit_of_work() as session:
        left = queries.addresses_of(session, person.id)
        assert [(view.address, view.primary) for view in left] == [("own@example.net", True)]
        with pytest.raises(NotFound):
            services.remove_address(session, person=session.get_one(Person, make_person().id), public_id=own_id, at=NOW)


def test_a_sixth_sign_in_ends_the_oldest(app: Flask) -> None:
    person = make_person()
    tokens = []
    for minute in range(6):
        with frozen(NOW + dt.timedelta(minutes=minute)):
            tokens.append(start_session(person))
    at = NOW + dt.timedelta(minutes=7)
    alive = [viewer_for_token(db.session(), token, at) is not None for token in tokens]
    assert alive == [False, True, True, True, True, True]


def test_a_kept_sign_in_lasts_thirty_days_for_participants(app: Flask) -> None:
    person, officer = make_person(), make_person()
    give_mandate(officer, Role.COORDINATOR)
    kept, staff = start_session(person, keep=True), start_session(officer, keep=True)
    with unit_of_work() as session:
        for row in session.scalars(select(SignInSession)):
            row.seen_at = NOW + dt.timedelta(days=29)
        assert viewer_for_token(session, kept, NOW + dt.timedelta(days=29, minutes=1)) is not None
        assert viewer_for_token(session, staff, NOW + dt.timedelta(days=29, minutes=1)) is None
        assert viewer_for_token(session, kept, NOW + dt.timedelta(days=30)) is None


def test_whoever_is_disabled_is_out_at_once(app: Flask) -> None:
    person = make_person()
    token = start_session(person)
    with unit_of_work() as session:
        session.get_one(Person, person.id).disabled_at = NOW
    assert viewer_for_token(db.session(), token, NOW) is None


@pytest.mark.parametrize("made_for", TokenPurpose)
@pytest.mark.parametrize("tried_as", TokenPurpose)
def test_a_link_is_good_for_its_own_purpose_alone(app: Flask, made_for: TokenPurpose, tried_as: TokenPurpose) -> None:
    person = make_person()
    with unit_of_work() as session:
        address = services.primary_address(session, person.id) or 0
        made = services.make_code(session, purpose=made_for, person_id=person.id, identity_id=address, at=NOW)
        tried = services.try_code(session, purpose=tried_as, link=made.link, code=made.code, at=NOW)
    assert (tried.outcome is Outcome.RIGHT) is (made_for is tried_as)


def test_codes_end_with_their_time_and_with_a_newer_one(app: Flask) -> None:
    person = make_person()
    with unit_of_work() as session:
        address = services.primary_address(session, person.id) or 0
        made = [
            services.make_code(
                session, purpose=TokenPurpose.INVITATION, person_id=person.id, identity_id=address, at=NOW
            )
            for _ in range(2)
        ]
        old = services.try_code(session, purpose=TokenPurpose.INVITATION, link=made[0].link, code=made[0].code, at=NOW)
        late = services.try_code(
            session,
            purpose=TokenPurpose.INVITATION,
            link=made[1].link,
            code=made[1].code,
            at=NOW + dt.timedelta(days=7),
        )
        other = services.try_code(
            session, purpose=TokenPurpose.INVITATION, link=made[1].link, code=made[0].code, at=NOW
        )
    assert (old.outcome, late.outcome, other.outcome) == (Outcome.OVER, Outcome.OVER, Outcome.WRONG)


def test_a_name_is_confirmed_for_somebody_only_late_and_with_a_reason(app: Flask) -> None:
    person, officer, other = make_person(welcomed=False), make_person(), make_person()
    give_mandate(officer, Role.COORDINATOR)
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        by = viewer_for_person(session, officer.id, NOW)
        stranger = viewer_for_person(session, other.id, NOW)
        assert by is not None
        assert stranger is not None
        services.invite(session, person=row, by=officer.id, at=NOW)
        late = NOW + dt.timedelta(days=14)
        with pytest.raises(NotFound):
            services.confirm_name(session, person=row, by=stranger, reason="long enough a reason", at=late)
        with pytest.raises(Refused, match="ten characters"):
            services.confirm_name(session, person=row, by=by, reason="short", at=late)
        with pytest.raises(Refused, match="14 days"):
            services.confirm_name(
                session, person=row, by=by, reason="long enough a reason", at=late - dt.timedelta(seconds=1)
            )
        services.confirm_name(session, person=row, by=by, reason="checked by telephone", at=late)
        services.confirm_name(session, person=row, by=by, reason="checked by telephone", at=late)
        assert row.name_confirmed_at == late
        confirmed = session.scalars(select(NameConfirmation).where(NameConfirmation.person_id == row.id)).all()
        assert [c.by_person_id for c in confirmed] == [officer.id]


def test_mandates_open_what_they_should(app: Flask) -> None:
    expected = {
        Role.TRAINER: {Permission.AUTHOR},
        Role.REVIEWER: {Permission.AUTHOR},
        Role.COORDINATOR: {Permission.OVERSEE, Permission.COORDINATE},
        Role.FOCAL_POINT: {Permission.OVERSEE},
        Role.EVALUATOR: {Permission.EVALUATE},
        Role.OBSERVER: {Permission.READ_TEXTS},
        Role.ADMINISTRATOR: {
            Permission.OVERSEE,
            Permission.COORDINATE,
            Permission.EVALUATE,
            Permission.ADMINISTER,
        },
    }
    everyone = {Permission.SIGNED_IN, Permission.LEARN, Permission.ALUMNI}
    for role, more in expected.items():
        person = make_person()
        scope = ScopeKind.STATE if role is Role.FOCAL_POINT else ScopeKind.ALL
        give_mandate(person, role, scope, "KE" if scope is ScopeKind.STATE else None)
        found = viewer_for_person(db.session(), person.id, NOW)
        assert found is not None
        assert {p for p in Permission if found.can(p)} == everyone | more


def test_a_mandate_taken_away_is_gone_at_the_next_request(app: Flask) -> None:
    officer, admin, second = make_person(), make_person(), make_person()
    given = give_mandate(officer, Role.COORDINATOR).public_id
    for person in (admin, second):
        give_mandate(person, Role.ADMINISTRATOR)
    token = start_session(officer)
    with unit_of_work() as session:
        row = session.scalars(select(Mandate).where(Mandate.public_id == given)).one()
        services.end(session, mandate=row, by=admin.id, at=now())
    with unit_of_work() as session:
        found = viewer_for_token(session, token, NOW)
        assert found is not None
        assert not found.can(Permission.OVERSEE)
        assert not found.scope.everything


def test_the_check_finds_a_mandate_that_was_slipped_in(app: Flask) -> None:
    person = make_person()
    give_mandate(person, Role.TRAINER)
    with unit_of_work() as session:
        assert checks.run_all(session)["people.mandates"] == []
        forged = Mandate(
            public_id="forged",
            person_id=person.id,
            role=Role.ADMINISTRATOR,
            scope=ScopeKind.ALL,
            since=NOW.date(),
            state=MandateState.IN_FORCE,
        )
        session.add(forged)
    with unit_of_work() as session:
        found = checks.run_all(session)["people.mandates"]
    assert {finding.about for finding in found} == {"mandate forged"}


def test_the_check_finds_an_index_that_leads_to_somebody_else(app: Flask) -> None:
    make_person()
    with unit_of_work() as session:
        assert checks.run_all(session)["people.identity"] == []
        row = session.scalars(select(IdentityRow).where(IdentityRow.blind_index.is_not(None))).one()
        row.blind_index = "0" * 64
    with unit_of_work() as session:
        found = checks.run_all(session)["people.identity"]
    assert [finding.problem for finding in found] == ["the blind index is not that of the address"]


def test_an_operator_gives_a_reason(app: Flask) -> None:
    person = make_person()
    with pytest.raises(Refused), unit_of_work() as session:
        services.grant_by_operator(
            session,
            person=session.get_one(Person, person.id),
            role=Role.ADMINISTRATOR,
            since=NOW.date(),
            reason=REASON[:10],
            at=NOW,
        )


def test_who_cannot_sign_in_any_more_is_no_second_administrator(app: Flask) -> None:
    stays, disabled, erased = make_person(), make_person(), make_person()
    for person in (stays, disabled, erased):
        give_mandate(person, Role.ADMINISTRATOR)
    with unit_of_work() as session:
        session.get_one(Person, disabled.id).disabled_at = NOW
        services.erase(session, person=session.get_one(Person, erased.id), by=None, at=NOW)
    with unit_of_work() as session:
        assert queries.administrators(session, NOW.date()) == {stays.id}


def test_an_address_asked_for_before_the_erasure_is_not_kept_after_it(app: Flask) -> None:
    person = make_person()
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        services.ask_for_address(session, person=row, address="kanari@example.net", at=NOW)
        services.erase(session, person=row, by=None, at=NOW)
    assert drain() > 0
    with unit_of_work() as session:
        assert session.scalars(select(IdentityRow.id)).all() == []
        assert set(session.scalars(select(Job.state))) == {JobState.DONE}


def test_the_check_finds_what_an_erasure_left_behind(app: Flask) -> None:
    person = make_person()
    with unit_of_work() as session:
        services.erase(session, person=session.get_one(Person, person.id), by=None, at=NOW)
        left = {"kind": IdentityKind.NAME, "place": "x", "sealed": b"x", "created_at": NOW}
        session.add(IdentityRow(person_id=person.id, **left))
    with unit_of_work() as session:
        found = checks.run_all(session)["people.keys"]
    assert [finding.problem for finding in found] == ["erased, but a sealed row is there"]
