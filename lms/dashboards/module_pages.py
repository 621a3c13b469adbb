"""What the page of an edition's modules shows, worked out beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.seminars.rules import Stage
from lms.web.languages import gettext as _
from lms.web.languages import ngettext

from .pages import Figure
from .rules.looks import FINISHED, OPEN, Numbers


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
