"""The community: who one is in it, the directory, and who was in an edition."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, request, url_for

from lms.alumni import pages, queries
from lms.alumni.pages import DirectoryPage, Wanted, wanted_in
from lms.alumni.queries import directory as reads
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
from lms.web.slices import page_in

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
    found = reads.directory(db.session(), me().person_id, now().date())
    asked = wanted_in(request.form, found).address()
    return redirect(url_for(".index") + (f"?{asked}" if asked else ""), 303)


def _directory(asked: Mapping[str, str]) -> str:
    session, viewer, today = db.session(), me(), now().date()
    found = reads.directory(session, viewer.person_id, today)
    page = DirectoryPage(found, wanted_in(asked, found), reads.counters(session, today), page_in(request.args))
    note_look("alumni.listed", viewer.subject, people=len(page.rows))
    held = member(session, viewer.person_id)
    consents = agreed(session, [viewer.person_id]).get(viewer.person_id, {})
    return render(
        "lms/alumni/directory.html",
        page=page,
        mine=reads.as_seen(session, viewer.person_id, frozenset(Audience), today),
        my_fields=[(label, field in shown(consents, frozenset(Audience), today)) for field, label in FIELDS.items()],
        listed=any(shown(consents, frozenset(Audience), today)),
        member=held,
        waiting=waiting(session, viewer.person_id),
        my_name=reads.own_facts(session, viewer.person_id, today).name,
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
    found = reads.directory(session, viewer.person_id, now().date())
    people = pages.matching(found.seen, Wanted(edition=edition))
    held = next(
        (one for one in (*found.editions, *(h for seen in people for h in seen.editions)) if one.edition == edition),
        None,
    )
    if held is None:
        raise NotFound
    note_look("alumni.cohort-listed", edition, people=len(people))
    own = held in found.editions
    return render("lms/alumni/cohort.html", held=held, people=people, own=own, words=pages, sectors=SECTORS)
