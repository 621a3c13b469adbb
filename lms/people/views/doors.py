"""Signing in and out."""

from __future__ import annotations

from typing import Any

import structlog
from flask import make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel import throttle
from lms.kernel.clock import now
from lms.kernel.errors import Refused
from lms.kernel.secrets import fold_address
from lms.kernel.settings import keyring
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people import passwords, services
from lms.people.forms import SignInForm
from lms.people.queries.sign_ins import credentials, password_held
from lms.people.rules.networks import network_of
from lms.people.rules.paths import local_path
from lms.people.sign_in import forget, present, remember
from lms.web.access import SAFE, begins_reading, public
from lms.web.render import render

from .blueprint import bp

log = structlog.get_logger("lms.people")


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@begins_reading
def sign_in() -> Any:
    """Address and password; the answer to a wrong pair is the same for every address."""
    form = SignInForm(next=request.args.get("next", ""))
    if request.method in SAFE:
        return redirect(onward(form.next.data), 303) if present() else render("lms/people/sign_in.html", form=form)
    if not form.validate():
        return render("lms/people/sign_in.html", form=form), 422
    token = _enter(form)
    if token is None:
        form.refuse(Refused(_("Address and password do not go together, or there is no such account.")))
        return render("lms/people/sign_in.html", form=form), 422
    remember(token, keep=form.keep.data)
    return redirect(onward(form.next.data), 303)


def _enter(form: SignInForm) -> str | None:
    """Throttled by address and by network; hashing takes its time for every address."""
    at, address, network = now(), fold_address(form.address.data), network_of(request.remote_addr or "")
    throttle.count("sign-in.address", address, at=at, limit=10)
    throttle.count("sign-in.network", network, at=at, limit=10)
    with reading() as session:
        found = credentials(session, address)
    right = passwords.matches(found[1] if found else None, form.password.data)
    if not right or found is None:
        log.warning("sign-in.failed", address=keyring().veil(address))
        return None
    person_id, kept = found
    renewed = passwords.hash_password(form.password.data) if passwords.is_outdated(kept) else None
    before = present()
    with unit_of_work() as session:
        if password_held(session, person_id) != kept:
            # Changed while it was being compared: the sign-in would outlive the change.
            return None
        if renewed:
            services.keep_password(session, person_id=person_id, hashed=renewed, at=at)
        if before and before.session_id:
            services.end_session_row(session, session_id=before.session_id, at=at)
        token = services.start_session(
            session, person_id=person_id, at=at, keep=form.keep.data, user_agent=request.user_agent.string
        )
    throttle.forgive("sign-in.address", address)
    throttle.refund("sign-in.network", network, at=at)
    return token


def onward(asked: str | None) -> str:
    """Where to go after signing in: the page that was asked for, if it is one of ours."""
    path = local_path(asked or "")
    return f"{request.script_root}{path}" if path else url_for("home.index")


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """The session ends here and in the database; the browser lets go of what it kept of our pages."""
    found = present()
    if found and found.session_id:
        with unit_of_work() as session:
            services.end_session_row(session, session_id=found.session_id, at=now())
    forget()
    answer = make_response(redirect(url_for("people.sign_in"), 303))
    # Not "cookies", and under a prefix not "storage": a host's own would go with ours.
    answer.headers["Clear-Site-Data"] = '"cache"' if request.script_root else '"cache", "storage"'
    return answer
