"""A copy as pages to be read: sections with titles, entries of names and values."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from lms.records.certificates.faces import right_to_left
from lms.web.dates import short_moment
from lms.web.languages import lazy_gettext as _l

TITLES: tuple[tuple[Any, str], ...] = (
    (_l("Who you are"), "person identity affiliation name_confirmation sensitive_mark host_link"),
    (
        _l("Your places in editions"),
        "enrolment enrolment_event stage_reached extension nomination edition_companion edition_seen "
        "participant_request contact_note calendar_address",
    ),
    (_l("Your attendance"), "attendance_mark attendance_result make_up"),
    (
        _l("What you read and answered"),
        "enrolment_progress unit_progress progress_event change_seen quiz_try answer receipt",
    ),
    (_l("What you wrote"), "reflection text_report term_proposal draft_comment"),
    (
        _l("Your completion records"),
        "record_subject record_public ledger_entry record_credential record_correction record_revocation "
        "record_share record_name_showing",
    ),
    (
        _l("Alumni"),
        "alumni_status member membership_step membership_ask directory_consent directory_words introduction "
        "introduction_block introduction_report past_place reinvitation feed_event feed_person",
    ),
    (_l("Mandates"), "mandate mandate_act mandate_succession mandate_end_told"),
    (_l("Letters to you"), "letter mail_choice mail_failure mailed_token"),
    (_l("Where you signed in"), "session"),
)
NOTED = "noted"
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Section:
    """A title with entries, each of pairs of name and value."""

    title: str
    entries: list[list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Pages:
    """Everything that stands on the pages."""

    title: str
    intro: str
    language: str
    rtl: bool
    sections: list[Section]

    @property
    def texts(self) -> Iterable[str]:
        """Every text, to find the letters that it needs."""
        yield from (self.title, self.intro)
        for section in self.sections:
            yield section.title
            yield from (text for entry in section.entries for pair in entry for text in pair)


def sections(said: Mapping[str, Any], language: str) -> Pages:
    """The pages of a copy."""
    data = dict(said["data"])
    found = []
    for title, tables in TITLES:
        entries = [_entry(table, row) for table in tables.split() for row in data.pop(table, [])]
        found += [Section(str(title), entries)] if entries else []
    noted = [_entry(NOTED, row) for row in data.pop(NOTED, [])]
    rest = [_entry(table, row) for table, rows in sorted(data.items()) for row in rows]
    found += [Section(str(_("Anything else")), rest)] if rest else []
    found += [Section(str(_("What was noted for safety")), noted)] if noted else []
    made = short_moment(dt.datetime.fromisoformat(said["made_at"]), "UTC")
    intro = _(
        "Everything that is kept about you, made on %(moment)s (UTC). The same, complete and for programs, is in the "
        "file of data beside it. Names of fields are those of the system, in English.",
        moment=made,
    )
    title = str(_("A copy of your data"))
    return Pages(title, str(intro), language, right_to_left(title), found)


def _entry(table: str, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    heading = "" if table == NOTED else table.replace("_", " ")
    return [("", heading), *((name.replace("_", " "), _text(value)) for name, value in row.items())]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
