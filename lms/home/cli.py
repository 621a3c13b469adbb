"""`flask lms scope ...`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from lms.dashboards.rules.looks import NOT_SHOWN, Sight
from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work
from lms.people import states
from lms.people.models import Person
from lms.people.queries import names_of, person_by_address
from lms.people.queries.mandates import MandateView, acts_of, mandates_in_force
from lms.people.queries.successions import held_by
from lms.people.rules import Grant
from lms.people.rules.mandates import MandateActKind

from . import queries
from .rules.watchers import Holding, watchers
from .scopes import people_shown, shown_of

scope = AppGroup("scope", help="Who is shown to whom, and why.")
NAMED = (Sight.EVERYTHING, Sight.COMPLETION)
GIVING = (MandateActKind.PROPOSED, MandateActKind.CONFIRMED, MandateActKind.CONFIRMED_ALONE)


@scope.command("explain")
@click.argument("email")
@click.option("--names", is_flag=True, help="Name the people; that it was asked is noted either way.")
def explain(email: str, names: bool) -> None:
    """Who is shown to the person at EMAIL, by which mandates; and who can see this person."""
    with unit_of_work() as session:
        person = person_by_address(session, email)
        if person is None:
            raise click.ClickException("Nobody here has this address.")
        audit.record(session, at=now(), actor=None, act="scope.explained", about=person.subject, names=names)
        lines = [*_seen_by(session, person, names), *_watching(session, person, names)]
    click.echo("\n".join(lines))


def _seen_by(session: Session, person: Person, names: bool) -> Iterator[str]:
    held = held_by(session, person.id, now().date())
    yield f"Mandates in force today: {len(held)}."
    for mandate in held:
        yield f"{_mandate(session, mandate)}, {_given(session, mandate, names)}."
        yield from _shown(session, mandate, names)
    yield "Journals are shown to nobody but their writer."


def _mandate(session: Session, mandate: MandateView) -> str:
    grant = _grant(mandate)
    known = queries.names_of_reach(session, [grant], "en") | queries.institution_names(session, [grant])
    over = states.name(grant.scope_id, "en") if grant.scope == "state" and grant.scope_id else ""
    over = over or known.get(grant.scope_id or "", grant.scope.value)
    until = f"until {mandate.until}" if mandate.until else "without an end"
    return f"- {mandate.role.value} over {over} (mandate {mandate.public_id}), since {mandate.since}, {until}"


def _given(session: Session, mandate: MandateView, names: bool) -> str:
    acts = [act for act in acts_of(session, mandate.public_id) if act.kind in GIVING]
    known = names_of(session, {act.by for act in acts if act.by}) if names else {}
    return ", ".join(
        f"{act.kind.value} on {act.at.date()} by {known.get(act.by, 'somebody') if act.by else 'the operator'}"
        for act in acts
    )


def _grant(mandate: MandateView) -> Grant:
    return Grant(mandate.role, mandate.scope, mandate.scope_id)


def _shown(session: Session, mandate: MandateView, names: bool) -> Iterator[str]:
    shown = shown_of(session, mandate.person_id, _grant(mandate))
    if not shown:
        yield "  shows nobody."
    for one in shown:
        state = "state not shown" if one.state_code == NOT_SHOWN else states.name(one.state_code, "en")
        yield f"  shows {one.sight.value} of {one.people} in {one.edition_title}, {state}"
    if names:
        who = people_shown(session, mandate.person_id, _grant(mandate), NAMED)
        yield from (f"    {name}" for name in sorted(names_of(session, who).values()))


def _watching(session: Session, person: Person, names: bool) -> Iterable[str]:
    """The other way round, with the function behind the page "who can see what about me"."""
    places = [seen.place for seen in queries.my_seen_places(session, person.id)]
    by_holding = {Holding(one.person_id, _grant(one)): one for one in mandates_in_force(session, now())}
    found = watchers(places, by_holding)
    yield f"Mandates in force today that show something of this person: {len(found)}."
    known = names_of(session, {one.person_id for one in found}) if names else {}
    for one in found:
        who = f", held by {known[one.person_id]}" if names else ""
        mandate = by_holding[Holding(one.person_id, one.grant)]
        yield f"{_mandate(session, mandate)}{who}, {_given(session, mandate, names)}: shows {one.sight.value}."
