"""What a unit's page shows of values that are no texts."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from lms.people.models import Sector
from lms.seminars.labels import SECTORS


def own_sector_first(advice: Mapping[str, Markup], own: Sector) -> list[tuple[Sector, str, Markup]]:
    """The paragraphs for each kind of institution with its name, the reader's own first."""
    order = [own, *(sector for sector in Sector if sector is not own)]
    return [(sector, SECTORS[sector], advice[sector]) for sector in order if sector in advice]


def fingerprint(content_hash: str) -> str:
    """The first twelve digits of a text's hash in groups of four, to be compared by eye."""
    return "·".join(content_hash[place : place + 4] for place in (0, 4, 8))
