"""The signature lines, as they are typed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, ValidationError
from wtforms.validators import Length, Optional

from lms.people.rules.names import mistake_in_line
from lms.web.meanwhile import ChangedMeanwhile, SharedForm, theirs

from .queries import shown_of
from .rules import LONGEST_NAME, LONGEST_TITLE, Signatory


def _line(most: int) -> list[Any]:
    return [Optional(), Length(max=most, message=_l("This is longer than we can keep.")), _shown]


def _shown(_form: Any, field: Any) -> None:
    if mistake_in_line(field.data or "", LONGEST_TITLE):
        raise ValidationError(_l("This has signs in it that cannot be shown. Type it again."))


class SignatoriesForm(SharedForm):
    """Up to two people: each with a name and a title, or not at all."""

    name_1 = StringField(_l("Name, first line"), _line(LONGEST_NAME))
    title_1 = StringField(_l("Title, first line"), _line(LONGEST_TITLE))
    name_2 = StringField(_l("Name, second line"), _line(LONGEST_NAME))
    title_2 = StringField(_l("Title, second line"), _line(LONGEST_TITLE))

    @property
    def _pairs(self) -> list[tuple[Any, Any]]:
        return [(self.name_1, self.title_1), (self.name_2, self.title_2)]

    def show(self, lines: Sequence[Signatory]) -> None:
        """Fill in what is kept."""
        for (name, title), one in zip(self._pairs, lines, strict=False):
            name.data, title.data = one.name, one.title
        self.shown.data = shown_of(lines)

    def show_theirs(self, no: ChangedMeanwhile, lines: Sequence[Signatory]) -> None:
        """Beside what was typed, the lines that somebody else has set meanwhile."""
        for (name, _title), one in zip_longest(self._pairs, lines):
            name.errors = [theirs(f"{one.name}, {one.title}" if one else "–")]
        self.shown.data = shown_of(lines)
        self.refuse(no)

    def validate(self, extra_validators: Any = None) -> bool:
        """A line has both or nothing."""
        fits: bool = super().validate(extra_validators)
        for pair in self._pairs:
            empty = [field for field in pair if not (field.data or "").strip()]
            if len(empty) == 1:
                empty[0].errors = [_l("A line has a name and a title. Type both, or neither.")]
                fits = False
        return fits

    @property
    def lines(self) -> list[Signatory]:
        """What was typed, without the lines that are empty."""
        typed = [[" ".join((field.data or "").split()) for field in pair] for pair in self._pairs]
        return [Signatory(name, title) for name, title in typed if name]
