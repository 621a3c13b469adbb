"""`flask lms records ...`: the ledger at the command line."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from lms.kernel.clock import now
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import reading

from . import heads, queries

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
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def compare(file: Path) -> None:
    """Say whether the ledger still leads to the head in FILE; ends with 1 where it does not."""
    text = file.read_text(encoding="utf-8", errors="replace")
    try:
        with reading() as session:
            broken = heads.compare(session, text)
        number, _seal = heads.read(text)
    except Refused as no:
        raise click.ClickException(str(no)) from no
    if broken:
        raise click.ClickException(f"ledger {broken.sequence}: {broken.problem}")
    click.echo(f"The ledger leads to this head. Its first {number} entries are as they were.")
