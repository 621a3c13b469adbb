"""Drafts of the tiny course, and those who write them."""

from __future__ import annotations

from typing import Any

from flask import Flask

from lms.authoring import services
from lms.authoring.models import Draft
from lms.authoring.rules.signing import Need, SignOffAct
from lms.authoring.workspace import Workspace, workspace_of
from lms.kernel.clock import now
from lms.kernel.secrets import new_token
from lms.kernel.settings import Settings
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.queries import Viewer, viewer_for_person
from lms.people.rules import Role
from tests.authoring.desks import Worker
from tests.catalogue import tiny
from tests.people.makers import give_mandate, make_person

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


def reviewer() -> Viewer:
    """Somebody who reviews every course."""
    person = make_person()
    give_mandate(person, Role.REVIEWER)
    with reading() as session:
        found = viewer_for_person(session, person.id, now())
    assert found
    return found


def sign(draft: Draft, by: Viewer, kind: str, act: SignOffAct = SignOffAct.GIVEN, **more: Any) -> None:
    """Somebody gives, withholds or takes back a sign-off of the draft as it stands."""
    language = more.pop("language", "")
    seen = more.pop("seen", None) or workspace(draft).files_hash
    opinion = services.Opinion(Need(kind, language), act, seen, **more)
    with unit_of_work() as session:
        found = session.get_one(Draft, draft.id)
        services.sign(session, draft=found, opinion=opinion, kinds=tiny.KINDS, by=by, at=now())


def sign_all(draft: Draft) -> Viewer:
    """Every sign-off that is asked for by default, given by one reviewer who did not write."""
    by = reviewer()
    for kind in Settings.sign_offs:
        sign(draft, by, kind)
    return by
