"""What is sealed under a person's own key is opened for them; what stays closed, with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import field

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.alumni import sealing as alumni
from lms.authoring.queries.reviews import remark_place as comment_place
from lms.kernel.secrets import Unsealable, unseal
from lms.kernel.settings import keyring
from lms.kernel.values import dataclass
from lms.learning.queries.kept import reflection_place
from lms.learning.queries.proposals import remark_place
from lms.learning.queries.quiz import answer_place as given_place
from lms.learning.queries.reports import report_place
from lms.people.queries.institutions import function_place
from lms.people.queries.mandates import act_place
from lms.people.sealing import confirmation_place, mark_place, name_place, private_key_of
from lms.records.credentials.queries import document_place, statement_place
from lms.records.queries.held import sealed_place
from lms.records.queries.life import answer_place, wanted_place, words_place
from lms.seminars import rules as seminars
from lms.seminars.imports import sealing as imports
from lms.seminars.imports.models import Import
from lms.seminars.rules.nominations import nomination_place

from .walking import Found, Row

Place = Callable[[Row, Found], str]
OPENS: Mapping[str, Place] = {
    "lms_identity.sealed": lambda row, _: name_place(row["place"]),
    "lms_affiliation.sealed_function": lambda row, _: function_place(row["since"]),
    "lms_name_confirmation.sealed_reason": lambda row, _: confirmation_place(row["at"]),
    "lms_sensitive_mark.sealed_reason": lambda row, _: mark_place(row["at"]),
    "lms_mandate_act.sealed_reason": lambda row, all_: act_place(
        all_.one("lms_mandate", row["mandate_id"])["public_id"], row["kind"]
    ),
    "lms_attendance_mark.sealed_reason": lambda row, _: seminars.mark_place(
        row["enrolment_id"], row["session_id"], row["at"]
    ),
    "lms_make_up.sealed_words": lambda row, _: seminars.make_up_place(row["public_id"]),
    "lms_nomination.sealed_words": lambda row, _: nomination_place(row["public_id"]),
    "lms_enrolment_event.sealed_reason": lambda row, _: seminars.step_place(
        row["enrolment_id"], row["state"], row["at"]
    ),
    "lms_contact_note.sealed_words": lambda row, _: seminars.contact_place(row["public_id"]),
    "lms_participant_request.sealed_message": lambda row, _: seminars.message_place(row["public_id"]),
    "lms_participant_request.sealed_answer": lambda row, _: seminars.answer_place(row["public_id"]),
    "lms_reflection.sealed": lambda row, _: reflection_place(row["enrolment_id"], row["unit_id"]),
    "lms_answer.sealed": lambda row, all_: given_place(
        all_.one("lms_quiz_try", row["try_id"])["public_id"], row["question"]
    ),
    "lms_text_report.sealed": lambda row, _: report_place(row["public_id"]),
    "lms_term_proposal.sealed_remark": lambda row, _: remark_place(row["public_id"]),
    "lms_draft_comment.sealed_words": lambda row, _: comment_place(row["public_id"]),
    "lms_record_subject.sealed_name": lambda row, _: sealed_place(row["record"]),
    "lms_record_correction.sealed_wanted": lambda row, _: wanted_place(row["public_id"]),
    "lms_record_correction.sealed_answer": lambda row, _: answer_place(row["public_id"]),
    "lms_record_revocation.sealed_words": lambda row, _: words_place(row["public_id"]),
    "lms_record_credential.sealed_document": lambda row, _: document_place(row["record"], row["key"]),
    "lms_record_credential.sealed_statement": lambda row, _: statement_place(row["record"], row["key"]),
    "lms_directory_words.sealed": lambda row, all_: alumni.words_place(all_.rows["lms_member"][0]["public_id"]),
    "lms_introduction.sealed_message": lambda row, _: alumni.message_place(row["public_id"]),
    "lms_introduction.sealed_answer": lambda row, _: alumni.answer_place(row["public_id"]),
    "lms_reinvitation.sealed_address": lambda row, _: alumni.new_address_place(row["public_id"]),
    "lms_reinvitation.sealed_reason": lambda row, _: alumni.new_address_reason_place(row["public_id"]),
    "lms_introduction_report.sealed_reason": lambda row, all_: alumni.report_place(
        all_.one("lms_introduction", row["introduction_id"])["public_id"]
    ),
}
UPLOADED = "lms_import_row.sealed_cells"
CLOSED: Mapping[str, str] = {
    "lms_certificate.sealed": "the certificate itself, which is taken from the page of the record",
    "lms_feed_person.sealed_name": "the name once more",
    "lms_import_row.sealed_before": "what an upload changed, kept so that it can be undone",
    "lms_own_copy.sealed_data": "an earlier copy",
    "lms_own_copy.sealed_pages": "an earlier copy",
    "lms_sign_off.sealed_reason": "work on a course, shown in the course",
    "lms_translation_confirmation.sealed_reason": "work on a course, shown in the course",
}


@dataclass(frozen=True)
class Keys:
    """The person's key, and those of their own under which others put something forward until it is decided on."""

    person: bytes = field(repr=False)
    uploads: Mapping[int, Import]

    def of(self, table: str, row: Row) -> bytes:
        """The key that opens a row, if any does."""
        if table == "lms_nomination" and row["wrapped_key"]:
            return keyring().unwrap(row["wrapped_key"], row["public_id"])
        return self.person


def keys_for(session: Session, person_id: int, found: Found) -> Keys:
    """What opens what was found; raises NotFound for whoever was erased."""
    files = {row["import_id"] for row in found.rows.get("lms_import_row", []) if row["sealed_cells"]}
    uploads = session.scalars(select(Import).where(Import.id.in_(files), Import.wrapped_key.is_not(None)))
    return Keys(private_key_of(session, person_id), {one.id: one for one in uploads})


def opened(table: str, column: str, row: Row, found: Found, keys: Keys) -> str | None:
    """The words; None where there are none, or where they are not under this person's key."""
    if f"{table}.{column}" == UPLOADED:
        return _uploaded(row, keys)
    sealed, place, key = row[column], OPENS.get(f"{table}.{column}"), keys.of(table, row)
    if not sealed or place is None:
        return None
    try:
        return unseal(key, sealed, place(row, found)).decode()
    except Unsealable:
        # A mark of a whole state is sealed under the key of whoever set it, the other side's words of an introduction
        # under theirs.
        return None


def _uploaded(row: Row, keys: Keys) -> str | None:
    """A row of a file that nobody has decided on: it is under the key of the file."""
    upload = keys.uploads.get(row["import_id"])
    if upload is None or not row["sealed_cells"]:
        return None
    cells = imports.cells_in(imports.key_of(upload), upload, row["number"], row["sealed_cells"])
    return json.dumps(cells, ensure_ascii=False)
