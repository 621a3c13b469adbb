"""The sentences that go with what the rules of a record's life turn down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.kernel.errors import Overtaken, Refused
from lms.records.rules.life import LifeRefusal

SENTENCES: Mapping[LifeRefusal, Any] = {
    LifeRefusal.ENDED: _l("This record is not in force any more."),
    LifeRefusal.NOT_HOLDER: _l("Only the holder of a record may do this."),
    LifeRefusal.OWN: _l("This is your own record. Somebody else decides about it."),
    LifeRefusal.REASON: _l("Write what happened in at least 20 characters; it is kept sealed."),
    LifeRefusal.PROPOSED_ALREADY: _l("It has been proposed already to revoke this record."),
    LifeRefusal.PROPOSED: _l("It is proposed to revoke this record. Decide on that first."),
    LifeRefusal.ASKED_ALREADY: _l("You have asked for a correction already. It has not been answered yet."),
    LifeRefusal.NOT_ASKED: _l("This request has already been answered or taken back."),
    LifeRefusal.UNCHANGED: _l("This is what stands on the record already."),
    LifeRefusal.ERASED: _l("The holder of this record has been erased, so nothing can be written on it."),
    LifeRefusal.NOT_OURS: _l(
        "The ledger does not say of this record what this system wrote, so nothing can be done with it. Tell whoever "
        "runs this system: flask lms check names it."
    ),
}


def refuse(no: LifeRefusal | None) -> None:
    """Raises Refused with the sentence for what was turned down, if anything was."""
    if no is not None:
        raise refused(no)


_DONE_BY_OTHERS = frozenset(
    {LifeRefusal.ENDED, LifeRefusal.PROPOSED_ALREADY, LifeRefusal.PROPOSED, LifeRefusal.NOT_ASKED}
)


def refused(no: LifeRefusal) -> Refused:
    """What is raised for something that was turned down."""
    return (Overtaken if no in _DONE_BY_OTHERS else Refused)(str(SENTENCES[no]))
