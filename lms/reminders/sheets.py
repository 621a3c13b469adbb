"""What was sent, and what would go to whom, as it is taken away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from lms.web.languages import own_name
from lms.web.sheets import Line, Sheet, local_time

from .planning import Plan
from .queries import OneLeftOut, Sending
from .wording import LEFT_OUT


def sendings_sheet(sendings: Iterable[Sending], names: Mapping[str, str], zone: ZoneInfo) -> Sheet:
    """Every sending of an edition, the latest first."""
    head = (_("Sent (%(zone)s)", zone=zone.key), _("Reminders"), _("By"), _("Left out"))
    lines = [(local_time(one.at, zone), one.letters, names.get(one.by, ""), one.left_out) for one in sendings]
    return Sheet("reminders-sent", head, lambda _session: lines)


def left_out_sheet(people: Iterable[OneLeftOut], names: Mapping[int, str]) -> Sheet:
    """Who was left out of one sending, and why."""
    lines = [(names[one.person_id], str(LEFT_OUT[one.reason])) for one in people]
    return Sheet("reminders-left-out", (_("Name"), _("Left out: those who")), lambda _session: lines)


def plan_sheet(plan: Plan, names: Mapping[int, str]) -> Sheet:
    """Who would be written to in which language, and who is left out and why."""
    head = (_("Name"), _("Gets a reminder"), _("Language of the letter"), _("Left out: those who"))
    return Sheet("reminders", head, lambda _session: _planned(plan, names))


def _planned(plan: Plan, names: Mapping[int, str]) -> Iterator[Line]:
    for one in plan.going:
        yield names[one.person_id], _("yes"), own_name(one.locale), ""
    for reason, people in plan.by_reason.items():
        for one in people:
            yield names[one.person_id], _("no"), "", str(LEFT_OUT[reason])
