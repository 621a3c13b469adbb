"""The networks of states, for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from lms.alumni.forms import NetworkForm
from lms.alumni.models import Network
from lms.alumni.queries import networks as reads
from lms.alumni.services import networks as services
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.people.states import name as state_name
from lms.web.access import Permission, requires
from lms.web.languages import language
from lms.web.meanwhile import ChangedMeanwhile, marks_of
from lms.web.render import render

from .blueprint import Answer, bp


@bp.get("/alumni/networks")
@requires(Permission.ADMINISTER)
def networks() -> str:
    """Every network, with a form for a new one."""
    return _networks(NetworkForm(formdata=None))


def _networks(form: NetworkForm) -> str:
    locale = language()
    rows = [
        (row.public_id, row.name, [state_name(code, locale) for code in row.states])
        for row in reads.networks(db.session())
    ]
    return render("lms/alumni/networks.html", form=form, rows=rows)


@bp.post("/alumni/networks")
@requires(Permission.ADMINISTER)
def add_network() -> Answer:
    """A new network."""
    form = NetworkForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                name = (form.name.data or "").strip()
                services.add_network(session, name=name, states=form.codes, at=now(), by=me().subject)
        except Refused as no:
            form.refuse(no)
        else:
            flash(_("The network is kept."), "done")
            return redirect(url_for(".networks"), 303)
    return _networks(form), 422


@bp.get("/alumni/networks/<network>")
@requires(Permission.ADMINISTER)
def network(network: str) -> str:
    """One network, to be changed."""
    found = _network(network)
    present = services.said_of(db.session(), found)
    form = NetworkForm(formdata=None, shown=marks_of(present), **_told(present))
    return render("lms/alumni/network.html", form=form, network=found)


def _told(said: Mapping[str, Any]) -> dict[str, str]:
    """As the form has it."""
    return {"name": said["name"], "states": "\n".join(state_name(code, language()) for code in said["states"])}


@bp.post("/alumni/networks/<network>")
@requires(Permission.ADMINISTER)
def change_network(network: str) -> Answer:
    """Another name or other states."""
    form = NetworkForm()
    if form.validate_on_submit():
        said: dict[str, Any] = {"name": (form.name.data or "").strip(), "states": sorted(set(form.codes))}
        try:
            with unit_of_work() as session:
                found = _network(network)
                shown = form.shown.data or ""
                services.change_network(session, network=found, **said, shown=shown, at=now(), by=me().subject)
        except Refused as no:
            form.refuse(no)
        except ChangedMeanwhile as no:
            present = services.said_of(db.session(), _network(network))
            form.show_both(no, present, said, _told(present))
        else:
            flash(_("The network is kept."), "done")
            return redirect(url_for(".networks"), 303)
    return render("lms/alumni/network.html", form=form, network=_network(network)), form.status


def _network(public_id: str) -> Network:
    found = reads.network_named(db.session(), public_id)
    if found is None:
        raise NotFound
    return found
