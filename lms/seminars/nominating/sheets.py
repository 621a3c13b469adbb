"""What waits for a coordinator's decision, as it is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from lms.seminars.columns import Column
from lms.seminars.imports.wording import LABELS
from lms.seminars.labels import state_name
from lms.web.sheets import Line, Sheet, local_time

from .queries import Waiting

_SAID = (Column.INSTITUTION, Column.FUNCTION, Column.ADDRESS)


def waiting_sheet(rows: Sequence[tuple[Waiting, str]], zone: ZoneInfo) -> Sheet:
    """The nominations that nobody has decided on, each with what is to be said of it."""
    said = (str(LABELS[column]) for column in _SAID)
    head = (_("Name"), _("State"), *said, _("Nominated by"), _("On (%(zone)s)", zone=zone.key), _("Remark"))
    return Sheet("nominations-waiting", head, lambda _session: (_line(row, remark, zone) for row, remark in rows))


def _line(row: Waiting, remark: str, zone: ZoneInfo) -> Line:
    if row.hidden:  # as on the page: nothing beside a code name that could tell who it is
        return (row.name, *[""] * (len(_SAID) + 4))
    said = (row.cells.get(column, "") for column in _SAID)
    return (row.name, state_name(row.state_code), *said, row.by, local_time(row.at, zone), remark)
