"""What we write to participants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.kernel.clock import now
from lms.kernel.errors import NotFound
from lms.people.letters import Draft, Reader, absolute_url, letter, looks_again
from lms.web.dates import local_day, moment

from .models import Edition, Enrolment
from .queries import own_enrolment
from .rules import EnrolmentState, RequestKind


@letter("seminars/request-answered", called=_l("Answer to a request"))
def request_answered(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """The coordinator has answered what the reader asked for."""
    words = (str(facts["words"]),) if facts.get("words") else ()
    paragraphs = (_answer(reader, facts), *words, _("Your seminar page:") + "\n" + absolute_url("home.index"))
    return Draft(_("Raphael Lemkin Seminar: an answer to your message"), paragraphs)


@letter("seminars/deferred")
def deferred(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """The reader's place was put off until a later edition."""
    here, later = facts["edition_title"], facts["later_title"]
    said = (
        _(
            "your place in the %(title)s has been deferred. You are nominated for the %(later)s.",
            title=here,
            later=later,
        ),
        _("You need not do anything now. An invitation to the later edition follows by e-mail."),
    )
    return Draft(_("Raphael Lemkin Seminar: your place is deferred"), said)


@letter("seminars/declined")
def declined(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """The reader has declined a place."""
    said = (
        _("you have declined your place in the %(title)s. It is given up.", title=facts["edition_title"]),
        _("If this was a mistake, or you did not do it, answer your coordinator: you can be invited again."),
    )
    return Draft(_("Raphael Lemkin Seminar: you have declined"), said)


@letter("seminars/deadline-changed")
def deadline_changed(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """The pre-reading of the reader's edition is due at another time."""
    until = moment(dt.datetime.fromisoformat(facts["until"]), reader.zone)
    title = facts["edition_title"]
    said = _("your pre-reading of the %(title)s is due at another time now: %(until)s.", title=title, until=until)
    stays = _("The texts stay open afterwards. What is finished later counts and is marked as late.")
    paragraphs = (said, stays, _("Your seminar page:") + "\n" + absolute_url("home.index"))
    return Draft(_("Raphael Lemkin Seminar: another date for your pre-reading"), paragraphs)


@looks_again("people/invitation", "people/invited-again")
def still_offered(session: Session, person_id: int, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Nobody is invited to an edition in which they have no place any more; when and where it is, and until when to
    read, is as it is now."""
    if not facts["about"]:
        return facts
    place = _place(session, person_id, facts)
    return {**facts, "until_read": place.due_at.isoformat(), **_held(session, place)} if place else None


def _held(session: Session, place: Enrolment) -> dict[str, str]:
    """When and where the edition of a place is held, while that is to come."""
    edition = session.get_one(Edition, place.edition_id)
    if edition.ends_on < local_day(now(), edition.zone):
        return {}
    days = {"first": edition.starts_on.isoformat(), "last": edition.ends_on.isoformat()}
    return {"place": edition.place, **days}


@looks_again("seminars/deadline-changed")
def still_due(session: Session, person_id: int, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The date that holds by now, for whoever still has a place."""
    place = _place(session, person_id, facts)
    return {**facts, "until": place.due_at.isoformat()} if place else None


def _place(session: Session, person_id: int, facts: Mapping[str, Any]) -> Enrolment | None:
    try:
        return own_enrolment(session, facts["about"], person_id)
    except NotFound:
        return None


@looks_again("seminars/deferred")
def still_deferred(session: Session, person_id: int, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Not where the deferral was taken back meanwhile."""
    here = select(Edition.id).where(Edition.public_id == facts["about"]).scalar_subquery()
    place = exists().where(Enrolment.edition_id == here, Enrolment.person_id == person_id)
    return facts if session.scalar(select(place.where(Enrolment.state == EnrolmentState.DEFERRED))) else None


def _answer(reader: Reader, facts: Mapping[str, Any]) -> str:
    title = facts["edition_title"]
    if RequestKind(facts["kind"]) is RequestKind.CANNOT_ATTEND:
        if facts["granted"]:
            return str(_("you wrote that you cannot attend the %(title)s. Your place has been given up.", title=title))
        return str(_("you wrote that you cannot attend the %(title)s. Your place is kept for now.", title=title))
    until = moment(dt.datetime.fromisoformat(facts["until"]), reader.zone)
    if facts["granted"]:
        more = _("you have more time for the pre-reading of the %(title)s: until %(until)s.", title=title, until=until)
        return str(more)
    return str(_("your pre-reading of the %(title)s stays due: %(until)s.", title=title, until=until))
