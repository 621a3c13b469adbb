"""The pictures and documents of a draft: taken in, described, replaced, taken out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftSave
from lms.authoring.rules.illustrating import Words, entry_of, new_id, reworded, uses, with_entry
from lms.authoring.workspace import Workspace
from lms.catalogue.files.canonical import media_text
from lms.catalogue.keeping import keep
from lms.catalogue.media.apart import Made
from lms.catalogue.rules.media import HEAD
from lms.kernel import audit
from lms.kernel.errors import NotFound, Refused
from lms.people.queries import Viewer

from .drafts import save_files

Entry = Mapping[str, Any]


def add_medium(
    session: Session, *, work: Workspace, made: Made, words: Words, key: str, by: Viewer, at: dt.datetime
) -> str:
    """Take a file into a draft and answer with its id. The same form sent twice takes it once.

    Raises Refused where the draft has the same file already, or is closed.
    """
    entries = work.course.media
    same = next((entry for entry in entries if entry.get("sha256") == made.medium.sha256), None)
    if same is not None:
        if _is_repeated(session, work.draft, key):
            return str(same["id"])
        raise Refused(_("This file is here already: “%(title)s”.", title=same.get("title", same.get("id"))))
    keep(session, made, at)
    entry = entry_of(new_id(words.title, made.medium.kind, [str(one.get("id")) for one in entries]), words, made.medium)
    if _save(session, work, [*entries, entry], key, by, at):
        _note(session, work, "medium-added", entry, by, at)
    return str(entry["id"])


def change_medium(
    session: Session,
    *,
    work: Workspace,
    medium: str,
    words: Words,
    made: Made | None,
    key: str,
    by: Viewer,
    at: dt.datetime,
) -> None:
    """Say other words of a file, and put another one in its place where `made` is given: texts go on naming it as they
    do. Raises NotFound, and Refused for a file of another kind and where the draft is closed."""
    entry = medium_of_draft(work, medium)
    if made is not None:
        if made.medium.kind != entry.get("kind"):
            raise Refused(_("A picture can be replaced by a picture only, and a document by a document."))
        keep(session, made, at)
    changed = reworded(entry, words, made.medium if made else None)
    if _save(session, work, with_entry(work.course.media, changed), key, by, at):
        _note(session, work, "medium-changed", changed, by, at)


def take_out_medium(session: Session, *, work: Workspace, medium: str, key: str, by: Viewer, at: dt.datetime) -> None:
    """Take a file out of a draft that no text of it names. What is published keeps it. Taking out what is not there any
    more is done already. Raises Refused that names the places, and where the draft is closed."""
    entry = next((one for one in work.course.media if one.get("id") == medium), None)
    if entry is None:
        return
    places = [str(text.path) for _unit, text in uses(work.course).get(medium, ())]
    if places:
        raise Refused(_("It is used in %(places)s. Take it out of the text first.", places=", ".join(places)))
    if _save(session, work, [one for one in work.course.media if one is not entry], key, by, at):
        _note(session, work, "medium-taken-out", entry, by, at)


def medium_of_draft(work: Workspace, medium: str) -> Entry:
    """The entry of a file of a draft; raises NotFound."""
    entry = next((one for one in work.course.media if one.get("id") == medium), None)
    if entry is None:
        raise NotFound
    return entry


def _save(session: Session, work: Workspace, entries: Sequence[Entry], key: str, by: Viewer, at: dt.datetime) -> bool:
    """Whether this is the first time that it came."""
    text = media_text(entries) if entries else None
    over = {HEAD: work.files.over(HEAD)}
    return save_files(session, draft=work.draft, changes={HEAD: text}, over=over, key=key, by=by, at=at).fresh


def _is_repeated(session: Session, draft: Draft, key: str) -> bool:
    mine = (DraftSave.draft_id == draft.id) & (DraftSave.client_key == key)
    return bool(session.scalar(select(exists().where(mine))))


def _note(session: Session, work: Workspace, act: str, entry: Entry, by: Viewer, at: dt.datetime) -> None:
    audit.record(
        session, at=at, actor=by.subject, act=f"draft.{act}", about=work.draft.public_id, medium=str(entry["id"]),
        sha256=str(entry.get("sha256", "")),
    )  # fmt: skip
