"""What the page of an edition's modules shows, worked out beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.seminars.rules import Stage
from lms.web.languages import gettext as _
from lms.web.languages import ngettext
from lms.web.sheets import Sheet

from .pages import Figure
from .queries import Look, module_choices, numbers
from .rules.looks import FINISHED, OPEN, Numbers, Sight


@dataclass(frozen=True)
class ModuleLine:
    """One module: who has finished it, and who has not."""

    title: str
    finished: Figure
    open: Figure


@dataclass(frozen=True)
class ModulesPage:
    """How many people of an edition have finished each module; `modules` are (key, title)."""

    modules: Sequence[tuple[str, str]]
    numbers: Numbers
    list_url: str

    @property
    def everyone(self) -> int:
        """How many have been invited."""
        return self.numbers.reached(Stage.INVITED)

    @property
    def lines(self) -> list[ModuleLine]:
        """Module by module, in the order of the course."""
        return [
            ModuleLine(
                title,
                self._figure(FINISHED, key, self.numbers.finished(key)),
                self._figure(OPEN, key, self.numbers.finished(key, finished=False)),
            )
            for key, title in self.modules
        ]

    def sheet(self) -> Sheet:
        """The same as a file."""
        head = (_("Module"), _("Have finished"), _("Have not finished"))
        lines = [(line.title, line.finished.number, line.open.number) for line in self.lines]
        return Sheet("modules", head, lambda _session: lines)

    def _figure(self, kind: str, key: str, number: int) -> Figure:
        share = 100 * number / self.everyone if self.everyone else 0.0
        return Figure(number, f"{self.list_url}?progress={kind}:{key}", share)

    @property
    def finding(self) -> str:
        """The sentence it opens with."""
        whole = [title for key, title in self.modules if self.everyone and self.numbers.finished(key) == self.everyone]
        if not self.everyone:
            return _("Nobody has been invited yet.")
        return ngettext(
            "%(num)s module of %(all)s is finished by everybody.",
            "%(num)s modules of %(all)s are finished by everybody.",
            len(whole),
            all=len(self.modules),
        )


def modules_page(seen: Look) -> ModulesPage:
    """The page for somebody who coordinates the edition; for everyone else there is none (NotFound)."""
    if seen.sight is not Sight.EVERYTHING:
        raise NotFound
    return ModulesPage(
        modules=module_choices(db.session(), seen),
        numbers=numbers(db.session(), seen),
        list_url=url_for("dashboards.people", edition=seen.edition.public_id),
    )
