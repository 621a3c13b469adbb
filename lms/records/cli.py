"""`flask lms records ...`: the ledger at the command line."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from lms.kernel.unit_of_work import reading

from . import queries

records = AppGroup("records", help="The ledger of completion records.")


@records.command("head")
def head() -> None:
    """Print the head of the ledger: the number of its last seal, and the seal."""
    with reading() as session:
        found = queries.head(session)
    click.echo(f"{found.sequence} {found.seal}")
