"""What is corrected of a ministry or institution."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField

from lms.people.models import Sector
from lms.people.rules.names import LONGEST_NAME
from lms.seminars.fields import choices, needed
from lms.seminars.labels import SECTORS
from lms.web.forms import zone_choices
from lms.web.meanwhile import SharedForm


class InstitutionForm(SharedForm):
    """Its name, what it is there for, and by which clocks it lives."""

    name = StringField(_l("Name of the ministry or institution"), needed(LONGEST_NAME))
    sector = SelectField(_l("Sector"), choices=choices(SECTORS), coerce=Sector)
    zone = SelectField(_l("Time zone of the ministry or institution"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.zone.choices = zone_choices()

    def said(self) -> dict[str, Any]:
        """What stands in it."""
        return {"name": (self.name.data or "").strip(), "sector": self.sector.data, "zone": self.zone.data}
