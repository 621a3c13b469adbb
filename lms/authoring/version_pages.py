"""The versions of a course, worked out for the page."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from lms.catalogue.models import ChangeKind
from lms.catalogue.rules.texts import localised
from lms.kernel.values import dataclass
from lms.web.dates import local_day, short_day
from lms.web.languages import gettext as _
from lms.web.languages import lazy_gettext as _l

from .queries import VersionLine

CHANGES: Mapping[ChangeKind, LazyString] = {
    ChangeKind.FIRST: _l("First version"),
    ChangeKind.EDITORIAL: _l("Editorial"),
    ChangeKind.SUBSTANTIVE: _l("Substantive"),
}


@dataclass(frozen=True)
class VersionOnPage:
    """A version with everything that is said of it."""

    line: VersionLine
    language: str
    zone: str
    who: str
    """Who published it; empty for the command line."""
    url: str
    draft_url: str | None

    @property
    def change(self) -> str:
        """What kind of change it was."""
        return str(CHANGES[self.line.change])

    @property
    def published(self) -> str:
        """When, and by whom."""
        day = short_day(local_day(self.line.published_at, self.zone))
        if self.who:
            return str(_("Published on %(day)s by %(name)s", day=day, name=self.who))
        return str(_("Loaded from files on %(day)s", day=day))

    @property
    def summary(self) -> str:
        """The public line for who looks."""
        return localised(self.line.summary, self.language) if any(self.line.summary.values()) else ""
