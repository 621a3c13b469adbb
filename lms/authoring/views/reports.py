"""Errors that readers reported in the texts of a course, and the answers to them; never who reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.authoring.queries import StoredText, stored_texts, taught
from lms.authoring.rules.reported import newest_text
from lms.catalogue import queries as catalogue
from lms.catalogue.files.read import read_unit
from lms.catalogue.queries import Published
from lms.catalogue.rules.outline import Outline, OutlineUnit
from lms.catalogue.rules.passages import Passage, passages_of
from lms.catalogue.rules.texts import localised
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.values import dataclass
from lms.learning.forms import ReportAnswerForm
from lms.learning.queries import Reported, report_in_course, reports_of, waiting_reports
from lms.learning.rules.reports import ReportOutcome, Stands, stands
from lms.learning.services import answer_report as answer
from lms.people.sign_in import me
from lms.web.access import Permission, keeps_typed, requires
from lms.web.languages import language, language_name
from lms.web.render import render

Answer = Response | str | tuple[str, int]
STANDS = {
    Stands.SAME: ("care", _l("The text still stands as it was read.")),
    Stands.QUOTED: ("care", _l("The text has changed since, but the words that are quoted still stand in it.")),
    Stands.QUOTED_CHANGED: ("done", _l("The words that are quoted do not stand in the newest text any more.")),
    Stands.CHANGED: ("part", _l("The text has changed since. Nothing of it is quoted word for word.")),
    Stands.GONE: ("none", _l("The newest version does not have this text any more.")),
}


@dataclass(frozen=True)
class ReportLine:
    """A report with the text it speaks of; without a unit the newest version has none of that key."""

    slug: str
    report: Reported
    unit: OutlineUnit | None
    stands: Stands

    @property
    def title(self) -> str:
        """What the unit is called; one that is gone goes by its key."""
        return self.unit.named(language()) if self.unit else self.report.unit

    @property
    def language_name(self) -> str:
        """The language that was read, in that of the page."""
        return language_name(self.report.language)

    @property
    def url(self) -> str | None:
        """Where the text stands now, in the language that was read if it still has it."""
        if self.unit is None:
            return None
        other = self.report.language if self.report.language in self.unit.translations else None
        return url_for("authoring.unit", slug=self.slug, unit=self.unit.key, text=other)

    @property
    def standing(self) -> tuple[str, str]:
        """Sign and words for whether it still stands."""
        sign, words = STANDS[self.stands]
        return sign, str(words)


@dataclass(frozen=True)
class ReportsPage:
    """The reports on the page, and how many wait in all."""

    slug: str
    reports: Sequence[Reported]
    waiting: int
    outline: Outline
    texts: Mapping[int, StoredText]
    refused: tuple[str, ReportAnswerForm] | None

    @cached_property
    def lines(self) -> list[ReportLine]:
        """In the order in which they wait, or were answered."""
        units = {unit.id: unit for _module, unit in self.outline.units()}
        return [
            ReportLine(self.slug, one, units.get(one.unit_id), self._stands(one, units.get(one.unit_id)))
            for one in self.reports
        ]

    def _stands(self, report: Reported, unit: OutlineUnit | None) -> Stands:
        newest = newest_text(unit, report.language)
        if newest is None:
            return Stands.GONE
        if newest == report.revision_id:
            return Stands.SAME
        return stands(report.words, self._passages(report.revision_id), self._passages(newest))

    def _passages(self, revision_id: int) -> list[Passage]:
        text = self.texts[revision_id]
        return passages_of(read_unit("", text.language, text.source))

    def form(self, report: Reported) -> ReportAnswerForm:
        """The form to answer a report with; as it was sent, where that was refused."""
        if self.refused and self.refused[0] == report.public_id:
            return self.refused[1]
        return ReportAnswerForm(formdata=None, prefix=report.public_id)


def _taught(slug: str) -> Published:
    return taught(db.session(), me().grants, slug)


def _page(slug: str, refused: tuple[str, ReportAnswerForm] | None = None) -> str:
    course, session = _taught(slug), db.session()
    answered = refused is None and request.args.get("show") == "answered"
    reports = reports_of(session, course.course_id, answered=answered)
    outline = catalogue.outline(session, course.version_id)
    texts = _texts(session, reports, outline)
    page = ReportsPage(slug, reports, waiting_reports(session, course.course_id), outline, texts, refused)
    return render(
        "lms/authoring/reports.html",
        slug=slug,
        course=localised(course.title, language()),
        page=page,
        answered=answered,
        zone=me().zone or "UTC",
        mended=ReportOutcome.MENDED,
        form=refused[1] if refused else None,
    )


def _texts(session: Session, reports: Sequence[Reported], outline: Outline) -> dict[int, StoredText]:
    """The texts that were read and are others now, with those that stand in their place; one statement, or none."""
    units = {unit.id: unit for _module, unit in outline.units()}
    pairs = {(one.revision_id, newest_text(units.get(one.unit_id), one.language)) for one in reports}
    wanted = {number for pair in pairs if None not in pair and pair[0] != pair[1] for number in pair if number}
    return stored_texts(session, wanted) if wanted else {}


@requires(Permission.AUTHOR)
def reports(slug: str) -> str:
    """What waits for an answer, or with `show=answered` what has had one."""
    return _page(slug)


@requires(Permission.AUTHOR)
@keeps_typed("*-reason")
def answer_report(slug: str, report: str) -> Answer:
    """Say in a sentence what became of it."""
    report_in_course(db.session(), _taught(slug).course_id, report)
    form = ReportAnswerForm(prefix=report)
    try:
        if form.validate_on_submit():
            _answer(slug, report, form)
            flash(_("Answered. Whoever reported it can read it."), "done")
            return redirect(url_for("authoring.reports", slug=slug), 303)
    except (Refused, Conflict) as no:
        form.refuse(no)
        return _page(slug, (report, form)), no.status
    return _page(slug, (report, form)), 422


def _answer(slug: str, report: str, form: ReportAnswerForm) -> None:
    with unit_of_work() as session:
        answer(
            session,
            course_id=_taught(slug).course_id,
            public_id=report,
            outcome=ReportOutcome(form.outcome.data),
            reason=form.reason.data or "",
            by=me().subject,
            at=now(),
        )
