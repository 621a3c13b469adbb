"""Editions: made, changed, and which version of the course they read."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.catalogue.models import Course, CourseVersion
from lms.kernel import audit
from lms.kernel.errors import Refused
from lms.kernel.events import publish
from lms.kernel.secrets import new_token
from lms.seminars.events import EditionLookedAtAnew, EditionVersionChanged
from lms.seminars.models import AttendanceClosing, Edition, EditionVersion
from lms.seminars.queries import course_versions, version_in_force
from lms.seminars.rules import LONGEST_EDITION, EditionFacts
from lms.web.dates import is_zone
from lms.web.meanwhile import together

from .attendance import fit_sessions, hold, lay_out_sessions, revised
from .deadlines import check_due, fit_deadlines


class NotNewer(Refused):
    """The version in force is that one or a later one."""

    def __init__(self) -> None:
        super().__init__(_("The edition reads this version or a later one already. It cannot go back."))


def create_edition(
    session: Session,
    *,
    course: str,
    facts: EditionFacts,
    at: dt.datetime,
    by: str | None,
    titles: dict[tuple[int, str], str] | None = None,
) -> Edition:
    """A new edition on the latest version of a course (its slug), with a session for every half-day.

    `titles` are those of an edition it is copied from, by number of the day and half. Raises Refused.
    """
    facts = _checked(facts)
    version = _latest(session, course)
    edition = Edition(public_id=new_token(), course_id=version.course_id, created_at=at, revised_at=at, **vars(facts))
    session.add(edition)
    session.flush()  # for edition.id
    lay_out_sessions(session, edition=edition, titles=titles or {})
    session.add(EditionVersion(edition_id=edition.id, version_id=version.id, since=at, by=by))
    audit.record(session, at=at, actor=by, act="edition.created", about=edition.public_id)
    session.flush()  # so that a reader in the same transaction finds the version in force
    return edition


def change_edition(
    session: Session,
    *,
    edition: Edition,
    facts: EditionFacts,
    at: dt.datetime,
    by: str | None,
    shown: str = "",
) -> None:
    """Correct what is said of an edition; half-days without marks follow its dates, and everybody's own deadline its
    deadline. With `shown`, the marks of the page on which it was said, what that page showed and `facts` only repeat
    stays as it is by now. Raises Refused, ChangedMeanwhile."""
    hold(session, edition)
    if shown:
        session.refresh(edition)
        present = {name: getattr(edition, name) for name in vars(facts)}
        facts = EditionFacts(**together(present, vars(facts), shown))
    facts = _checked(facts)
    due = edition.deadline
    moved = (edition.starts_on, edition.ends_on) != (facts.starts_on, facts.ends_on)
    changed = [name for name, value in vars(facts).items() if getattr(edition, name) != value]
    for name in changed:
        setattr(edition, name, getattr(facts, name))
    if moved:
        fit_sessions(session, edition=edition, at=at)
    if due != edition.deadline:
        fit_deadlines(session, edition=edition)
    elif "zone" in changed:
        publish(session, EditionLookedAtAnew(edition.id))
    if changed:
        revised(edition, at)
        audit.record(session, at=at, actor=by, act="edition.changed", about=edition.public_id, fields=changed)


def use_version(session: Session, *, edition: Edition, version_id: int, at: dt.datetime, by: str | None) -> None:
    """Let an edition read another version of its course from now on: a coordinator's act. Raises Refused, NotNewer."""
    hold_version(session, edition=edition)
    versions = {version.id: version for version in course_versions(session, edition.course_id)}
    if version_id not in versions:
        raise Refused(_("This version belongs to another course."))
    present, wanted = versions[version_in_force(session, edition.id)], versions[version_id]
    if (wanted.major, wanted.minor) <= (present.major, present.minor):
        raise NotNewer
    _write(session, edition, wanted, at, by)


def hold_version(session: Session, *, edition: Edition) -> None:
    """Until the transaction ends nothing is published in the edition's course, nobody comes or goes, and the edition
    is taken to no other version."""
    _while_nothing_is_published(session, edition.course_id)
    hold(session, edition)


def follow_editorial(session: Session, *, course_id: int, version_id: int, at: dt.datetime) -> None:
    """A version of the course was published: editions on the same major read it from now on, the finished ones not."""
    # Waits for editions that are just being made on the version before, or taken to another.
    session.execute(select(Course.id).where(Course.id == course_id).with_for_update(key_share=True))
    new = session.get_one(CourseVersion, version_id)
    last = select(func.max(EditionVersion.id)).group_by(EditionVersion.edition_id)
    following = (
        select(Edition)
        .join(EditionVersion, EditionVersion.edition_id == Edition.id)
        .join(CourseVersion, CourseVersion.id == EditionVersion.version_id)
        .outerjoin(AttendanceClosing, AttendanceClosing.edition_id == Edition.id)
        .where(EditionVersion.id.in_(last), AttendanceClosing.id.is_(None), Edition.course_id == course_id)
        .where(CourseVersion.major == new.major, CourseVersion.minor < new.minor)
    )
    for edition in session.scalars(following).all():
        _write(session, edition, new, at, None)


def _write(session: Session, edition: Edition, version: CourseVersion, at: dt.datetime, by: str | None) -> None:
    session.add(EditionVersion(edition_id=edition.id, version_id=version.id, since=at, by=by))
    session.flush()  # the last id is the version in force
    number = f"{version.major}.{version.minor}"
    audit.record(session, at=at, actor=by, act="edition.version", about=edition.public_id, version=number)
    publish(session, EditionVersionChanged(edition.id, version.id, at))


def _latest(session: Session, course: str) -> CourseVersion:
    course_id = session.scalar(select(Course.id).where(Course.slug == course))
    _while_nothing_is_published(session, course_id)
    found = select(CourseVersion).where(CourseVersion.course_id == course_id)
    version = session.scalar(found.order_by(CourseVersion.major.desc(), CourseVersion.minor.desc()).limit(1))
    if version is None:
        raise Refused(_("This course has no published version yet."))
    return version


def _while_nothing_is_published(session: Session, course_id: int | None) -> None:
    # Shared: a version published at the same moment finds this edition as it is afterwards, or is found here.
    session.execute(select(Course.id).where(Course.id == course_id).with_for_update(read=True))


def _checked(facts: EditionFacts) -> EditionFacts:
    """The same, a day's end being found in the zone of the place. Raises Refused for what cannot be: dates in the wrong
    order, a zone nobody knows, times of half-days in the wrong order, a deadline after the first day."""
    if facts.ends_on < facts.starts_on:
        raise Refused(_("The last day lies before the first."))
    if (facts.ends_on - facts.starts_on).days >= LONGEST_EDITION:
        raise Refused(_("An edition lasts at most %(days)s days on site.", days=LONGEST_EDITION))
    if not is_zone(facts.zone):
        raise Refused(_("We know no time zone “%(zone)s”.", zone=facts.zone))
    if not facts.morning_from < facts.morning_until <= facts.afternoon_from < facts.afternoon_until:
        raise Refused(_("The times of the half-days are not in order: the morning comes first, and each ends later."))
    check_due(facts.deadline, facts.zone, facts.starts_on)
    return replace(facts, deadline_at=facts.deadline.within(facts.zone))
