"""Who a host application says its user is."""

from __future__ import annotations

from lms.kernel.values import dataclass

HOST_USER = "lms.host_user"


@dataclass(frozen=True)
class HostUser:
    """The host's user: a subject that never changes, a name to show, an address or None.

    `host` tells apart the users of several hosts that share one database.
    """

    subject: str
    name: str
    address: str | None = None
    host: str = "host"
