"""Pictures and documents of a draft: taken in, described, replaced, taken out."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.authoring import services
from lms.authoring.forms import MediumForm, MediumWordsForm
from lms.authoring.media_pages import MediaPage
from lms.authoring.queries import draft_of
from lms.authoring.refusals import of_a_file
from lms.authoring.workspace import Workspace, workspace_of
from lms.catalogue import queries as catalogue
from lms.catalogue.media.apart import Made, converted
from lms.kernel import throttle
from lms.kernel.apart import Rejected
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.access import SAFE, Permission, begins_reading, requires, takes_upload
from lms.web.forms import OnceForm
from lms.web.languages import language
from lms.web.render import render

Answer = Response | str | tuple[str, int]
LARGEST_UPLOAD = 12 * 1024 * 1024
"""What a camera writes. What is kept of it is much smaller."""


def _work(session: Session, slug: str, draft: str) -> Workspace:
    return workspace_of(session, draft_of(session, me().grants, slug, draft), unit_kinds())


def _held(session: Session, slug: str, draft: str) -> Workspace:
    """The same, while nobody else changes it."""
    services.hold(session, draft_of(session, me().grants, slug, draft))
    return _work(session, slug, draft)


@requires(Permission.AUTHOR)
@begins_reading
@takes_upload(LARGEST_UPLOAD)
def media(slug: str, draft: str) -> Answer:
    """The pictures and documents of a draft, and one more."""
    form = MediumForm()
    if request.method in SAFE:
        return _list(slug, draft, form)
    try:
        if not form.validate():
            return _list(slug, draft, form), 422
        made = _taken(slug, draft, form)
        with unit_of_work() as session:
            shared = bool(catalogue.kept(session, [made.medium.sha256]))
            key = services.add_medium(
                session, work=_held(session, slug, draft), made=made, words=form.words, key=form.client_key.data or "",
                by=me(), at=now(),
            )  # fmt: skip
    except (Refused, Conflict) as no:
        form.refuse(no)
        return _list(slug, draft, form), no.status
    flash(_("The same file is kept already, so it takes no more room.") if shared else _("The file is kept."), "done")
    return redirect(url_for("authoring.media", slug=slug, draft=draft, _anchor=key), 303)


def _list(slug: str, draft: str, form: MediumForm) -> str:
    return render("lms/authoring/media.html", page=MediaPage(_work(db.session(), slug, draft), language()), form=form)


def _taken(slug: str, draft: str, form: MediumForm) -> Made:
    """What was sent, brought into the form in which it is kept, before anything is locked. Raises Refused, TooMany."""
    with reading() as session:
        draft_of(session, me().grants, slug, draft)
    throttle.count("media", me().subject, at=now(), limit=60)
    try:
        return converted(form.file.data.read())
    except Rejected as no:
        raise Refused(of_a_file(no)) from None


@requires(Permission.AUTHOR)
@begins_reading
@takes_upload(LARGEST_UPLOAD)
def medium(slug: str, draft: str, medium: str) -> Answer:
    """What is said of a file, and another one in its place."""
    form = MediumWordsForm()
    if request.method in SAFE:
        return _one(slug, draft, medium, form)
    try:
        if not form.validate():
            return _one(slug, draft, medium, form), 422
        made = _taken(slug, draft, form) if form.file.data else None
        with unit_of_work() as session:
            services.change_medium(
                session, work=_held(session, slug, draft), medium=medium, words=form.words, made=made,
                key=form.client_key.data or "", by=me(), at=now(),
            )  # fmt: skip
    except (Refused, Conflict) as no:
        form.refuse(no)
        return _one(slug, draft, medium, form), no.status
    flash(_("The change is kept."), "done")
    return redirect(url_for("authoring.media", slug=slug, draft=draft, _anchor=medium), 303)


def _one(slug: str, draft: str, medium: str, form: MediumWordsForm) -> str:
    work = _work(db.session(), slug, draft)
    entry = services.medium_of_draft(work, medium)
    if not form.is_submitted():
        form.process(data={name: entry.get(name) for name in ("title", "licence", "provenance")})
    page = MediaPage(work, language())
    return render("lms/authoring/medium.html", page=page, line=page.line(medium), form=form)


@requires(Permission.AUTHOR)
def take_out_medium(slug: str, draft: str, medium: str) -> Answer:
    """Take a file out of the draft that no text names."""
    form = OnceForm()
    try:
        if not form.validate():
            raise Refused(_("We could not read what was sent. Nothing was changed. Please try again."))
        with unit_of_work() as session:
            services.take_out_medium(
                session, work=_held(session, slug, draft), medium=medium, key=form.client_key.data or "", by=me(),
                at=now(),
            )  # fmt: skip
    except (Refused, Conflict) as no:
        shown = MediumForm(formdata=None)
        shown.refuse(no)
        return _list(slug, draft, shown), no.status
    flash(_("The file is taken out of this draft. Versions that have it keep it."), "done")
    return redirect(url_for("authoring.media", slug=slug, draft=draft), 303)
