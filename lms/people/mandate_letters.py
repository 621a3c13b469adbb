"""What is written about mandates: that one ends soon, to whoever holds it and to those who give them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from lms.web.dates import long_day

from .forms import ROLES
from .letters import Draft, Reader, absolute_url, letter
from .rules.mandates import Role


@letter("people/mandate-ends")
def mandate_ends(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """To the holder: until when, and what can be done before."""
    ends = _(
        "your mandate as %(role)s ends with %(day)s. After that day it shows you nothing any more.", **_said(facts)
    )
    way = _("If somebody else is to follow you, propose them before, on your page:")
    return Draft(_("Raphael Lemkin Seminar: a date to note"), (ends, way + "\n" + absolute_url("home.index")))


@letter("people/mandate-of-another-ends")
def mandate_of_another_ends(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """To an administrator: which mandate, without whose it is."""
    ends = _("a mandate as %(role)s ends with %(day)s. Its holder has been told.", **_said(facts))
    page = absolute_url("people.mandate", mandate=facts["mandate"])
    return Draft(_("Raphael Lemkin Seminar: a date to note"), (ends, _("The mandate:") + "\n" + page))


def _said(facts: Mapping[str, Any]) -> dict[str, str]:
    role = str(ROLES[Role(facts["role"])])
    return {"role": role, "day": long_day(dt.datetime.fromisoformat(facts["until"]).date())}
