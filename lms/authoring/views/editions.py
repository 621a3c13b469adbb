"""At which unit each running edition stands: how many people have finished what, in fives, never who or when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from flask import url_for

from lms.authoring.queries import taught
from lms.authoring.rules.progress import come_to, half_of
from lms.catalogue import queries as catalogue
from lms.catalogue.queries import Published
from lms.catalogue.rules.outline import Outline
from lms.catalogue.rules.texts import localised
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.values import dataclass
from lms.learning.queries import Finished, RunningEdition, finished, running_editions
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.dates import local_day, moment
from lms.web.languages import gettext as _
from lms.web.languages import language
from lms.web.render import render

Row = tuple[str, str | None, str]
"""What it is called, its address, and how many have finished it, in words."""


@dataclass(frozen=True)
class EditionPart:
    """One running edition."""

    slug: str
    edition: RunningEdition
    outline: Outline
    newest: Outline
    done: Finished

    @property
    def deadline(self) -> str:
        """When the pre-reading is due, where the edition is."""
        return moment(self.edition.deadline_at, self.edition.zone)

    @property
    def version(self) -> str:
        """The version it reads, and whether there is a newer one."""
        if self.outline.number == self.newest.number:
            return str(_("%(number)s, the newest", number=self.outline.number))
        return str(_("%(number)s; the newest is %(newest)s", number=self.outline.number, newest=self.newest.number))

    @property
    def few(self) -> bool:
        """Whether there are too few people for any number."""
        return not self.done.people

    @property
    def finding(self) -> str:
        """Where it stands, in a sentence or two."""
        if self.few:
            return str(_("Fewer than five people take part. Nothing is counted of them."))
        take_part = str(_("At least %(people)s people take part.", people=self.done.people))
        return f"{take_part} {self._stands}"

    @property
    def _stands(self) -> str:
        units = [(unit.key, self.done.unit(unit.id)) for _module, unit in self.outline.units()]
        half, reached = half_of(self.done.people), come_to(units, self.done.people)
        if reached is None:
            return str(_("Fewer than %(half)s of them have finished the first unit.", half=half))
        title = next(unit for _module, unit in self.outline.units() if unit.key == reached).named(language())
        if reached == units[-1][0]:
            return str(_("Every unit has been finished by at least %(half)s of them.", half=half))
        return str(
            _("Every unit as far as “%(unit)s” has been finished by at least %(half)s of them.", unit=title, half=half)
        )

    @cached_property
    def modules(self) -> list[tuple[Row, list[Row]]]:
        """Each module with its units."""
        here = {unit.key for _module, unit in self.newest.units()}
        return [
            (
                (module.named(language()), None, by(self.done.module(module.key))),
                [
                    (
                        unit.named(language()),
                        url_for("authoring.unit", slug=self.slug, unit=unit.key) if unit.key in here else None,
                        by(self.done.unit(unit.id)),
                    )
                    for unit in module.units
                ],
            )
            for module in self.outline.modules
        ]


def by(number: int) -> str:
    """How many people have finished something, in words; the number is one in fives."""
    return str(_("at least %(number)s people", number=number) if number else _("fewer than five people"))


@dataclass(frozen=True)
class EditionsPage:
    """The running editions of a course."""

    slug: str
    course: Published
    editions: Sequence[RunningEdition]
    outlines: Mapping[int, Outline]
    done: Mapping[int, Finished]

    @property
    def title(self) -> str:
        """The course, for who looks."""
        return localised(self.course.title, language())

    @property
    def parts(self) -> list[EditionPart]:
        """Edition by edition, the first to begin first."""
        newest = self.outlines[self.course.version_id]
        return [
            EditionPart(self.slug, one, self.outlines[one.version_id], newest, self.done[one.id])
            for one in self.editions
        ]


@requires(Permission.AUTHOR)
def editions(slug: str) -> str:
    """Every edition of the course that is not over."""
    session = db.session()
    course = taught(session, me().grants, slug)
    running = running_editions(session, course.course_id, local_day(now(), me().zone or "UTC"))
    outlines = {
        version: catalogue.outline(session, version)
        for version in dict.fromkeys([course.version_id, *(one.version_id for one in running)])
    }
    done = finished(session, [one.id for one in running]) if running else {}
    page = EditionsPage(slug, course, running, outlines, done)
    return render("lms/authoring/editions.html", page=page)
