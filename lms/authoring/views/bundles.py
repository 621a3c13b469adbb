"""A course as one file: taken down as it stands, and sent back as a draft."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.authoring.forms import BundleForm
from lms.authoring.models import Draft
from lms.authoring.queries import draft_of, files_of, taught, written
from lms.authoring.refusals import sentence
from lms.authoring.services.loading import take_bundle
from lms.catalogue import queries as catalogue
from lms.catalogue.bundles import MOST_PACKED, pack
from lms.catalogue.bundles.checking import MOST_TOLD, CheckedBundle, check_apart
from lms.catalogue.keeping import keep
from lms.catalogue.media.apart import sized
from lms.catalogue.queries import Published
from lms.catalogue.rules.media import hash_of
from lms.catalogue.rules.texts import localised
from lms.kernel import throttle
from lms.kernel.apart import Rejected
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, begins_reading, requires, takes_upload
from lms.web.languages import gettext as _
from lms.web.languages import language, ngettext
from lms.web.render import render

Answer = Response | str | tuple[str, int]
# The file, and around it the fields of the form.
MOST_SENT = MOST_PACKED + 64 * 1024


@requires(Permission.AUTHOR)
def course_bundle(slug: str) -> Response:
    """The files of the newest version."""
    session = db.session()
    found = taught(session, me().grants, slug)
    return _bundle(session, catalogue.version_files(session, found.version_id), slug, f"{slug}-{found.number}.zip")


@requires(Permission.AUTHOR)
def draft_bundle(slug: str, draft: str) -> Response:
    """The files of a draft as they stand, finished or not."""
    session = db.session()
    found = draft_of(session, me().grants, slug, draft)
    return _bundle(session, files_of(session, found).texts, slug, f"{slug}-draft.zip")


def _bundle(session: Session, texts: Mapping[str, str], slug: str, name: str) -> Response:
    files = {path: text.encode() for path, text in texts.items()} | catalogue.media_files(session, texts)
    answer = Response(pack(files, slug), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@requires(Permission.AUTHOR)
def upload(slug: str) -> str:
    """Where a bundle is sent from."""
    return _page(db.session(), slug, BundleForm())


@requires(Permission.AUTHOR)
@takes_upload(MOST_SENT)
@begins_reading
def take_upload(slug: str) -> Answer:
    """A draft of what differs in the bundle; or every mistake in it, and nothing is kept."""
    found = written(db.session(), me().grants, slug)
    form = BundleForm()
    try:
        if not form.validate_on_submit():
            return _page(db.session(), slug, form), 422
        checked = _checked(form, slug)
        if checked.mistakes:
            return _page(db.session(), slug, form, checked), 422
        made = _kept(slug, form, checked)
    except Refused as no:
        form.refuse(no)
        return _page(db.session(), slug, form), no.status
    if made is None:
        flash(_("The bundle is version %(number)s, word for word. No draft was made.", number=found.number), "done")
        return redirect(url_for("authoring.upload", slug=slug), 303)
    draft, files = made
    flash(_in_words(files), "done")
    return redirect(url_for("authoring.draft", slug=slug, draft=draft.public_id), 303)


def _kept(slug: str, form: BundleForm, checked: CheckedBundle) -> tuple[Draft, int] | None:
    title, key = form.title.data, form.client_key.data
    with reading() as session:
        known = catalogue.kept(session, [hash_of(data) for data in checked.media])
    made = sized([data for data in checked.media if hash_of(data) not in known])
    with unit_of_work() as session:
        written(session, me().grants, slug)
        for one in made:
            keep(session, one, now())
        return take_bundle(session, slug=slug, files=checked.texts, title=title, key=key, by=me(), at=now())


def _in_words(files: int) -> str:
    return ngettext(
        "This draft has the one file of the bundle that differs from the published version.",
        "This draft has the %(num)s files of the bundle that differ from the published version.",
        files,
    )


def _checked(form: BundleForm, slug: str) -> CheckedBundle:
    """What was sent, read apart while nothing is held in the database. Raises Refused, TooMany."""
    throttle.count("bundle", me().subject, at=now(), limit=20)
    with reading() as session:
        elsewhere = catalogue.reusable_modules(session)
    try:
        checked = check_apart(form.bundle.data.stream.read(MOST_PACKED + 1), unit_kinds(), frozenset(elsewhere))
    except Rejected as rejected:
        raise Refused(sentence(rejected)) from None
    if not checked.mistakes and checked.slug != slug:
        raise Refused(
            _("This bundle is the course “%(other)s”, and this page takes “%(slug)s”.", other=checked.slug, slug=slug)
        )
    return checked


def _page(session: Session, slug: str, form: BundleForm, checked: CheckedBundle | None = None) -> str:
    found: Published = written(session, me().grants, slug)
    title = localised(found.title, language())
    mistakes = checked.mistakes if checked else []
    megabytes = MOST_PACKED // 1024 // 1024
    return render(
        "lms/authoring/upload.html", slug=slug, title=title, number=found.number, form=form, mistakes=mistakes,
        megabytes=megabytes, cut=len(mistakes) == MOST_TOLD,
    )  # fmt: skip
