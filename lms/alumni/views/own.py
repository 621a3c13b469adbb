"""One's own membership: joining, what one shows to whom, and leaving."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from lms.alumni import pages
from lms.alumni.forms import ListingForm
from lms.alumni.queries import directory as reads
from lms.alumni.queries.membership import agreed, member
from lms.alumni.rules.directory import Audience, Field, shown
from lms.alumni.services import membership as services
from lms.alumni.words import AUDIENCES, FIELDS
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.forms import SECTORS
from lms.people.queries.institutions import zone_on
from lms.people.queries.sensitive import is_to_be_named
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.dates import local_day, place
from lms.web.render import render

from .blueprint import Answer, bp

PREVIEWS = (Audience.MEMBERS, Audience.EDITION, Audience.STATE, Audience.NETWORK)


@bp.post("/alumni/join")
@requires(Permission.ALUMNI)
def join() -> Answer:
    """Become a member; whoever is one already stays one."""
    try:
        with unit_of_work() as session:
            services.join(session, person_id=me().person_id, at=now())
    except Refused as no:
        flash(str(no), "error")
        return redirect(url_for(".index"), 303)
    flash(_("You are a member. Nobody sees anything of you yet: choose here what you show, and to whom."), "done")
    return redirect(url_for(".listing"), 303)


@bp.get("/alumni/listing")
@requires(Permission.ALUMNI)
def listing() -> str:
    """What one shows to whom, and how each audience sees it."""
    return _listing(None)


def _listing(form: ListingForm | None) -> str:
    session, viewer, at = db.session(), me(), now()
    if member(session, viewer.person_id) is None:
        raise NotFound
    consents = agreed(session, [viewer.person_id]).get(viewer.person_id, {})
    own = reads.own_facts(session, viewer.person_id, at.date())
    if form is None:
        form = ListingForm(formdata=None, spoken=own.languages, about=own.subjects)
        form.set_consents(consents)
    in_force = {field: consents[field] for field in Field if field in shown(consents, frozenset(Audience), at)}
    asked = request.args.get("as", "")
    audience = Audience(asked) if asked in set(PREVIEWS) else Audience.MEMBERS
    return render(
        "lms/alumni/listing.html",
        form=form,
        own=own,
        fields=FIELDS,
        audiences=[(AUDIENCES[one], url_for(".listing") + f"?as={one.value}", one is audience) for one in PREVIEWS],
        preview=reads.as_seen(session, viewer.person_id, frozenset({audience, Audience.MEMBERS}), at),
        agreed=[(FIELDS[field], AUDIENCES[one.audience], one.until) for field, one in in_force.items()],
        where=place(_zone()),
        named=is_to_be_named(session, viewer.person_id),
        words=pages,
        sectors=SECTORS,
    )


def _zone() -> str:
    """Where a member's days end: in the zone they chose, else in that of their ministry."""
    return me().zone or zone_on(db.session(), me().person_id, now().date())


@bp.post("/alumni/listing")
@requires(Permission.ALUMNI)
def change_listing() -> Answer:
    """Say anew what one shows to whom; it holds from the next request on."""
    form, zone = ListingForm(), _zone()
    if form.validate_on_submit() and form.hold_days(local_day(now(), zone)):
        try:
            with unit_of_work() as session:
                services.agree(
                    session,
                    person_id=me().person_id,
                    wanted=form.consents(zone),
                    languages=form.spoken.data or "",
                    subjects=form.about.data or "",
                    at=now(),
                )
        except Conflict as no:
            form.refuse(no)
        else:
            flash(_("Your choice is kept. It holds from now on."), "done")
            return redirect(url_for(".listing"), 303)
    return _listing(form), 422


@bp.post("/alumni/listing/withdraw")
@requires(Permission.ALUMNI)
def withdraw() -> Answer:
    """Show nothing to anybody any more, and stay a member."""
    with unit_of_work() as session:
        services.withdraw_all(session, person_id=me().person_id, at=now())
    flash(_("You are not in the directory any more. You are still a member."), "done")
    return redirect(url_for(".index"), 303)


@bp.get("/alumni/leave")
@requires(Permission.ALUMNI)
def leaving() -> str:
    """What leaving means, before it is done."""
    if member(db.session(), me().person_id) is None:
        raise NotFound
    return render("lms/alumni/leave.html")


@bp.post("/alumni/leave")
@requires(Permission.ALUMNI)
def leave() -> Answer:
    """Leave the community at once."""
    with unit_of_work() as session:
        services.leave(session, person_id=me().person_id, at=now())
    flash(_("You have left. Nobody sees anything of you here any more. Your records stay valid."), "done")
    return redirect(url_for(".index"), 303)
