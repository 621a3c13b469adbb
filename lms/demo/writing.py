"""Two trainers have changed a text of the course, and a reviewer has begun to read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from lms.authoring import services
from lms.authoring.models import Draft
from lms.authoring.rules.remarks import anchor_of
from lms.authoring.rules.signing import Need, SignOffAct
from lms.authoring.services import Opinion, Words
from lms.authoring.workspace import workspace_of
from lms.catalogue.rules.passages import everything_of
from lms.catalogue.services import exported_files
from lms.kernel.settings import present_settings
from lms.people.queries import Viewer
from lms.plugins.unit_kind import UnitKind

from .cast import Writing


def write(
    session: Session,
    *,
    slug: str,
    said: Writing,
    who: Mapping[str, Viewer],
    kinds: Mapping[str, UnitKind],
    at: dt.datetime,
) -> None:
    """A draft with what was changed, sent to the reviewers, remarked on and signed once; nothing where the course has
    other words."""
    if not _stands(session, slug, said):
        return
    first = who[said.changes[0].by]
    draft = services.open_draft(session, slug=slug, title=said.title, by=first, at=at, key="demonstration")
    for number, change in enumerate(said.changes):
        work = workspace_of(session, draft, kinds)
        path = work.find(said.unit)[1].path
        text = work.files.texts[path].replace(change.before, change.after)
        services.save_files(
            session, draft=draft, changes={path: text}, over={path: work.files.over(path)}, by=who[change.by],
            key=f"demonstration-{number}", at=at + dt.timedelta(hours=number + 1),
        )  # fmt: skip
    services.send_to_review(session, draft=draft, by=first, at=at + dt.timedelta(days=1))
    _review(session, draft, said, who, kinds, at + dt.timedelta(days=2))


def _stands(session: Session, slug: str, said: Writing) -> bool:
    texts = [text for path, text in exported_files(session, slug).items() if path.endswith(f"/{said.unit}.md")]
    return any(all(change.before in text for change in said.changes) for text in texts)


def _review(
    session: Session,
    draft: Draft,
    said: Writing,
    who: Mapping[str, Viewer],
    kinds: Mapping[str, UnitKind],
    at: dt.datetime,
) -> None:
    work = workspace_of(session, draft, kinds)
    file = work.find(said.unit)[1]
    passage = next(one for one in everything_of(file) if said.remark.about in one.text)
    words = Words(said.remark.words, "demonstration-remark")
    services.remark(
        session, draft=draft, anchor=anchor_of(file.path, passage), words=words, by=who[said.remark.by], at=at
    )
    if said.signed.kind in present_settings().sign_offs:
        opinion = Opinion(Need(said.signed.kind), SignOffAct.GIVEN, work.files_hash)
        services.sign(session, draft=draft, opinion=opinion, kinds=kinds, by=who[said.signed.by], at=at)
