"""What a sending would do, worked out once for the preview and for the sending itself."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.kernel.errors import Refused
from lms.kernel.settings import keyring
from lms.kernel.values import dataclass
from lms.people.rules import Scope
from lms.seminars.models import Edition
from lms.web.dates import town

from . import queries
from .rules import MOST, Candidate, Item, LeftOut, Text, told_apart_by


@dataclass(frozen=True)
class Plan:
    """Who of a list is written to, in which words, and who is not and why."""

    edition: Edition
    going: list[Candidate]
    left_out: dict[str, LeftOut]
    """By the enrolment's public id."""
    asked: dict[str, Candidate]
    texts: Mapping[str, Text]

    @property
    def fingerprint(self) -> str:
        """Stands for all of it; see `told_apart_by`. Keyed, for it holds the zones of those not to be named."""
        return keyring().veil(told_apart_by([(one, self.texts[one.locale]) for one in self.going], self.left_out))

    @property
    def by_language(self) -> list[tuple[str, int]]:
        """How many letters go in each language, the most first."""
        return Counter(one.locale for one in self.going).most_common()

    @property
    def by_reason(self) -> dict[LeftOut, list[Candidate]]:
        """Who is left out, by reason, in the order of the reasons."""
        found: dict[LeftOut, list[Candidate]] = {reason: [] for reason in LeftOut}
        for public_id, reason in self.left_out.items():
            found[reason].append(self.asked[public_id])
        return {reason: people for reason, people in found.items() if people}

    def item(self, one: Candidate, left: int) -> Item:
        """What the letter says to one of them of this edition."""
        return item_of(self.edition, self.texts[one.locale], one.deadline, left, welcomed=one.welcomed)


def item_of(edition: Edition, text: Text, deadline: dt.datetime, left: int, *, welcomed: bool) -> Item:
    """What a letter says of one edition to one person."""
    return Item(
        edition=edition.public_id,
        title=edition.title,
        town=town(edition.place),
        zone=edition.zone,
        deadline=deadline.isoformat(),
        left=left,
        welcomed=welcomed,
        subject=text.subject,
        body=text.body,
    )


def sample(edition: Edition, text: Text) -> Item:
    """What a text says to somebody who has read a part, to see how it reads."""
    return item_of(edition, text, edition.deadline_at, 12, welcomed=True)


def plan(session: Session, *, edition: Edition, scope: Scope, enrolments: Collection[int], at: dt.datetime) -> Plan:
    """What would happen now with these people; raises Refused for more than can be looked at together."""
    asked = queries.candidates(session, edition, scope, enrolments, at)
    reasons = {one.public_id: one.left_out(at) for one in asked}
    going = [one for one in asked if reasons[one.public_id] is None]
    if len(going) > MOST:
        raise Refused(_("These are more than %(most)d letters. Send them state by state.", most=MOST))
    return Plan(
        edition=edition,
        going=going,
        left_out={public_id: reason for public_id, reason in reasons.items() if reason},
        asked={one.public_id: one for one in asked},
        texts=queries.texts_in_force(session, edition.id, {one.locale for one in going}),
    )
