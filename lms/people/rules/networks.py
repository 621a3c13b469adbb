"""From which network somebody asks, as far as counting tries is concerned."""

from __future__ import annotations

import ipaddress

WHOLE = 64
"""A household or an office is given at least this much of IPv6, and its devices change the rest at will."""


def network_of(address: str) -> str:
    """An IPv4 address as it is, of an IPv6 address the network; what is neither stays as it is."""
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), WHOLE), strict=False))
