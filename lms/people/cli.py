"""`flask lms people ...`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from lms.kernel.clock import now
from lms.kernel.errors import LmsError, Refused
from lms.kernel.settings import settings_of
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people import services
from lms.people.letters import absolute_url
from lms.people.queries import person_by_address
from lms.people.queries.mandates import administrators
from lms.people.rules.codes import spaced
from lms.people.rules.mandates import Role

people = AppGroup("people", help="Persons and mandates.")

REASON = "First administrator, given from the command line of the machine."


@people.command("states")
def states() -> None:
    """Bring the states in the database in line with the data file."""
    with unit_of_work() as session:
        services.sync_states(session)
    click.echo("The states are up to date.")


@people.command("first-administrator")
@click.option("--email", prompt="E-mail address", help="Where the invitation goes.")
@click.option("--name", prompt="Name, as it should be written", help="In any script.")
def first_administrator(email: str, name: str) -> None:
    """Give the first mandate; refused once an administrator is in office."""
    with reading() as session:
        if administrators(session, now().date()):
            raise click.ClickException(
                "An administrator is in office already; mandates are given on the page Mandates."
            )
    try:
        made = _give(email, name)
    except LmsError as no:
        raise click.ClickException(str(no)) from None
    if made is None:
        click.echo("The mandate is given. The person signs in as before.")
        return
    click.echo("The mandate is given, and an invitation is on its way by mail; it is good for seven days.")
    if settings_of(current_app).development:
        click.echo(f"Link: {absolute_url('people.invitation', link=made.link)}\nCode: {spaced(made.code)}")


@people.command("erase")
@click.argument("address")
@click.confirmation_option(prompt="Everything that names this person is destroyed for good. Go on?")
def erase(address: str) -> None:
    """Destroy what names the person at ADDRESS, as they asked in writing; their records stay, without a name."""
    with unit_of_work() as session:
        person = person_by_address(session, address)
        if person is None:
            raise click.ClickException("Nobody here has this address.")
        services.erase(session, person=person, by=None, at=now())
    click.echo("Done. Backups made before still hold it, sealed; restoring one here erases the person again.")


@people.command("erase-again")
def erase_again() -> None:
    """Erase whoever is on the list of the erased and was brought back, as after a recovery of the database."""
    with unit_of_work() as session:
        number = services.erase_again(session, at=now())
    click.echo(f"{number} erased again.")


def _give(email: str, name: str) -> services.Made | None:
    """Link and code of the invitation, or None for somebody who was here before; raises Refused."""
    at = now()
    with unit_of_work() as session:
        person = services.person_for_address(session, name=name, address=email, at=at)
        if administrators(session, at.date()):
            raise Refused("An administrator is in office already.")
        services.grant_by_operator(
            session, person=person, role=Role.ADMINISTRATOR, since=at.date(), reason=REASON, at=at
        )
        address = services.primary_address(session, person.id)
        if person.welcomed_at is not None or address is None:
            return None
        return services.send_invitation(session, person.id, address, at)
