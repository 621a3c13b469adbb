"""Introductions: asking, answering, declining, shutting out and reporting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from lms.alumni import pages
from lms.alumni.forms import AnswerForm, AskForm, ReportForm
from lms.alumni.queries import introductions as reads
from lms.alumni.queries.introductions import Answer as Given
from lms.alumni.queries.membership import member
from lms.alumni.services import introductions as services
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, LmsError, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import queries as people
from lms.people.forms import SECTORS
from lms.people.sign_in import me
from lms.web.access import Permission, keeps_typed, requires
from lms.web.logs import note_look
from lms.web.render import render

from .blueprint import Answer, bp
from .office import everything_only


@bp.get("/alumni/members/<member>/introduction")
@requires(Permission.ALUMNI)
def ask(member: str) -> str:
    """A short message to a member whom one sees."""
    return _ask(member, AskForm(formdata=None))


def _ask(public_id: str, form: AskForm) -> str:
    session, viewer = db.session(), me()
    _members_only()
    to = reads.entry_seen(session, viewer.person_id, public_id, now())
    return render("lms/alumni/ask.html", to=to, form=form, words=pages, sectors=SECTORS)


@bp.post("/alumni/members/<member>/introduction")
@requires(Permission.ALUMNI)
@keeps_typed("message")
def send_ask(member: str) -> Answer:
    """Send it, once."""
    form, viewer = AskForm(), me()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                _members_only()
                to = reads.entry_seen(session, viewer.person_id, member, now())
                services.ask(
                    session,
                    asker_id=viewer.person_id,
                    asked_id=to.person_id,
                    message=(form.message.data or "").strip(),
                    key=form.client_key.data,
                    at=now(),
                )
        except (Refused, Conflict) as no:
            form.refuse(no)
        else:
            flash(_("Your message is on its way. If they answer, you find it here."), "done")
            return redirect(url_for(".introductions"), 303)
    return _ask(member, form), 422


@bp.get("/alumni/introductions")
@requires(Permission.ALUMNI)
def introductions() -> str:
    """What waits for one's answer, and what one has asked for."""
    session, viewer, at = db.session(), me(), now()
    received = reads.received(session, viewer.person_id, at)
    sent = reads.sent(session, viewer.person_id, at)
    if not received and not sent:
        _members_only()
    note_look("introductions.listed", viewer.subject, people=len(received) + len(sent))
    return render(
        "lms/alumni/introductions.html", received=received, sent=sent, words=pages, sectors=SECTORS, me=viewer
    )


@bp.get("/alumni/introductions/<introduction>")
@requires(Permission.ALUMNI)
def introduction(introduction: str) -> str:
    """One that reached the reader, with the form for an answer."""
    return _introduction(introduction, AnswerForm(formdata=None), ReportForm(formdata=None))


def _introduction(public_id: str, form: AnswerForm, report_form: ReportForm) -> str:
    session, viewer = db.session(), me()
    one = reads.received_one(session, viewer.person_id, public_id, now())
    note_look("introduction.opened", public_id)
    return render(
        "lms/alumni/introduction.html",
        one=one,
        form=report_form if report_form.errors else form,
        answer_form=form,
        report_form=report_form,
        address=_address(),
        words=pages,
        me=viewer,
    )


def _address() -> str:
    found = people.addresses_of(db.session(), me().person_id)
    return next((one.address for one in found if one.primary), "")


@bp.post("/alumni/introductions/<introduction>")
@requires(Permission.ALUMNI)
@keeps_typed("words")
def answer(introduction: str) -> Answer:
    """Answer, and give what one chooses."""
    form = AnswerForm()
    if form.validate_on_submit():
        name = people.name_of(db.session(), me().person_id)
        given = Given(
            words=(form.words.data or "").strip(),
            name=name.full if name and form.name.data else "",
            address=_address() if form.address.data else "",
        )
        no = _done(introduction, services.answer, given=given)
        if no is None:
            flash(_("Your answer is sent."), "done")
            return redirect(url_for(".introductions"), 303)
        form.refuse(no)
    return _introduction(introduction, form, ReportForm(formdata=None)), 422


@bp.post("/alumni/introductions/<introduction>/decline")
@requires(Permission.ALUMNI)
def decline(introduction: str) -> Answer:
    """Decline; nothing is given."""
    return _then(_done(introduction, services.answer, given=None), _("You have declined. Nothing of you was given."))


@bp.post("/alumni/introductions/<introduction>/block")
@requires(Permission.ALUMNI)
def block(introduction: str) -> Answer:
    """Nothing of this member arrives any more."""
    said = _("No message of this member reaches you any more. They are not told.")
    return _then(_done(introduction, services.block), said)


@bp.post("/alumni/introductions/<introduction>/unblock")
@requires(Permission.ALUMNI)
def unblock(introduction: str) -> Answer:
    """They may ask again."""
    return _then(_done(introduction, services.unblock), _("This member can ask you again."))


@bp.post("/alumni/introductions/<introduction>/report")
@requires(Permission.ALUMNI)
@keeps_typed("reason")
def report(introduction: str) -> Answer:
    """Lay a message before the coordinators."""
    form = ReportForm()
    if not form.validate_on_submit():
        return _introduction(introduction, AnswerForm(formdata=None), form), 422
    said = _("The coordinators will look at the message. Nothing of this member reaches you any more.")
    return _then(_done(introduction, services.report, reason=(form.reason.data or "").strip()), said)


def _done(public_id: str, act: Callable[..., None], **more: Any) -> LmsError | None:
    try:
        with unit_of_work() as session:
            act(session, introduction=public_id, person_id=me().person_id, at=now(), **more)
    except (Refused, Conflict) as no:
        return no
    return None


def _then(no: LmsError | None, said: str) -> Answer:
    flash(str(no) if no else said, "error" if no else "done")
    return redirect(url_for(".introductions"), 303)


def _members_only() -> None:
    if member(db.session(), me().person_id) is None:
        raise NotFound


@bp.get("/alumni/reports")
@requires(Permission.COORDINATE)
def reports() -> str:
    """The messages that were reported, for those who coordinate everything."""
    everything_only()
    rows = reads.reports(db.session())
    note_look("introduction-reports.listed", me().subject, people=2 * len(rows))
    return render("lms/alumni/reports.html", rows=rows, zone=me().zone or "UTC")


@bp.post("/alumni/reports/<introduction>/handled")
@requires(Permission.COORDINATE)
def handled(introduction: str) -> Answer:
    """A report has been dealt with."""
    everything_only()
    with unit_of_work() as session:
        services.handle(session, introduction=introduction, at=now(), by=me().subject)
    flash(_("The report is marked as dealt with."), "done")
    return redirect(url_for(".reports"), 303)
