"""The contact log of one person: what coordinators note of calls, letters and meetings."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import queries as people
from lms.people.sign_in import me
from lms.seminars import queries, services
from lms.seminars.forms import ContactForm
from lms.seminars.labels import CONTACTS
from lms.seminars.models import ContactKind, Edition
from lms.seminars.sheets import contacts_sheet
from lms.web.access import Permission, keeps_typed, requires
from lms.web.dates import local_day
from lms.web.logs import note_look
from lms.web.render import render
from lms.web.sheets import as_file, taken_away

from .blueprint import Answer, bp


@bp.get("/editions/<edition>/people/<enrolment>/contacts")
@requires(Permission.COORDINATE)
def contacts(edition: str, enrolment: str) -> str:
    """The log of one person, with a form for an entry, or for correcting one of one's own."""
    return _page(edition, enrolment)


def _page(edition: str, enrolment: str, refused: ContactForm | None = None) -> str:
    session, viewer = db.session(), me()
    found = queries.edition_of(session, edition, viewer.scope)
    row = queries.enrolment_row(session, edition, enrolment, viewer.scope)
    entries = queries.contacts_of(session, row.id, row.person_id)
    note_look("participant.looked", row.public_id)
    return render(
        "lms/seminars/contacts.html",
        edition=found,
        row=row,
        person_name=people.person_name(session, row.person_id),
        contacts=entries,
        contact_words=CONTACTS,
        form=refused or _form(found, entries, viewer.person_id),
        me=viewer,
    )


@bp.get("/editions/<edition>/people/<enrolment>/contacts.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/people/<enrolment>/contacts.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def contacts_file(edition: str, enrolment: str, form: str) -> Response:
    """The log of one person as a file."""
    session, scope = db.session(), me().scope
    found = queries.edition_of(session, edition, scope)
    row = queries.enrolment_row(session, edition, enrolment, scope)
    entries = queries.contacts_of(session, row.id, row.person_id)
    taken_away(row.public_id, "contacts", form, entries=len(entries))
    name = people.person_name(session, row.person_id)
    return as_file(contacts_sheet(name, entries, ZoneInfo(found.zone)), form)


def _form(edition: Edition, entries: list[queries.Contact], person_id: int) -> ContactForm:
    """Empty, for today; or filled from the entry that the address asks to correct."""
    asked = request.args.get("correct")
    mine = (one for one in entries if one.by_person_id == person_id and not one.corrected)
    wrong = next((one for one in mine if one.public_id == asked), None)
    if wrong is None:
        return ContactForm(formdata=None, day=local_day(now(), edition.zone))
    return ContactForm(formdata=None, kind=str(wrong.kind), day=wrong.day, words=wrong.words, corrects=wrong.public_id)


@bp.post("/editions/<edition>/people/<enrolment>/contacts")
@requires(Permission.COORDINATE)
@keeps_typed("words")
def note_contact(edition: str, enrolment: str) -> Answer:
    """Note that one was in touch with somebody, or correct an entry of one's own."""
    viewer, form = me(), ContactForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                found = queries.edition_of(session, edition, viewer.scope)
                services.note_contact(
                    session,
                    enrolment=queries.enrolment_in(session, found, enrolment, viewer.scope),
                    kind=ContactKind(form.kind.data),
                    day=form.day.data,
                    words=(form.words.data or "").strip(),
                    key=form.client_key.data,
                    at=now(),
                    by=viewer.person_id,
                    corrects=form.corrects.data or None,
                )
        except (Refused, Conflict) as no:
            form.refuse(no)
        else:
            flash(_("The entry is in the contact log."), "done")
            return redirect(url_for(".participant", edition=edition, enrolment=enrolment), 303)
    return _page(edition, enrolment, form), form.status
