"""The numbers of versions: major.minor."""

from __future__ import annotations


def next_number(latest: tuple[int, int] | None, *, substantive: bool) -> tuple[int, int]:
    """The number of the version after `latest`; the first is 1.0."""
    if latest is None:
        return 1, 0
    major, minor = latest
    return (major + 1, 0) if substantive else (major, minor + 1)
