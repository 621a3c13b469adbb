"""A letter to a focal point about their own people in an edition: who has finished, and nothing else of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.dashboards import queries as dashboards
from lms.dashboards.rules.looks import Filter, of_states_and_institutions
from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.errors import NotFound, Refused
from lms.kernel.values import dataclass
from lms.people.letters import Draft, Reader, absolute_url, letter, looks_again
from lms.people.models import SentLetter
from lms.people.queries import mandates_in_force, names_of
from lms.people.queries.mandates import MandateView
from lms.people.queries.persons import beside
from lms.people.rules import Grant, Role, Scope, scope_of
from lms.people.services import write_to
from lms.seminars.models import Edition
from lms.seminars.queries import edition_by_public_id
from lms.seminars.rules import Stage
from lms.web.dates import long_day, moment, offset, town
from lms.web.languages import gettext as _
from lms.web.languages import lazy_gettext as _l
from lms.web.languages import ngettext

from .queries import candidates

FOCAL = "reminders/focal-point"
AGAIN = dt.timedelta(minutes=10)
"""A letter asked for twice within this time is one click made twice."""


@letter(FOCAL, called=_l("Letter to a focal point"))
def focal_letter(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """How the people of a focal point stand, by name."""
    said = json.loads(facts["list"])
    people = said["people"]
    finished = sum(done for _name, _place, done in people)
    first = ngettext(
        "%(finished)s of the %(num)s person for whom you are the focal point has finished the pre-reading of the "
        "%(title)s.",
        "%(finished)s of the %(num)s people for whom you are the focal point have finished the pre-reading of the "
        "%(title)s.",
        len(people),
        finished=finished,
        title=said["title"],
    )
    lines = [
        _(
            "%(who)s: %(stands)s",
            who=f"{name}, {place}" if place else name,
            stands=_("finished") if done else _("not yet"),
        )
        for name, place, done in people
    ]
    link = _("The list as it stands now:") + "\n" + absolute_url("dashboards.people", edition=said["edition"])
    subject = _("Raphael Lemkin Seminar: how far people have come")
    return Draft(subject, (first, "\n".join(lines), _due(reader, said), link))


def _due(reader: Reader, said: Mapping[str, Any]) -> str:
    """When the reading is due: a moment, on the reader's clocks and those of the programme, or a day that ends for each
    person where they serve."""
    if said["day"]:
        day = _("The pre-reading of the edition is due: %(due)s.", due=long_day(dt.date.fromisoformat(said["day"])))
        return day + " " + _("It ends with this day where each person’s ministry or institution is.")
    at = dt.datetime.fromisoformat(said["deadline"])
    due = moment(at, reader.zone)
    if offset(at, reader.zone) != offset(at, said["zone"]):
        due = _("%(own)s; there it is %(there)s", own=due, there=moment(at, said["zone"], said["town"]))
    return _("The pre-reading of the edition is due: %(due)s.", due=due)


def facts_for(session: Session, edition: Edition, focal: Scope) -> dict[str, str]:
    """What the letter is written from: the people a focal point's mandates reach over; raises NotFound for none."""
    seen = dashboards.look(session, edition.public_id, focal)
    ids = [one.enrolment_id for one in dashboards.people_behind(session, seen, Filter(stage=Stage.INVITED))]
    found = candidates(session, edition, seen.scope, ids, now())
    names = names_of(session, [one.person_id for one in found])
    # Beside a code name no institution stands: it would tell who it is.
    shown = {one.enrolment_id: beside(names[one.person_id], "", one.institution) for one in found}
    people = sorted((names[one.person_id], shown[one.enrolment_id][1], one.finished) for one in found)
    said = {
        "edition": edition.public_id,
        "title": edition.title,
        "town": town(edition.place),
        "zone": edition.zone,
        "deadline": edition.deadline_at.isoformat(),
        "day": edition.deadline_on.isoformat() if edition.deadline_on else "",
        "people": people,
    }
    return {"list": json.dumps(said)}


@dataclass(frozen=True)
class FocalPoint:
    """A focal point with people in an edition; `mandate` is its public id."""

    mandate: str
    person_id: int
    scope: Scope
    people: int


def focal_points(session: Session, edition: Edition, at: dt.datetime) -> list[FocalPoint]:
    """Every focal point who has people in an edition whose door was passed before, in the order of their mandates."""
    found = (_point(session, edition, row) for row in mandates_in_force(session, at) if row.role is Role.FOCAL_POINT)
    return [one for one in found if one is not None]


def _point(session: Session, edition: Edition, row: MandateView) -> FocalPoint | None:
    scope = of_states_and_institutions(scope_of(row.person_id, [Grant(row.role, row.scope, row.scope_id)]))
    try:
        seen = dashboards.look(session, edition.public_id, scope)
    except NotFound:
        return None
    people = dashboards.how_many(session, seen, Filter(stage=Stage.INVITED))
    return FocalPoint(row.public_id, row.person_id, scope, people)


def focal_point(session: Session, edition: Edition, mandate: str, at: dt.datetime) -> FocalPoint:
    """The one who holds this mandate; raises NotFound where it is not in force or reaches over nobody here."""
    rows = (row for row in mandates_in_force(session, at) if row.role is Role.FOCAL_POINT and row.public_id == mandate)
    found = next((_point(session, edition, row) for row in rows), None)
    if found is None:
        raise NotFound
    return found


@looks_again(FOCAL)
def as_they_stand(session: Session, person_id: int, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Who is named and how they stand is found when the letter is written: in the queue lies nobody's name, and a
    mandate that has ended meanwhile shows nobody."""
    try:
        edition = edition_by_public_id(session, facts["about"])
        point = focal_point(session, edition, facts.get("mandate", ""), now())
        return {**facts, **facts_for(session, edition, point.scope)} if point.person_id == person_id else None
    except NotFound:
        return None


def write_to_focal_point(session: Session, *, edition: Edition, point: FocalPoint, at: dt.datetime, by: str) -> None:
    """Send the letter; asked for twice in a short time it goes once. Raises Refused where there is no address."""
    lately = select(SentLetter.id).where(
        SentLetter.person_id == point.person_id, SentLetter.template == FOCAL,
        SentLetter.about == edition.public_id, SentLetter.at > at - AGAIN,
    )  # fmt: skip
    if session.scalar(lately.limit(1)) is not None:
        return
    context, about = {"mandate": point.mandate}, edition.public_id
    if not write_to(session, person_id=point.person_id, template=FOCAL, context=context, about=about, by=by):
        raise Refused(_("We know no e-mail address of this person."))
    audit.record(session, at=at, actor=by, act="focal-point.written-to", about=about, mandate=point.mandate)
