"""`flask lms ...`: the commands of every context in one group."""

from __future__ import annotations

from flask import Flask
from flask.cli import AppGroup

from lms.catalogue.cli import courses
from lms.integrations.cli import commands
from lms.kernel.worker import work_until_signalled
from lms.people.cli import people
from lms.web import logs

group = AppGroup("lms", help="The learning system of the Raphael Lemkin Seminar.")
group.add_command(courses)
group.add_command(people)
for command in commands():
    group.add_command(command)


@group.command("work")
def work() -> None:
    """Do what the outbox holds, until told to stop."""
    logs.configure()
    work_until_signalled()


def install(app: Flask) -> None:
    """Add `flask lms` to an app."""
    app.cli.add_command(group)
