"""A unit of a draft is written: shown as a form, saved while one types, and put together where two write at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, jsonify, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.authoring import services
from lms.authoring.editing import Edited, Sent, edited, form_of
from lms.authoring.forms import UnitForm
from lms.authoring.manuscript import read_manuscript
from lms.authoring.preview import preview
from lms.authoring.queries import draft_of
from lms.authoring.rules.fields import PREFIX, flat_items
from lms.authoring.rules.reshaping import moved_to
from lms.authoring.services import Torn, Written
from lms.authoring.unit_pages import EditorPage, PreviewPart, saved_in_words
from lms.authoring.unit_writing import Writing, writing_on
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Gone, NotFound, Refused
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.values import dataclass
from lms.people.sign_in import me
from lms.web.access import Permission, begins_reading, keeps_typed, requires
from lms.web.errors import wants_json
from lms.web.logs import note_look
from lms.web.render import render

Answer = Response | str | tuple[Any, int]


@requires(Permission.AUTHOR)
def edit_unit(slug: str, draft: str, unit: str) -> Answer:
    """The page on which a unit is written; with `text` its translation beside the original."""
    writing = writing_on(db.session(), slug, draft, unit, request.args.get("text", ""))
    return editor_page(EditorPage(writing, new_token()))


def editor_page(page: EditorPage, form: UnitForm | None = None) -> str:
    """The page, with a refused form's sentence."""
    if page.last is not None and page.last.person_id != me().person_id:
        note_look("writers.seen", page.writing.slug)
    return render("lms/authoring/editor.html", page=page, form=form)


@requires(Permission.AUTHOR)
@keeps_typed("body", "whole", f"{PREFIX}.*")
def save_unit(slug: str, draft: str, unit: str) -> Answer:
    """Keep what is written: from the page's script as one types, from its buttons with the page as the answer."""
    form, code = UnitForm(), request.args.get("text", "")
    try:
        if not form.validate_on_submit():
            raise Refused(_("We could not read what was sent. Nothing was changed. Please try again."))
        with unit_of_work() as session:
            writing = writing_on(session, slug, draft, unit, code)
            done = _write(session, writing, form)
    except (Refused, Conflict) as no:
        return _refused(slug, draft, unit, code, form, no)
    except NotFound as no:
        draft_of(db.session(), me().grants, slug, draft)
        raise Gone(_("This is not there any more.")) from no
    return _told(slug, draft, unit, code, form, done)


@dataclass(frozen=True)
class Done:
    """A unit after it was saved."""

    written: Written
    edited: Edited


def _write(session: Session, writing: Writing, form: UnitForm) -> Done:
    sent = sent_in()
    if writing.kind is None and sent.whole is None:
        raise Refused(_("This unit needs a part that is not installed."))
    made = edited(writing.unit, writing.kind, writing.language, sent)
    if (
        sent.whole is not None
        and writing.as_fields
        and made.files != {writing.path: writing.text and writing.text.text}
    ):
        # Somebody has put the file right since. As text it could lose what the form keeps together.
        raise Conflict(
            _("Somebody has done something else with this draft since you opened the page. Look at it again.")
        )
    over = {writing.unit.original.path: form.over_original.data or 0} | {writing.path: form.over.data or 0}
    written = services.write_unit(
        session,
        draft=writing.draft,
        kind=writing.kind,
        changes=made.files,
        over={path: over[path] for path in made.files},
        key=form.client_key.data or "",
        by=me(),
        at=now(),
    )
    return Done(written, made)


def sent_in() -> Sent:
    """What the form of a unit says."""
    given = request.form
    items = {name: text for name, text in given.items() if name.startswith(f"{PREFIX}.")}
    renew = frozenset(given.getlist("renew")) if "renewable" in given else None
    return Sent(
        items,
        given.get("body", ""),
        given.get("title", ""),
        given.get("do", ""),
        renew,
        given.get("whole"),
        given.get("client_key", ""),
    )


def _told(slug: str, draft: str, unit: str, code: str, form: UnitForm, done: Done) -> Answer:
    """The answer to a save: a sentence for the script, the page itself for a button."""
    writing = writing_on(db.session(), slug, draft, unit, code)
    if done.written.torn is not None:
        return _torn(writing, done.written.torn)
    if wants_json():
        return jsonify(_as_saved(writing, done, form))
    if done.written.together:
        flash(_("Somebody else has changed this unit too. Both changes are kept."), "done")
    for where in done.edited.unread:
        flash(_("“%(typed)s” is not a whole number, so it was not kept.", typed=done.edited.unread[where]), "care")
    return redirect(writing.url(_anchor=_place(writing)), 303)


def _as_saved(writing: Writing, done: Done, form: UnitForm) -> dict[str, Any]:
    """What the script is told. Its next save is written over what this one left, not over what somebody saved since."""
    ids, together = done.written.saved.ids, done.written.together
    text = saved_in_words(done.written.saved.at)
    if together:
        text = _("Somebody else has changed this unit too. Both changes are kept.") + " " + text
    return {
        "text": text,
        "over": ids.get(writing.path, form.over.data or 0),
        "over_original": ids.get(writing.unit.original.path, form.over_original.data or 0),
        "together": together,
        "items": _items(_as_written(writing, done.written.texts)) if together else {},
        "checks": render("lms/authoring/_checks.html", checks=EditorPage(writing, "").checks),
    }


def _as_written(writing: Writing, texts: Mapping[str, str]) -> Writing:
    """The unit as this save left it."""
    text = texts.get(writing.path)
    if text is None:
        return writing
    return writing.with_text(read_manuscript(writing.path, writing.unit.key, writing.language, text))


def _items(writing: Writing) -> dict[str, str]:
    fields = form_of(writing.unit, writing.kind, writing.language) if writing.kind else ()
    page = EditorPage(writing, "")
    return {**flat_items(fields), "body": page.body, "title": page.own_title}


def _place(writing: Writing) -> str | None:
    """Where the page is to open after a button of the form was pressed: at the entry that is new or was moved."""
    act = request.form.get("do", "")
    fields = form_of(writing.unit, writing.kind, writing.language) if writing.kind and act else ()
    path = moved_to(act, fields)
    return f"{PREFIX}.{path}" if path else None


def _torn(writing: Writing, torn: Torn) -> Answer:
    """Two people changed the same place: one of them must choose, and neither text is lost."""
    url = writing.url("both_texts", before=torn.before, mine=torn.mine, theirs=torn.theirs, file=torn.path)
    if not wants_json():
        return redirect(url, 303)
    said = _("Somebody else has changed the same place. Both texts are kept; choose between them.")
    return jsonify(text=said, url=url, label=_("Look at both")), 409


def _refused(slug: str, draft: str, unit: str, code: str, form: UnitForm, no: Refused | Conflict) -> Answer:
    """The form as it was sent, with the reason; nothing of it is kept, and nothing of it is lost."""
    if wants_json():
        return jsonify(text=str(no)), no.status
    form.refuse(no)
    writing = writing_on(db.session(), slug, draft, unit, code)
    over = (form.over.data or 0, form.over_original.data or 0)
    page = EditorPage(_as_sent(writing), new_token(), over_sent=over, whole_sent=sent_in().whole)
    return editor_page(page, form), no.status


def _as_sent(writing: Writing) -> Writing:
    """The unit with what was sent in it, to be shown again."""
    sent = sent_in()
    if writing.kind is None or not writing.as_fields or sent.whole is not None:
        return writing
    made = edited(writing.unit, writing.kind, writing.language, sent)
    return writing.with_text(made.text)


@requires(Permission.AUTHOR)
@begins_reading
def preview_unit(slug: str, draft: str, unit: str) -> Answer:
    """What is being typed, as its readers would see it; nothing is kept."""
    writing = writing_on(db.session(), slug, draft, unit, request.args.get("text", ""))
    if writing.kind is None:
        return render("lms/authoring/_preview.html", part=PreviewPart(None))
    made = edited(writing.unit, writing.kind, writing.language, sent_in())
    found = preview(writing.with_text(made.text).unit, made.text.file, writing.kind)
    return render("lms/authoring/_preview.html", part=PreviewPart(found))
