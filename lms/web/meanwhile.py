"""Two officers who change one thing from pages that were drawn before. What each of them has changed holds; of what
both have changed the later one is asked, with what stands there now beside what they typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from wtforms import HiddenField
from wtforms.validators import Length

from lms.kernel.errors import Conflict
from lms.kernel.settings import keyring

from .forms import Form, in_words

LONGEST_MARKS = 20_000
_SHORT = 8


class ChangedMeanwhile(Conflict):
    """Somebody else has changed what the sender changes too; `there` is what stands there now, by the name of the
    field."""

    def __init__(self, there: Mapping[str, object]) -> None:
        super().__init__(_("Nothing was saved: somebody else has changed meanwhile what you changed too."))
        self.there = there


def marks_of(values: Mapping[str, object]) -> str:
    """Stands for what a page shows, by the name of each field: what a form carries to tell what was changed on it.
    Keyed, so that it tells nothing that the page does not."""
    return " ".join(f"{name}:{_mark(value)}" for name, value in values.items())


def _mark(value: object) -> str:
    # Browsers send the ends of lines in their own way.
    return keyring().veil(str(value).replace("\r\n", "\n").strip())[:_SHORT]


def changed_on(values: Mapping[str, object], shown: str) -> set[str]:
    """The names of what is other than on the page with these marks; what that page did not show is left out."""
    seen = dict(part.partition(":")[::2] for part in shown.split())
    return {name for name, mark in seen.items() if name in values and _mark(values[name]) != mark}


def together(present: Mapping[str, Any], said: Mapping[str, Any], shown: str) -> dict[str, Any]:
    """What is `present`, but for what was changed on the page with the marks `shown`: that is as it was `said`. A page
    without marks says everything. Raises ChangedMeanwhile for what others have made another thing of since."""
    if not shown:
        return dict(said)
    mine = changed_on(said, shown)
    both = sorted(name for name in mine & changed_on(present, shown) if _mark(said[name]) != _mark(present[name]))
    if both:
        raise ChangedMeanwhile({name: present[name] for name in both})
    return {**present, **{name: said[name] for name in mine}}


def as_shown(present: Mapping[str, object], shown: str) -> None:
    """For an act that goes with what a page showed, whatever is said on it. Raises Conflict where any of it is another
    thing by now."""
    if changed_on(present, shown):
        raise Conflict(_("This has been changed in the meantime. Look at the page again before you repeat it."))


def theirs(text: str) -> str:
    """What stands beside a field that both have changed."""
    return str(_("Somebody else has changed this. There stands now: %(text)s", text=text))


class SharedForm(Form):
    """A form for what more than one officer may change: it carries the marks of what its page showed."""

    shown = HiddenField(validators=[Length(max=LONGEST_MARKS)])

    @property
    def overtaken(self) -> bool:
        """What was typed need not be told: it still stands in the fields."""
        return False

    def show_both(
        self,
        no: ChangedMeanwhile,
        present: Mapping[str, object],
        said: Mapping[str, object],
        told: Mapping[str, object] | None = None,
    ) -> None:
        """After somebody else's changes: what the form only repeated is as they left it, and beside what both have
        changed stands theirs; sent again, the form's own holds. `told` is what is present as the fields have it."""
        mine, told = changed_on(said, self.shown.data or ""), told or present
        for name in present.keys() - mine:
            if name in self:
                self[name].raw_data = None  # else a day, an hour or a number is drawn as it was sent
                self[name].process(None, told[name])
        for name in no.there:
            self[name].errors = [theirs(_in_words(self[name], told[name]))]
        self.shown.data = marks_of(present)
        self.refuse(no)


def _in_words(field: Any, value: object) -> str:
    """As the page says it."""
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return in_words(field, str(value))
