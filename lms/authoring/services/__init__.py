"""Every change to drafts."""

from __future__ import annotations

from .drafts import Clash as Clash
from .drafts import Saved as Saved
from .drafts import abandon as abandon
from .drafts import draft_for_writing as draft_for_writing
from .drafts import hold as hold
from .drafts import open_draft as open_draft
from .drafts import rename_draft as rename_draft
from .drafts import restore as restore
from .drafts import save_files as save_files
from .drafts import send_to_review as send_to_review
from .drafts import take_back as take_back
from .drafts import take_up as take_up
from .media import add_medium as add_medium
from .media import change_medium as change_medium
from .media import medium_of_draft as medium_of_draft
from .media import take_out_medium as take_out_medium
from .outline import Outlined as Outlined
from .outline import Seen as Seen
from .outline import change_course as change_course
from .outline import stamp as stamp
from .outline import undo as undo
from .publication import publish_draft as publish_draft
from .refusals import refuse_crooked as refuse_crooked
from .remarks import Words as Words
from .remarks import answer as answer
from .remarks import remark as remark
from .remarks import settle as settle
from .reviews import Opinion as Opinion
from .reviews import sign as sign
from .updating import Behind as Behind
from .updating import apart as apart
from .updating import bring_up_to_date as bring_up_to_date
from .writing import Torn as Torn
from .writing import Written as Written
from .writing import choose as choose
from .writing import not_as_fields as not_as_fields
from .writing import torn_texts as torn_texts
from .writing import write_unit as write_unit
