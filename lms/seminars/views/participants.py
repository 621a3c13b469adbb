"""One person of an edition, for the coordinator: invited, followed, given more time, replaced, taken out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import cast

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.people import queries as people
from lms.people import services as people_services
from lms.people.sign_in import me
from lms.seminars import queries, services
from lms.seminars.fields import ZonedForm
from lms.seminars.forms import AnswerForm, DeadlineForm, ReasonForm
from lms.seminars.labels import (
    CONTACTS,
    LINKS,
    REQUESTS,
    SECTORS,
    STAGES,
    STATE_MARKS,
    STATES,
    state_name,
    state_note,
)
from lms.seminars.models import Edition, Enrolment
from lms.seminars.post import posted
from lms.seminars.rules import Stage, counted, due_for, may_become, state_before, told_without_zone
from lms.web.access import Permission, requires
from lms.web.clicks import one_click
from lms.web.dates import clocks, long_day, town
from lms.web.forms import Form, submitted
from lms.web.logs import note_look
from lms.web.meanwhile import marks_of
from lms.web.render import render

from .blueprint import Answer, bp

Act = Callable[[Session, Edition, Enrolment], str | None]
"""May answer with what is to be said of it instead of what is said otherwise."""


@bp.get("/editions/<edition>/people/<enrolment>")
@requires(Permission.COORDINATE)
def participant(edition: str, enrolment: str) -> str:
    """Where one person stands, what they asked for, and what can be done."""
    return _page(edition, enrolment)


def _page(edition: str, enrolment: str, refused: dict[str, Form] | None = None) -> str:
    """The page; `refused` holds the form that was turned down, if one was, by its key."""
    session, viewer = db.session(), me()
    scope = viewer.scope
    found = queries.edition_of(session, edition, scope)
    row = queries.enrolment_row(session, edition, enrolment, scope)
    requests = queries.requests_of(session, row.id, row.person_id)
    steps = queries.history(session, row.id, row.person_id)
    stages = queries.stages_of(session, row.id)
    note_look("participant.looked", row.public_id)
    person_name = people.person_name(session, row.person_id)
    hidden = isinstance(person_name, people.CodeName)
    return render(
        "lms/seminars/participant.html",
        edition=found,
        row=row,
        form=next(iter((refused or {}).values()), None),
        forms=_forms(found, requests) | (refused or {}),
        contacts=queries.contacts_of(session, row.id, row.person_id),
        contact_words=CONTACTS,
        person_name=person_name,
        hidden=hidden,
        addresses=[] if hidden else people.addresses_of(session, row.person_id),
        requests=requests,
        failure=people.failures_of(session, [row.person_id], now().date()).get(row.person_id),
        letters=posted(session, row.person_id, found.public_id),
        steps=steps,
        stages=stages,
        late=stages.get(Stage.PRE_READING, row.deadline) > row.deadline,
        closing=queries.closing_of(session, found.id),
        due=_due(row, found, hidden),
        shown=marks_of({"state": row.state, "until": due_for(row.public_id, row.deadline)}),
        may_become=may_become,
        may_take_back=_may_take_back(steps, row),
        linked=queries.linked_places(session, row.id, scope),
        link_words=LINKS,
        state_name=state_name,
        state_note=state_note,
        labels={
            "states": STATES,
            "marks": STATE_MARKS,
            "stages": STAGES,
            "sectors": SECTORS,
            "requests": REQUESTS,
        },
    )


def _due(row: queries.EnrolmentRow, edition: Edition, hidden: bool) -> list[tuple[dt.date, str]]:
    """The deadline on every clock that matters, each with what it is for machines; those of where somebody serves would
    tell where that is, as would the instant at which a day ends there."""
    theirs = None if hidden else row.institution_zone
    if hidden and (day := told_without_zone(row.deadline, row.institution_zone, edition.zone).day):
        return [(day, long_day(day))]
    said = clocks(row.deadline, (theirs, ""), (edition.zone, town(edition.place)), (me().zone, ""))
    return [(row.deadline, words) for words in said]


def _may_take_back(steps: list[queries.Step], row: queries.EnrolmentRow) -> bool:
    """Whether the last step can be undone; what somebody decided for themselves is theirs."""
    return state_before([step.state for step in steps]) is not None and steps[-1].by != row.subject


def _forms(edition: Edition, requests: list[queries.RequestRow]) -> dict[str, Form]:
    made: dict[str, Form] = {
        "extend": DeadlineForm(edition, prefix="extend-", formdata=None),
        "leave": ReasonForm(prefix="leave-", formdata=None),
        "name": ReasonForm(prefix="name-", formdata=None),
    }
    for row in requests:
        if row.answered_at is None:
            made[row.public_id] = AnswerForm(edition, prefix=f"{row.public_id}-", formdata=None)
    return made


def _to(edition: str, enrolment: str) -> Response:
    return redirect(url_for(".participant", edition=edition, enrolment=enrolment), 303)


def _change(edition: str, enrolment: str, act: Act) -> str | None:
    """Do something to one enrolment of an edition one coordinates; for every other there is none. A click made twice
    has nothing else to say."""
    with one_click() as session:
        found = queries.edition_of(session, edition, me().scope)
        return act(session, found, queries.enrolment_in(session, found, enrolment, me().scope))


def _by_button(edition: str, enrolment: str, act: Act, sentence: str) -> Answer:
    """Do it, or show the person's page anew with what stands against it."""
    try:
        _change(edition, enrolment, act)
    except (Refused, Conflict) as no:
        flash(str(no), "error")
        return _page(edition, enrolment), no.status
    flash(sentence, "done")
    return _to(edition, enrolment)


def _shown() -> str:
    """The marks of the page that was sent."""
    return str(submitted("shown"))


def _by_form(edition: str, enrolment: str, form: Form, key: str, act: Act, sentence: str) -> Answer:
    """Do it when the form is right; otherwise the page again with the form and what is wrong with it."""
    if form.validate_on_submit():
        try:
            said = _change(edition, enrolment, act)
        except (Refused, Conflict) as no:
            form.refuse(no)
        else:
            flash(said or sentence, "done")
            if isinstance(form, ZonedForm) and form.twice:
                flash(form.twice, "care")
            return _to(edition, enrolment)
    return _page(edition, enrolment, {key: form}), form.status


@bp.post("/editions/<edition>/people/<enrolment>/invite")
@requires(Permission.COORDINATE)
def send_invitation(edition: str, enrolment: str) -> Answer:
    """Invite somebody who is nominated or had left, or send the invitation again; the older code ends."""
    viewer = me()

    def act(session: Session, _edition: Edition, place: Enrolment) -> None:
        if not counted(place.state):
            services.hold_as_shown(session, enrolment=place, shown=_shown())
            services.invite(session, enrolment=place, at=now(), by=viewer.subject)
        services.send_invitation(session, enrolment=place, at=now(), by=viewer.person_id)

        if place.due_at <= now():
            flash(_("The pre-reading was due before this invitation. Give the person more time below."), "care")

    sentence = _("The invitation is on its way. A code sent earlier is no longer good.")
    return _by_button(edition, enrolment, act, sentence)


@bp.post("/editions/<edition>/people/<enrolment>/accept")
@requires(Permission.COORDINATE)
def accept(edition: str, enrolment: str) -> Answer:
    """The person said in another way that they come."""
    subject = me().subject

    def act(session: Session, _edition: Edition, place: Enrolment) -> None:
        services.accept(session, enrolment=place, at=now(), by=subject)

    return _by_button(edition, enrolment, act, _("The acceptance is noted."))


@bp.post("/editions/<edition>/people/<enrolment>/take-back")
@requires(Permission.COORDINATE)
def take_back(edition: str, enrolment: str) -> Answer:
    """Undo the step by which somebody left."""
    subject = me().subject

    def act(session: Session, _edition: Edition, place: Enrolment) -> None:
        services.hold_as_shown(session, enrolment=place, shown=_shown())
        services.take_back(session, enrolment=place, at=now(), by=subject)

    return _by_button(edition, enrolment, act, _("The step is taken back."))


@bp.post("/editions/<edition>/people/<enrolment>/leave")
@requires(Permission.COORDINATE)
def leave(edition: str, enrolment: str) -> Answer:
    """The person declined the place, or gives it up."""
    subject, form = me().subject, ReasonForm(prefix="leave-")
    end = services.decline if submitted("how") == "declined" else services.withdraw

    def act(session: Session, _edition: Edition, place: Enrolment) -> None:
        services.hold_as_shown(session, enrolment=place, shown=_shown())
        end(session, enrolment=place, at=now(), by=subject, reason=form.reason.data)

    return _by_form(edition, enrolment, form, "leave", act, _("The person is out of this edition and of its numbers."))


@bp.post("/editions/<edition>/people/<enrolment>/extension")
@requires(Permission.COORDINATE)
def extend(edition: str, enrolment: str) -> Answer:
    """Give one person more time without having been asked."""
    viewer = me()
    found = queries.edition_of(db.session(), edition, viewer.scope)
    form = DeadlineForm(found, prefix="extend-")

    def act(session: Session, _edition: Edition, place: Enrolment) -> str | None:
        more = services.extend(
            session, enrolment=place, deadline_at=cast(dt.datetime, form.at), deadline_on=form.on, less=form.less.data,
            shown=_shown(), at=now(), by=viewer.subject,
        )  # fmt: skip
        return None if more else _("The person has less time than before.")

    return _by_form(edition, enrolment, form, "extend", act, _("The person has more time."))


@bp.post("/editions/<edition>/people/<enrolment>/name")
@requires(Permission.COORDINATE)
def confirm_name(edition: str, enrolment: str) -> Answer:
    """Confirm a name for its holder, with a reason."""
    viewer, form = me(), ReasonForm(prefix="name-")

    def act(session: Session, _edition: Edition, place: Enrolment) -> None:
        people_services.confirm_name(session, person=place.person, by=viewer, at=now(), reason=form.reason.data)

    return _by_form(edition, enrolment, form, "name", act, _("The name is confirmed."))


@bp.post("/editions/<edition>/people/<enrolment>/address")
@requires(Permission.COORDINATE)
def try_address_again(edition: str, enrolment: str) -> Answer:
    """The address is right after all: letters go there again."""
    subject = me().subject

    def act(session: Session, _edition: Edition, place: Enrolment) -> None:
        people_services.try_again(session, person_id=place.person_id, at=now(), by=subject, about=place.public_id)

    return _by_button(edition, enrolment, act, _("Letters are sent to this address again."))


@bp.post("/editions/<edition>/people/<enrolment>/requests/<request>")
@requires(Permission.COORDINATE)
def answer(edition: str, enrolment: str, request: str) -> Answer:
    """Answer what somebody asked for; they get a letter."""
    viewer, granted = me(), submitted("answer") == "yes"
    found = queries.edition_of(db.session(), edition, viewer.scope)
    form = AnswerForm(found, prefix=f"{request}-")

    def act(session: Session, _edition: Edition, place: Enrolment) -> None:
        services.answer_request(
            session,
            enrolment=place,
            request=queries.request_in(session, place.id, request),
            granted=granted,
            deadline_at=form.at,
            deadline_on=form.on,
            words=form.words.data or "",
            shown=_shown(),
            at=now(),
            by=viewer.subject,
        )

    return _by_form(edition, enrolment, form, request, act, _("The answer is on its way."))
