"""What we write to the holder of a record when something happens to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.people.letters import Draft, Reader, absolute_url, letter

from .rules.life import Cause
from .words import CAUSES

ABOUT = _l("About a completion record")


@letter("records/withdrawn", called=ABOUT)
def withdrawn(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """The holder has withdrawn it."""
    said = (
        _("you have withdrawn your completion record of the %(title)s.", title=facts["edition_title"]),
        _("Whoever checks its code from now on reads that it was withdrawn. This cannot be taken back."),
        _("If you did not do this, change your password at once and answer this letter."),
    )
    return Draft(_subject(), said)


@letter("records/revoked", called=ABOUT)
def revoked(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """Two officers have revoked it."""
    said = (
        _("your completion record of the %(title)s has been revoked.", title=facts["edition_title"]),
        _("The cause: %(cause)s", cause=str(CAUSES[Cause(facts["cause"])])),
        _("Two officers decided this together. Whoever checks the code of the record reads that it was revoked."),
        _("If you think that this is wrong, answer this letter and say why. Your record:") + "\n" + _page(facts),
    )
    return Draft(_subject(), said)


@letter("records/corrected", called=ABOUT)
def corrected(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """A successor has taken its place."""
    said = (
        _("your completion record of the %(title)s was corrected as you asked.", title=facts["edition_title"]),
        _("It has a new code and a new certificate. Whoever checks the old code reads that a later record took its"
          " place. Please do not use the old certificate any more."),
        _("Your new record:") + "\n" + _page(facts),
    )  # fmt: skip
    return Draft(_subject(), said)


@letter("records/correction-refused", called=ABOUT)
def correction_refused(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """The record stays as it is, and why."""
    said = (
        _("your completion record of the %(title)s stays as it is.", title=facts["edition_title"]),
        _("What the office says about your request:") + "\n" + str(facts.get("words", "")),
        _("Your record:") + "\n" + _page(facts),
    )
    return Draft(_subject(), said)


def _subject() -> str:
    return str(_("Raphael Lemkin Seminar: about your completion record"))


def _page(facts: Mapping[str, Any]) -> str:
    return absolute_url("records.certificate", record=facts["record"])
