"""Every change that has to do with reminders."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, Refused
from lms.kernel.secrets import new_token
from lms.people.services import hold_digests, write_to, write_to_many
from lms.people.services.letters import Asked
from lms.seminars.models import Edition
from lms.web.languages import in_a_row
from lms.web.meanwhile import as_shown, together

from . import queries
from .letters import DIGEST, TRIAL
from .models import ReminderLeftOut, ReminderSending, ReminderText
from .planning import Plan
from .rules import Candidate, Text, mistakes, packed, tidy, unknown_places
from .wording import MISTAKES, house_text


def hold(session: Session, edition: str) -> None:
    """Let nobody else send reminders of this edition until the change is done: two who look at the same list must not
    both write to its people."""
    session.execute(select(Edition.id).where(Edition.public_id == edition).with_for_update(key_share=True))


def send(session: Session, *, plan: Plan, seen: str, client_key: str, at: dt.datetime, by: str) -> int:
    """Send what a preview showed; says how many letters. The same page sent twice sends once.

    Raises Conflict where something has changed since the preview with the fingerprint `seen`, Refused for nobody.
    """
    edition = plan.edition
    before = queries.sent_before(session, edition.id, client_key)
    if before is not None:
        return before
    changed = Conflict(_("Something has changed since this page was made, so nothing was sent. Look at it again."))
    if plan.fingerprint != seen:
        raise changed
    if not plan.going:
        raise Refused(_("Nobody is left to be written to."))
    last = hold_digests(session, {one.person_id: one.subject for one in plan.going})
    if any(last.get(one.person_id) != one.last_at for one in plan.going):  # another edition's, sent beside us
        raise changed
    row = dialect_insert(session)(ReminderSending).values(
        public_id=new_token(), edition_id=edition.id, client_key=client_key, letters=len(plan.going), told_apart=True,
        by=by, at=at,
    )  # fmt: skip
    sending = session.scalar(row.on_conflict_do_nothing().returning(ReminderSending.id))
    if sending is None:
        return len(plan.going)  # the same click, taken beside us
    _note_left_out(session, sending, plan)
    left = queries.units_left(session, edition.id, [one.enrolment_id for one in plan.going])
    letters = [
        Asked(one.person_id, one.identity_id, secret={"items": packed([plan.item(one, left[one.enrolment_id])])})
        for one in plan.going
        if one.identity_id is not None
    ]
    write_to_many(session, letters, template=DIGEST, about=edition.public_id, by=by)
    audit.record(session, at=at, actor=by, act="reminders.sent", about=edition.public_id, letters=len(letters))
    return len(letters)


def _note_left_out(session: Session, sending: int, plan: Plan) -> None:
    rows = [
        {"sending_id": sending, "enrolment_id": plan.asked[public_id].enrolment_id, "reason": reason}
        for public_id, reason in plan.left_out.items()
    ]
    if rows:
        session.execute(insert(ReminderLeftOut), rows)


def send_to_oneself(session: Session, *, plan: Plan, one: Candidate, person_id: int, by: str, at: dt.datetime) -> None:
    """Send the letter that `one` would get to whoever is about to send it, with their own name in it."""
    left = queries.units_left(session, plan.edition.id, [one.enrolment_id])[one.enrolment_id]
    shown = queries.shown_to_others(session, plan.edition, one)
    secret = {"items": packed([plan.item(shown, left)]), "as_zone": shown.zone}
    context = {"as_locale": one.locale}
    if not write_to(session, person_id=person_id, template=TRIAL, context=context, secret=secret, by=by):
        raise Refused(_("We know no e-mail address of yours."))
    audit.record(session, at=at, actor=by, act="reminder.tried", about=plan.edition.public_id)


def write_text(
    session: Session, *, edition: Edition, language: str, text: Text, shown: str = "", at: dt.datetime, by: str
) -> None:
    """What reminders of an edition say in one language from now on; `shown` are the marks of the page on which it was
    written. Raises Refused with everything that is wrong, ChangedMeanwhile."""
    hold(session, edition.public_id)
    present = queries.texts_in_force(session, edition.id, {language})[language]
    text = tidy(Text(**together(vars(present), vars(tidy(text)), shown)))
    wrong = mistakes(text)
    if wrong:
        places = in_a_row([f"{{{place}}}" for place in unknown_places(text)])
        raise Refused(" ".join(str(MISTAKES[mistake]) % {"places": places} for mistake in wrong))
    if text != present:
        _keep(session, edition, language, text, at, by, act="reminder-text.written")


def reset_text(session: Session, *, edition: Edition, language: str, shown: str = "", at: dt.datetime, by: str) -> None:
    """Reminders of an edition say again what the house says, in one language. Raises Conflict where the text is not the
    one of the page with the marks `shown` any more."""
    hold(session, edition.public_id)
    present = queries.texts_in_force(session, edition.id, {language})[language]
    if present != house_text(language):
        as_shown(vars(present), shown)
        _keep(session, edition, language, Text("", ""), at, by, act="reminder-text.reset")


def _keep(session: Session, edition: Edition, language: str, text: Text, at: dt.datetime, by: str, *, act: str) -> None:
    row = ReminderText(edition_id=edition.id, language=language, subject=text.subject, body=text.body, by=by, at=at)
    session.add(row)
    audit.record(session, at=at, actor=by, act=act, about=edition.public_id, language=language)
