"""Every question about published courses. Versions and revisions never change, so the answers are kept in memory."""

from __future__ import annotations

from .confirmations import is_confirmed as is_confirmed
from .confirmations import last_word as last_word
from .confirmations import last_word_of_all as last_word_of_all
from .confirmations import reason_place as reason_place
from .confirmations import same_words as same_words
from .media import entries_of as entries_of
from .media import kept as kept
from .media import kept_for as kept_for
from .media import media_files as media_files
from .media import shown_picture as shown_picture
from .media import whole_document as whole_document
from .passages import words_changed as words_changed
from .terms import glossary as glossary
from .texts import CitedSource as CitedSource
from .texts import Term as Term
from .texts import UnitText as UnitText
from .texts import ready_text as ready_text
from .texts import unit_text as unit_text
from .versions import Published as Published
from .versions import courses as courses
from .versions import outline as outline
from .versions import published as published
from .versions import published_of as published_of
from .versions import reusable_modules as reusable_modules
from .versions import unit_sources as unit_sources
from .versions import version_files as version_files
