"""That the holder said so, through us. Whoever can write to the database alone could else have every name shown to
everybody: what carries no mark of ours opens nothing, and the check names it."""

from __future__ import annotations

import datetime as dt

from lms.kernel.secrets import same
from lms.kernel.settings import keyring

from .models import RecordShare


def of_word(record: str, at: dt.datetime, *, shown: bool) -> str:
    """The mark of a holder's word on whether the name is shown."""
    return keyring().mark("name-shown", record, shown, at)


def of_link(link: RecordShare) -> str:
    """The mark of a link."""
    return keyring().mark("link", link.public_id, link.record, link.token_hash, link.made_at, link.ends_at)


def shows(record: str, at: dt.datetime | None, mark: str | None, *, shown: bool | None) -> bool:
    """Whether the last word on a record says that the name is shown, and is its holder's."""
    return bool(shown) and at is not None and same(of_word(record, at, shown=True), mark or "")


def made_by_us(link: RecordShare) -> bool:
    """Whether a link was made by the holder."""
    return same(of_link(link), link.mark or "")
