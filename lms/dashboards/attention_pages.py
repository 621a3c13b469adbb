"""What the morning sheet shows, worked out beforehand: its template only puts it on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property

from flask import url_for

from lms.kernel.values import dataclass
from lms.people import states
from lms.web.languages import gettext as _
from lms.web.sheets import Sheet

from .attention_filters import Narrowing
from .attention_words import contact, happened, progress, sentences, since_when
from .queries.attention import Line, MorningSheet, Watched
from .queries.changes import NAMED, Change, Happened
from .rules.attention import Reason
from .tables import footnotes, state_order

_ANSWERED = frozenset({Reason.CANNOT_ATTEND, Reason.MORE_TIME})
_WRITTEN = frozenset({Reason.NOT_SIGNED_IN, Reason.MAIL_FAILED})
_GIVEN_TIME = frozenset({Reason.DEADLINE_NEAR, Reason.DEADLINE_PASSED})


@dataclass(frozen=True)
class SheetLine:
    """One person, in words; `resend_url` is where the invitation can be sent again, if that is of use."""

    line: Line
    person_url: str
    why: list[str]
    progress: str
    contact: str
    acts: list[tuple[str, str]]
    resend_url: str | None
    note: int
    """The number of the footnote to the name of the state, or 0."""

    @property
    def anchor(self) -> str:
        """The id of the line on the page, which stays the same from one look to the next."""
        return f"p-{self.line.public_id}"


@dataclass(frozen=True)
class ChangeLine:
    """What happened to several people of an edition: in words, the latest of them by name, and how many others."""

    words: str
    people: list[tuple[str, str]]
    others: int


@dataclass(frozen=True)
class News:
    """What changed in one edition, and since when it is told."""

    edition: Watched
    since: str
    lines: list[ChangeLine]


@dataclass(frozen=True)
class SheetPage:
    """The morning sheet of one edition, or of several where `several` is true."""

    editions: Sequence[Watched]
    sheet: MorningSheet
    at: dt.datetime
    locale: str
    url: str
    seen_url: str
    """Where one says to have seen what changed."""
    narrowing: Narrowing
    several: bool = False

    @cached_property
    def notes(self) -> dict[str, str]:
        """The footnotes to names of states on this page, by code."""
        return footnotes(state_order((line.state_code for line in self.sheet.lines), self.locale), self.locale)

    @cached_property
    def lines(self) -> list[SheetLine]:
        """Everybody on this page, in order."""
        return [self._line(line) for line in self.sheet.lines]

    def taken(self) -> Sheet:
        """Everybody of the sheet as a file, one line each, in the same words."""
        head = (_("Name"), _("Edition"), _("State"), _("Ministry or institution"), _("Why"), _("Reading"), _("Contact"))
        lines = [
            (
                one.line.name,
                one.line.edition.title,
                self.state_name(one.line.state_code),
                one.line.institution_name,
                " ".join(one.why),
                one.progress,
                one.contact,
            )
            for one in self.lines
        ]
        return Sheet("morning-sheet", head, lambda _session: lines)

    def _line(self, line: Line) -> SheetLine:
        edition, enrolment = line.edition.public_id, line.public_id
        person_url = url_for("seminars.participant", edition=edition, enrolment=enrolment)
        again = url_for("seminars.send_invitation", edition=edition, enrolment=enrolment)
        return SheetLine(
            line=line,
            person_url=person_url,
            why=sentences(line, self.at),
            progress=progress(line),
            contact=contact(line),
            acts=list(_acts(line, person_url)),
            resend_url=again if _WRITTEN & set(line.reasons) else None,
            note=list(self.notes).index(line.state_code) + 1 if line.state_code in self.notes else 0,
        )

    @cached_property
    def news(self) -> list[News]:
        """What changed, edition by edition; of several, only those in which something did."""
        told = [News(one, since_when(one), self._changes(one)) for one in self.editions]
        return [one for one in told if one.lines or not self.several]

    @property
    def anything_new(self) -> bool:
        """Whether anything changed at all."""
        return bool(self.sheet.changes)

    @property
    def tells_news(self) -> bool:
        """Whether it says what changed: of an edition always, unless it shows some of the people only."""
        return not self.narrowing.said and (self.anything_new or not self.several)

    def _changes(self, edition: Watched) -> list[ChangeLine]:
        mine = [one for one in self.sheet.changes if one.edition_id == edition.id]
        kinds = ([one for one in mine if one.what is what] for what in Happened)
        return [_told(edition, found) for found in kinds if found]

    def state_name(self, code: str) -> str:
        """What a state is called in the page's language."""
        return states.name(code, self.locale)

    def page_url(self, page: int) -> str:
        """The address of another page of the sheet."""
        asked = "&".join(part for part in (self.narrowing.asked, f"page={page}" if page > 1 else "") if part)
        return f"{self.url}?{asked}" if asked else self.url

    @property
    def files(self) -> list[tuple[str, str]]:
        """(form, address) of everybody of the sheet as a file."""
        asked = f"?{self.narrowing.asked}" if self.narrowing.asked else ""
        return [(form.upper(), f"{self.url}.{form}{asked}") for form in ("csv", "xlsx")]

    @property
    def page_numbers(self) -> list[tuple[int, str, bool]]:
        """(number, address, whether it is this one)."""
        here = self.sheet.slice
        return [(number, self.page_url(number), number == here.page) for number in here.numbers]


def _acts(line: Line, person_url: str) -> Sequence[tuple[str, str]]:
    """(words, address) of what can be done about it, beside writing again."""
    why = set(line.reasons)
    acts = []
    if why & _ANSWERED and line.requests:
        acts.append((_("Answer the request"), f"{person_url}#r-{line.requests[0]}"))
    if why & _GIVEN_TIME:
        acts.append((_("Give more time"), f"{person_url}#time-h"))
    if Reason.NAME in why:
        acts.append((_("Confirm the name"), f"{person_url}#name-h"))
    return acts


def _told(edition: Watched, found: Sequence[Change]) -> ChangeLine:
    urls = (url_for("seminars.participant", edition=edition.public_id, enrolment=one.public_id) for one in found)
    return ChangeLine(
        words=happened(found[0].what, found[0].number),
        people=[(one.name, url) for one, url in zip(found, urls, strict=True)],
        others=max(0, found[0].number - NAMED),
    )
