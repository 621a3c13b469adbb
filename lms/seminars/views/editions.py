"""Editions: the list, a new one, what is said of one, and which version of the course it reads."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.proposals.waiting import waiting_for
from lms.people.sign_in import me
from lms.people.views.decisions import officer
from lms.seminars import queries, services
from lms.seminars.forms import EditionForm, NewEditionForm
from lms.seminars.labels import ATTENDANCE
from lms.seminars.models import Edition
from lms.seminars.rules import coordinates
from lms.web.access import Permission, requires
from lms.web.languages import chosen
from lms.web.meanwhile import ChangedMeanwhile
from lms.web.render import render

from .blueprint import Answer, bp


@bp.get("/editions")
@requires(Permission.OVERSEE)
def editions() -> str:
    """The editions one has to do with."""
    scope, session = me().scope, db.session()
    rows = queries.editions_visible(session, scope)
    mine = {row.public_id for row in rows if coordinates(scope, row.public_id)}
    decisions = len(waiting_for(session, officer(me()), now())) if mine or scope.everything else 0
    attendance = {row.public_id: ATTENDANCE[row.attendance(now())] for row in rows}
    facts = {"mine": mine, "may_create": scope.everything, "decisions": decisions, "attendance": attendance}
    return render("lms/seminars/editions.html", rows=rows, **facts)


@bp.route("/editions/new", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def new_edition() -> Answer:
    """A new edition, empty or after the last one; for those who coordinate all."""
    viewer = me()
    if not viewer.scope.everything:
        raise NotFound
    source = _source()
    courses = queries.course_choices(db.session(), chosen())
    form = NewEditionForm(courses, **(NewEditionForm.copied(source) if source else {}))
    if form.validate_on_submit():
        titles = queries.session_titles(db.session(), source) if source else {}
        try:
            with unit_of_work() as session:
                kept = services.receipt(session, key=form.client_key.data, said=form.said, by=viewer.subject, at=now())
                if not kept.made:
                    kept.made = services.create_edition(
                        session, course=form.course.data, facts=form.facts(), titles=titles, at=now(), by=viewer.subject
                    ).public_id
                made = queries.edition_of(session, kept.made, viewer.scope)
        except (Refused, Conflict) as no:
            form.refuse(no)
            form.anew()
            if isinstance(no, services.SentOtherwise):
                form.first = url_for(".edit_edition", edition=no.made)
        else:
            return _said(form, made, _("The edition is there. Nobody has been invited yet."))
    return render("lms/seminars/edition_form.html", form=form, edition=None, source=source), form.status


def _source() -> Edition | None:
    public_id = request.args.get("copy")
    return queries.edition_of(db.session(), public_id, me().scope) if public_id else None


def _said(form: EditionForm, edition: Edition, sentence: str) -> Answer:
    flash(sentence, "done")
    if isinstance(form, NewEditionForm) and form.twice:
        flash(form.twice, "care")
    return redirect(url_for(".edit_edition", edition=edition.public_id), 303)


@bp.route("/editions/<edition>/edit", methods=["GET", "POST"])
@requires(Permission.COORDINATE)
def edit_edition(edition: str) -> Answer:
    """What is said of an edition: place, dates, programme, contact."""
    viewer = me()
    found = queries.edition_of(db.session(), edition, viewer.scope)
    form = EditionForm(**EditionForm.said_of(found))
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                found = queries.edition_of(session, edition, viewer.scope)
                services.change_edition(
                    session, edition=found, facts=form.facts(), at=now(), by=viewer.subject, shown=form.shown.data or ""
                )
        except Refused as no:
            form.refuse(no)
        except ChangedMeanwhile as no:
            found = queries.edition_of(db.session(), edition, viewer.scope)
            form.show_theirs(no, found)
        else:
            return _said(form, found, _("The edition was changed."))
    versions = queries.versions_for(db.session(), found)
    return render(
        "lms/seminars/edition_form.html", form=form, edition=found, source=None, versions=versions
    ), form.status
