"""What has changed of the texts a reader has finished, and of the course as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from flask import redirect, url_for
from werkzeug.wrappers import Response

from lms.catalogue.models import ChangeKind
from lms.catalogue.rules.outline import OutlineUnit
from lms.catalogue.rules.passages import Changed, Piece
from lms.catalogue.rules.texts import localised
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.values import dataclass
from lms.learning import queries, services
from lms.learning.queries import ChangedText
from lms.seminars.queries import VersionRead
from lms.web.access import Permission, requires
from lms.web.dates import local_day, short_day
from lms.web.forms import OnceForm, submitted
from lms.web.languages import gettext as _
from lms.web.render import render

from .blueprint import bp
from .way import Way, way_through


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version that reached the edition: its number, the day it did, and what its authors say of it."""

    number: str
    day: str
    line: str


@dataclass(frozen=True)
class Told:
    """What a reader is told of one text."""

    text: ChangedText
    way: Way

    @property
    def title(self) -> str:
        """That it has changed, and since when."""
        known, asked = self.text.known, self.text.unit.scored
        if known.seen_at is not None:
            day = self._day(known.seen_at)
            if asked:
                return _("These questions have changed since you looked at their changes on %(day)s", day=day)
            return _("This text has changed since you looked at its changes on %(day)s", day=day)
        day = self._day(known.finished_at)
        if asked:
            return _("These questions have changed since you finished them on %(day)s", day=day)
        return _("This text has changed since you finished it on %(day)s", day=day)

    def _day(self, at: dt.datetime) -> str:
        return short_day(local_day(at, self.way.zone))

    @property
    def counts(self) -> str:
        """What follows from it for the reader."""
        if self.text.open_again:
            return self._open_again()
        if self.text.anew and self.way.standing.complete:
            return _(
                "It says something else in substance. Your pre-reading is complete, so nothing more is asked of you."
            )
        return _("What you have finished stays finished.")

    def _open_again(self) -> str:
        if self.text.unit.scored:
            return _("They ask something else than before, so they count as not answered yet.")
        return _("It says something else than before, so it counts as not read yet.")

    @property
    def behind(self) -> str:
        """That the reader's language does not have it yet."""
        return _("The original has changed; its translation does not follow it yet.") if self.text.behind else ""

    @property
    def passages(self) -> list[tuple[str, Sequence[Piece]]]:
        """Every passage that changed, under the words for its place."""
        return [(where_in_words(one), one.pieces) for one in self.text.changed]

    @property
    def versions(self) -> list[VersionLine]:
        """The versions that changed it, with their public lines."""
        return [version_line(self.way, version) for version in self.text.versions]

    @property
    def can_be_put_away(self) -> bool:
        """Whether the reader may say that they have seen it; what is to be read again waits for that instead."""
        return not self.text.open_again

    @property
    def url(self) -> str:
        """Where it is told, passage by passage."""
        return self.way.url(self.text.unit, _anchor="changed")


def version_line(way: Way, version: VersionRead) -> VersionLine:
    """A version of the course in the words of the page."""
    return VersionLine(
        version.number,
        short_day(local_day(version.since, way.zone)),
        _line(version.summary, version.change, way.language),
    )


def _line(summary: Mapping[str, str], change: ChangeKind, language: str) -> str:
    if any(summary.values()):
        return localised(summary, language)
    if change is ChangeKind.SUBSTANTIVE:
        return _("Some texts say something else, or are new or gone.")
    return _("Words of texts were corrected.") if change is ChangeKind.EDITORIAL else ""


def where_in_words(change: Changed) -> str:
    """Where a passage stands: the heading above it, or the words for a field of the file."""
    if not change.place:
        return change.where
    name, number = change.place[0], change.place[1] if len(change.place) > 1 else None
    if name == "questions" and number is not None:
        return _("Question %(number)s", number=number)
    names = {
        "key_points": _("Key points"),
        "content_note": _("Before you read"),
        "written_alternative": _("Write instead"),
        "for_your_institution": _("For your ministry or institution"),
        "figures": _("A figure"),
        "timeline": _("What happened when"),
        "actors": _("Who acted"),
        "decisions": _("Points of decision"),
        "debrief": _("Questions for the debrief"),
        "rubric": _("Three factors to score a case by"),
        "scoring": _("Scoring"),
    }
    return names.get(str(name), change.where)


def told_of(way: Way, unit: OutlineUnit) -> Told | None:
    """What to tell on the page of a unit; nothing, and no statement, for a text that is as it was."""
    return next(iter(_told(way, of=unit.id)), None)


def _told(way: Way, of: int | None = None) -> list[Told]:
    language = way.outline.language if way.original else way.language
    found = queries.changed_texts(
        way.session, way.own.reading, way.outline, way.progress, language, complete=way.standing.complete, of=of
    )
    return [Told(text, way) for text in found]


@bp.get("/learn/<edition>/changes")
@requires(Permission.LEARN)
def changes(edition: str) -> str:
    """The texts that have changed since one finished them, and the versions that reached the edition."""
    way = way_through(db.session(), edition)
    first, *later = queries.history(way.session, way.own.reading)
    versions = [version_line(way, version) for version in reversed(later)]
    return render(
        "lms/learning/changes.html", way=way, told=_told(way), versions=versions, first=version_line(way, first)
    )


@bp.post("/learn/<edition>/units/<unit>/changes")
@requires(Permission.LEARN)
def seen(edition: str, unit: str) -> Response | tuple[str, int]:
    """Put away what was told of a text: the reader's own word, nothing else is noted."""
    form = OnceForm()
    if not form.validate_on_submit():
        raise Refused(_("We could not read what was sent. Nothing was changed. Please try again."))
    with unit_of_work() as session:
        way, key = way_through(session, edition), form.client_key.data
        services.see_change(
            session, own=way.own, outline=way.outline, unit=way.unit(unit), shown=str(submitted("version")), key=key,
            at=now(),
        )  # fmt: skip
    return redirect(url_for("learning.unit", edition=edition, unit=unit), 303)
