"""Why somebody needs attention, in words with dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from lms.learning.rules.standing import Standing
from lms.seminars.models import ContactKind
from lms.web.dates import local_day, short_day, short_moment
from lms.web.languages import gettext as _
from lms.web.languages import language, ngettext

from .queries.attention import Line, Watched
from .queries.changes import Happened
from .rules.attention import Reason, days_between, days_left

Sentence = Callable[[Line, dt.datetime], str]


def sentences(line: Line, at: dt.datetime) -> list[str]:
    """Every reason of a line, each as a sentence."""
    return [_SAID[reason](line, at) for reason in line.reasons]


def _day(line: Line, at: dt.datetime | None) -> str:
    return short_day(local_day(at, line.edition.zone)) if at else ""


def _ago(line: Line, since: dt.datetime | None, at: dt.datetime) -> str:
    """Such as "3 April 2027 (9 days ago)"."""
    if since is None:
        return ""
    days = days_between(since, at, line.edition.zone)
    if days <= 0:
        return _("%(day)s (today)", day=_day(line, since))
    return ngettext("%(day)s (%(num)s day ago)", "%(day)s (%(num)s days ago)", days, day=_day(line, since))


def _cannot_attend(line: Line, _at: dt.datetime) -> str:
    return _("Wrote on %(day)s that they cannot attend.", day=_day(line, line.facts.cannot_attend_at))


def _more_time(line: Line, _at: dt.datetime) -> str:
    return _("Asked for more time on %(day)s.", day=_day(line, line.facts.more_time_at))


def _mail_failed(line: Line, _at: dt.datetime) -> str:
    return _("A letter of %(day)s could not be delivered.", day=_day(line, line.facts.mail_failed_at))


def _not_signed_in(line: Line, at: dt.datetime) -> str:
    return _("Has not signed in since the invitation of %(when)s.", when=_ago(line, line.facts.invited_at, at))


def _stopped(line: Line, at: dt.datetime) -> str:
    facts = line.facts
    if facts.finished_at is None:
        said = _(
            "Has not finished a text since the first sign-in on %(when)s.", when=_ago(line, facts.first_seen_at, at)
        )
        return f"{said} {_next(line.standing)}".strip()
    last = _last_finished(line.standing)
    when = _ago(line, facts.finished_at, at)
    said = (
        _("Stopped after “%(unit)s” in “%(module)s”, finished on %(when)s.", unit=last[1], module=last[0], when=when)
        if last
        else _("Finished a text last on %(when)s.", when=when)
    )
    return f"{said} {_next(line.standing)}".strip()


def _last_finished(stand: Standing | None) -> tuple[str, str] | None:
    """Module and unit that somebody finished last, in the page's language."""
    done = [
        (unit.progress.done_at, number, module.module.named(language()), unit.unit.named(language()))
        for module in (stand.modules if stand else ())
        for number, unit in enumerate(module.units)
        if unit.progress.done_at
    ]
    return max(done)[2:] if done else None


def _next(stand: Standing | None) -> str:
    """What comes next for somebody, in the page's language."""
    unit = stand.next_unit if stand else None
    return _("Next: “%(unit)s”.", unit=unit.unit.named(language())) if unit else ""


def _due(line: Line) -> str:
    facts = line.facts
    return short_day(facts.deadline_on) if facts.deadline_on else short_moment(facts.deadline, line.edition.zone)


def _deadline_passed(line: Line, _at: dt.datetime) -> str:
    said = _("The deadline was %(when)s.", when=_due(line))
    return f"{said} {_units_left(line)}"


def _deadline_near(line: Line, at: dt.datetime) -> str:
    left, until = days_left(line.facts, at), _due(line)
    if left == 0:
        said = _("May miss the deadline, which is today: %(when)s.", when=until)
    else:
        said = ngettext(
            "May miss the deadline in %(num)s day: %(when)s.", "May miss the deadline in %(num)s days: %(when)s.",
            left, when=until,
        )  # fmt: skip
    more = _("More time was given already.") if line.more_time else ""
    return f"{said} {_units_left(line)} {more}".strip()


def _units_left(line: Line) -> str:
    return ngettext("%(num)s text is left.", "%(num)s texts are left.", line.facts.units_left)


def _name(_line: Line, _at: dt.datetime) -> str:
    return _("Has not confirmed their name.")


_SAID: Mapping[Reason, Sentence] = {
    Reason.CANNOT_ATTEND: _cannot_attend,
    Reason.MORE_TIME: _more_time,
    Reason.MAIL_FAILED: _mail_failed,
    Reason.NOT_SIGNED_IN: _not_signed_in,
    Reason.STOPPED: _stopped,
    Reason.DEADLINE_PASSED: _deadline_passed,
    Reason.DEADLINE_NEAR: _deadline_near,
    Reason.NAME: _name,
}


def contact(line: Line) -> str:
    """When and how somebody was in touch with a person last; nothing where nobody was."""
    if line.contact is None:
        return ""
    kind, day = line.contact
    return _CONTACTS[kind](short_day(day))


_CONTACTS: Mapping[ContactKind, Callable[[str], str]] = {
    ContactKind.CALLED: lambda day: _("Last contact: called on %(day)s.", day=day),
    ContactKind.WROTE: lambda day: _("Last contact: wrote on %(day)s.", day=day),
    ContactKind.MET: lambda day: _("Last contact: met on %(day)s.", day=day),
}


def happened(what: Happened, number: int) -> str:
    """What happened to so many people."""
    return _HAPPENED[what](number)


_HAPPENED: Mapping[Happened, Callable[[int], str]] = {
    Happened.SIGNED_IN: lambda n: ngettext(
        "%(num)s person signed in for the first time:", "%(num)s people signed in for the first time:", n
    ),
    Happened.FINISHED: lambda n: ngettext(
        "%(num)s person finished the pre-reading:", "%(num)s people finished the pre-reading:", n
    ),
    Happened.ASKED: lambda n: ngettext("%(num)s person asked for something:", "%(num)s people asked for something:", n),
    Happened.DECLINED: lambda n: ngettext("%(num)s person declined:", "%(num)s people declined:", n),
    Happened.WITHDREW: lambda n: ngettext("%(num)s person withdrew:", "%(num)s people withdrew:", n),
    Happened.REPLACED: lambda n: ngettext("%(num)s person was replaced:", "%(num)s people were replaced:", n),
    Happened.DEFERRED: lambda n: ngettext(
        "%(num)s person was put off to a later edition:", "%(num)s people were put off to a later edition:", n
    ),
}


def since_when(edition: Watched) -> str:
    """Since when changes are told."""
    if edition.seen_at is None:
        return _("In the last seven days. You have not said yet that you have seen this edition.")
    return _("Since you said that you had seen it, on %(when)s.", when=short_moment(edition.seen_at, edition.zone))


def progress(line: Line) -> str:
    """Where somebody stands: how much of the reading is done; nothing before the first sign-in."""
    if line.facts.complete:
        return _("Finished reading.")
    if line.facts.first_seen_at is None or line.standing is None:
        return ""
    return _("%(done)s of %(all)s texts finished.", done=line.standing.done, all=line.standing.total)
