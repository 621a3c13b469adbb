"""What a unit's page shows of values that are no texts."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from lms.catalogue.queries import CitedSource, Term, UnitText
from lms.people.models import Sector
from lms.seminars.labels import SECTORS


def own_sector_first(advice: Mapping[str, Markup], own: Sector) -> list[tuple[Sector, str, Markup]]:
    """The paragraphs for each kind of institution with its name, the reader's own first."""
    order = [own, *(sector for sector in Sector if sector is not own)]
    return [(sector, SECTORS[sector], advice[sector]) for sector in order if sector in advice]


def beside_key_points(text: UnitText) -> tuple[list[CitedSource], list[Term]]:
    """The sources and terms that a text's key points lead to, for a page that shows them alone."""
    points = "".join(text.key_points)
    sources = [source for source in text.citations if f'href="#s{source.number}"' in points]
    return sources, [term for term in text.terms if f'popovertarget="t-{term.key}"' in points]


def fingerprint(content_hash: str) -> str:
    """The first twelve digits of a text's hash in groups of four, to be compared by eye."""
    return "·".join(content_hash[place : place + 4] for place in (0, 4, 8))
