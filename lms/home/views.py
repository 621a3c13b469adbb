"""Where a signed-in person begins, and who can see what about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.alumni.feed.queries import reading_partners
from lms.alumni.feed.wording import told_beside
from lms.alumni.queries.membership import shown_to_members
from lms.alumni.words import AUDIENCES, FIELDS
from lms.authoring.queries import in_review, taught_courses
from lms.catalogue.queries import outline
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.learning.queries import changed_texts, progress_of
from lms.learning.rules.standing import Standing, standing_of
from lms.people.proposals.waiting import waiting_for
from lms.people.queries import Viewer, names_of
from lms.people.queries.mandates import grants_of
from lms.people.queries.sensitive import is_to_be_named
from lms.people.queries.successions import held_by, waiting_among
from lms.people.rules import Grant, Role
from lms.people.rules.mandates import in_force
from lms.people.sign_in import me
from lms.people.views.decisions import officer
from lms.people.views.successions import mine_or_administered, way_to
from lms.records.queries import conditions_for, my_records
from lms.records.queries.held import HeldRecord
from lms.records.rules.completion import Verdict
from lms.records.verification.queries import Openness, openness_of
from lms.seminars.nominating.queries import asked as asked_editions
from lms.seminars.nominating.queries import own_nominations
from lms.seminars.queries import editions_visible, settled
from lms.seminars.rules import EnrolmentState, coordinates_any
from lms.web.access import Permission, requires
from lms.web.dates import local_day
from lms.web.languages import language
from lms.web.logs import note_look
from lms.web.render import render

from . import queries
from .mandate_pages import FocalPointPage, MandateShowsPage
from .own_people import own_people
from .pages import HomePage, MandatePage, WhoSeesPage
from .queries import MyPlace
from .rules.places import Moment, moment_of, present_first
from .rules.verdicts import verdict_of
from .rules.watchers import watchers
from .scopes import shown_of

bp = Blueprint("home", __name__)
READING = frozenset({Moment.BEFORE, Moment.THERE, Moment.AFTER})
ELSEWHERE = frozenset({Moment.NOMINATED, Moment.GONE})


@bp.get("/")
@requires(Permission.SIGNED_IN)
def index() -> str | Response:
    """Where a signed-in person begins: their seminar, or what their mandate is over."""
    viewer = me()
    places = present_first(queries.my_places(db.session(), viewer.person_id), _today)
    place = next((found for found in places if found.edition == request.args.get("edition")), next(iter(places), None))
    if place is None or (_moment(place) in ELSEWHERE and viewer.grants):
        return _by_mandate(viewer)
    return _participant(viewer, place, places)


def _today(place: MyPlace) -> dt.date:
    return local_day(now(), place.zone)


def _moment(place: MyPlace) -> Moment:
    return moment_of(place, _today(place))


def _participant(viewer: Viewer, place: MyPlace, places: Sequence[MyPlace]) -> str:
    moment = _moment(place)
    standing, changed = _standing(place) if moment in READING | {Moment.RECORDED} else (None, 0)
    page = HomePage(
        place=place,
        moment=moment,
        at=now(),
        zone=viewer.zone or place.institution_zone,
        language=language(),
        standing=standing,
        verdict=_verdict(viewer, place, standing, moment),
        others=[other for other in places if other is not place],
        changed=changed,
        offered=place.state is EnrolmentState.INVITED and not _settled(place),
    )
    template = "lms/home/away.html" if moment in ELSEWHERE else "lms/home/index.html"
    return render(template, page=page, place=place, oversees=viewer.can(Permission.OVERSEE))


def _settled(place: MyPlace) -> bool:
    """Whether whoever is only invited stays so for good."""
    reads = place.reading
    return reads is not None and place.closed_at is not None and settled(db.session(), reads.edition_id)


def _standing(place: MyPlace) -> tuple[Standing | None, int]:
    """How far the reading has come, and how many texts have changed since they were finished."""
    if place.version_id is None or place.reading is None:
        return None, 0
    session = db.session()
    course, progress = outline(session, place.version_id), progress_of(session, place.enrolment_id)
    standing = standing_of(course, progress, place.course)
    told = changed_texts(session, place.reading, course, progress, language(), complete=standing.complete)
    return standing, len(told)


def _verdict(viewer: Viewer, place: MyPlace, standing: Standing | None, moment: Moment) -> Verdict | None:
    """Met or not yet: from the sheet while the seminar goes on, else from what is known without asking."""
    if standing is None or moment not in READING:
        return None
    if moment is not Moment.BEFORE and place.closed_at is None:
        found = conditions_for(db.session(), place.enrolment_id, viewer.scope)
        if found is not None:
            return found
    closed = place.closed_at is not None
    return verdict_of(standing, place.attendance, closed=closed, name_confirmed=place.name_confirmed)


def _by_mandate(viewer: Viewer) -> str | Response:
    """For people without a place: the edition or editions they oversee, else a page that says what they may see."""
    if viewer.can(Permission.OVERSEE) and not coordinates_any(viewer.scope):
        return _focal_point(viewer)
    if viewer.can(Permission.OVERSEE):
        editions = editions_visible(db.session(), viewer.scope)
        # What waits for a second officer is told on the list of editions.
        decides = waiting_for(db.session(), officer(viewer), now())
        if len(editions) == 1 and not viewer.scope.everything and not decides:
            return redirect(url_for("dashboards.edition", edition=editions[0].public_id), 303)
        return redirect(url_for("seminars.editions"), 303)
    return render("lms/home/mandate.html", page=_mandate_page(viewer))


def _focal_point(viewer: Viewer) -> str:
    """A focal point's own people, as far as they have come, and the mandates that show them."""
    session = db.session()
    editions = own_people(session, viewer.scope)
    for edition in editions:
        note_look("people.listed", edition.public_id, people=len(edition.listed))
    held = held_by(session, viewer.person_id, now().date())
    names = queries.names_of_reach(session, viewer.grants, language())
    names |= queries.institution_names(session, viewer.grants)
    asked = asked_editions(session, viewer.scope, now().date())
    mine = own_nominations(session, viewer.person_id, viewer.scope)
    waiting = waiting_among(session, viewer.person_id, now().date())
    page = FocalPointPage(editions, held, names, waiting, language(), asked, mine)
    return render("lms/home/focal_point.html", page=page)


def _mandate_page(viewer: Viewer) -> MandatePage:
    session, grants = db.session(), viewer.grants
    courses = taught_courses(session, grants)
    observes = any(grant.role is Role.OBSERVER for grant in grants)
    to_read = taught_courses(session, grants, {Role.OBSERVER}) if observes else []
    return MandatePage(
        grants,
        editions=queries.counted_editions(session, viewer.scope),
        courses=courses,
        to_read=to_read,
        waiting=in_review(session, [slug for slug, _version in courses]),
        names=queries.names_of_reach(session, grants, language()),
        locale=language(),
    )


@bp.get("/mandate/<mandate>")
@requires(Permission.SIGNED_IN)
def mandate_shows(mandate: str) -> str:
    """What a mandate shows: for its holder and for administrators, who are shown no person by it."""
    row, session = mine_or_administered(mandate), db.session()
    grant = Grant(row.role, row.scope, row.scope_id)
    holds = in_force(row.state, row.since, row.until, now().date())
    page = MandateShowsPage(
        mandate=row,
        shown=shown_of(session, row.person_id, grant) if holds else [],
        names=queries.names_of_reach(session, [grant], language()) | queries.institution_names(session, [grant]),
        locale=language(),
        beside=grants_of(session, row.person_id, now().date()) if row.role is Role.EVALUATOR else (),
    )
    return render("lms/home/mandate_shows.html", page=page, way=way_to(row))


@bp.get("/who-sees-what")
@requires(Permission.SIGNED_IN)
def who_sees() -> str:
    """Who can see what about the person who asks: the rule that opens pages, asked for every mandate in force."""
    viewer, session = me(), db.session()
    seen = queries.my_seen_places(session, viewer.person_id)
    found = watchers([place.place for place in seen], queries.holdings(session, now()))
    names = names_of(session, [watcher.person_id for watcher in found])
    reaches = queries.names_of_reach(session, [watcher.grant for watcher in found], language())
    partners = [(name, told_beside(fields)) for name, fields in reading_partners(session)]
    page = WhoSeesPage(seen, found, names, reaches, language(), partners)
    named = is_to_be_named(session, viewer.person_id)
    return render(
        "lms/home/who_sees.html", page=page, strangers=_strangers(viewer), named=named, members=_members(viewer)
    )


def _strangers(viewer: Viewer) -> list[tuple[HeldRecord, Openness]]:
    """What whoever has the code of a certificate is shown, of each that is in force."""
    session = db.session()
    held = [one for one in my_records(session, viewer.person_id) if one.ended is None and not one.before]
    shown = openness_of(session, [one.record for one in held], now()) if held else {}
    return [(one, shown[one.record]) for one in held]


def _members(viewer: Viewer) -> list[tuple[str, str, dt.date | None]] | None:
    """What a member shows to whom, and through which day; None for whoever is no member."""
    found = shown_to_members(db.session(), viewer.person_id, now())
    if found is None:
        return None
    return [(FIELDS[field], AUDIENCES[one.audience], one.until) for field, one in found.items()]
