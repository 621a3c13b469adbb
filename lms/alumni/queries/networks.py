"""Networks of states."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.alumni.models import Network, NetworkState
from lms.kernel.values import dataclass


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """A network with the codes of its states."""

    id: int
    public_id: str
    name: str
    states: tuple[str, ...]


def networks(session: Session) -> list[NetworkRow]:
    """Every network by name; two statements."""
    states: dict[int, list[str]] = {}
    for row in session.execute(select(NetworkState.network_id, NetworkState.state_code)):
        states.setdefault(row.network_id, []).append(row.state_code)
    rows = session.scalars(select(Network).order_by(Network.name))
    return [NetworkRow(row.id, row.public_id, row.name, tuple(sorted(states.get(row.id, ())))) for row in rows]


def networks_by_state(session: Session) -> dict[str, frozenset[int]]:
    """The networks of each state; one statement."""
    found: dict[str, set[int]] = {}
    for row in session.execute(select(NetworkState.network_id, NetworkState.state_code)):
        found.setdefault(row.state_code, set()).add(row.network_id)
    return {code: frozenset(ids) for code, ids in found.items()}


def network_named(session: Session, public_id: str) -> Network | None:
    """The network with this public id."""
    return session.scalar(select(Network).where(Network.public_id == public_id))
