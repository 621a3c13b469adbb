"""Excused half-days that are made up for, attestations with reason and name, and the list for the door."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Person
from lms.seminars import checks, queries, services
from lms.seminars.models import AttendanceMark, Edition, Enrolment, EnrolmentState, MakeUp, Mark, Stage
from lms.seminars.rules import Attendance, Companion
from lms.seminars.services import MakeUpWork
from tests.pages import shown_in
from tests.people.makers import make_person
from tests.seminars.browsing import Browser, coordinator, words
from tests.seminars.makers import AT, enrol_person, make_edition
from tests.seminars.submissions import number_of, one_edition, one_person

WORK = MakeUpWork("Read the chapter on memory and write a page.", dt.date(2027, 5, 20))
FORM = {"half_day": "2027-05-09-morning", "mark": "excused", "reason": "Was ill."}


def all_but_one(session: Session, edition: Edition, enrolment: Enrolment) -> Any:
    """Present in three of four half-days, excused in the first, with work for it."""
    first, *others = queries.sessions_of(session, edition.id)
    marks = {(enrolment.id, row.id): Mark.PRESENT for row in others}
    services.mark_attendance(session, edition=edition, marks=marks, at=AT, by="c")
    services.attest(
        session, edition=edition, enrolment=enrolment, half_day=first, mark=Mark.EXCUSED, reason="Was ill.",
        make_up=WORK, at=AT, by="c",
    )  # fmt: skip
    session.flush()
    return first


@pytest.mark.parametrize("confirmed", [True, False])
def test_an_excused_half_day_counts_only_once_its_work_is_confirmed(session: Session, confirmed: bool) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition)
    all_but_one(session, edition, enrolment)
    work = session.scalars(select(MakeUp)).one()
    acts: dict[str, Any] = {"edition": edition, "enrolment": enrolment, "make_up": work, "at": AT, "by": "c"}
    services.make_up_done(session, **acts)
    if confirmed:
        services.confirm_make_up(session, **acts)
        services.confirm_make_up(session, **{**acts, "by": "another"})
        assert work.confirmed_by == "c"
    services.close_attendance(session, edition=edition, at=AT, by="c")
    session.flush()
    assert queries.attendance_result(session, enrolment.id) == Attendance(4, 3, 1, int(confirmed))
    assert (Stage.ATTENDED in queries.stages_of(session, enrolment.id)) is confirmed, "the rule asks for 80 percent"
    assert not list(checks.attendance(session))


def test_confirmed_work_counts_no_more_when_the_half_day_is_not_excused_any_more(session: Session) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition)
    first = all_but_one(session, edition, enrolment)
    work = session.scalars(select(MakeUp)).one()
    services.confirm_make_up(session, edition=edition, enrolment=enrolment, make_up=work, at=AT, by="c")
    services.mark_attendance(session, edition=edition, marks={(enrolment.id, first.id): Mark.ABSENT}, at=AT, by="c")
    services.close_attendance(session, edition=edition, at=AT, by="c")
    session.flush()
    assert queries.attendance_result(session, enrolment.id) == Attendance(4, 3, 0, 0)


def test_what_makes_no_sense_is_refused(session: Session) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition)
    first = all_but_one(session, edition, enrolment)
    said: dict[str, Any] = {
        "edition": edition, "enrolment": enrolment, "half_day": first, "reason": "Was ill.", "at": AT, "by": "c"
    }  # fmt: skip
    with pytest.raises(Refused, match="work for this half-day already"):
        services.attest(session, mark=Mark.EXCUSED, make_up=WORK, **said)
    with pytest.raises(Refused, match="Only an excused"):
        services.attest(session, mark=Mark.PRESENT, make_up=WORK, **said)
    services.close_attendance(session, edition=edition, at=AT, by="c")
    with pytest.raises(Refused, match="closed"):
        services.attest(session, mark=Mark.EXCUSED, make_up=None, **said)
    work = session.scalars(select(MakeUp)).one()
    with pytest.raises(Refused, match="closed"):
        services.confirm_make_up(session, edition=edition, enrolment=enrolment, make_up=work, at=AT, by="c")


def test_reasons_and_work_are_sealed(session: Session) -> None:
    edition = make_edition(session)
    all_but_one(session, edition, enrol_person(session, edition))
    kept = [*session.scalars(select(AttendanceMark.sealed_reason)), *session.scalars(select(MakeUp.sealed_words))]
    assert all(b"ill" not in one and b"memory" not in one for one in kept if one)


def browser_of(app: Flask, place: Enrolment) -> Browser:
    with unit_of_work() as session:
        person = session.get_one(Person, place.person_id)
        person.welcomed_at = AT
    return Browser(app, person)


def test_from_the_excuse_to_the_confirmation_and_the_person_sees_reason_and_name(sqlite_app: Flask) -> None:
    edition, desk = one_edition(), coordinator(sqlite_app)
    place, other = one_person(edition, name="Neema Mfano"), one_person(edition)
    path, own = f"/editions/{edition.public_id}/people/{place.public_id}/attendance", browser_of(sqlite_app, place)
    mine = f"/seminar/{edition.public_id}/attendance"
    assert "Say by which day" in words(desk.post(path, **FORM, words="A page."))
    assert desk.post(path, **{**FORM, "reason": ""}).status_code == 422
    assert number_of(AttendanceMark) == 0
    assert desk.post(path, **FORM, words="A page.", due_on="2027-05-20").status_code == 303
    assert desk.post(path, **FORM).status_code == 303, "a double click says the same once"
    assert number_of(AttendanceMark) == 1
    page = words(own.get(mine))
    assert "Was ill." in page
    assert "Marked by Radosław Przykład." in page
    assert "until Thursday 20 May 2027: A page." in page
    work = db.session.scalars(select(MakeUp.public_id)).one()
    strange = browser_of(sqlite_app, other)
    assert strange.post(f"{mine}/{work}").status_code == 404
    assert "Was ill." not in words(strange.get(mine))
    assert own.post(f"{mine}/{work}").status_code == own.post(f"{mine}/{work}").status_code == 303
    assert "Said to be done, not confirmed yet" in words(desk.get(path))
    assert desk.post(f"{path}/{work}").status_code == desk.post(f"{path}/{work}").status_code == 303
    assert "Confirmed by Radosław Przykład." in words(own.get(mine))


def test_only_who_coordinates_the_edition_attests(sqlite_app: Flask) -> None:
    edition, other = one_edition(), one_edition()
    place = one_person(edition)
    desk = coordinator(sqlite_app, other.public_id)
    path = f"/editions/{edition.public_id}/people/{place.public_id}/attendance"
    assert desk.get(path).status_code == desk.post(path, **FORM).status_code == 404
    assert desk.get(f"/editions/{edition.public_id}/door").status_code == 404
    crossed = f"/editions/{other.public_id}/people/{place.public_id}/attendance"
    assert desk.post(crossed, **FORM).status_code == 404


def test_the_list_for_the_door_is_by_name_without_numbers_with_a_box_for_each_half_day(sqlite_app: Flask) -> None:
    edition = one_edition()
    for name, becomes in (
        ("Zola Mfano", EnrolmentState.ACCEPTED),
        ("Élodie Exemple", EnrolmentState.INVITED),
        ("Ana Ejemplo", EnrolmentState.ACCEPTED),
    ):
        one_person(edition, name=name, becomes=becomes)
    guide = make_person("Bruno Beispiel")
    with unit_of_work() as session:
        found = session.get_one(Edition, edition.id)
        services.add_companion(
            session, edition=found, person_id=guide.id, subject=guide.subject, role=Companion.SPEAKER, at=AT, by="c"
        )
    page = coordinator(sqlite_app).get(f"/editions/{edition.public_id}/door")
    said = words(page)
    places = [said.index(name) for name in ("Ana Ejemplo", "Bruno Beispiel", "Élodie Exemple", "Zola Mfano")]
    assert places == sorted(places)
    assert page.get_data(as_text=True).count('aria-label="Box to tick"') == 4 * 4
    assert "Speaker" in said
    assert "Élodie Exemple Invited" in said


def test_the_closing_says_what_is_open_and_a_double_click_closes_once(sqlite_app: Flask) -> None:
    edition, desk = one_edition(), coordinator(sqlite_app)
    place = one_person(edition, name="Neema Mfano")
    with unit_of_work() as session:
        all_but_one(session, session.get_one(Edition, edition.id), session.get_one(Enrolment, place.id))
    one_person(edition, name="Ana Ejemplo")
    path = f"/editions/{edition.public_id}/closing"
    said = words(desk.get(path))
    assert "1 person has a half-day without a mark, which counts as missed: Ana Ejemplo." in said
    assert (
        "1 person has make-up work that nobody has confirmed; it cannot be confirmed after the closing: Neema" in said
    )
    shown = shown_in(desk.get(path))
    assert [desk.post(path, checked="y", shown=shown).status_code for _click in range(2)] == [303, 303]
    assert "is closed already" in words(desk.get(path))
    assert db.session.scalar(select(func.count()).select_from(AttendanceMark)) == 4
