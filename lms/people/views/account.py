"""The account page: what is known of oneself, and how to change it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel import throttle
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people import passwords, services, states
from lms.people.forms import AddressForm, LanguageForm, MailForm, MinistryForm, NameForm, PasswordForm, choices, grouped
from lms.people.models import Institution, Person, Sector
from lms.people.queries.institutions import affiliation_on, affiliations_of, institution, institutions_of, zone_on
from lms.people.queries.mail import Choices, mail_choices
from lms.people.queries.persons import ConfirmedFor, addresses_of, confirmed_for, name_of, names_of, own_words
from lms.people.queries.sign_ins import password_hash, sign_ins_of
from lms.people.sign_in import me
from lms.web.access import SAFE, Permission, begins_reading, requires
from lms.web.render import render

from .blueprint import bp


@bp.get("/account")
@requires(Permission.SIGNED_IN)
def account() -> str:
    """Everything at a glance."""
    return account_page()


def account_page(*, language: LanguageForm | None = None, address: AddressForm | None = None) -> str:
    """The page, with a refused form in the place of the plain one."""
    person, session = me(), db.session()
    if language is None:
        language = LanguageForm(formdata=None, locale=person.locale or str(get_locale()), zone=person.zone or "UTC")
    return render(
        "lms/people/account.html",
        person_name=name_of(session, person.person_id),
        confirmed=_confirmed(person.person_id),
        addresses=addresses_of(session, person.person_id),
        places=affiliations_of(session, person.person_id),
        sign_ins=sign_ins_of(session, person.person_id, now(), here=person.session_id, staff=person.staff),
        state_name=lambda code: states.name(code, str(get_locale())),
        zone=person.zone or zone_on(session, person.person_id, now().date()),
        own_door=person.session_id is not None,
        language_form=language,
        address_form=address or AddressForm(formdata=None),
        mail_form=_mail_form(mail_choices(session, person.person_id)),
        form=next((form for form in (language, address) if form and (form.errors or form.refusal)), None),
    )


def _confirmed(person_id: int) -> tuple[str, ConfirmedFor] | None:
    """Who confirmed the name for its holder, by name, and when and why."""
    found = confirmed_for(db.session(), person_id)
    return (names_of(db.session(), [found.by_person_id])[found.by_person_id], found) if found else None


def _mail_form(chosen: Choices) -> MailForm:
    return MailForm(formdata=None, digests=chosen.stopped_at is None, says_little=chosen.says_little)


@bp.post("/account/language")
@requires(Permission.SIGNED_IN)
def language() -> Any:
    """Language and time zone."""
    form = LanguageForm()
    if not form.validate():
        return account_page(language=form), 422
    with unit_of_work() as session:
        person = session.get_one(Person, me().person_id)
        services.set_language(session, person=person, locale=form.locale.data, zone=form.zone.data)
    flash(_("Language and time zone are saved."), "done")
    return redirect(url_for("people.account", _anchor="language"), 303)


@bp.route("/account/name", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def name() -> Any:
    """The name as it stands on the certificate; giving it confirms it."""
    form = NameForm()
    if request.method in SAFE:
        known = name_of(db.session(), me().person_id)
        if known:
            form.set_name(known)
        return render("lms/people/name.html", form=form)
    try:
        if not form.validate():
            return render("lms/people/name.html", form=form), 422
        with unit_of_work() as session:
            person = session.get_one(Person, me().person_id)
            services.change_name(session, person=person, name=form.name(), at=now())
    except Refused as no:
        form.refuse(no)
        return render("lms/people/name.html", form=form), 422
    flash(_("Your name is saved and confirmed."), "done")
    return redirect(url_for("people.account"), 303)


@bp.route("/account/password", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
@begins_reading
def password() -> Any:
    """A new password; every other sign-in ends."""
    form, page = PasswordForm(), "lms/people/password.html"
    if request.method in SAFE:
        return render(page, form=form)
    try:
        if not form.validate():
            return render(page, form=form), 422
        _change_password(form)
    except Refused as no:
        form.refuse(no)
        return render(page, form=form), 422
    flash(_("Your password is changed. Every other sign-in has ended."), "done")
    return redirect(url_for("people.account"), 303)


def _change_password(form: PasswordForm) -> None:
    """Raises Refused."""
    person = me()
    check_own_password(form.current.data)
    with reading() as session:
        words = own_words(session, person.person_id)
    passwords.check_new(form.password.data, words)
    hashed = passwords.hash_password(form.password.data)
    with unit_of_work() as session:
        row = session.get_one(Person, person.person_id)
        services.change_password(session, person=row, hashed=hashed, at=now(), but=person.session_id)


def check_own_password(given: str) -> None:
    """Raises Refused when it is not the password of whoever is signed in, TooMany when they go on guessing."""
    throttle.count("password.person", me().subject, at=now(), limit=10)
    with reading() as session:
        kept = password_hash(session, me().person_id)
    if not passwords.matches(kept, given):
        raise Refused(_("This is not your present password."))


@bp.route("/account/ministry", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def ministry() -> Any:
    """A new ministry or institution from a day on."""
    form, page = _ministry_form(), "lms/people/ministry.html"
    place = affiliation_on(db.session(), me().person_id, now().date())
    if request.method in SAFE:
        form.on.data = now().date()
        return render(page, form=form, place=place)
    try:
        if not form.validate():
            return render(page, form=form, place=place), 422
        _move(form)
    except Refused as no:
        form.refuse(no)
        return render(page, form=form, place=place), 422
    flash(_("Your new place is saved. What you did before stays with the place you held then."), "done")
    return redirect(url_for("people.account", _anchor="places"), 303)


def _ministry_form() -> MinistryForm:
    form, locale = MinistryForm(), str(get_locale())
    named = {row.code: states.name(row.code, locale) for row in states.sorted_for(locale)}
    known: dict[str, list[tuple[str, str]]] = {name: [] for name in named.values()}
    for row in institutions_of(db.session()):
        known[named[row.state_code]].append((row.public_id, row.name))
    present = {name: there for name, there in known.items() if there}
    form.institution.choices = grouped({"": [("", _("Not in this list"))], **present})
    form.state.choices = choices({"": "–", **named})
    return form


def _move(form: MinistryForm) -> None:
    """Raises Refused."""
    with unit_of_work() as session:
        person = session.get_one(Person, me().person_id, with_for_update={"key_share": True})
        chosen = institution(session, form.institution.data or "") or _named(session, form)
        services.move(
            session,
            person=person,
            institution=chosen,
            function=form.function.data or "",
            on=form.on.data,
            at=now(),
            by=person.subject,
        )


def _named(session: Any, form: MinistryForm) -> Institution:
    if not form.state.data or not (form.other.data or "").strip():
        raise Refused(_("Choose from the list, or give the state and the name of the ministry or institution."))
    return services.create_institution(
        session,
        state_code=form.state.data,
        sector=Sector(form.sector.data),
        name=form.other.data,
        zone=form.zone.data,
        at=now(),
        by=me().subject,
    )


@bp.post("/account/sessions/<sign_in>/end")
@requires(Permission.SIGNED_IN)
def end_session(sign_in: str) -> Response:
    """End one sign-in; another person's is as if it did not exist."""
    with unit_of_work() as session:
        ended = services.end_session(session, person_id=me().person_id, public_id=sign_in, at=now())
    flash(_("That sign-in has ended.") if ended else _("That sign-in had already ended."), "done")
    return redirect(url_for("people.account", _anchor="sign-ins"), 303)


@bp.post("/account/sessions/end-others")
@requires(Permission.SIGNED_IN)
def end_other_sessions() -> Response:
    """End every sign-in but this one."""
    with unit_of_work() as session:
        services.end_other_sessions(session, person_id=me().person_id, at=now(), but=me().session_id)
    flash(_("Every other sign-in has ended."), "done")
    return redirect(url_for("people.account", _anchor="sign-ins"), 303)
