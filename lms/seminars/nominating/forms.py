"""What a focal point says of whom they nominate, as one row of an import says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from lms.people.models import Sector
from lms.seminars.cells import sector_words
from lms.seminars.columns import Column
from lms.seminars.fields import NEEDED, choices, may_be, zones_or_none
from lms.seminars.imports.judging import NEW_ON_PURPOSE
from lms.seminars.labels import SECTORS, state_name
from lms.seminars.state_keys import state_key
from lms.web.forms import OnceForm

from .queries import Asked
from .sealing import Cells

TEXT = [Length(max=400)]


class OwnNomineeForm(OnceForm):
    """One official of a focal point's own state or institution."""

    name = StringField(_l("Name"), TEXT, description=_l("As the person writes it, in any script"))
    address = EmailField(_l("E-mail address"), TEXT)
    function = StringField(_l("Function"), may_be(200))
    serves_at = SelectField(_l("Ministry or institution"), [DataRequired(NEEDED)], validate_choice=False)
    institution = StringField(_l("Name of another ministry or institution"), TEXT)
    sector = SelectField(_l("Its sector"), choices=choices(SECTORS, _l("Choose…")))
    zone = SelectField(_l("Its time zone"))
    language = SelectField(_l("Language of the invitation"))

    def __init__(self, asked: Asked, languages: Mapping[str, str], **more: Any) -> None:
        super().__init__(**more)
        self._reach = {public_id: (name, code) for public_id, name, code in asked.institutions}
        self._states = {state_key(asked.edition, code): code for code in asked.states}
        self.serves_at.choices = self._places()
        if self._states:
            self.zone.choices = zones_or_none()
        else:
            del self.institution, self.sector, self.zone
        self.language.choices = choices(languages)

    def _places(self) -> list[SelectChoice]:
        known = [SelectChoice(key, f"{name}, {state_name(code)}") for key, (name, code) in self._reach.items()]
        other = [
            SelectChoice(key, _("Another one: %(state)s", state=state_name(code))) for key, code in self._states.items()
        ]
        found = [*known, *other]
        return found if len(found) == 1 else [SelectChoice("", _("Choose…")), *found]

    def validate_serves_at(self, field: SelectField) -> None:
        """Nobody else's state or institution can be named."""
        if field.data not in self._reach and field.data not in self._states:
            raise ValidationError(_("You can nominate people of your own state or institution only."))

    def cells(self) -> Cells:
        """The row that it comes to, once it was validated."""
        said = {
            Column.NAME: self.name.data,
            Column.ADDRESS: self.address.data,
            Column.FUNCTION: self.function.data,
            Column.LANGUAGE: self.language.data,
            **self._where(),
        }
        return {str(column): (text or "").strip() for column, text in said.items()}

    def _where(self) -> dict[str, str | None]:
        if self.serves_at.data in self._reach:
            name, code = self._reach[self.serves_at.data]
            return {Column.STATE: code, Column.INSTITUTION: name}
        sector = sector_words(Sector(self.sector.data), "en") if self.sector.data else ""
        return {
            Column.STATE: self._states[self.serves_at.data],
            Column.INSTITUTION: self.institution.data,
            Column.SECTOR: sector,
            Column.ZONE: self.zone.data,
            NEW_ON_PURPOSE: "1" if sector and self.zone.data else "",
        }

    def refuse_cell(self, column: Column, sentence: str) -> None:
        """Put what is wrong with a cell beside its field."""
        field = {Column.STATE: "serves_at"}.get(column, column.value)
        self[field if field in self else "serves_at"].errors = [sentence]
