"""Two people changed the same place of a unit: both texts, and a choice for each place."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.authoring import services
from lms.authoring.forms import ChoiceForm
from lms.authoring.history_pages import BothPage
from lms.authoring.queries import writer_of_text
from lms.authoring.services import Torn
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


@requires(Permission.AUTHOR)
def both_texts(slug: str, draft: str, unit: str) -> Answer:
    """Both texts; answered 409, since nothing of them is settled yet."""
    given = request.args
    writing = writing_on(db.session(), slug, draft, unit, given.get("text", ""))
    return _page(writing, _torn(ChoiceForm(given, meta={"csrf": False})))


def _torn(form: ChoiceForm) -> Torn:
    """Raises NotFound for numbers that no saved state has."""
    if not all(form[name].validate(form) for name in ("file", "before", "mine", "theirs")):
        raise NotFound
    return Torn(form.file.data or "", form.before.data or 0, form.mine.data or 0, form.theirs.data or 0)


def _page(writing: Writing, torn: Torn, form: ChoiceForm | None = None) -> Answer:
    session = writing.session
    if torn.path not in (writing.path, writing.unit.original.path):
        raise NotFound
    merged = services.torn_texts(session, writing.draft, torn)
    if merged is None:
        flash(services.not_as_fields(), "care")
        return redirect(writing.url("unit_history"), 303)
    who = writer_of_text(session, writing.draft, torn.path, torn.theirs) if torn.theirs else None
    names = names_of(session, {who} if who else set())
    if names:
        note_look("writers.seen", writing.slug)
    page = BothPage(writing, torn, merged, names.get(who or 0, ""), new_token())
    return render("lms/authoring/both.html", page=page, writing=writing, form=form), 409


@requires(Permission.AUTHOR)
def choose_text(slug: str, draft: str, unit: str) -> Answer:
    """Keep what was chosen at each place, and everything else of both."""
    form, code = ChoiceForm(), request.args.get("text", "")
    torn = _torn(form)
    try:
        if not form.validate_on_submit():
            raise Refused(_("We could not read what was sent. Nothing was changed. Please try again."))
        with unit_of_work() as session:
            writing = writing_on(session, slug, draft, unit, code)
            done = _choose(session, writing, torn, form)
    except (Refused, Conflict) as no:
        form.refuse(no)
        return _page(writing_on(db.session(), slug, draft, unit, code), torn, form)
    writing = writing_on(db.session(), slug, draft, unit, code)
    if done.torn is not None:
        return _page(writing, done.torn)
    flash(_("Both texts are put together as you chose. Each is in the history too."), "done")
    return redirect(writing.url(), 303)


def _choose(session: Session, writing: Writing, torn: Torn, form: ChoiceForm) -> services.Written:
    if writing.kind is None or torn.path not in (writing.path, writing.unit.original.path):
        raise NotFound
    merged = services.torn_texts(session, writing.draft, torn)
    clashes = merged.clashes if merged else ()
    chosen = [request.form.get(f"place.{number}", "") for number in range(len(clashes))]
    if any(one not in ("mine", "theirs") for one in chosen):
        raise Refused(_("Choose one of the two texts at each place."))
    theirs = [clash.where for clash, one in zip(clashes, chosen, strict=True) if one == "theirs"]
    key = form.client_key.data or ""
    return services.choose(
        session, draft=writing.draft, kind=writing.kind, torn=torn, take_theirs=theirs, key=key, by=me(), at=now()
    )
