"""Why a row is refused or left as it is, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lms.people.states import UnknownState, recognise
from lms.seminars.columns import Column
from lms.web.languages import gettext as _
from lms.web.languages import in_a_row
from lms.web.languages import lazy_gettext as _l

from .judging import KNOWN
from .models import ImportState, Verdict
from .table import MORE

LABELS: Mapping[Column, str] = {
    Column.NAME: _l("Name"),
    Column.ADDRESS: _l("E-mail address"),
    Column.STATE: _l("State"),
    Column.INSTITUTION: _l("Ministry or institution"),
    Column.SECTOR: _l("Sector"),
    Column.ZONE: _l("Time zone"),
    Column.LANGUAGE: _l("Language"),
    Column.FUNCTION: _l("Function"),
    Column.SINCE: _l("There since"),
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.NEW: _l("New"),
    Verdict.CHANGED: _l("Changed"),
    Verdict.SAME: _l("Left as they are"),
    Verdict.REFUSED: _l("Need a correction"),
}
STATES: Mapping[ImportState, tuple[str, str]] = {
    ImportState.REHEARSING: ("part", _l("Being checked")),
    ImportState.REHEARSED: ("care", _l("Waits for your decision")),
    ImportState.SAVING: ("part", _l("Being saved")),
    ImportState.SAVED: ("done", _l("Saved")),
    ImportState.UNDOING: ("part", _l("Being taken back")),
    ImportState.DISCARDED: ("none", _l("Discarded")),
    ImportState.UNDONE: ("none", _l("Taken back")),
}
"""The kind of `ui.status` and the word for each."""

_REFUSED: Mapping[str, str] = {
    "name-missing": _l("The name is missing."),
    "name-no-letters": _l("A name has at least one letter."),
    "code-name": _l("This is a code name. Somebody who is not to be named cannot be taken from a list."),
    "name-control": _l("There are signs in this name that cannot be seen. Write it anew."),
    "name-signs": _l("There are signs here that stand in no name. Write it anew."),
    "name-stands-for-one": _l("These words stand for a name that is not known yet. Import the row again when it is."),
    "name-long": _l("A name has at most 200 characters."),
    "name-too-long": _l("A name has at most 200 characters."),
    "address-missing": _l("The address is missing."),
    "address-no-at": _l("The address has no @ sign."),
    "address-several": _l("There is more than one address. Keep the one that the person reads."),
    "address-wrong": _l("No mail can go to this address."),
    "twice": _l("An earlier row has the same address. It is one person, or one of the two is wrong."),
    "twice-named": _l("Another row has the same name, institution and state. Give it the address, or leave one out."),
    "state-missing": _l("The state is missing. Write it as the United Nations does."),
    MORE: _l(
        "There is more in this row than there are headings, as where a comma stands in a cell: what is behind it may "
        "have moved. Put the row right in the file, and import that again."
    ),
    "institution-missing": _l("The ministry or institution is missing."),
    "institution-wrong": _l("This cannot be the name of a ministry or institution."),
    "language-unknown": _l("We know no language of this name."),
    "function-wrong": _l("A function is one line of at most 200 characters."),
    "since-unclear": _l("It is not clear which day this is. Write it as year-month-day, such as 2027-04-23."),
    "since-range": _l("This day cannot be: it is to come, or too long ago."),
    "closed": _l("The attendance was closed before this row was saved."),
    "meanwhile": _l("Something about this person changed while you looked, so the row was not saved. Import it again."),
    "erased": _l("This person was erased. Nothing of the row is kept; leave it as it is."),
}
_LEFT: Mapping[str, str] = {
    KNOWN: _l("We know somebody by this address; it is the same person and keeps their name."),
    "again": _l("Was withdrawn before anybody was told, and is nominated again."),
    "left-declined": _l("Has declined. An invitation from their page asks them again."),
    "left-withdrawn": _l("Was withdrawn. An invitation from their page asks them again."),
    "left-deferred": _l("Was put off to a later edition."),
    "left-replaced": _l("Was replaced by somebody else."),
}
_AS_THEY_ARE = _l("Is in this edition already; what the row says otherwise is not taken over.")
"""Of everybody else who is left as they are, whatever was written down of why."""


def why_refused(reason: str | None, column: Column, cell: str) -> str:
    """What is wrong with the cell, and where there is a guess, what may be meant."""
    if reason == "state-unknown":
        return _unknown_state(cell)
    if reason == "institution-unknown":
        return _("“%(name)s” is not a name we know in this state. Choose one, or add it.", name=cell)
    return str(_REFUSED.get(reason or "", _("This cannot be taken over.")))


def _unknown_state(cell: str) -> str:
    try:
        recognise(cell)
    except UnknownState as unknown:
        return str(unknown)
    return ""


def remark(verdict: Verdict, reason: str | None, columns: Collection[Column]) -> str:
    """What is to be said of a row that can be taken or is left; "" where nothing is."""
    changes = _("Changes: %(columns)s.", columns=in_a_row([str(LABELS[column]) for column in columns]))
    if reason == "changes":
        return changes
    said = str(_LEFT.get(reason or "", _AS_THEY_ARE if verdict is Verdict.SAME else ""))
    return f"{said} {changes}" if verdict is Verdict.CHANGED and columns else said
