"""What is written about mandates: that one ends soon, to whoever holds it and to those who give them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.web.dates import long_day

from .forms import ROLES
from .letters import Draft, Reader, absolute_url, letter, looks_again
from .models import Mandate, MandateState
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


@looks_again("people/mandate-ends", "people/mandate-of-another-ends")
def still_ends(session: Session, _person_id: int, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Nobody is told of the last day of a mandate that has ended before it, or ends on another."""
    found = select(Mandate.until).where(Mandate.public_id == facts["mandate"], Mandate.state == MandateState.IN_FORCE)
    until = session.scalar(found)
    return facts if until is not None and until.isoformat() == facts["until"] else None


def _said(facts: Mapping[str, Any]) -> dict[str, str]:
    role = str(ROLES[Role(facts["role"])])
    return {"role": role, "day": f"{long_day(dt.datetime.fromisoformat(facts['until']).date())} (UTC)"}
