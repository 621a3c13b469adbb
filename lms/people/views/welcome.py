"""The first sign-in: what stands on the certificate, language and time, a password."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people import passwords, services
from lms.people.forms import WelcomeForm
from lms.people.models import Person
from lms.people.queries.institutions import affiliation_on
from lms.people.queries.persons import name_of, own_words
from lms.people.queries.sign_ins import password_hash
from lms.people.queries.viewers import Viewer
from lms.people.sign_in import me
from lms.web.access import SAFE, Permission, begins_reading, requires
from lms.web.languages import chosen
from lms.web.render import render

from .blueprint import bp

PAGE = "lms/people/welcome.html"


@bp.route("/welcome", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
@begins_reading
def welcome() -> Any:
    """Once, before anything else."""
    person = me()
    if person.welcomed:
        return redirect(url_for("home.index"), 303)
    form, place = WelcomeForm(), affiliation_on(db.session(), person.person_id, now().date())
    if not _needs_password(person):
        del form.password
    if request.method in SAFE:
        _fill(form, person)
        return render(PAGE, form=form, place=place)
    try:
        if not form.validate():
            return render(PAGE, form=form, place=place), 422
        _welcome(person, form)
    except Refused as no:
        form.refuse(no)
        return render(PAGE, form=form, place=place), 422
    return redirect(url_for("home.index"), 303)


def _needs_password(person: Viewer) -> bool:
    """People whom a host vouches for have none here; nor is a second one asked of anybody."""
    return person.session_id is not None and password_hash(db.session(), person.person_id) is None


def _fill(form: WelcomeForm, person: Viewer) -> None:
    session, day = db.session(), now().date()
    name = name_of(session, person.person_id)
    place = affiliation_on(session, person.person_id, day)
    if name:
        form.set_name(name)
    form.locale.data = person.locale or chosen()
    form.zone.data = person.zone or (place.institution.zone if place else "UTC")
    form.function.data = place.function if place else ""


def _welcome(person: Viewer, form: WelcomeForm) -> None:
    """Raises Refused."""
    hashed = None
    if "password" in form:
        with reading() as session:
            words = own_words(session, person.person_id)
        passwords.check_new(form.password.data, (form.full.data, *words))
        hashed = passwords.hash_password(form.password.data)
    with unit_of_work() as session:
        row = session.get_one(Person, person.person_id, with_for_update={"key_share": True}, populate_existing=True)
        if hashed:
            services.keep_password(session, person_id=row.id, hashed=hashed, at=now())
        services.welcome(
            session,
            person=row,
            name=form.name(),
            locale=form.locale.data,
            zone=form.zone.data,
            function=form.function.data or "",
            at=now(),
        )
