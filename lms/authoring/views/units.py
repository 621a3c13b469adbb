"""One unit as trainers read it, its translations beside it, and what native readers say of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.authoring.desk import Desk, behind, desk_of
from lms.authoring.forms import ConfirmForm, ReaderForm
from lms.authoring.pages import UnitPage
from lms.authoring.queries import StoredText, published_with, stored_texts, taught
from lms.authoring.rendering import Shown, show
from lms.catalogue import queries as catalogue
from lms.catalogue import services
from lms.catalogue.rules.outline import Outline, OutlineModule, OutlineUnit
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, NotInstalled, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, keeps_typed, requires
from lms.web.languages import language_name
from lms.web.render import render

from .courses import line_of, names_on

Answer = Response | str | tuple[str, int]


@requires(Permission.AUTHOR)
def unit(slug: str, unit: str) -> Answer:
    """A unit as it stands in the newest version; with `text` a translation beside its original."""
    return unit_page(slug, unit, request.args.get("text", ""))


def unit_page(slug: str, key: str, language: str, form: ReaderForm | None = None) -> str:
    """The page, with a refused form in the place of the plain one."""
    session = db.session()
    desk = desk_of(session, slug, taught(session, me().grants, slug))
    module, found = desk.find(key)
    translation = _translation(found, language)
    texts = stored_texts(session, [found.revision_id, *([translation] if translation else [])])
    owner = owner_of(module, slug)
    shown = shown_of(found, texts, publisher_of(session, desk, owner, found))
    late = behind(session, [pair for pair in desk.stale() if pair[1] == translation])
    page = UnitPage(
        line=line_of(desk),
        module=module,
        unit=found,
        source=shown[found.revision_id],
        translation=shown[translation] if translation else None,
        fingerprint=texts[translation or found.revision_id].content_hash,
        behind=late.get(translation) if translation else None,
        names=names_on(session, desk, [translation] if translation else []),
        grants=me().grants,
        owner=owner,
    )
    form = form or ReaderForm(formdata=None)
    form.speak_of(language_name(page.shown.language))
    return render("lms/authoring/unit.html", page=page, form=form)


def _translation(unit: OutlineUnit, language: str) -> int | None:
    """The revision that is asked for; none for the original. Raises NotFound for a language it does not have."""
    if language in ("", unit.language):
        return None
    if language not in unit.translations:
        raise NotFound
    return unit.translations[language].revision_id


def owner_of(module: OutlineModule, slug: str) -> str:
    """The course that a module belongs to: another one where it is taken over."""
    return (module.used_from or slug).partition("/")[0]


def shown_of(unit: OutlineUnit, texts: Mapping[int, StoredText], known: Outline) -> dict[int, Shown]:
    """The texts of a unit as pages show them, by revision; raises NotInstalled."""
    kind = unit_kinds().get(unit.kind)
    if kind is None:
        raise NotInstalled(_("This unit needs a part that is not installed."))
    return {
        number: show(
            kind, text, known.sources, known.terms, "" if number == unit.revision_id else "t-", media=known.media
        )
        for number, text in texts.items()
    }


def publisher_of(session: Session, desk: Desk, owner: str, unit: OutlineUnit) -> Outline:
    """The version whose sources and terms the text uses: one of another course where the module is taken over."""
    if owner == desk.slug:
        return desk.outline
    return catalogue.outline(session, published_with(session, unit.revision_id))


@requires(Permission.AUTHOR)
def confirm(slug: str, unit: str) -> Answer:
    """A native reader, who says that the language is theirs, stands behind exactly the translation on the page."""

    def act(session: Session, revision_id: int, _form: ReaderForm) -> None:
        services.confirm_translation(session, revision_id=revision_id, by=me(), at=now())

    return _say(slug, unit, ConfirmForm(), act, _("The translation is confirmed."))


@requires(Permission.AUTHOR)
@keeps_typed("reason")
def take_back(slug: str, unit: str) -> Answer:
    """The translation waits for a native reader again."""

    def act(session: Session, revision_id: int, form: ReaderForm) -> None:
        reason = form.reason.data or ""
        services.take_back_confirmation(session, revision_id=revision_id, reason=reason, by=me(), at=now())

    return _say(slug, unit, ReaderForm(), act, _("It is written down. The translation awaits a native reader again."))


def _say(slug: str, key: str, form: ReaderForm, act: Callable[[Session, int, ReaderForm], None], done: str) -> Answer:
    language = form.text.data or ""
    try:
        if not form.validate_on_submit():
            return unit_page(slug, key, language, form), 422
        with unit_of_work() as session:
            act(session, _revision_on_the_page(session, slug, key, form), form)
    except (Refused, Conflict) as no:
        form.refuse(no)
        return unit_page(slug, key, language, form), no.status
    flash(done, "done")
    return redirect(url_for("authoring.unit", slug=slug, unit=key, text=language), 303)


def _revision_on_the_page(session: Session, slug: str, key: str, form: ReaderForm) -> int:
    """Raises NotFound for a text that is no translation, Conflict when another one has been published since."""
    desk = desk_of(session, slug, taught(session, me().grants, slug))
    revision_id = _translation(desk.find(key)[1], form.text.data)
    if revision_id is None:
        raise NotFound
    if catalogue.unit_text(session, revision_id).content_hash != form.fingerprint.data:
        raise Conflict(
            _("Another translation has been published since you opened this page. This is it: read it first.")
        )
    return revision_id
