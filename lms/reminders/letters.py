"""What a reminder says, to one reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from lms.people.letters import Draft, Reader, absolute_url, letter, looks_again
from lms.web.dates import moment, offset
from lms.web.languages import gettext as _
from lms.web.languages import lazy_gettext as _l
from lms.web.languages import ngettext

from . import queries
from .rules import Item, Place, filled, packed, unpacked

DIGEST = "reminders/digest"
TRIAL = "reminders/trial"


@letter(DIGEST, called=_l("Reminder"), digest=True)
def digest(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """What one person still has to read, in all of their editions."""
    items = sorted(unpacked(facts["items"]), key=lambda item: item.deadline)
    paragraphs = [paragraph for item in items for paragraph in _of(reader, item, heading=len(items) > 1)]
    if not items[0].welcomed:
        paragraphs.append(
            _("You have not been here yet. Give your e-mail address on that page, and a letter with a code follows.")
        )
    return Draft(filled(items[0].subject, _values(reader, items[0], both=False)), tuple(paragraphs))


@looks_again(DIGEST)
def still_to_read(session: Session, person_id: int, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The editions in which the reader still has a place and something to read, each with the deadline of now."""
    due = queries.still_due(session, person_id)
    items = [
        replace(item, deadline=due[item.edition].isoformat())
        for item in unpacked(facts["items"])
        if item.edition in due
    ]
    return {**facts, "items": packed(items)} if items else None


@letter(TRIAL, called=_l("Reminder, to see how it looks"))
def trial(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """The same, to whoever is about to send it."""
    return digest(reader, facts)


def _of(reader: Reader, item: Item, *, heading: bool) -> list[str]:
    # Editions are told apart by their titles, except to whoever asked that letters say little.
    head = [item.title] if heading and not reader.says_little else []
    return head + filled(item.body, _values(reader, item, both=True)).split("\n\n")


def _values(reader: Reader, item: Item, *, both: bool) -> dict[str, str]:
    return {
        Place.NAME: _("participant") if reader.says_little else reader.name,
        Place.DEADLINE: _due(reader, item, both=both),
        Place.UNITS_LEFT: ngettext("%(num)d text", "%(num)d texts", item.left),
        Place.LINK: absolute_url("home.index" if item.welcomed else "people.forgot"),
    }


def _due(reader: Reader, item: Item, *, both: bool) -> str:
    """When it is due, in the reader's own time; in the text also on the clocks of the programme where they differ."""
    at = dt.datetime.fromisoformat(item.deadline)
    own = moment(at, reader.zone)
    if not both or offset(at, reader.zone) == offset(at, item.zone):
        return own
    return _("%(own)s; there it is %(there)s", own=own, there=moment(at, item.zone, item.town))
