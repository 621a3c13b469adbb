"""`flask lms demo`: fill a system for trying out, and print the accounts."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from lms.kernel import worker
from lms.kernel.clock import now
from lms.kernel.settings import present_settings
from lms.kernel.unit_of_work import unit_of_work
from lms.people.passwords import hash_password

from .build import Builder
from .cast import Character, cast


def fill() -> None:
    """Make the demonstration data, once. Raises ClickException in production."""
    if not present_settings().development:
        raise click.ClickException("Demonstration data is for development only; this is a production configuration.")
    people = cast()
    password_hash = hash_password(people.password)
    with unit_of_work() as session:
        filled = Builder(session, people, now(), password_hash).fill()
    if filled:
        # Seals, counts and letters, as a worker would have done by now.
        worker.drain()


@click.command("demo")
@click.option("--json", "as_json", is_flag=True, help="Print the address and the accounts as JSON.")
@with_appcontext
def demo(as_json: bool) -> None:
    """Fill the system with plainly fictitious people, and print how to sign in."""
    fill()
    people, url = cast(), present_settings().public_url
    accounts = [
        {"role": _role(who), "email": who.address, "password": people.password}
        for who in (*people.participants, *people.alumni, *people.before, *people.staff)
        if who.stage not in ("nominated", "invited", "declined")
    ]
    if as_json:
        click.echo(json.dumps({"url": url, "accounts": accounts}, ensure_ascii=False))
        return
    click.echo(f"{url}   everyone's password: {people.password}")
    for account in accounts:
        click.echo(f"  {account['role']:16} {account['email']}")


def _role(who: Character) -> str:
    if who.role:
        return who.role
    return "alumnus" if who.stage == "recorded" else "participant"
