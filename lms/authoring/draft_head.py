"""What stands at the head of every page of a draft that reviewers use."""

from __future__ import annotations

from typing import Any

from flask import url_for

from lms.catalogue.rules.passages import Where
from lms.kernel.values import dataclass
from lms.web.languages import gettext as _
from lms.web.languages import ngettext

from .draft_pages import STATES
from .models import Draft, DraftState
from .rules.drafting import OPEN
from .rules.fields import PREFIX
from .together import BODY
from .workspace import Workspace


@dataclass(frozen=True)
class DraftHead:
    """A draft with the way to its other pages; `remarks` are those that wait."""

    work: Workspace
    language: str
    zone: str
    remarks: int

    @property
    def draft(self) -> Draft:
        """The draft."""
        return self.work.draft

    @property
    def at(self) -> dict[str, Any]:
        """What its addresses are made of."""
        return {"slug": self.work.slug, "draft": self.draft.public_id}

    @property
    def course(self) -> str:
        """The title of the course."""
        return self.work.title(self.language)

    @property
    def open(self) -> bool:
        """Whether its texts can still be changed."""
        return DraftState(self.draft.state) in OPEN

    @property
    def status(self) -> tuple[str, str]:
        """The sign and the words for its state."""
        sign, words = STATES[self.draft.state]
        return sign, str(words)

    @property
    def waiting(self) -> str:
        """How many remarks wait, in words."""
        if not self.remarks:
            return str(_("No remark is open."))
        return str(ngettext("%(num)s remark is open.", "%(num)s remarks are open.", self.remarks))

    def writing(self, unit: str, language: str | None = None, place: Where | None = None) -> str:
        """Where a text of the draft is written; with `place` at that field, at its running text for the empty one."""
        page = url_for("authoring.edit_unit", **self.at, unit=unit, text=language)
        return page if place is None else f"{page}#{_field(place)}"

    @property
    def checks_url(self) -> str:
        """Where everything stands that the checks find."""
        return url_for("authoring.draft_checks", **self.at)

    def tabs(self, current: str) -> list[tuple[str, str, bool]]:
        """The pages of the draft."""
        pages = [
            ("draft", _("Draft")),
            ("draft_changes", _("Changes")),
            ("remarks", _("Remarks (%(number)s)", number=self.remarks)),
            ("sign_offs", _("Sign-offs")),
        ]
        if self.open:
            pages.append(("publish", _("Publish")))
        return [(str(words), url_for(f"authoring.{name}", **self.at), name == current) for name, words in pages]


def _field(place: Where) -> str:
    """What the page on which a unit is written calls a field; it counts entries from 0."""
    from_nought = (str(part - 1 if isinstance(part, int) else part) for part in place)
    return ".".join((PREFIX, *from_nought)) if place else f"{PREFIX}.{BODY}"
