"""What stands between a draft and the next version, and whom that version reaches, worked out for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for

from lms.catalogue.models import ChangeKind
from lms.catalogue.queries import Published
from lms.catalogue.rules.numbering import next_number
from lms.kernel.values import dataclass
from lms.people.rules.groups import SMALLEST, in_fives
from lms.web.languages import gettext as _
from lms.web.languages import ngettext

from .check_pages import DraftChecksPage
from .draft_head import DraftHead
from .models import DraftState
from .publishing import Foreseen
from .queries import EditionReading
from .review import Review
from .rules.reaching import Reached, reached
from .rules.signing import Standing
from .signing_words import need_in_words, obstacle_in_words

MOST_MISTAKES = 5
"""So many mistakes are named on the page; the checks name all."""


@dataclass(frozen=True, slots=True)
class InTheWay:
    """One thing that must be done first, and where."""

    words: str
    detail: str
    url: str
    link: str
    places: Sequence[tuple[str, str]] = ()
    """(words, address; empty where there is none) of what is to be mended."""


@dataclass(frozen=True)
class PublishPage:
    """A draft that is to become a version."""

    head: DraftHead
    review: Review
    foreseen: Foreseen
    newest: Published | None
    editions: Sequence[EditionReading]

    @property
    def in_the_way(self) -> list[InTheWay]:
        """Everything that must be done first."""
        return [*self._of_state(), *self._of_version(), *self._of_files(), *self._of_sign_offs()]

    def _url(self, name: str) -> str:
        return url_for(f"authoring.{name}", **self.head.at)

    def _of_state(self) -> list[InTheWay]:
        if self.head.draft.state is DraftState.IN_REVIEW:
            return []
        if not self.head.work.files.changed():
            nothing = _("This draft changes nothing yet, so there is nothing to review.")
            return [InTheWay(str(nothing), "", self._url("outline"), _("Outline"))]
        words = _("The draft has not been sent to the reviewers.")
        return [InTheWay(words, "", self._url("draft"), _("To the draft"))]

    @property
    def behind(self) -> Published | None:
        """The version that was published since the draft was begun."""
        newer = self.newest is not None and self.newest.version_id != self.head.draft.base_id
        return self.newest if newer else None

    def _of_version(self) -> list[InTheWay]:
        if self.behind is None:
            return []
        words = _("Version %(number)s has been published since this draft was begun.", number=self.behind.number)
        return [InTheWay(words, "", self._url("update_draft"), _("Bring the draft up to it"))]

    def _of_files(self) -> list[InTheWay]:
        found = self.foreseen.mistakes
        if not found:
            return []
        words = ngettext("The checks find %(num)s mistake.", "The checks find %(num)s mistakes.", len(found))
        told = DraftChecksPage(self.head.work).by_file(found[:MOST_MISTAKES])
        places = [
            (f"{file.title}, {one.place}: {one.what}" if one.url else f"{file.title}: {one.what}", one.url)
            for file in told
            for one in file.remarks
        ]
        return [InTheWay(str(words), "", self.head.checks_url, _("All that the checks say"), places)]

    def _of_sign_offs(self) -> list[InTheWay]:
        obstacle = self.review.obstacle
        if obstacle is None:
            return []
        lacking = [need_in_words(one.need) for one in self.review.states if one.standing is not Standing.GIVEN]
        detail = _("Not given: %(kinds)s.", kinds=", ".join(lacking)) if lacking else ""
        if not self.review.reviewers:
            detail += " " + _("Nobody is a reviewer of this course yet; an administrator gives the mandate.")
        return [InTheWay(obstacle_in_words(obstacle), detail.strip(), self._url("sign_offs"), _("To the sign-offs"))]

    @property
    def number(self) -> tuple[int, int] | None:
        """The number it will get; None while it changes nothing, or mistakes keep us from knowing what."""
        if self.foreseen.kind is None or not self.head.work.files.changed():
            return None
        parts = self.newest.number.split(".") if self.newest else None
        latest = (int(parts[0]), int(parts[1])) if parts else None
        return next_number(latest, substantive=self.foreseen.kind is ChangeKind.SUBSTANTIVE)

    @property
    def number_words(self) -> str:
        """The same as people write it."""
        return ".".join(map(str, self.number)) if self.number else ""

    @property
    def weight(self) -> str:
        """What kind of change it is, in plain words."""
        if self.foreseen.kind is ChangeKind.FIRST:
            return str(_("This is the first version of the course."))
        if self.foreseen.kind is ChangeKind.SUBSTANTIVE:
            return str(
                _("The changes are substantive: they touch what people must do to complete the course. Running "
                  "editions read the new version only when a coordinator takes them to it.")
            )  # fmt: skip
        return str(
            _("The changes are editorial: whoever has finished something has still finished it. Running editions read "
              "the new version at once.")
        )  # fmt: skip

    @property
    def reaches(self) -> Mapping[Reached, list[tuple[str, str, str]]]:
        """(edition, the version it reads, its people) by how each comes to the new version."""
        found: dict[Reached, list[tuple[str, str, str]]] = {}
        if self.number is not None:
            for edition in self.editions:
                how = reached((edition.major, edition.minor), self.number)
                found.setdefault(how, []).append((edition.title, edition.number, people_in_words(edition.people)))
        return found


def people_in_words(people: int) -> str:
    """How many people are in an edition, for somebody who holds no mandate over them: no small group is told."""
    if not people:
        return str(_("nobody yet"))
    if people < SMALLEST:
        return str(_("fewer than %(number)s people", number=SMALLEST))
    return str(_("at least %(number)s people", number=in_fives(people)))
