"""`flask lms mail`, `jobs`, `backup` and `restore`."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from lms.kernel import outbox
from lms.kernel.checks import run_all
from lms.kernel.clock import now
from lms.kernel.errors import Refused
from lms.kernel.settings import present_settings
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.letters import Letter
from lms.records.credentials.jobs import publish
from lms.records.credentials.keys import LostKey

from . import backup as backups
from . import bounces
from .mail import MailFailed, send

mail = AppGroup("mail", help="Letters to people.")
EX_TEMPFAIL = 75
"""What tells a mail server that pipes to us to try again later (sysexits.h)."""
jobs = AppGroup("jobs", help="The work that waits.")


@mail.command("test")
@click.argument("address")
def test(address: str) -> None:
    """Send a letter to ADDRESS now, and say what came of it."""
    settings = present_settings()
    try:
        taker = send(_trial(address), settings, f"test-{secrets.token_hex(6)}")
    except (MailFailed, ValueError) as problem:
        sys.exit(f"The letter was not sent. {problem}")
    if settings.mail_url:
        click.echo(f"The mail server {taker} has taken a letter for {address}. See that it arrives.")
    else:
        click.echo(f"LMS_MAIL_URL is not set, so nothing was sent. The letter was kept as {taker}.")


def _trial(address: str) -> Letter:
    text = "This letter shows that the learning system can send mail.\n\nNothing needs to be done.\n"
    return Letter(
        to_address=address,
        to_name="",
        subject="A letter to see whether mail arrives",
        body_text=text,
        paragraphs=(text,),
        locale="en",
        rtl=False,
    )


@mail.command("bounces")
@click.argument("maildir", type=click.Path(path_type=Path), required=False)
def take_bounces(maildir: Path | None) -> None:
    """Read reports of letters that came back: those in MAILDIR that were not seen, else one from standard
    input, also for `-`."""
    told, settings = bounces.Told(), present_settings()
    maildir = None if maildir == Path("-") else maildir
    if maildir and not bounces.is_maildir(maildir):
        sys.exit(f"{maildir} is no Maildir: it has no folders new, cur and tmp.")
    try:
        if maildir:
            told = bounces.take_maildir(maildir, settings, now())
        else:
            bounces.take(bounces.from_stream(sys.stdin.buffer), told, settings, now())
    except SQLAlchemyError as problem:
        click.echo(f"The database is away ({type(problem).__name__}); the report is kept for later.", err=True)
        sys.exit(EX_TEMPFAIL)
    click.echo("\n".join(told.sentences()) or "There is nothing new.")


@jobs.command("retry")
def retry() -> None:
    """Try again what gave up, such as letters, after what stopped it was mended."""
    with unit_of_work() as session:
        number = outbox.revive(session)
    click.echo("No job had given up." if not number else f"{number} jobs that had given up will be tried again now.")


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--keys", type=click.Path(path_type=Path), help="Write the three keys into this other folder.")
def backup(folder: Path, keys: Path | None) -> None:
    """Copy everything into the new folder FOLDER, while people work. The keys are not in it."""
    settings = present_settings()
    try:
        if keys:
            backups.write_keys(keys, folder, settings)
        made = backups.backup(folder, settings, at=now())
    except (Refused, OSError) as problem:
        sys.exit(f"No backup was made. {problem}")
    click.echo(
        f"{folder} holds {sum(made.counts.values())} rows of {len(made.counts)} tables. Take it off this machine."
    )
    click.echo(
        f"The keys are in {keys}. Keep them elsewhere." if keys else "The keys are not in it. Keep them elsewhere."
    )


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--mirror",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A copy of the public folder, to keep ended what it says has ended, and to learn what became of keys.",
)
def restore(folder: Path, mirror: Path | None) -> None:
    """Fill an empty database from the backup FOLDER, then run every check. Stop server and worker before."""
    try:
        found = backups.restore(folder, present_settings(), at=now(), mirror=mirror)
    except (Refused, OSError) as problem:
        sys.exit(f"Nothing was restored. {problem}")
    try:
        with unit_of_work() as session:
            # Whoever verifies a record must not wait for the worker to learn that it has ended.
            publish(session, {}, now())
    except LostKey as lost:
        click.echo(f"What verifiers read could not be published: {lost}")
    click.echo(f"Restored what was there at {found.made_at}. Everybody is signed out.")
    sys.exit(_say_findings())


@click.command("check")
def check() -> None:
    """Recompute every summary, counter and seal, and name each difference; exit code 1 when there is one."""
    sys.exit(_say_findings())


def _say_findings() -> int:
    """Run every check and print what it found; 1 when there was something."""
    with reading() as session:
        found = run_all(session)
    for name, findings in found.items():
        click.echo(f"{name}: {f'{len(findings)} wrong' if findings else 'in order'}")
        for finding in findings:
            click.echo(f"  {finding.about}: {finding.problem}")
    return int(any(found.values()))


def commands() -> tuple[click.Command, ...]:
    """What this context adds to `flask lms`."""
    return mail, jobs, backup, restore, check
