"""`flask lms courses load`: courses kept as files become versions, or drafts where somebody reviews them."""

from __future__ import annotations

from pathlib import Path

import click

from lms.catalogue.cli import PATH, packaged_courses, reused_first, say, tell
from lms.catalogue.files import disk
from lms.catalogue.services import BrokenCourse
from lms.kernel.clock import now
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.letters import absolute_url
from lms.plugins.manager import unit_kinds

from .models import DraftState
from .services.loading import Waiting, load_folder


@click.command("load")
@PATH
def load(path: Path | None) -> None:
    """Take the courses at PATH: unchanged files do nothing, changed ones make a new version, or a draft in review where
    the course has reviewers."""
    broken, refused = take(path)
    if broken or refused:
        raise SystemExit(1)


def take(path: Path | None) -> tuple[bool, bool]:
    """Take the courses at `path`, or those that come with the code, and say what became of each; gives whether one has
    mistakes, and whether one was refused because it was changed elsewhere."""
    broken = turned_down = False
    for folder in reused_first(disk.course_folders(path or packaged_courses())):
        try:
            with unit_of_work() as session:
                report = load_folder(session, folder=folder, kinds=unit_kinds(), at=now())
        except BrokenCourse as refused:
            say(folder, refused.mistakes)
            broken = True
        except Refused as refused:
            click.echo(f"{folder}: {refused}")
            turned_down = True
        else:
            _tell_of_draft(report) if isinstance(report, Waiting) else tell(report)
    return broken, turned_down


_STANDS = {
    DraftState.DRAFT: "is a draft that is being written",
    DraftState.IN_REVIEW: "waits in review",
    DraftState.ABANDONED: "was given up as a draft, and can be taken up again",
}


def _tell_of_draft(report: Waiting) -> None:
    address = absolute_url("authoring.draft", slug=report.slug, draft=report.draft.public_id)
    stays = f"{report.slug}: version {report.number} stays"
    if not report.fresh:
        click.echo(f"{stays}; what differs {_STANDS[report.draft.state]}: {address}")
        return
    click.echo(f"{stays}; a draft waits in review ({report.kind}): {address}")
    for line in (*report.changes, *report.notices):
        click.echo(f"  {line}")
