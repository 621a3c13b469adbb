"""The sentences that go with what the rules find wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.kernel.errors import Overtaken, Refused
from lms.people.rules.mandates import MandateRefusal
from lms.people.rules.names import TextMistake

TEXT: Mapping[TextMistake, Any] = {
    TextMistake.EMPTY: _l("Write the name."),
    TextMistake.TOO_LONG: _l("This is longer than we can keep."),
    TextMistake.CONTROL: _l("This contains a character that cannot be shown. Type it anew, without copying."),
    TextMistake.NO_LETTERS: _l("A name needs at least one letter, of any script."),
}

MANDATE: Mapping[MandateRefusal, Any] = {
    MandateRefusal.WRONG_SCOPE: _l("This role cannot be given over this. Choose another reach."),
    MandateRefusal.DATES: _l("The last day is before the first."),
    MandateRefusal.NOT_ADMINISTRATOR: _l("Only an administrator in office may do this."),
    MandateRefusal.CONCERNED: _l("Nobody gives a mandate to themselves."),
    MandateRefusal.PROPOSER: _l("You proposed this mandate. Another administrator confirms it."),
    MandateRefusal.NOT_PROPOSED: _l("This mandate has already been decided."),
    MandateRefusal.NOT_IN_FORCE: _l("This mandate is not in force."),
    MandateRefusal.SECOND_EXISTS: _l("Another administrator is in office and can confirm it."),
    MandateRefusal.REASON: _l("Write the reason in at least 20 characters; it is kept."),
    MandateRefusal.NO_END: _l("Say the last day: a focal point and an evaluator hold their mandate for a time."),
    MandateRefusal.NOT_HOLDER: _l("Only whoever holds this mandate, or an administrator, may hand it over."),
    MandateRefusal.SAME_PERSON: _l("This person holds the mandate already."),
    MandateRefusal.OVER: _l("The last day has passed. Propose it anew with a later one."),
    MandateRefusal.WAITING: _l("A successor has been proposed already and awaits a second person."),
    MandateRefusal.PREDECESSOR_OVER: _l(
        "The mandate that this one was to take the place of is over. Decline it; an administrator can give one anew."
    ),
    MandateRefusal.TOO_LONG: _l("The last day is too late. Choose one within a year from today."),
    MandateRefusal.TWICE: _l(
        "This person holds this mandate on some of these days, or is proposed for it. Choose other days, or end the "
        "other first."
    ),
    MandateRefusal.LAST: _l("This is the last administrator. Give the mandate to somebody else first."),
}


def refuse_text(mistake: TextMistake | None) -> None:
    """Raises Refused with the sentence for a mistake, if there is one."""
    if mistake is not None:
        raise Refused(str(TEXT[mistake]))


_DONE_BY_OTHERS = frozenset({MandateRefusal.NOT_PROPOSED, MandateRefusal.NOT_IN_FORCE, MandateRefusal.WAITING})


def refuse_mandate(refusal: MandateRefusal | None) -> None:
    """Raises Refused with the sentence for a refusal, if there is one; Overtaken where somebody else was faster."""
    if refusal in _DONE_BY_OTHERS:
        raise Overtaken(str(MANDATE[refusal]))
    if refusal is not None:
        raise Refused(str(MANDATE[refusal]))
