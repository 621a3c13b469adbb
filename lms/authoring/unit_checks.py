"""The checks of a unit as its page shows them: in sentences, with links to the places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lms.catalogue.rules.readability import lix
from lms.kernel.clock import now
from lms.kernel.values import dataclass
from lms.plugins.manager import unit_kinds
from lms.web.languages import gettext as _
from lms.web.languages import language_name, listed

from .checking import Finding, findings, page_weight, plain_text, sources_unchecked
from .labels import place_name
from .preview import Preview
from .rules.fields import PREFIX, Where
from .rules.reading_level import FAST, HARD, HEAVY, HEAVY_WITH_FIGURES
from .unit_writing import Writing


@dataclass(frozen=True)
class Remark:
    """Something to mend, with the place to mend it at."""

    place: str
    url: str
    line: int
    what: str
    cure: str


@dataclass(frozen=True)
class ChecksPart:
    """What the machine says of a text: what must be mended before it can be published, and what to think about."""

    remarks: Sequence[Remark]
    thoughts: Sequence[str]


def checks_of(writing: Writing, shown: Preview | None) -> ChecksPart:
    """The checks of one unit, in the language that is written."""
    found = [one for one in findings(writing.unit, unit_kinds()) if one.language == writing.language]
    return ChecksPart(
        [remark_of(writing, one) for one in found], [*_of_the_text(writing, shown), *_of_its_course(writing)]
    )


def remark_of(writing: Writing, found: Finding) -> Remark:
    """A finding, with the address of its field."""
    where = _with_input(found.where)
    anchor = ".".join((PREFIX, *map(str, where))) if where else "main"
    url = writing.url_in(found.language, _anchor=anchor)
    return Remark(place_name(where), url, found.line, found.what, found.cure)


def _with_input(where: Where) -> Where:
    """Names are made by the form: a mistake in one is shown at the entry, or at the unit."""
    return where[:-1] if where and where[-1] in ("id", "key", "kind") else where


def _of_the_text(writing: Writing, shown: Preview | None) -> Iterator[str]:
    if shown is None:
        return
    level, weight = lix(plain_text(shown)), page_weight(shown)
    most = HEAVY_WITH_FIGURES if "figures" in writing.unit.original.front else HEAVY
    if level > HARD:
        yield _(
            "It is hard to read: %(level)s on the scale where a newspaper has 40 and an official text 50.", level=level
        )
    if weight > most:
        yield _(
            "Its page weighs about %(weight)s kB; over a slow line, more than %(most)s are too much.",
            weight=round(weight / 1000),
            most=most // 1000,
        )
    words, minutes = shown.text.words, writing.unit.original.front.get("minutes")
    if isinstance(minutes, int) and words > FAST * minutes:
        yield _(
            "It has %(words)s words and says %(minutes)s minutes. In a language that is not one's own, "
            "about 150 words are read in a minute.",
            words=words,
            minutes=minutes,
        )


def _of_its_course(writing: Writing) -> Iterator[str]:
    unit, kind = writing.unit, writing.kind
    if kind is None or not writing.is_original:
        return
    old = [str(source["id"]) for source in sources_unchecked(unit, kind, now().date())]
    if old:
        yield _("Nobody has looked at these sources for more than a year: %(sources)s.", sources=", ".join(old))
    late = [code for code, text in unit.translations.items() if text.front.get("follows") != unit.original.hash]
    if late:
        names = listed([language_name(code) for code in late])
        yield _("These translations follow an older text: %(languages)s.", languages=names)
