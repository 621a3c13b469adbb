"""What is written to members; no letter names anybody but its reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.people.letters import Draft, Reader, absolute_url, letter


@letter("alumni/introduction", called=_l("Request for an introduction"))
def introduction(_reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """A member asks to be introduced to the reader."""
    said = _("a member of 2PREVENT asks to be introduced to you. They do not know your address, and you decide.")
    page = absolute_url("alumni.introduction", introduction=facts["introduction"])
    way = _("Read who asks and why, and answer or decline, on this page:") + "\n" + page
    stay = _("You need not answer. Nobody is told whether you have read it.")
    return Draft(_("Raphael Lemkin Seminar: a message from a member"), (said, way, stay))


@letter("alumni/introduction-answered", called=_l("Answer to an introduction"))
def introduction_answered(_reader: Reader, _facts: Mapping[str, Any]) -> Draft:
    """Whom the reader asked has answered."""
    said = _("a member of 2PREVENT whom you asked for an introduction has answered.")
    page = absolute_url("alumni.introductions")
    return Draft(_("Raphael Lemkin Seminar: an answer to your message"), (said, _("Read it here:") + "\n" + page))


@letter("alumni/report", called=_l("Report of a message"))
def report(_reader: Reader, _facts: Mapping[str, Any]) -> Draft:
    """To those who coordinate everything: a message between members was reported."""
    said = _("a member of 2PREVENT has reported a message that another member sent.")
    page = absolute_url("alumni.reports")
    return Draft(_("Raphael Lemkin Seminar: a message was reported"), (said, _("Look at it here:") + "\n" + page))


@letter("alumni/yearly", called=_l("Yearly question to a member"))
def yearly(_reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """Whether everything is still right; answered by one click."""
    said = _("you are a member of 2PREVENT. Once a year we ask whether what other members see of you is still right.")
    page = absolute_url("alumni.still", link=facts["token"])
    way = _("Open this page and press the button; you need not sign in:") + "\n" + page
    stay = _("Without an answer to two letters nobody sees you in the directory until you answer. Nothing is deleted.")
    return Draft(_("Raphael Lemkin Seminar: is everything still right?"), (said, way, stay))
