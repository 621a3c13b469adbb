"""What stages, sectors and reasons to wait are called on pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from flask_babel import LazyString

from lms.seminars.rules import Stage
from lms.web.dates import local_day
from lms.web.languages import gettext, ngettext
from lms.web.languages import lazy_gettext as _l

from .queries import SeenEdition
from .rules.looks import Awaiting, Numbers, Status

STAGES: Mapping[Stage, LazyString] = {
    Stage.INVITED: _l("Invited"),
    Stage.SIGNED_IN: _l("Signed in"),
    Stage.READING: _l("Began reading"),
    Stage.PRE_READING: _l("Finished reading"),
    Stage.ATTENDED: _l("Attended"),
    Stage.RECORDED: _l("Record issued"),
}

AWAITING: Mapping[Awaiting, LazyString] = {
    Awaiting.SIGN_IN: _l("Has not signed in"),
    Awaiting.ANSWER: _l("Waits for an answer to a request"),
    Awaiting.NAME: _l("Has not confirmed their name"),
}

# For each: the shape of the sign beside the word, and the word.
STATUSES: Mapping[Status, tuple[str, LazyString]] = {
    Status.NOMINATED: ("later", _l("Nominated, not invited yet")),
    Status.BEFORE: ("done", _l("Completed before this system")),
    Status.NOT_SIGNED_IN: ("care", _l("Not signed in yet")),
    Status.SIGNED_IN: ("none", _l("Signed in, not begun")),
    Status.READING: ("part", _l("Reading")),
    Status.FINISHED: ("done", _l("Finished reading")),
    Status.NOT_FINISHED: ("none", _l("Not finished yet")),
    Status.ATTENDED: ("done", _l("Attended")),
    Status.RECORDED: ("done", _l("Record issued")),
    Status.DECLINED: ("error", _l("Declined")),
    Status.WITHDRAWN: ("error", _l("Withdrawn")),
    Status.REPLACED: ("error", _l("Replaced")),
    Status.DEFERRED: ("later", _l("Deferred to a later edition")),
}


def finding(numbers: Numbers, stages: Collection[Stage]) -> list[str]:
    """The sentences an edition's page opens with, of the stages that somebody sees."""
    everyone, finished = numbers.reached(Stage.INVITED), numbers.reached(Stage.PRE_READING)
    if not everyone:
        return [gettext("Nobody has been invited yet.")]
    first = ngettext(
        "%(finished)s of %(num)s official has finished their pre-reading.",
        "%(finished)s of %(num)s officials have finished their pre-reading.",
        everyone,
        finished=finished,
    )
    unseen = everyone - numbers.reached(Stage.SIGNED_IN)
    if Stage.SIGNED_IN not in stages or not unseen:
        return [first]
    return [first, ngettext("%(num)s has not signed in yet.", "%(num)s have not signed in yet.", unseen)]


def due(edition: SeenEdition, today: dt.date, *, closed: dt.datetime | None) -> list[str]:
    """How much time is left for the pre-reading, as the last sentence of what an edition's page opens with."""
    left = (local_day(edition.deadline_at, edition.zone) - today).days
    if closed is not None or left < 0:
        return []
    if left == 0:
        return [gettext("The pre-reading is due today.")]
    return [ngettext("The pre-reading is due in %(num)s day.", "The pre-reading is due in %(num)s days.", left)]


def awaited(what: Awaiting, number: int | None) -> str:
    """Such as "4 people have not signed in", for the link to the list; without a number where the list counts them."""
    if number is None:
        return str(gettext("Names that are still to be confirmed: see the list"))
    if what is Awaiting.SIGN_IN:
        return str(ngettext("%(num)s person has not signed in", "%(num)s people have not signed in", number))
    if what is Awaiting.ANSWER:
        return str(ngettext("%(num)s person waits for an answer", "%(num)s people wait for an answer", number))
    return str(
        ngettext("%(num)s person has not confirmed their name", "%(num)s people have not confirmed their name", number)
    )


def nominated(number: int) -> str:
    """How many nominations of focal points wait, for the link to them."""
    return str(ngettext("%(num)s nomination waits for you", "%(num)s nominations wait for you", number))
