"""A person's own addresses, from the account page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.forms import AddressForm
from lms.people.models import Person
from lms.people.sign_in import me
from lms.web.access import Permission, begins_reading, requires

from .account import account_page, check_own_password
from .blueprint import bp


@bp.post("/account/addresses")
@requires(Permission.SIGNED_IN)
@begins_reading
def add_address() -> Any:
    """Asks for a letter to a further address; the answer is the same whether it is free or somebody else's."""
    form = AddressForm()
    try:
        if not form.validate():
            return account_page(address=form), 422
        check_own_password(form.current.data)
        with unit_of_work() as session:
            person = session.get_one(Person, me().person_id)
            services.ask_for_address(session, person=person, address=form.address.data, at=now())
    except Refused as no:
        form.refuse(no)
        return account_page(address=form), 422
    flash(_("If the address can be used, a message with a code is on its way to it."), "done")
    return redirect(url_for("people.account", _anchor="addresses"), 303)


@bp.post("/account/addresses/<address>/primary")
@requires(Permission.SIGNED_IN)
def primary_address(address: str) -> Response:
    """Letters go to this address from now on."""
    return _change(lambda session, person: services.make_primary(session, person=person, public_id=address, at=now()))


@bp.post("/account/addresses/<address>/remove")
@requires(Permission.SIGNED_IN)
def remove_address(address: str) -> Response:
    """Forget an address."""
    return _change(lambda session, person: services.remove_address(session, person=person, public_id=address, at=now()))


def _change(change: Callable[[Any, Person], None]) -> Response:
    try:
        with unit_of_work() as session:
            change(session, session.get_one(Person, me().person_id))
        flash(_("Your addresses are saved."), "done")
    except Refused as no:
        flash(str(no), "error")
    return redirect(url_for("people.account", _anchor="addresses"), 303)
