"""`flask lms records ...`: the ledger at the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.errors import Refused
from lms.kernel.settings import present_settings
from lms.kernel.unit_of_work import reading, unit_of_work

from . import heads, queries
from .credentials import approvals
from .credentials.export import Exported, leave_room, make_room
from .credentials.export import export as write_out

records = AppGroup("records", help="The ledger of completion records.")


@records.command("head")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="A folder for the file of today.")
def head(into: Path | None) -> None:
    """Print the head of the ledger: the number of its last seal, and the seal. With --into write it to a file."""
    with reading() as session:
        found = queries.head(session)
    click.echo(f"{found.sequence} {found.seal}")
    if into is not None:
        click.echo(str(heads.write(found, now(), into)))


@records.command("compare")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def compare(path: Path) -> None:
    """Say whether the ledger still leads to the head in the file PATH, or to every one in that folder; ends with 1
    where it does not."""
    try:
        with reading() as session:
            number, broken = heads.compare(session, heads.among(path))
    except Refused as no:
        raise click.ClickException(str(no)) from no
    if broken:
        raise click.ClickException(f"ledger {broken.sequence}: {broken.problem}")
    click.echo(f"The ledger leads there. Its first {number} entries are as they were.")


@records.command("restored")
@click.confirmation_option(prompt="What was noted of later records will not be missed by any check any more. Go on?")
def restored() -> None:
    """Say that an older backup was restored: the ledger goes on from what came back."""
    try:
        with unit_of_work() as session:
            kept, last = heads.go_on(session, now())
    except Refused as no:
        raise click.ClickException(str(no)) from None
    click.echo(f"The ledger goes on after {kept}. Up to {last} was noted before; what came after {kept} is lost.")


def _note_exported(done: Exported) -> None:
    """How much went out, beside that it was begun."""
    many = {"documents": done.documents, "certificates": done.certificates, "unreadable": len(done.unreadable)}
    with unit_of_work() as session:
        audit.record(session, at=now(), actor=None, act=approvals.EXPORTED, about="records", **many)


@records.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--approval", "given", multiple=True, help="The approval of an administrator; two people's are needed.")
def export(folder: Path, given: tuple[str, ...]) -> None:
    """Write the public files and every holder's signed file and certificate into the new folder FOLDER."""
    try:
        # First, since it may be refused for the place alone.
        make_room(folder)
        # Noted before anything is written: what was begun has been approved, and its approvals are used up.
        with unit_of_work() as session:
            approved = [] if present_settings().development else approvals.hold_to_two(session, given, now())
            said = {"used": [one.id for one in approved], "approved_by": [one.by for one in approved]}
            audit.record(session, at=now(), actor=None, act=approvals.BEGUN, about="records", **said)
        with reading() as session:
            done = write_out(session, folder)
    except Refused as no:
        leave_room(folder)
        raise click.ClickException(str(no)) from None
    _note_exported(done)
    click.echo(f"{done.documents} signed files and {done.certificates} certificates are in {folder}.")
    if done.unsigned:
        click.echo(f"{done.unsigned} records have no signed file: they wait for it, or their holder is erased.")
    if done.unprinted:
        click.echo(f"{done.unprinted} certificates need letters that this machine has not; see flask lms check.")
    click.echo("Whoever has this folder has every holder's name. Keep it as you keep the keys.")
    for record in done.unreadable:
        click.echo(f"unreadable: record {record} is not as this system wrote it; see flask lms check.", err=True)
    if done.unreadable:
        sys.exit(1)
