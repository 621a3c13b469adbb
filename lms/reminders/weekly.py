"""The reminder that goes every week by itself, where a coordinator has turned it on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from lms.kernel import audit, outbox
from lms.people.services import hold_digests, write_to_many
from lms.people.services.letters import Asked
from lms.seminars.models import Edition
from lms.web.dates import zones

from . import queries
from .letters import DIGEST
from .models import WeeklyReminder
from .planning import item_of
from .rules import Candidate, Text, good_hour, joined, packed

JOB = "reminders.weekly"
HOURLY = 3600
AT_ONCE = 1000
"""So many places are looked at in one transaction; the job asks for itself again where there are more."""


def turn_weekly(session: Session, *, edition: Edition, on: bool, at: dt.datetime, by: str) -> None:
    """Let the weekly reminder of an edition go by itself, or no longer."""
    if queries.weekly_on(session, edition.id) is not on:
        session.add(WeeklyReminder(edition_id=edition.id, on=on, by=by, at=at))
        audit.record(session, at=at, actor=by, act="reminders.weekly", about=edition.public_id, on=on)


@outbox.database(JOB, every=HOURLY)
def remind(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """Write to whoever is due, where it is morning; nothing happens where no edition has turned it on."""
    editions = {row.id: row for row in queries.weekly_editions(session, at)}
    morning = [zone for zone in zones() if good_hour(at, zone)]
    if not editions or not morning:
        return
    found, more = queries.weekly_candidates(session, editions.keys(), morning, at, payload.get("after", 0), AT_ONCE)
    _write(session, editions, joined(found, at), at)
    if more:
        outbox.enqueue(session, JOB, {"after": more}, key=f"{JOB}:{more}")


def _write(session: Session, editions: Mapping[int, Edition], letters: list[list[Candidate]], at: dt.datetime) -> None:
    last = hold_digests(session, {places[0].person_id: places[0].subject for places in letters})
    # Without those to whom a coordinator has written since they were looked for.
    letters = [places for places in letters if last.get(places[0].person_id) == places[0].last_at]
    left = _left(session, [one for places in letters for one in places])
    texts = _texts(session, editions, letters)
    about: dict[int, list[Asked]] = defaultdict(list)
    for places in letters:
        items = [
            item_of(
                editions[one.edition_id], texts[one.edition_id][one.locale], one.deadline, left[one.enrolment_id],
                welcomed=one.welcomed,
            )
            for one in places
        ]  # fmt: skip
        first = places[0]
        if first.identity_id is not None:
            asked = Asked(first.person_id, first.identity_id, secret={"items": packed(items)})
            about[first.edition_id].append(asked)
    for edition_id, asked_for in about.items():
        public_id = editions[edition_id].public_id
        write_to_many(session, asked_for, template=DIGEST, about=public_id)
        audit.record(session, at=at, actor=None, act="reminders.sent", about=public_id, letters=len(asked_for))


def _left(session: Session, places: Iterable[Candidate]) -> dict[int, int]:
    by_edition: dict[int, list[int]] = defaultdict(list)
    for one in places:
        by_edition[one.edition_id].append(one.enrolment_id)
    found: dict[int, int] = {}
    for edition_id, enrolments in by_edition.items():
        found |= queries.units_left(session, edition_id, enrolments)
    return found


def _texts(
    session: Session, editions: Mapping[int, Edition], letters: list[list[Candidate]]
) -> dict[int, dict[str, Text]]:
    languages = {one.locale for places in letters for one in places}
    return {edition_id: queries.texts_in_force(session, edition_id, languages) for edition_id in editions}
