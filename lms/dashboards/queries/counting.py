"""The numbers of an edition, and the conditions that stand behind them and behind their lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import cast

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    case,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lms.dashboards.rules.looks import FEW, NOT_SHOWN, Awaiting, Filter, Numbers, Sight
from lms.learning.queries import finished_module
from lms.learning.rules.modules import counted_as
from lms.people.models import Institution, Sector
from lms.people.queries.sensitive import not_to_be_named, unnamed_people
from lms.seminars import queries as seminars
from lms.seminars.models import Enrolment, NameAwaited, ParticipantRequest, StageReached
from lms.seminars.queries import visible_to
from lms.seminars.rules import ANSWERS_AWAITED, COMPLETE, COUNTED, NAMES_AWAITED, Stage

from .looks import Look

EVERYBODY = Filter()
_enrolment, _request, _stage, _nameless = (
    cast(Table, model.__table__) for model in (Enrolment, ParticipantRequest, StageReached, NameAwaited)
)


def numbers(session: Session, seen: Look, wanted: Filter = EVERYBODY) -> Numbers:
    """The numbers that this look shows, of those whom a filter leaves, in one statement or two: from the tallies, or
    for the people of an institution from the people themselves."""
    wanted = wanted.narrowing(seen.sight)
    if wanted.institution:
        return _counted_one_by_one(session, seen, wanted)
    found = _numbers(session, seen, wanted)
    return found if wanted.empty else found.within(wanted)


def _numbers(session: Session, seen: Look, wanted: Filter) -> Numbers:
    """Of those who have finished a module or not, where the filter asks for it, and of every state."""
    some = Filter(progress=wanted.progress)
    found = _with_states(session, seen, some)
    if not seen.unnamed or (seen.sight is Sight.COMPLETION and seen.scope.institutions):
        return found
    # From the few who are marked to their places, rather than through everybody in the edition.
    unnamed = _enrolment.c.person_id.in_(unnamed_people())
    return found.apart(_by_place(session, [*behind(seen, some, everybody=False), unnamed]))


def _with_states(session: Session, seen: Look, some: Filter) -> Numbers:
    if some.module:
        return _of_module(session, seen, *some.module)
    if seen.sight is not Sight.COMPLETION:
        return _as_numbers(seminars.edition_numbers(session, seen.edition.id))
    if not seen.scope.institutions:
        stages = seminars.counts(session, seen.edition.id)
        return Numbers({place: number for place, number in stages.items() if place[0] in seen.scope.states})
    return _counted_one_by_one(session, seen, EVERYBODY)


@lru_cache(maxsize=16)
def _as_numbers(found: seminars.EditionNumbers) -> Numbers:
    """Kept with all that a page works out from them."""
    return Numbers(found.stages, found.others)


def _of_module(session: Session, seen: Look, key: str, finished: bool) -> Numbers:
    """Whoever is complete has finished every module."""
    done = seminars.part_counts(session, seen.edition.id, (COMPLETE, counted_as(key)))
    return Numbers(done) if finished else Numbers(seminars.counts(session, seen.edition.id)).without(done)


def _counted_one_by_one(session: Session, seen: Look, wanted: Filter) -> Numbers:
    return Numbers(_by_place(session, behind(seen, wanted), shown_state(seen)))


def shown_state(seen: Look) -> ColumnElement[str]:
    """The state under which somebody is counted: none for those who are not to be named."""
    state: ColumnElement[str] = _enrolment.c.state_code
    return case((not_to_be_named(_enrolment.c.person_id), NOT_SHOWN), else_=state) if seen.unnamed else state


def _by_place(
    session: Session, which: list[ColumnElement[bool]], state: ColumnElement[str] = _enrolment.c.state_code
) -> dict[tuple[str, Sector, Stage], int]:
    reached = _stage.alias("reached")  # apart from the stage that the condition may ask about
    # An expression is in no index: people are found by what they are filtered by, not in the order of their states.
    place = (func.coalesce(state, NOT_SHOWN).label("code"), _enrolment.c.sector, reached.c.stage)
    grouped = (
        select(*place, func.count())
        .join(reached, reached.c.enrolment_id == _enrolment.c.id)
        .where(*which, _enrolment.c.state.in_(sorted(COUNTED)))
        .group_by(*place)
    )
    return {(code, sector, stage): count for code, sector, stage, count in session.execute(grouped)}


def waiting_numbers(
    session: Session, seen: Look, known: Numbers, wanted: Filter = EVERYBODY
) -> Mapping[Awaiting, int | None]:
    """How many people whom a filter leaves are awaited for each reason, with a filter in a few statements; nobody where
    the look does not show it. `known` are the numbers of the same people.

    None for those whose name is awaited where so many are in the whole edition that the list alone counts them.
    """
    if seen.sight is not Sight.EVERYTHING:
        return {}
    # Who was invited and has not signed in stands in the tallies already, and whose name is awaited beside them.
    unseen = known.reached(Stage.INVITED) - known.reached(Stage.SIGNED_IN)
    narrowed = wanted.narrowing(seen.sight)
    if not narrowed.empty:
        few = seminars.count_of(session, seen.edition.id, NAMES_AWAITED) <= FEW
        return {
            Awaiting.SIGN_IN: unseen,
            Awaiting.ANSWER: how_many(session, seen, replace(narrowed, awaiting=Awaiting.ANSWER)),
            Awaiting.NAME: how_many(session, seen, replace(narrowed, awaiting=Awaiting.NAME)) if few else None,
        }
    answers, names = (known.others.get(what, 0) for what in (ANSWERS_AWAITED, NAMES_AWAITED))
    return {Awaiting.SIGN_IN: unseen, Awaiting.ANSWER: answers, Awaiting.NAME: names}


def how_many(session: Session, seen: Look, wanted: Filter) -> int:
    """The length of the list that a filter asks for, in two statements at most: from what is counted already where it
    can be."""
    wanted = wanted.within(seen.sight)
    if seen.sight is Sight.EVERYTHING and wanted.empty:
        return seen.places
    if seen.sight is Sight.EVERYTHING and not wanted.institution:
        known = wanted.counted_in(numbers(session, seen, Filter(progress=wanted.progress)))
        if known is not None:
            return known
    # Counted from what is noted, without the order of a list.
    which = behind(seen, wanted, few=wanted.awaiting in (Awaiting.ANSWER, Awaiting.NAME))
    return session.scalar(select(func.count()).select_from(_enrolment).where(*which)) or 0


def behind(seen: Look, wanted: Filter, *, few: bool = False, everybody: bool = True) -> list[ColumnElement[bool]]:
    """The condition over enrolments behind every number and every list: what a look shows and a filter asks for.

    The same people are found where they are said to be `few`: then from what is noted of them rather than one by one
    among everybody in the edition. Nor does it go through `everybody` where the caller asks for few of them otherwise.
    """
    wanted = wanted.within(seen.sight)
    few = few and wanted.noted
    found = _visible(seen, everybody=everybody and not few)
    found += of_place(wanted, unnamed=seen.unnamed)
    if wanted.stage or wanted.awaiting or wanted.module:
        found.append(_enrolment.c.state.in_(sorted(COUNTED)))
    if wanted.stage:
        found.append(_is_among(_those_who_reached(wanted.stage), few=few))
    if wanted.place:
        found.append(_enrolment.c.state == wanted.place)
    if wanted.awaiting:
        found += _awaited(seen, wanted.awaiting, few=few)
    if wanted.module:
        key, finished = wanted.module
        some = finished_module(seen.edition.id, key)
        found.append(
            _is_among(union_all(_those_who_reached(Stage.PRE_READING), some), few=True)
            if few and finished and not wanted.awaiting  # who is awaited are fewer, and looked up among the others
            else _finished(some, finished=finished)
        )
    return found


def of_place(wanted: Filter, *, unnamed: bool) -> list[ColumnElement[bool]]:
    """The condition over enrolments for the state, sector and institution that a filter asks for; `unnamed` where
    somebody may be among them who is not to be named and stands under no state and no institution."""
    found: list[ColumnElement[bool]] = []
    if unnamed and (wanted.state or wanted.institution):
        apart = not_to_be_named(_enrolment.c.person_id)
        found.append(apart if wanted.state == NOT_SHOWN else ~apart)
        found += [~apart] if wanted.institution else []
    if wanted.state and wanted.state != NOT_SHOWN:
        found.append(_enrolment.c.state_code == wanted.state)
    if wanted.sector:
        found.append(_enrolment.c.sector == wanted.sector)
    if wanted.institution:
        chosen = select(Institution.id).where(Institution.public_id == wanted.institution)
        found.append(_enrolment.c.institution_id == chosen.scalar_subquery())
    return found


def _visible(seen: Look, *, everybody: bool = True) -> list[ColumnElement[bool]]:
    # A sum is in no index, so that the database does not go through everybody in the edition to a few of them.
    edition = _enrolment.c.edition_id if everybody else _enrolment.c.edition_id + 0
    found = [edition == seen.edition.id]
    return found if seen.scope.everything else [*found, visible_to(seen.scope)]


def _awaited(seen: Look, what: Awaiting, *, few: bool) -> list[ColumnElement[bool]]:
    if what is Awaiting.ANSWER:
        return [_is_among(select(_request.c.enrolment_id).where(_request.c.answered_at.is_(None)), few=few)]
    if what is Awaiting.NAME:
        return [_is_among(select(_nameless.c.enrolment_id).where(_nameless.c.edition_id == seen.edition.id), few=few)]
    # Whoever has signed in was seen; those not seen lie in an index of their own.
    unseen = _enrolment.c.first_seen_at.is_(None)
    return [unseen, _reached(Stage.INVITED), ~_reached(Stage.SIGNED_IN)]


def _finished(some: Select[int], *, finished: bool) -> ColumnElement[bool]:
    done = or_(_reached(Stage.PRE_READING), _is_among(some, few=False))
    return done if finished else ~done


def _is_among(noted: Select[int] | CompoundSelect[int], *, few: bool) -> ColumnElement[bool]:
    """Whether somebody is in a list of enrolments: looked up there for each, or all of a short list first."""
    if few or not isinstance(noted, Select):
        return _enrolment.c.id.in_(noted)
    return noted.where(noted.selected_columns[0] == _enrolment.c.id).correlate(_enrolment).exists()


def _those_who_reached(stage: Stage) -> Select[int]:
    return select(_stage.c.enrolment_id).where(_stage.c.stage == stage)


def _reached(stage: Stage) -> ColumnElement[bool]:
    return _is_among(_those_who_reached(stage), few=False)
