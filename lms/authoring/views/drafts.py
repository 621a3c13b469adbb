"""Drafts of a course: those that are open, a new one, and one of them with what is done to it as a whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.authoring import queries, services
from lms.authoring.draft_head import DraftHead
from lms.authoring.draft_pages import DraftPage, DraftsPage, lines_of
from lms.authoring.forms import DraftForm
from lms.authoring.queries import draft_of, written
from lms.authoring.workspace import workspace_of
from lms.catalogue import queries as catalogue
from lms.catalogue.rules.texts import localised
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.queries import names_of
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, requires
from lms.web.forms import submitted
from lms.web.languages import language
from lms.web.logs import note_look
from lms.web.render import render

Answer = Response | str | tuple[str, int]


@requires(Permission.AUTHOR)
def drafts(slug: str) -> str:
    """The drafts of a course: those that are written or reviewed, those that are over, and a new one."""
    return _list(slug, DraftForm())


@requires(Permission.AUTHOR)
def begin_draft(slug: str) -> Answer:
    """Begin a draft; with `unit` go on to write that unit."""
    form = DraftForm()
    try:
        if not form.validate_on_submit():
            return _list(slug, form), 422
        with unit_of_work() as session:
            written(session, me().grants, slug)
            draft = services.open_draft(
                session, slug=slug, title=form.title.data or "", key=form.client_key.data or "", by=me(), at=now()
            )
    except Refused as no:
        form.refuse(no)
        return _list(slug, form), no.status
    return redirect(url_for("authoring.draft", slug=slug, draft=draft.public_id), 303)


def _list(slug: str, form: DraftForm) -> str:
    session = db.session()
    title = localised(written(session, me().grants, slug).title, language())
    found = [*queries.open_drafts(session, slug), *queries.closed_drafts(session, slug)]
    lines = lines_of(session, slug, found, _names(session, slug, {draft.begun_by for draft in found}), me().zone)
    return render("lms/authoring/drafts.html", page=DraftsPage(slug, title, lines), form=form)


def _names(session: Session, slug: str, people: set[int | None]) -> dict[int, str]:
    known = {person for person in people if person}
    if known:
        note_look("writers.seen", slug)
    return names_of(session, known)


@requires(Permission.AUTHOR)
def draft(slug: str, draft: str) -> str:
    """A draft: where it stands, what it changes, and what can be done with it."""
    return _page(slug, draft, DraftForm())


def _page(slug: str, public_id: str, form: DraftForm) -> str:
    session = db.session()
    found = draft_of(session, me().grants, slug, public_id)
    events = queries.events_of(session, found)
    work = workspace_of(session, found, unit_kinds())
    people = {found.begun_by, *(event.person_id for event in events), *queries.writers_of(session, found)}
    page = DraftPage(
        work=work,
        line=lines_of(session, slug, [found], _names(session, slug, people), me().zone)[0],
        events=events,
        names=names_of(session, {person for person in people if person}),
        newest=catalogue.published(session, slug),
        language=language(),
        zone=me().zone or "UTC",
    )
    head = DraftHead(work, language(), page.zone, queries.open_remarks(session, [found.id]).get(found.id, 0))
    if not form.is_submitted():
        form.title.data = found.title
    return render("lms/authoring/draft.html", page=page, form=form, head=head)


@requires(Permission.AUTHOR)
def rename_draft(slug: str, draft: str) -> Answer:
    """Give the draft another title."""
    form = DraftForm()
    title = form.title.data or ""
    return _act(slug, draft, form, partial(services.rename_draft, title=title), _("The title is changed."))


@requires(Permission.AUTHOR)
def send_draft(slug: str, draft: str) -> Answer:
    """Ask the reviewers to read it."""
    return _act(slug, draft, DraftForm(), services.send_to_review, _("The reviewers are asked to read it."))


@requires(Permission.AUTHOR)
def take_back_draft(slug: str, draft: str) -> Answer:
    """Write on before anybody reviews it."""
    return _act(slug, draft, DraftForm(), services.take_back, _("The draft is out of review. You can write on."))


@requires(Permission.AUTHOR)
def abandon_draft(slug: str, draft: str) -> Answer:
    """Give it up; it stays, and can be taken up again."""
    return _act(
        slug,
        draft,
        DraftForm(),
        services.abandon,
        _("The draft is given up. Its texts stay, and you can take it up again."),
    )


@requires(Permission.AUTHOR)
def take_up_draft(slug: str, draft: str) -> Answer:
    """Write on at a draft that was given up."""
    return _act(slug, draft, DraftForm(), services.take_up, _("The draft is open again."))


def _act(slug: str, public_id: str, form: DraftForm, act: Callable[..., Any], done: str) -> Answer:
    """Do something with a draft as a whole. Sending the same form twice finds it done and says so."""
    try:
        with unit_of_work() as session:
            act(session, draft=draft_of(session, me().grants, slug, public_id), by=me(), at=now())
    except Refused as no:
        form.refuse(no)
        return _page(slug, public_id, form), no.status
    flash(done, "done")
    return redirect(url_for("authoring.draft", slug=slug, draft=public_id), 303)


@requires(Permission.AUTHOR)
def change_unit(slug: str, unit: str) -> Answer:
    """Write at a published text: in the draft that one wrote in last, or in a new one named after the unit."""
    with unit_of_work() as session:
        published = written(session, me().grants, slug)
        title = _title_of(session, published.version_id, unit)
        found = services.draft_for_writing(session, slug=slug, unit=unit, title=title, by=me(), at=now())
    text = submitted("text") or None
    return redirect(url_for("authoring.edit_unit", slug=slug, draft=found.public_id, unit=unit, text=text), 303)


def _title_of(session: Session, version_id: int, key: str) -> str:
    outline = catalogue.outline(session, version_id)
    found = next((unit for _module, unit in outline.units() if unit.key == key), None)
    if found is None:
        raise NotFound
    return found.named(language())
