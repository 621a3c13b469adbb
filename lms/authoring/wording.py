"""What kinds of units and the standing of their texts are called on these pages."""

from __future__ import annotations

from collections.abc import Mapping

from babel.numbers import format_decimal
from flask_babel import LazyString

from lms.web.languages import gettext as _
from lms.web.languages import language, ngettext
from lms.web.languages import lazy_gettext as _l

from .rules.standing import Standing

KINDS: Mapping[str, LazyString] = {
    "reading": _l("Text"),
    "quiz": _l("Questions"),
    "case-study": _l("Case study"),
    "reflection": _l("Private reflection"),
}
SOURCE_KINDS: Mapping[str, LazyString] = {
    "law": _l("Law, treaty or resolution"),
    "report": _l("Report"),
    "study": _l("Study"),
    "book": _l("Book"),
    "speech": _l("Speech"),
    "interview": _l("Interview"),
    "press": _l("Press"),
    "page": _l("Page on the web"),
    "reference": _l("Work of reference"),
}
STANDINGS: Mapping[Standing, tuple[str, LazyString]] = {
    Standing.MISSING: ("none", _l("Not translated")),
    Standing.AWAITING: ("part", _l("Awaiting a native reader")),
    Standing.CONFIRMED: ("done", _l("Confirmed")),
    Standing.IN_FILE: ("done", _l("Confirmed in its file")),
}


def kind_name(kind: str) -> str:
    """What a kind of unit is called; a plugin's kind by the word its authors write."""
    return str(KINDS.get(kind, kind))


def size(kind: str, minutes: int, words: int, questions: int) -> str:
    """Kind, minutes, words and questions of a unit, in one line."""
    parts = [kind_name(kind), ngettext("%(num)s minute", "%(num)s minutes", minutes)]
    if words:
        parts.append(ngettext("%(num)s word", "%(num)s words", words, num=format_decimal(words, locale=language())))
    if questions:
        parts.append(ngettext("%(num)s question", "%(num)s questions", questions))
    return ", ".join(parts)


def to_review(places: int) -> str:
    """How many places need review, as a sentence."""
    if not places:
        return str(_("No place needs review."))
    return str(ngettext("%(num)s place needs review.", "%(num)s places need review.", places))


def changed_passages(number: int | None) -> str:
    """How much of the original changed since it was translated; None where the older text is not known."""
    if number is None:
        return str(_("The original has changed since."))
    return str(
        ngettext("%(num)s passage of the original has changed since.",
                 "%(num)s passages of the original have changed since.", number)
    )  # fmt: skip
