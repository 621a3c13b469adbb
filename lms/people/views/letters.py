"""The pages that links in letters open. Opening one uses nothing up; typing its code does."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.kernel import throttle
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.secrets import fold_address
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people import passwords, services
from lms.people.forms import CodeForm, ForgotForm, ResetForm
from lms.people.models import Person
from lms.people.queries.persons import own_words
from lms.people.queries.sign_ins import open_link
from lms.people.rules.codes import Outcome, TokenPurpose
from lms.people.rules.networks import network_of
from lms.people.services import Tried
from lms.people.sign_in import me, remember
from lms.web.access import SAFE, Permission, begins_reading, public, requires
from lms.web.forms import submitted
from lms.web.render import render

from .blueprint import bp


@bp.route("/forgot", methods=["GET", "POST"])
@public
@begins_reading
def forgot() -> Any:
    """Asks for a letter; the answer is the same whether the address is known or not."""
    form = ForgotForm()
    if request.method in SAFE:
        return render("lms/people/forgot.html", form=form)
    if not form.validate():
        return render("lms/people/forgot.html", form=form), 422
    throttle.count("forgot.address", fold_address(form.address.data), at=now(), limit=10)
    throttle.count("forgot.network", network_of(request.remote_addr or ""), at=now(), limit=30)
    with unit_of_work() as session:
        services.ask_for_new_password(session, address=form.address.data)
    return render("lms/people/forgot_sent.html")


@bp.route("/invitation/<link>", methods=["GET", "POST"])
@public
@begins_reading
def invitation(link: str) -> Any:
    """The first door: the code from the letter opens it."""
    form, page = CodeForm(), "lms/people/invitation.html"
    if _over(TokenPurpose.INVITATION, link):
        return render("lms/people/link_over.html"), 400
    if request.method in SAFE:
        return render(page, form=form)
    if not form.validate():
        return render(page, form=form), 422
    _slow_down()
    if submitted("answer") == "decline":
        return _declined(link, form, page)
    at, token = now(), ""
    with unit_of_work() as session:
        tried = services.try_code(session, purpose=TokenPurpose.INVITATION, link=link, code=form.code.data, at=at)
        if tried.outcome is Outcome.RIGHT:
            token = services.start_session(
                session, person_id=tried.person_id, at=at, user_agent=request.user_agent.string
            )
    if not token:
        return _refused(tried, form, page)
    remember(token)
    return redirect(url_for("people.welcome"), 303)


def _declined(link: str, form: CodeForm, page: str) -> Any:
    """The code was typed to say no: it is used up, and nobody is signed in."""
    at = now()
    try:
        with unit_of_work() as session:
            tried = services.try_code(session, purpose=TokenPurpose.INVITATION, link=link, code=form.code.data, at=at)
            if tried.outcome is Outcome.RIGHT and tried.person_id:
                services.decline_invitation(session, person_id=tried.person_id, at=at)
    except Refused as no:
        form.refuse(no)
        return render(page, form=form), 422
    return render("lms/people/declined.html") if tried.outcome is Outcome.RIGHT else _refused(tried, form, page)


@bp.route("/reset/<link>", methods=["GET", "POST"])
@public
@begins_reading
def reset(link: str) -> Any:
    """The code from the letter, and a new password."""
    form, page = ResetForm(), "lms/people/reset.html"
    if _over(TokenPurpose.RESET, link):
        return render("lms/people/link_over.html"), 400
    if request.method in SAFE:
        return render(page, form=form)
    if not form.validate():
        return render(page, form=form), 422
    _slow_down()
    try:
        tried = _change_password(link, form)
    except Refused as no:
        form.refuse(no)
        return render(page, form=form), 422
    if tried.outcome is not Outcome.RIGHT:
        return _refused(tried, form, page)
    flash(_("Your password is changed. Sign in with it."), "done")
    return redirect(url_for("people.sign_in"), 303)


def _change_password(link: str, form: ResetForm) -> Tried:
    """Raises Refused for a password that cannot be taken; the code is then still good."""
    with reading() as session:
        row = open_link(session, TokenPurpose.RESET, link, now())
        words = own_words(session, row.person_id) if row else ()
    passwords.check_new(form.password.data, words)
    hashed = passwords.hash_password(form.password.data)
    with unit_of_work() as session:
        tried = services.try_code(session, purpose=TokenPurpose.RESET, link=link, code=form.code.data, at=now())
        if tried.outcome is Outcome.RIGHT:
            person = session.get_one(Person, tried.person_id)
            services.change_password(session, person=person, hashed=hashed, at=now())
    return tried


@bp.route("/address/<link>", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
@begins_reading
def address(link: str) -> Any:
    """Proves a further address; only its owner, signed in, can do so."""
    form, page = CodeForm(), "lms/people/address.html"
    if _over(TokenPurpose.ADDRESS, link, me().person_id):
        return render("lms/people/link_over.html"), 400
    if request.method in SAFE:
        return render(page, form=form)
    if not form.validate():
        return render(page, form=form), 422
    _slow_down()
    with unit_of_work() as session:
        tried = services.try_code(
            session,
            purpose=TokenPurpose.ADDRESS,
            link=link,
            code=form.code.data,
            at=now(),
            person_id=me().person_id,
        )
        if tried.outcome is Outcome.RIGHT:
            services.write_to(session, person_id=me().person_id, template="people/addresses-changed")
    if tried.outcome is not Outcome.RIGHT:
        return _refused(tried, form, page)
    flash(_("The address is confirmed. You can sign in with it."), "done")
    return redirect(url_for("people.account", _anchor="addresses"), 303)


def _over(purpose: TokenPurpose, link: str, person_id: int | None = None) -> bool:
    row = open_link(db.session(), purpose, link, now())
    return row is None or (person_id is not None and row.person_id != person_id)


def _slow_down() -> None:
    throttle.count("code.network", network_of(request.remote_addr or ""), at=now(), limit=30)


def _refused(tried: Tried, form: CodeForm, page: str) -> Any:
    if tried.outcome is Outcome.OVER or not tried.left:
        return render("lms/people/link_over.html"), 400
    left = ngettext("You can try once more.", "You can try %(num)s more times.", tried.left)
    form.code.errors = [_("This is not the code in the message.") + " " + left]
    return render(page, form=form), 422
