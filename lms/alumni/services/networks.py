"""Networks of states, as an administrator keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lms.alumni.models import Network, NetworkState
from lms.kernel import audit
from lms.kernel.errors import Refused
from lms.kernel.secrets import new_token
from lms.web.meanwhile import together


def add_network(session: Session, *, name: str, states: Collection[str], at: dt.datetime, by: str) -> Network:
    """A new network with its states. Raises Refused for a name that another one has."""
    _free(session, name, None)
    made = Network(public_id=new_token(), name=name, created_at=at)
    session.add(made)
    session.flush()  # for the id that its states refer to
    _put(session, made, states)
    audit.record(session, at=at, actor=by, act="network.added", about=made.public_id, states=len(states))
    return made


def said_of(session: Session, network: Network) -> dict[str, Any]:
    """What there is to be changed of a network: its name, and the codes of its states in order."""
    codes = select(NetworkState.state_code).where(NetworkState.network_id == network.id)
    return {"name": network.name, "states": sorted(session.scalars(codes))}


def change_network(
    session: Session,
    *,
    network: Network,
    name: str,
    states: Collection[str],
    shown: str = "",
    at: dt.datetime,
    by: str,
) -> None:
    """Another name or other states, said on the page with the marks `shown`. Raises Refused for a name that another
    network has, ChangedMeanwhile."""
    session.refresh(network, with_for_update=True)
    said = together(said_of(session, network), {"name": name, "states": sorted(set(states))}, shown)
    name, states = said["name"], said["states"]
    _free(session, name, network.id)
    network.name = name
    session.execute(delete(NetworkState).where(NetworkState.network_id == network.id))
    _put(session, network, states)
    audit.record(session, at=at, actor=by, act="network.changed", about=network.public_id, states=len(states))


def _put(session: Session, network: Network, states: Collection[str]) -> None:
    rows = [{"network_id": network.id, "state_code": code} for code in sorted(set(states))]
    if rows:
        session.execute(insert(NetworkState), rows)


def _free(session: Session, name: str, but: int | None) -> None:
    # Held one after the other: two administrators may give one name at the same moment.
    taken = session.scalar(select(Network.id).where(Network.name == name).with_for_update())
    if taken is not None and taken != but:
        raise Refused(_("There is a network of this name already."))
