"""`flask lms ...`: the commands of every context in one group; imported when one is called, never by a web worker."""

from __future__ import annotations

import click
import flask_migrate
from flask import current_app
from flask.cli import AppGroup

from lms.authoring.cli import load, take
from lms.catalogue.cli import courses
from lms.demo.cli import demo, fill
from lms.home.cli import scope
from lms.integrations.cli import commands
from lms.kernel import migrations
from lms.kernel.db import db
from lms.kernel.settings import present_settings
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.worker import work_until_signalled
from lms.people.cli import people
from lms.people.services import sync_states
from lms.records.cli import records
from lms.records.credentials.cli import keys
from lms.report.cli import report
from lms.web import logs
from lms.web.render import keep_compiled

group = AppGroup("lms", help="The learning system of the Raphael Lemkin Seminar.")
courses.add_command(load)
courses.add_command(report)
for command in (courses, demo, keys, people, records, scope, *commands()):
    group.add_command(command)


def _migrations() -> str:
    """Make the app known to Flask-Migrate; gives the folder of the migrations."""
    folder = str(migrations.folder())
    flask_migrate.Migrate().init_app(current_app._get_current_object(), db, directory=folder)  # type: ignore[attr-defined]
    return folder


@group.command("upgrade")
def upgrade() -> None:
    """Bring the tables and the list of states to this version, and nothing else."""
    flask_migrate.upgrade(directory=_migrations())
    with unit_of_work() as session:
        sync_states(session)


@group.command("setup")
@click.pass_context
def setup(context: click.Context) -> None:
    """Bring the database to this version and load the courses; in development also the demonstration data."""
    context.invoke(upgrade)
    # A course that was written on in the browser is ahead of the files beside this code: that is said, and is no fault.
    if take(None)[0]:
        raise SystemExit(1)
    if present_settings().development:
        fill()
    keep_compiled(current_app, present_settings().home)


@group.command("revision")
@click.argument("message")
def revision(message: str) -> None:
    """For developers: write the migration from the database as it is to the models as they are."""
    flask_migrate.revision(directory=_migrations(), message=message, autogenerate=True)


@group.command("work")
def work() -> None:
    """Do what the outbox holds, until told to stop."""
    logs.configure()
    work_until_signalled()
