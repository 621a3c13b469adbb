"""Attendance is marked, corrected and closed once; versions and more time."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue.events import CourseVersionPublished
from lms.catalogue.models import Course
from lms.kernel.errors import Refused
from lms.kernel.events import publish
from lms.kernel.models import AuditEntry, Job
from lms.people.letters import letter_for
from lms.people.models import Sector
from lms.seminars import checks, queries, services
from lms.seminars.events import AttendanceClosed
from lms.seminars.models import (
    Edition,
    Enrolment,
    EnrolmentState,
    Extension,
    HalfDay,
    Mark,
    RequestKind,
    Stage,
)
from lms.seminars.rules import (
    Attendance,
)
from tests.seminars.makers import AT, enrol_person, facts, make_course, make_edition, make_version


def publish_version(session: Session, major: int, minor: int) -> int:
    course = session.scalars(select(Course)).one()
    version = make_version(session, course, major, minor)
    publish(session, CourseVersionPublished(course.id, version.id, None, "editorial"))
    return version.id


def test_an_editorial_version_reaches_running_editions_and_one_of_substance_does_not(session: Session) -> None:
    edition = make_edition(session)
    minor = publish_version(session, 1, 1)
    assert queries.version_in_force(session, edition.id) == minor
    major = publish_version(session, 2, 0)
    assert queries.version_in_force(session, edition.id) == minor
    services.use_version(session, edition=edition, version_id=major, at=AT, by="c")
    assert queries.version_in_force(session, edition.id) == major
    publish_version(session, 1, 2)
    assert queries.version_in_force(session, edition.id) == major


def test_an_edition_does_not_go_back_to_an_older_version(session: Session) -> None:
    edition = make_edition(session)
    first = queries.version_in_force(session, edition.id)
    services.use_version(session, edition=edition, version_id=publish_version(session, 2, 0), at=AT, by="c")
    with pytest.raises(Refused, match="cannot go back"):
        services.use_version(session, edition=edition, version_id=first, at=AT, by="c")


def test_a_closed_edition_keeps_the_version_it_was_closed_with(session: Session) -> None:
    edition = make_edition(session)
    before = queries.version_in_force(session, edition.id)
    services.close_attendance(session, edition=edition, at=AT, by="c")
    publish_version(session, 1, 1)
    assert queries.version_in_force(session, edition.id) == before


def attend(session: Session, edition: Edition, enrolment: Enrolment, marks: list[Mark]) -> None:
    halves = queries.sessions_of(session, edition.id)
    cells = {(enrolment.id, half.id): mark for half, mark in zip(halves, marks, strict=False)}
    services.mark_attendance(session, edition=edition, marks=cells, at=AT, by="c")


def test_closing_writes_a_result_for_everyone_and_the_stage_for_those_who_meet_the_rule(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition, told = make_edition(session), []
    there, half, invited = (
        enrol_person(session, edition),
        enrol_person(session, edition, sector=Sector.DEFENCE),
        enrol_person(session, edition, becomes=EnrolmentState.INVITED),
    )
    attend(session, edition, there, [Mark.PRESENT] * 4)
    attend(session, edition, half, [Mark.PRESENT, Mark.EXCUSED, Mark.ABSENT])
    monkeypatch.setattr("lms.seminars.services.attendance.publish", lambda _session, event: told.append(event))
    services.close_attendance(session, edition=edition, at=AT, by="c")
    session.flush()
    assert told == [AttendanceClosed(edition.id, AT, "c")]
    assert queries.attendance_result(session, there.id) == Attendance(4, 4, 0)
    assert queries.attendance_result(session, half.id) == Attendance(4, 1, 1)
    assert queries.attendance_result(session, invited.id) is None
    attended = {key: n for key, n in queries.counts(session, edition.id).items() if key[2] is Stage.ATTENDED}
    assert attended == {("TZ", Sector.JUSTICE, Stage.ATTENDED): 1}


def test_a_closed_sheet_takes_no_mark_no_half_day_and_nobody_new(session: Session) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition)
    first = queries.sessions_of(session, edition.id)[0]
    services.close_attendance(session, edition=edition, at=AT, by="c")
    session.flush()
    sheet = {"session": session, "edition": edition, "at": AT, "by": "c"}
    for change in (
        lambda: services.mark_attendance(marks={(enrolment.id, first.id): Mark.PRESENT}, **sheet),
        lambda: services.remove_session(day=first.day, half=first.half, **sheet),
        lambda: services.withdraw(session, enrolment=enrolment, at=AT, by="c"),
        lambda: enrol_person(session, edition),
        lambda: services.close_attendance(**sheet),
    ):
        with pytest.raises(Refused, match="closed"):
            change()


def test_a_late_substitute_who_is_marked_present_has_come(session: Session) -> None:
    edition = make_edition(session)
    late, asked = (enrol_person(session, edition, becomes=EnrolmentState.INVITED) for _ in range(2))
    with pytest.raises(Refused, match="has changed in the meantime"):
        attend(session, edition, late, [Mark.ABSENT])
    attend(session, edition, late, [Mark.PRESENT] * 4)
    attend(session, edition, late, [Mark.EXCUSED])
    first = queries.sessions_of(session, edition.id)[0]
    said = {"edition": edition, "half_day": first, "reason": "Came later.", "make_up": None, "at": AT, "by": "c"}
    with pytest.raises(Refused, match="Only people who have accepted"):
        services.attest(session, enrolment=asked, mark=Mark.EXCUSED, **said)
    services.attest(session, enrolment=asked, mark=Mark.PRESENT, **said)
    assert late.state is asked.state is EnrolmentState.ACCEPTED
    services.close_attendance(session, edition=edition, at=AT + dt.timedelta(seconds=1), by="c")
    session.flush()
    assert queries.attendance_result(session, late.id) == Attendance(4, 3, 1)
    assert not list(checks.attendance(session))


def test_after_the_closing_whoever_is_only_invited_stays_so_and_is_not_written_to(session: Session) -> None:
    edition = make_edition(session)
    late = enrol_person(session, edition, becomes=EnrolmentState.INVITED)
    services.close_attendance(session, edition=edition, at=AT, by="c")
    for change in (
        lambda: services.accept(session, enrolment=late, at=AT, by="c"),
        lambda: services.send_invitation(session, enrolment=late, at=AT, by=None),
    ):
        with pytest.raises(Refused, match="is closed"):
            change()
    services.came_back(session, person_id=late.person_id, at=AT)
    assert late.state is EnrolmentState.INVITED
    assert late.first_seen_at == AT
    assert queries.own_enrolment(session, edition.public_id, late.person_id) is late, "who may read on"


def test_where_no_half_day_is_asked_for_a_place_is_taken_after_the_closing_too(session: Session) -> None:
    make_course(session, rule={"modules": "all"})
    edition = make_edition(session)
    late = enrol_person(session, edition, becomes=EnrolmentState.INVITED)
    services.close_attendance(session, edition=edition, at=AT, by="c")
    services.came_back(session, person_id=late.person_id, at=AT)
    assert late.state is EnrolmentState.ACCEPTED


def test_a_half_day_with_marks_stays_on_the_sheet(session: Session) -> None:
    edition = make_edition(session)
    attend(session, edition, enrol_person(session, edition), [Mark.PRESENT])
    first, second = queries.sessions_of(session, edition.id)[:2]
    with pytest.raises(Refused, match="has marks already"):
        services.remove_session(session, edition=edition, day=first.day, half=first.half, at=AT, by="c")
    services.remove_session(session, edition=edition, day=second.day, half=second.half, at=AT, by="c")
    assert len(queries.sessions_of(session, edition.id)) == 3


def test_a_half_day_outside_the_edition_is_refused(session: Session) -> None:
    edition = make_edition(session)
    with pytest.raises(Refused, match="outside the dates"):
        services.set_session(
            session, edition=edition, day=dt.date(2027, 6, 1), half=HalfDay.MORNING, title="", at=AT, by="c"
        )


def test_a_mark_for_somebody_of_another_edition_is_refused(session: Session) -> None:
    edition, other = make_edition(session), make_edition(session)
    stranger = enrol_person(session, other)
    first = queries.sessions_of(session, edition.id)[0]
    with pytest.raises(Refused, match="has changed in the meantime"):
        services.mark_attendance(session, edition=edition, marks={(stranger.id, first.id): Mark.PRESENT}, at=AT, by="c")


def test_an_edition_without_half_days_cannot_be_closed_where_attendance_is_asked_for(session: Session) -> None:
    edition = make_edition(session)
    for row in queries.sessions_of(session, edition.id):
        services.remove_session(session, edition=edition, day=row.day, half=row.half, at=AT, by="c")
    with pytest.raises(Refused, match="no half-day"):
        services.close_attendance(session, edition=edition, at=AT, by="c")


def test_more_time_must_be_more_time(session: Session) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition)
    for deadline, sentence in ((AT, "has passed"), (edition.deadline_at, "no later than")):
        with pytest.raises(Refused, match=sentence):
            services.extend(session, enrolment=enrolment, deadline_at=deadline, at=AT, by="c")
    later = edition.deadline_at + dt.timedelta(days=3)
    services.extend(session, enrolment=enrolment, deadline_at=later, at=AT, by="c")
    session.flush()
    assert queries.enrolment_of_person(session, edition.public_id, enrolment.person_id).deadline == later
    for far in (AT.replace(year=2028, month=5, day=12), dt.datetime.max.replace(tzinfo=dt.UTC)):
        with pytest.raises(Refused, match="more than a year after"):
            services.extend(session, enrolment=enrolment, deadline_at=far, at=AT, by="c")


def test_less_time_than_was_given_is_given_on_purpose_alone_and_told(session: Session) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition)
    first, second = (edition.deadline_at + dt.timedelta(days=days) for days in (7, 2))
    assert services.extend(session, enrolment=enrolment, deadline_at=first, at=AT, by="c")
    assert services.extend(session, enrolment=enrolment, deadline_at=first, at=AT, by="c"), "a click made twice"
    with pytest.raises(Refused, match="has time until Friday 30 April 2027, 18:00 \\(Oświęcim, UTC\\+2\\) already"):
        services.extend(session, enrolment=enrolment, deadline_at=second, at=AT, by="c")
    assert enrolment.due_at == first
    assert not session.scalars(select(Job)).all()
    assert not services.extend(session, enrolment=enrolment, deadline_at=second, less=True, at=AT, by="c")
    session.flush()
    assert enrolment.due_at == second
    assert len(session.scalars(select(Extension)).all()) == 2
    assert [job.payload["template"] for job in session.scalars(select(Job))] == ["seminars/deadline-changed"]


@pytest.mark.parametrize(
    ("kind", "granted", "sentence"),
    [
        (RequestKind.MORE_TIME, True, "until Friday 30 April 2027"),
        (RequestKind.MORE_TIME, False, "stays due: Friday 23 April 2027"),
        (RequestKind.CANNOT_ATTEND, True, "Your place has been given up."),
        (RequestKind.CANNOT_ATTEND, False, "Your place is kept for now."),
    ],
)
def test_the_letter_says_what_was_answered(session: Session, kind: RequestKind, granted: bool, sentence: str) -> None:
    edition = make_edition(session)
    enrolment = enrol_person(session, edition)
    public_id = services.ask(session, enrolment=enrolment, kind=kind, message="Elections.", at=AT, by="p")
    services.answer_request(
        session,
        enrolment=enrolment,
        request=queries.request_in(session, enrolment.id, public_id),
        granted=granted,
        deadline_at=dt.datetime(2027, 4, 30, 16, 0, tzinfo=dt.UTC),
        words="Thank you for telling us.",
        at=AT,
        by="c",
    )
    payload = session.scalars(select(Job.payload).where(Job.kind == "mail.send")).one()
    written = letter_for(session, payload)
    assert written is not None
    assert sentence in written.body_text
    assert "Thank you for telling us." in written.body_text
    assert "Elections" not in written.body_text


def test_the_dates_of_a_closed_edition_stay_also_where_nobody_was_marked(session: Session) -> None:
    edition = make_edition(session)
    services.close_attendance(session, edition=edition, at=AT, by="c")
    later = facts(starts_on=edition.starts_on, ends_on=edition.ends_on + dt.timedelta(days=1))
    with pytest.raises(Refused, match="closed"):
        services.change_edition(session, edition=edition, facts=later, at=AT, by="c")


def test_another_title_of_a_half_day_is_written_down(session: Session) -> None:
    edition = make_edition(session)
    day, half = edition.starts_on, HalfDay.MORNING
    services.set_session(session, edition=edition, day=day, half=half, title="Arrival", at=AT, by="c")
    acts = session.execute(select(AuditEntry.act, AuditEntry.actor).where(AuditEntry.act.startswith("session.")))
    assert [tuple(row) for row in acts] == [("session.titled", "c")]
