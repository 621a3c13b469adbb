"""Every read for those who work on texts. Each begins with the courses that their mandates reach over."""

from __future__ import annotations

from .courses import Said as Said
from .courses import StoredText as StoredText
from .courses import TextFacts as TextFacts
from .courses import facts_of as facts_of
from .courses import originals_of as originals_of
from .courses import published_with as published_with
from .courses import reaches as reaches
from .courses import said_of as said_of
from .courses import stored_texts as stored_texts
from .courses import taught as taught
from .courses import taught_courses as taught_courses
from .drafts import DraftFiles as DraftFiles
from .drafts import SavedState as SavedState
from .drafts import base_files as base_files
from .drafts import closed_drafts as closed_drafts
from .drafts import draft_of as draft_of
from .drafts import events_of as events_of
from .drafts import files_of as files_of
from .drafts import is_open as is_open
from .drafts import last_saves as last_saves
from .drafts import last_written as last_written
from .drafts import open_drafts as open_drafts
from .drafts import save_of as save_of
from .drafts import saves_of as saves_of
from .drafts import slug_of as slug_of
from .drafts import text_before as text_before
from .drafts import writers_of as writers_of
from .reviews import FromDraft as FromDraft
from .reviews import Remark as Remark
from .reviews import Settled as Settled
from .reviews import Signed as Signed
from .reviews import files_when as files_when
from .reviews import last_outcome as last_outcome
from .reviews import last_save_id as last_save_id
from .reviews import open_remarks as open_remarks
from .reviews import published_drafts as published_drafts
from .reviews import remark_place as remark_place
from .reviews import remark_row as remark_row
from .reviews import remarks_of as remarks_of
from .reviews import reviewers_of as reviewers_of
from .reviews import sender_of as sender_of
from .reviews import sign_off_place as sign_off_place
from .reviews import signed as signed
