"""A copy as pages to be read: sections with titles, entries of names and values."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask_babel import gettext as _

from lms.kernel.values import dataclass
from lms.records.certificates.faces import right_to_left
from lms.web.dates import short_day, short_moment
from lms.web.languages import lazy_gettext as _l

TITLES: tuple[tuple[Any, str], ...] = (
    (_l("Who you are"), "person identity affiliation name_confirmation sensitive_mark host_link"),
    (
        _l("Your places in editions"),
        "enrolment enrolment_event stage_reached extension nomination import_row edition_companion edition_seen "
        "participant_request contact_note calendar_address attention_stand",
    ),
    (_l("Your attendance"), "attendance_mark attendance_result make_up"),
    (
        _l("What you read and answered"),
        "enrolment_progress unit_progress module_finished progress_event change_seen quiz_try answer receipt",
    ),
    (
        _l("What you wrote"),
        "reflection text_report text_report_outcome term_proposal term_proposal_outcome draft_comment "
        "draft_comment_outcome draft_save draft_event sign_off translation_confirmation",
    ),
    (
        _l("Your completion records"),
        "record_subject record_public ledger_entry record_credential record_correction record_revocation "
        "record_share record_name_showing record_looks",
    ),
    (
        _l("Alumni"),
        "alumni_status alumni_record member membership_step membership_ask directory_consent directory_words "
        "introduction introduction_block introduction_report past_place reinvitation feed_event feed_person",
    ),
    (_l("Mandates"), "mandate mandate_act mandate_succession mandate_end_told"),
    (_l("Letters to you"), "letter mail_choice mail_failure mailed_token reminder_left_out"),
    (_l("Where you signed in"), "session"),
)
NOTED = "noted"
FOR_PROGRAMS = frozenset({"receipt", "ledger_seal", "progress_event", "feed_person"})
"""What says the same once more, or means something to programs only: it is in the file of data alone."""
ENTRIES = {
    "person": _l("Account"),
    "identity": _l("Name or address"),
    "affiliation": _l("Ministry or institution"),
    "name_confirmation": _l("Confirmation of the name"),
    "sensitive_mark": _l("Mark that you are not to be named"),
    "enrolment": _l("Place in an edition"),
    "enrolment_event": _l("What became of the place"),
    "stage_reached": _l("How far you came"),
    "extension": _l("More time"),
    "nomination": _l("Nomination of you"),
    "import_row": _l("Row about you in a file of nominations"),
    "participant_request": _l("Request to a coordinator"),
    "contact_note": _l("Contact that a coordinator noted"),
    "reminder_left_out": _l("Reminder that you did not get"),
    "attendance_mark": _l("Half-day on site"),
    "attendance_result": _l("Attendance when it was closed"),
    "make_up": _l("Work for a missed half-day"),
    "unit_progress": _l("Text"),
    "quiz_try": _l("Try at questions"),
    "answer": _l("Answer"),
    "reflection": _l("Reflection"),
    "text_report": _l("Error you reported"),
    "term_proposal": _l("Word you proposed"),
    "record_subject": _l("Completion record, as it was issued"),
    "record_public": _l("What the public may know the record by"),
    "ledger_entry": _l("Entry in the ledger"),
    "record_credential": _l("Signed file"),
    "record_correction": _l("Correction that you asked for"),
    "record_revocation": _l("Proposal to revoke your record"),
    "record_share": _l("Link that shows your name"),
    "record_name_showing": _l("Whether the page of your code shows your name"),
    "record_looks": _l("How often others looked at your code"),
    "alumni_status": _l("Alumni status"),
    "alumni_record": _l("Record that your alumni status rests on"),
    "member": _l("Membership"),
    "membership_step": _l("Step of your membership"),
    "membership_ask": _l("Yearly question to you"),
    "reinvitation": _l("Other address that was proposed for you"),
    "past_place": _l("Proposal of a record from before this system"),
    "directory_consent": _l("What you show in the directory"),
    "directory_words": _l("What you say of yourself in the directory"),
    "introduction": _l("Introduction"),
    "introduction_block": _l("Member whom you shut out"),
    "introduction_report": _l("Message that you reported"),
    "feed_event": _l("What partner organisations were told"),
    "mandate": _l("Mandate"),
    "letter": _l("Letter"),
    "session": _l("Sign-in"),
}
FIELDS = {
    "at": _l("When"),
    "by": _l("By"),
    "since": _l("From"),
    "until": _l("To"),
    "created_at": _l("Made"),
    "content": _l("Words"),
    "words": _l("Words"),
    "reason": _l("Reason"),
    "message": _l("Message"),
    "answer": _l("Answer"),
    "function": _l("Function"),
    "edition": _l("Edition"),
    "institution": _l("Ministry or institution"),
    "state_code": _l("State"),
    "state": _l("Standing"),
    "stage": _l("Stage"),
    "sector": _l("Sector"),
    "unit": _l("Text"),
    "name": _l("Name"),
    "mark": _l("Mark"),
    "day": _l("Day"),
    "due_at": _l("Deadline"),
    "invited_at": _l("Invited"),
    "done_at": _l("Done"),
    "sent_at": _l("Sent"),
    "template": _l("Kind of letter"),
    "kind": _l("Kind"),
    "role": _l("Role"),
    "device": _l("Device"),
    "seen_at": _l("Last used"),
    "code": _l("Code"),
    "record": _l("Record"),
    "records": _l("Records"),
    "locale": _l("Language"),
    "zone": _l("Time zone"),
    "subject": _l("Your number in the system"),
    "number": _l("Number"),
    "given": _l("What you chose"),
    "question": _l("Question"),
    "points": _l("Points"),
    "total": _l("Out of"),
    "act": _l("What"),
    "by_yourself": _l("By yourself"),
    "about_you": _l("About you"),
    "primary": _l("The first one"),
    "verified_at": _l("Confirmed"),
}
"""The names of fields that most entries have; others stand as the system calls them."""
LONGEST = 4000
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:")


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
    data = {table: rows for table, rows in said["data"].items() if table not in FOR_PROGRAMS}
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
        "file of data beside it. Some names of fields are those of the system, in English.",
        moment=made,
    )
    title = str(_("A copy of your data"))
    return Pages(title, str(intro), language, right_to_left(title), found)


def _entry(table: str, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The name of the entry under an empty name, then its fields."""
    heading = "" if table == NOTED else str(ENTRIES.get(table, table.replace("_", " ")))
    fields = [(str(FIELDS.get(name, name.replace("_", " "))), _text(value)) for name, value in _flat(row)]
    return [("", heading), *fields]


def _flat(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields, with those of a field that has some of its own in its place; empty ones are left out."""
    for name, value in row.items():
        if isinstance(value, dict) and name in ("content", "name", "wanted", "cells", "words"):
            yield from _flat(value)
        elif value not in ("", None, [], {}):
            yield name, value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    text = _moment(str(value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _moment(text: str) -> str:
    """An instant or a day as people write it; anything else as it is."""
    try:
        if len(text) == len("2027-05-21"):
            return short_day(dt.date.fromisoformat(text))
        found = dt.datetime.fromisoformat(text) if _INSTANT.match(text) else None
    except ValueError:
        return text
    return f"{short_moment(found, 'UTC')} (UTC)" if found else text
