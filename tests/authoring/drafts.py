"""Drafts of the tiny course, and those who write them."""

from __future__ import annotations

from flask import Flask

from lms.authoring import services
from lms.authoring.models import Draft
from lms.authoring.workspace import Workspace, workspace_of
from lms.kernel.clock import now
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.queries import Viewer, viewer_for_person
from tests.authoring.desks import Worker
from tests.catalogue import tiny

FIRST_PATH = "modules/01-words/first.md"


def viewer(worker: Worker) -> Viewer:
    """Somebody as the services know them."""
    with reading() as session:
        found = viewer_for_person(session, worker.person.id, now())
    assert found
    return found


def begin(worker: Worker, title: str = "A change", slug: str = "tiny") -> Draft:
    """A new draft of theirs."""
    by = viewer(worker)
    with unit_of_work() as session:
        return services.open_draft(session, slug=slug, title=title, by=by, at=now())


def save(
    worker: Worker,
    draft: Draft,
    text: str | None,
    *,
    path: str = FIRST_PATH,
    over: int | None = None,
    key: str | None = None,
) -> services.Saved:
    """Save a file of a draft, over what stands there unless said otherwise."""
    by = viewer(worker)
    over = over if over is not None else workspace(draft).files.over(path)
    with unit_of_work() as session:
        return services.save_files(
            session, draft=draft, changes={path: text}, over={path: over}, key=key or new_token(), by=by, at=now()
        )


def workspace(draft: Draft) -> Workspace:
    """The draft as it stands now."""
    with reading() as session:
        return workspace_of(session, session.get_one(Draft, draft.id), tiny.KINDS)


def page(app: Flask, worker: Worker, draft: Draft, path: str = "") -> str:
    """A page of a draft."""
    return worker.page(f"/tiny/drafts/{draft.public_id}{path}")
