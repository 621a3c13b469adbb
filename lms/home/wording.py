"""What conditions, roles and reaches are called on these pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from lms.authoring.rules.reach import READING
from lms.catalogue.rules.outline import CompletionRule
from lms.catalogue.rules.texts import localised
from lms.dashboards.rules.looks import Sight
from lms.people import states
from lms.people.rules import Grant, Role, ScopeKind
from lms.records.rules.completion import Condition, Key
from lms.seminars.rules.nominations import NominationState
from lms.web.languages import gettext, in_a_row
from lms.web.languages import lazy_gettext as _l

ROLES: Mapping[Role, LazyString] = {
    Role.TRAINER: _l("Trainer"),
    Role.REVIEWER: _l("Reviewer"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.FOCAL_POINT: _l("Focal point"),
    Role.EVALUATOR: _l("Evaluator"),
    Role.OBSERVER: _l("Observer"),
    Role.ADMINISTRATOR: _l("Administrator"),
}

SEES: Mapping[Sight, LazyString] = {
    Sight.EVERYTHING: _l(
        "Your name, state, ministry or institution; how far you have come; your attendance; your requests; "
        "notes of when they were in touch with you; your record."
    ),
    Sight.COMPLETION: _l(
        "Your name, state, ministry or institution; whether your pre-reading is finished and your record issued."
    ),
    Sight.COUNTS: _l("Tables frozen every Monday, in fives. Never your name."),
}


SHOWS: Mapping[Sight, LazyString] = {
    Sight.EVERYTHING: _l(
        "Names, addresses, states, ministries and institutions; how far people have come; their attendance, requests "
        "and records."
    ),
    Sight.COMPLETION: _l(
        "Names, states, ministries and institutions; whether the pre-reading is finished and the record issued."
    ),
    Sight.COUNTS: _l("Numbers only, of groups of five people and more. Never a name."),
}

# For each: the pages that a mandate with this sight opens.
PAGES: Mapping[Sight, LazyString] = {
    Sight.EVERYTHING: _l(
        "The edition's first page, the morning's list, lists of its people and their exports, one person's page, "
        "attendance, completion and closing."
    ),
    Sight.COMPLETION: _l(
        "The edition's first page with the numbers of these people, the list of them and its exports."
    ),
    Sight.COUNTS: _l("The edition's tables of numbers."),
}


def reach(grant: Grant, names: Mapping[str, str], locale: str) -> str:
    """What a mandate reaches over, in words; `names` are those of editions, courses and institutions by public id."""
    if grant.scope is ScopeKind.ALL or not grant.scope_id:
        return str(gettext("all courses") if grant.role in READING else gettext("all editions"))
    if grant.scope is ScopeKind.STATE:
        return states.name(grant.scope_id, locale)
    return names.get(grant.scope_id, grant.scope_id if grant.scope is ScopeKind.COURSE else "")


def condition(found: Condition, rule: CompletionRule, language: str, begun: bool) -> tuple[bool, str, str]:
    """(met, what is asked, how it stands) for one condition of a record."""
    if found.key is Key.MODULES:
        return found.met, *_modules(found, language)
    if found.key is Key.ATTENDANCE:
        return found.met, *_attendance(found, rule.attendance_at_least or 0, begun)
    detail = "" if found.met else gettext("You confirm it in your account.")
    return found.met, gettext("Your name is confirmed, as it shall stand on the certificate"), detail


def _modules(found: Condition, language: str) -> tuple[str, str]:
    passed, needed = found.figures["passed"], found.figures["needed"]
    asked = gettext("Every module of the pre-reading is passed")
    if found.met:
        return asked, ""
    missing = [localised(title, language) for title in found.figures["missing"]]
    so_far = gettext("%(passed)s of %(needed)s so far.", passed=passed, needed=needed)
    if len(missing) > 3:
        return asked, so_far
    return asked, gettext("%(so_far)s Still to come: %(modules)s.", so_far=so_far, modules=in_a_row(missing))


def _attendance(found: Condition, percent: int, begun: bool) -> tuple[str, str]:
    asked = gettext("At least %(percent)s%% of the half-days of the seminar are attended", percent=percent)
    figures = found.figures
    if found.met:
        return asked, ""
    if figures["closed"]:
        return asked, gettext("%(present)s of %(held)s, where %(needed)s were needed.", **_counts(found))
    if not begun:
        return asked, gettext("The seminar has not begun.")
    if figures["enough"]:
        so_far = gettext("%(present)s of %(held)s so far.", **_counts(found))
        waits = gettext("It counts when the coordinator has closed the attendance.")
        return asked, f"{so_far} {waits}"
    return asked, gettext("%(present)s of %(held)s so far; %(needed)s are needed.", **_counts(found))


def _counts(found: Condition) -> dict[str, int]:
    figures = found.figures
    return {"present": figures["counted"], "held": figures["held"], "needed": figures["needed"]}


NOMINATIONS: Mapping[NominationState, tuple[str, LazyString]] = {
    NominationState.WAITING: ("later", _l("Nominated, not invited yet")),
    NominationState.TAKEN: ("done", _l("Taken over")),
    NominationState.LEFT: ("none", _l("Not taken over")),
}
NOT_THERE = _l("Does not take part")
