"""The community: who one is in it, the directory, and who was in an edition."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, request, url_for

from lms.alumni import pages, queries
from lms.alumni.pages import directory_page, wanted_in
from lms.alumni.queries import directory as reads
from lms.alumni.queries.directory import Among
from lms.alumni.queries.introductions import waiting
from lms.alumni.queries.membership import agreed, member
from lms.alumni.rules.directory import Audience, shown
from lms.alumni.words import FIELDS
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.people.forms import SECTORS
from lms.people.sign_in import me
from lms.web.access import Permission, begins_reading, requires
from lms.web.logs import note_look
from lms.web.render import render
from lms.web.slices import page_in, slice_of, sliced

from .blueprint import Answer, bp


@bp.get("/alumni")
@requires(Permission.ALUMNI)
def index() -> str:
    """For members the directory; for alumni how to become one; for everyone else what the community is."""
    session, viewer = db.session(), me()
    if member(session, viewer.person_id) is not None:
        return _directory(request.args)
    status = queries.status_of(session, viewer.person_id)
    return render("lms/alumni/index.html", status=status)


@bp.post("/alumni")
@requires(Permission.ALUMNI)
@begins_reading
def find() -> Answer:
    """Look for words, which may be a name and so never stand in an address; filters alone lead to one."""
    if member(db.session(), me().person_id) is None:
        raise NotFound
    if request.form.get("words", "").strip():
        return _directory(request.form)
    session = db.session()
    here = reads.viewpoint(session, me().person_id, now())
    asked = wanted_in(request.form, reads.options(session, here)).address()
    return redirect(url_for(".index") + (f"?{asked}" if asked else ""), 303)


def _directory(asked: Mapping[str, str]) -> str:
    session, viewer, at = db.session(), me(), now()
    here = reads.viewpoint(session, viewer.person_id, at)
    page = directory_page(session, here, asked, page_in(request.args))
    note_look("alumni.listed", viewer.subject, people=len(page.rows))
    held = member(session, viewer.person_id)
    consents = agreed(session, [viewer.person_id]).get(viewer.person_id, {})
    return render(
        "lms/alumni/directory.html",
        page=page,
        editions=here.editions,
        mine=reads.as_seen(session, viewer.person_id, frozenset(Audience), at),
        my_fields=[(label, field in shown(consents, frozenset(Audience), at)) for field, label in FIELDS.items()],
        listed=any(shown(consents, frozenset(Audience), at)),
        member=held,
        waiting=waiting(session, viewer.person_id),
        my_name=reads.own_facts(session, viewer.person_id, here.today).name,
        words=pages,
        sectors=SECTORS,
    )


@bp.get("/alumni/editions/<edition>")
@requires(Permission.ALUMNI)
def cohort(edition: str) -> str:
    """Who of an edition shows it to the one who looks; an edition that nobody shows them is not there."""
    session, viewer = db.session(), me()
    if member(session, viewer.person_id) is None:
        raise NotFound
    here = reads.viewpoint(session, viewer.person_id, now())
    found = reads.in_order(session, reads.entries(session, here, Among(edition=edition)))
    own = edition in here.circle.editions
    if not found and not own:
        raise NotFound
    part = slice_of(found, page_in(request.args))
    people = reads.opened(session, sliced(found, part), here.today)
    held = next(one for one in (*here.editions, *(h for one in people for h in one.editions)) if one.edition == edition)
    note_look("alumni.cohort-listed", edition, people=len(people))
    return render(
        "lms/alumni/cohort.html",
        held=held,
        people=people,
        part=part,
        total=len(found),
        own=own,
        words=pages,
        sectors=SECTORS,
    )
