"""The saved states of a text: who wrote what when, one of them beside the present text, and back to it."""

from __future__ import annotations

from itertools import islice

from flask import flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.authoring import services
from lms.authoring.forms import UnitForm
from lms.authoring.history_pages import A_PAGE, HistoryPage, StatePage
from lms.authoring.manuscript import read_manuscript
from lms.authoring.queries import state_of, states_of, texts_of_states
from lms.authoring.rules.sittings import sittings
from lms.authoring.unit_writing import Writing, writing_on
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import unit_of_work
from lms.people.queries import names_of
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.logs import note_look
from lms.web.render import render

Answer = Response | str | tuple[str, int]
FARTHEST = 10**6


@requires(Permission.AUTHOR)
def unit_history(slug: str, draft: str, unit: str) -> str:
    """Every saved state of a text; what was written in one go is one line, unless `each` is asked for."""
    session = db.session()
    writing = writing_on(session, slug, draft, unit, request.args.get("text", ""))
    each = request.args.get("each") == "1"
    lines = sittings(states_of(session, writing.draft, writing.name), each=each)
    start = min(max(request.args.get("from", 0, type=int), 0), FARTHEST)
    shown = list(islice(lines, start, start + A_PAGE + 1))
    shown, more = shown[:A_PAGE], len(shown) > A_PAGE
    texts = texts_of_states(session, writing.draft, {n for line in shown for n in (line.last, line.before) if n})
    people = {line.person_id for line in shown if line.person_id}
    if people:
        note_look("writers.seen", slug)
    page = HistoryPage(writing, shown, texts, names_of(session, people), start, more, each)
    return render("lms/authoring/history.html", page=page, writing=writing)


@requires(Permission.AUTHOR)
def saved_state(slug: str, draft: str, unit: str, save: str) -> str:
    """One saved state, and what has changed since; 0 is the text that the draft lies over."""
    return _state(writing_on(db.session(), slug, draft, unit, request.args.get("text", "")), _number(save), UnitForm())


def _state(writing: Writing, save: int, form: UnitForm) -> str:
    text, who, at = _text_of(writing, save), None, None
    if save:
        state = state_of(writing.session, writing.draft, writing.name, save)
        who, at = state.person_id, state.at
    names = names_of(writing.session, {who} if who else set())
    if names:
        note_look("writers.seen", writing.slug)
    shown = read_manuscript(writing.path, writing.unit.key, writing.language, text)
    page = StatePage(writing, save, shown, names.get(who or 0, ""), at, new_token())
    return render("lms/authoring/saved_state.html", page=page, writing=writing, form=form)


def _number(save: str) -> int:
    """Raises NotFound for what names no state."""
    if not save.isdecimal() or not save.isascii() or len(save) > 18:
        raise NotFound
    return int(save)


def _text_of(writing: Writing, save: int) -> str:
    """The text of a state; raises NotFound for that of another file."""
    text = state_of(writing.session, writing.draft, writing.name, save).text if save else writing.base_text
    if text is None:
        raise NotFound
    return text


@requires(Permission.AUTHOR)
def restore_state(slug: str, draft: str, unit: str, save: str) -> Answer:
    """Make a saved state the present text: a save like any other, which can be taken back in the same way."""
    form, code = UnitForm(), request.args.get("text", "")
    try:
        if not form.validate_on_submit():
            raise Refused(_("We could not read what was sent. Nothing was changed. Please try again."))
        with unit_of_work() as session:
            writing = writing_on(session, slug, draft, unit, code)
            services.save_files(
                session,
                draft=writing.draft,
                changes={writing.path: _text_of(writing, _number(save))},
                over={writing.path: form.over.data or 0},
                key=form.client_key.data or "",
                by=me(),
                at=now(),
            )
    except (Refused, Conflict) as no:
        form.refuse(no)
        return _state(writing_on(db.session(), slug, draft, unit, code), _number(save), form), no.status
    flash(_("The earlier text is back. What stood there before is in the history."), "done")
    return redirect(writing_on(db.session(), slug, draft, unit, code).url(), 303)
