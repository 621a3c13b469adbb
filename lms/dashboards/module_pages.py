"""What the page of an edition's modules shows, worked out beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from urllib.parse import urlencode

from flask import url_for

from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.seminars.rules import Stage
from lms.web.languages import gettext as _
from lms.web.languages import language, ngettext
from lms.web.sheets import Sheet

from .filters import FilterPart, filter_part
from .forms import asked_by, filter_in
from .pages import Figure
from .queries import Look, choices, module_numbers
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
    filters: FilterPart | None = None
    """What they can be narrowed by; None where there is nobody."""
    asked: Mapping[str, str] = field(default_factory=dict)
    """What every list is asked for beside its module."""

    @property
    def narrowed(self) -> str:
        """Whom the numbers are of, in words; empty where it is everybody."""
        return self.filters.said if self.filters and self.asked else ""

    def with_filter(self, address: str) -> str:
        """An address that asks for the same people."""
        return f"{address}?{urlencode(self.asked)}" if self.asked else address

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
        asked = urlencode({"progress": f"{kind}:{key}", **self.asked}, safe=":")
        return Figure(number, f"{self.list_url}?{asked}", share)

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


def modules_page(seen: Look, args: Mapping[str, str]) -> ModulesPage:
    """The page that an address asks for, for somebody who coordinates the edition; for everyone else there is none
    (NotFound)."""
    if seen.sight is not Sight.EVERYTHING:
        raise NotFound
    session, edition = db.session(), seen.edition.public_id
    offered = choices(session, seen)
    wanted = replace(filter_in(args, edition, offered).narrowing(seen.sight), progress=None)
    return ModulesPage(
        modules=offered.modules,
        numbers=module_numbers(session, seen, wanted),
        list_url=url_for("dashboards.people", edition=edition),
        filters=filter_part(offered, wanted, edition, language(), seen.sight) if offered.states else None,
        asked=asked_by(wanted, edition),
    )
