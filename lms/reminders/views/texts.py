"""What reminders of an edition say, language by language."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.letters import compose, reader_of
from lms.people.queries import names_by_subject
from lms.people.sign_in import me
from lms.reminders import queries, services
from lms.reminders.forms import TextForm
from lms.reminders.letters import TRIAL
from lms.reminders.planning import sample
from lms.reminders.rules import Text, packed
from lms.reminders.wording import house_text
from lms.seminars.models import Edition
from lms.seminars.queries import edition_of
from lms.web.access import Permission, requires
from lms.web.forms import submitted
from lms.web.languages import choices, own_name
from lms.web.meanwhile import ChangedMeanwhile, marks_of
from lms.web.render import render

from .blueprint import Answer, bp


@bp.get("/editions/<edition>/reminders")
@requires(Permission.COORDINATE)
def index(edition: str) -> str:
    """What reminders say in each language, and every sending."""
    session = db.session()
    row = edition_of(session, edition, me().scope)
    texts = queries.texts_in_force(session, row.id, choices())
    sendings, changes = queries.sendings_of(session, row.id), queries.text_changes(session, row.id)
    return render(
        "lms/reminders/index.html",
        edition=row,
        spoken=[(code, own_name(code), texts[code] == house_text(code)) for code in choices()],
        sendings=sendings,
        weekly=queries.weekly_on(session, row.id),
        changes=changes,
        own_name=own_name,
        names=names_by_subject(session, {one.by for one in sendings} | {one.by for one in changes}),
    )


@bp.route("/editions/<edition>/reminders/text/<language>", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def text(edition: str, language: str) -> Answer:
    """The text in one language, and how it reads."""
    viewer = me()
    row = edition_of(db.session(), edition, viewer.scope)
    if language not in choices():
        raise NotFound
    form = _form(row, language)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                row = edition_of(session, edition, viewer.scope)
                services.write_text(
                    session, edition=row, language=language, text=form.text(), shown=form.shown.data or "",
                    at=now(), by=viewer.subject,
                )  # fmt: skip
        except Refused as no:
            form.refuse(no)
        except ChangedMeanwhile as no:
            form.show_both(no, vars(_in_force(row, language)), vars(form.text()))
        else:
            flash(_("The text is saved. Reminders that are sent from now on say it."), "done")
            return redirect(url_for(".text", edition=edition, language=language), 303)
    return _page(edition, language, form), form.status


def _in_force(edition: Edition, language: str) -> Text:
    return queries.texts_in_force(db.session(), edition.id, {language})[language]


def _form(edition: Edition, language: str, **more: Any) -> TextForm:
    present = _in_force(edition, language)
    return TextForm(obj=present, shown=marks_of(vars(present)), **more)


def _page(edition: str, language: str, form: TextForm) -> str:
    session, viewer = db.session(), me()
    row = edition_of(session, edition, viewer.scope)
    in_force = _in_force(row, language)
    reader = reader_of(session, viewer.person_id, template=TRIAL, locale=language)
    return render(
        "lms/reminders/text.html",
        edition=row,
        spoken=language,
        spoken_name=own_name(language),
        form=form,
        own=in_force != house_text(language),
        letter=compose(TRIAL, reader, {"items": packed([sample(row, in_force)])}, ""),
    )


@bp.post("/editions/<edition>/reminders/text/<language>/reset")
@requires(Permission.COORDINATE)
def reset(edition: str, language: str) -> Answer:
    """Back to the house's text."""
    viewer = me()
    if language not in choices():
        raise NotFound
    try:
        with unit_of_work() as session:
            row = edition_of(session, edition, viewer.scope)
            shown = str(submitted("shown"))
            services.reset_text(session, edition=row, language=language, shown=shown, at=now(), by=viewer.subject)
    except Conflict as no:
        form = _form(edition_of(db.session(), edition, viewer.scope), language, formdata=None)
        form.refuse(no)
        return _page(edition, language, form), form.status
    flash(_("Reminders say the house's text again."), "done")
    return redirect(url_for(".text", edition=edition, language=language), 303)
