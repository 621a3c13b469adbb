"""Every read for those who work on texts. Each begins with the courses that their mandates reach over."""

from __future__ import annotations

from .courses import Cited as Cited
from .courses import Said as Said
from .courses import StoredText as StoredText
from .courses import TextFacts as TextFacts
from .courses import cited_in as cited_in
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
