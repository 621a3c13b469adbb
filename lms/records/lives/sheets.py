"""The list of an edition's records as it is taken away."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from lms.people.states import name
from lms.records.rules.public import grouped
from lms.web.languages import language
from lms.web.sheets import Line, Sheet

from .pages import RecordLine


def records_sheet(lines: Iterable[RecordLine]) -> Sheet:
    """A line for each record, and for each place that waits for one."""
    head = (
        _("Name"),
        _("State"),
        _("Ministry or institution"),
        _("Code"),
        _("Issued on"),
        _("How it stands"),
        _("Ended on"),
        _("To be decided"),
    )
    return Sheet("records", head, lambda _session: (_line(line) for line in lines))


def _line(line: RecordLine) -> Line:
    row = line.row
    state = name(line.state_code, language()) if line.state_code else ""
    code = grouped(row.code) if row.code else ""
    return (
        line.name, state, line.institution, code, row.dated, line.sentence, row.ended_on, " ".join(line.open),
    )  # fmt: skip
