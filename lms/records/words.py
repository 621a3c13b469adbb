"""Conditions and certificates in words, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.catalogue.rules.texts import localised
from lms.web.languages import in_a_row

from .models import Cause, RecordAct, RequestState
from .queries import Happening, RecordPage
from .rules.completion import Condition, Key, Verdict

Line = tuple[bool, str, str]
"""Met or not, the condition with its figures, and what explains it (may be empty)."""

TITLES = {
    "en": "Certificate of completion",
    "es": "Certificado de finalización",
    "fr": "Certificat d’achèvement",
    "ar": "شهادة إتمام",
}
"""What the paper is called in the languages it is read in, whatever the language of the page."""
_FINGERPRINT_LENGTH = 16
CAUSES: Mapping[Cause, Any] = {
    Cause.CONDITIONS: _l("The conditions of the record had not been met."),
    Cause.OTHER_PERSON: _l("The record names somebody else than the person who completed the seminar."),
    Cause.DECEPTION: _l("The record was obtained by deception."),
    Cause.MISUSE: _l("The record came about through misuse of the system."),
}
"""For which causes a record may be revoked, as its holder and whoever verifies it read them."""
REQUESTS: Mapping[RequestState, tuple[str, Any]] = {
    RequestState.ASKED: ("part", _l("Waits for an answer")),
    RequestState.GRANTED: ("done", _l("Granted")),
    RequestState.REFUSED: ("care", _l("Not granted")),
    RequestState.TAKEN_BACK: ("none", _l("Taken back")),
    RequestState.OVER: ("none", _l("Over, because the record ended")),
}
"""How a request for a correction stands: the mark and the words."""


def lines(verdict: Verdict) -> list[Line]:
    """Every condition of a verdict, as the conditions of a page are shown."""
    return [(condition.met, *_EXPLAIN[condition.key](condition)) for condition in verdict.conditions]


def missing(verdict: Verdict) -> list[str]:
    """What is missing, a sentence for each condition."""
    explained = (_EXPLAIN[condition.key](condition) for condition in verdict.missing)
    return [f"{text}. {detail}".strip() for text, detail in explained]


def ended(act: RecordAct | None) -> str:
    """What became of a record that is not in force any more; nothing for one that is."""
    sentences = {
        RecordAct.CORRECTED: _("This record was corrected; a later one has taken its place."),
        RecordAct.WITHDRAWN: _("This record was withdrawn by its holder."),
        RecordAct.REVOKED: _("This record was revoked."),
    }
    return sentences.get(act, "") if act else ""


def happening(one: Happening) -> str:
    """One entry of the ledger as a sentence."""
    if one.act is RecordAct.ISSUED:
        return str(_("Issued in the place of a record that was corrected.") if one.corrects else _("Issued."))
    cause = str(CAUSES[one.cause]) if one.cause else ""
    return f"{ended(one.act)} {cause}".strip()


def other_titles() -> list[tuple[str, str]]:
    """The certificate's title in the other languages, each with its code."""
    own = str(get_locale() or "en").partition("_")[0]
    return [(code, title) for code, title in TITLES.items() if code != own]


def reading_line(page: RecordPage) -> str:
    """How much pre-reading a record stands for."""
    return str(ngettext("Pre-reading: %(num)s module", "Pre-reading: %(num)s modules", page.modules))


def attendance_line(page: RecordPage) -> str:
    """How much attendance a record stands for; nothing where the course asked for none."""
    if page.half_days is None:
        return ""
    present, held = page.half_days
    text = ngettext(
        "Attendance: %(present)s of %(num)s half-day",
        "Attendance: %(present)s of %(num)s half-days",
        held,
        present=present,
    )
    made_up = ngettext("%(num)s made up for", "%(num)s made up for", page.made_up) if page.made_up else ""
    return f"{text}, {made_up}" if made_up else str(text)


def fingerprint(content_hash: str) -> str:
    """The beginning of a version's content hash, in groups of four."""
    short = content_hash[:_FINGERPRINT_LENGTH]
    return " ".join(short[start : start + 4] for start in range(0, len(short), 4))


def _modules(condition: Condition) -> tuple[str, str]:
    figures = condition.figures
    text = ngettext(
        "Pre-reading: %(passed)s of %(num)s module passed",
        "Pre-reading: %(passed)s of %(num)s modules passed",
        figures["needed"],
        passed=figures["passed"],
    )
    language = str(get_locale() or "en")
    titles = [localised(title, language) for title in figures["missing"]]
    return text, _("Not passed yet: %(modules)s.", modules=in_a_row(titles)) if titles else ""


def _attendance(condition: Condition) -> tuple[str, str]:
    figures = condition.figures
    if not figures["held"]:
        return _("Attendance: no half-day is on the sheet yet"), ""
    text = ngettext(
        "Attendance: %(present)s of %(num)s half-day, %(needed)s needed",
        "Attendance: %(present)s of %(num)s half-days, %(needed)s needed",
        figures["held"],
        present=figures["counted"],
        needed=figures["needed"],
    )
    return text, " ".join(_about_sheet(figures))


def _about_sheet(figures: Mapping[str, Any]) -> list[str]:
    said = []
    if figures["made_up"]:
        said.append(
            ngettext(
                "%(num)s excused half-day was made up for and counts.",
                "%(num)s excused half-days were made up for and count.",
                figures["made_up"],
            )
        )
    if figures["excused"] > figures["made_up"]:
        said.append(
            ngettext(
                "%(num)s half-day was excused; this explains it, but does not count as attended.",
                "%(num)s half-days were excused; this explains them, but they do not count as attended.",
                figures["excused"] - figures["made_up"],
            )
        )
    if not figures["closed"]:
        said.append(_("The attendance sheet is still open; a coordinator closes it after the last day."))
    return said


def _name(condition: Condition) -> tuple[str, str]:
    if condition.met:
        return _("Name confirmed"), ""
    return _("Name not confirmed yet"), _("The name that will stand on the record waits for its holder’s word.")


_EXPLAIN: Mapping[Key, Callable[[Condition], tuple[str, str]]] = {
    Key.MODULES: _modules,
    Key.ATTENDANCE: _attendance,
    Key.NAME: _name,
}
