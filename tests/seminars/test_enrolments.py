"""Places in an edition: every step is an event, and the numbers follow."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import Conflict, Refused
from lms.kernel.models import AuditEntry
from lms.people import queries as people
from lms.people import services as people_services
from lms.people.models import Sector
from lms.seminars import queries, services
from lms.seminars.models import EnrolmentEvent, EnrolmentState, RequestKind, Stage, TallyDelta
from tests.seminars.makers import AT, enrol_person, make_edition, make_institution, make_person


def test_a_person_invited_takes_the_place_by_signing_in(session: Session) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition, becomes=EnrolmentState.INVITED)
    services.came_back(session, person_id=enrolment.person_id, at=AT)
    assert enrolment.state is EnrolmentState.ACCEPTED
    assert enrolment.first_seen_at == AT
    assert queries.counts(session, edition.id) == {
        ("TZ", Sector.JUSTICE, Stage.INVITED): 1,
        ("TZ", Sector.JUSTICE, Stage.SIGNED_IN): 1,
    }
    assert [step.state for step in queries.history(session, enrolment.id, enrolment.person_id)] == [
        "nominated",
        "invited",
        "accepted",
    ]


def test_nobody_is_enrolled_twice(session: Session) -> None:
    edition, person = make_edition(session), make_person(session)
    enrol_person(session, edition, person=person)
    with pytest.raises(Refused, match="in this edition already"):
        enrol_person(session, edition, person=person)


def test_who_withdraws_is_out_of_every_number_and_back_when_invited_again(session: Session) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition)
    before = queries.counts(session, edition.id)
    services.withdraw(session, enrolment=enrolment, at=AT, by="c", reason="ill")
    assert queries.counts(session, edition.id) == {}
    services.invite(session, enrolment=enrolment, at=AT, by="c")
    assert queries.counts(session, edition.id) == before


def test_a_stage_is_reached_once(session: Session) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition)
    assert services.reach(session, enrolment=enrolment, stage=Stage.READING, at=AT)
    assert not services.reach(session, enrolment=enrolment, stage=Stage.READING, at=AT)
    assert queries.counts(session, edition.id)["TZ", Sector.JUSTICE, Stage.READING] == 1


def test_folding_changes_no_number(session: Session) -> None:
    edition = make_edition(session)
    for _ in range(3):
        enrol_person(session, edition)
    before = queries.counts(session, edition.id)
    assert services.fold_tallies(session) == 12  # two stages, a place and a name awaited each
    assert session.scalars(select(TallyDelta)).all() == []
    enrol_person(session, edition)
    assert services.fold_tallies(session) == 4
    assert {key: number - 1 for key, number in queries.counts(session, edition.id).items()} == before


def test_a_substitute_takes_over_the_place(session: Session) -> None:
    edition = make_edition(session)
    first, second = enrol_person(session, edition), enrol_person(session, edition, becomes=EnrolmentState.NOMINATED)
    services.replace(session, enrolment=first, substitute=second, at=AT, by="c", reason="posted abroad")
    assert (first.state, second.state) == (EnrolmentState.REPLACED, EnrolmentState.INVITED)
    assert first.replaced_by_id == second.id


def test_a_step_that_does_not_follow_is_a_conflict(session: Session) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition)
    services.withdraw(session, enrolment=enrolment, at=AT, by="c")
    with pytest.raises(Conflict, match="in the meantime"):
        services.accept(session, enrolment=enrolment, at=AT, by="c")


def test_many_reach_a_stage_as_one_would_and_only_once(session: Session) -> None:
    edition = make_edition(session)
    there, other = enrol_person(session, edition), enrol_person(session, edition, sector=Sector.DEFENCE)
    left = enrol_person(session, edition)
    services.withdraw(session, enrolment=left, at=AT, by="c")
    services.reach(session, enrolment=there, stage=Stage.RECORDED, at=AT)
    ids = [there.id, other.id, left.id]
    for _ in range(2):
        services.reach_all(session, enrolment_ids=ids, stage=Stage.RECORDED, at=AT)
    services.reach_all(session, enrolment_ids=[], stage=Stage.RECORDED, at=AT)
    recorded = {key[1]: n for key, n in queries.counts(session, edition.id).items() if key[2] is Stage.RECORDED}
    assert recorded == {Sector.JUSTICE: 1, Sector.DEFENCE: 1}
    assert all(Stage.RECORDED in queries.stages_of(session, enrolment_id) for enrolment_id in ids)


def test_a_request_of_somebody_who_has_left_can_still_be_answered(session: Session) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition)
    asked = services.ask(
        session, enrolment=enrolment, kind=RequestKind.CANNOT_ATTEND, message="Elections.", at=AT, by="p"
    )
    services.withdraw(session, enrolment=enrolment, at=AT, by="c")
    request = queries.request_in(session, enrolment.id, asked)
    services.answer_request(session, enrolment=enrolment, request=request, granted=True, at=AT, by="c")
    assert (request.granted, enrolment.state) == (True, EnrolmentState.WITHDRAWN)


def test_who_is_invited_again_takes_the_place_at_the_next_sign_in(session: Session) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition)
    services.withdraw(session, enrolment=enrolment, at=AT, by="c")
    services.invite(session, enrolment=enrolment, at=AT, by="c")
    services.came_back(session, person_id=enrolment.person_id, at=AT.replace(hour=12))
    assert (enrolment.state, enrolment.first_seen_at) == (EnrolmentState.ACCEPTED, AT)


def test_who_is_invited_from_another_ministry_was_moved_by_the_coordinator(session: Session) -> None:
    edition, person = make_edition(session), make_person(session)
    enrol_person(session, make_edition(session), person=person)
    make_institution(session, "TZ", name="Ministry of Defence")
    address = people.addresses_of(session, person.id)[0].address
    nominee = services.Nominee("Neema Mfano", address, "TZ", "Ministry of Defence")
    services.nominate(session, edition=edition, nominee=nominee, at=AT, by="coordinator")
    moved = select(AuditEntry.actor, AuditEntry.about).where(AuditEntry.act == "person.moved")
    assert [tuple(row) for row in session.execute(moved)] == [("coordinator", person.subject)]


def test_why_a_place_was_given_up_is_read_until_the_person_is_erased(session: Session) -> None:
    enrolment = enrol_person(session, make_edition(session))
    services.withdraw(session, enrolment=enrolment, at=AT, by="c", reason="ill since Easter")
    steps = queries.history(session, enrolment.id, enrolment.person_id)
    assert [step.reason for step in steps] == ["", "", "", "ill since Easter"]
    kept = session.scalars(select(EnrolmentEvent.sealed_reason)).all()
    assert [b"ill since Easter" in (sealed or b"") for sealed in kept] == [False] * 4
    people_services.erase(session, person=enrolment.person, by=None, at=AT)
    session.flush()
    steps = queries.history(session, enrolment.id, enrolment.person_id)
    assert [step.reason for step in steps] == [""] * 4


def test_whoever_is_erased_can_still_be_taken_out_with_a_reason_that_is_not_kept(session: Session) -> None:
    enrolment = enrol_person(session, make_edition(session))
    people_services.erase(session, person=enrolment.person, by=None, at=AT)
    services.withdraw(session, enrolment=enrolment, at=AT, by="c", reason="asked to be erased")
    assert enrolment.state is EnrolmentState.WITHDRAWN
    assert set(session.scalars(select(EnrolmentEvent.sealed_reason))) == {None}
