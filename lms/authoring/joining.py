"""Who worked on a course stays who they are: what two people must do was not done by one."""

from __future__ import annotations

from lms.catalogue.models import TranslationConfirmation
from lms.people.joining import binds
from lms.web.languages import gettext as _

from .models import Draft, DraftComment, DraftCommentOutcome, DraftEvent, DraftSave, SignOff


def worked_on_a_course() -> str:
    """Why not, in words."""
    return str(_("The entry that would go has worked on the texts of a course under its own name. Keep that entry."))


binds(
    worked_on_a_course,
    Draft.begun_by,
    DraftEvent.person_id,
    DraftSave.person_id,
    SignOff.person_id,
    DraftComment.person_id,
    DraftCommentOutcome.person_id,
    TranslationConfirmation.person_id,
)
