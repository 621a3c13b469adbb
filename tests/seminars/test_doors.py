"""Ids of other editions and other people open nothing, in every place."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from lms.kernel.db import db
from lms.people.models import Role, ScopeKind
from lms.seminars.models import (
    AttendanceMark,
    ParticipantRequest,
)
from tests.people.makers import give_mandate, make_person
from tests.seminars.browsing import Browser, coordinator
from tests.seminars.submissions import PERSON, fresh, number_of, one_edition, one_person


def paths_of(edition: str, enrolment: str, request: str = "x") -> list[tuple[str, str]]:
    """Every page and act of an edition and of one person in it."""
    base, one = f"/editions/{edition}", f"/editions/{edition}/people/{enrolment}"
    looks = ["edit", "invite", "attendance", "sessions", "companions"]
    acts = ["invite", "accept", "leave", "extension", "name", "replace", f"requests/{request}"]
    return [
        *(("GET", f"{base}/{look}") for look in looks),
        *(("POST", f"{base}/{look}") for look in [*looks, "version", "sessions/remove", "companions/x/remove"]),
        ("GET", one),
        ("GET", f"{one}/replace"),
        *(("POST", f"{one}/{act}") for act in acts),
    ]


FILLED = {"leave-reason": "x", "name-reason": "a long reason", "extend-day": "2027-05-01", "extend-time": "18:00"}


def test_another_editions_coordinator_finds_nothing_here(app: Flask) -> None:
    mine, other = one_edition(), one_edition()
    theirs, own = one_person(other), one_person(mine)
    browser = coordinator(app, mine.public_id)
    assert browser.get(f"/editions/{mine.public_id}/edit").status_code == 200
    foreign = [*paths_of(other.public_id, theirs.public_id), ("GET", "/editions/new")]
    mixed = [pair for pair in paths_of(mine.public_id, theirs.public_id) if "/people/" in pair[1]]
    for method, path in [*foreign, *mixed]:
        answer = browser.get(path) if method == "GET" else browser.post(path, **FILLED, **PERSON)
        assert answer.status_code == 404, (method, path)
    mark = {"half": "2027-05-09-morning", f"mark-{theirs.public_id}": "present"}
    assert browser.post(f"/editions/{mine.public_id}/attendance", **mark).status_code == 404
    assert (fresh(theirs).state, fresh(own).state) == ("accepted", "accepted")
    assert number_of(AttendanceMark) == 0


@pytest.mark.parametrize(
    ("role", "scope"),
    [(Role.FOCAL_POINT, ScopeKind.STATE), (Role.EVALUATOR, ScopeKind.ALL), (Role.TRAINER, ScopeKind.ALL), (None, None)],
)
def test_nobody_but_a_coordinator_finds_these_pages(sqlite_app: Flask, role: Role | None, scope: ScopeKind) -> None:
    edition = one_edition()
    person = one_person(edition)
    somebody = make_person()
    if role:
        give_mandate(somebody, role, scope, "TZ" if scope is ScopeKind.STATE else None)
    browser = Browser(sqlite_app, somebody)
    for method, path in paths_of(edition.public_id, person.public_id):
        answer = browser.get(path) if method == "GET" else browser.post(path, **FILLED)
        assert answer.status_code == 404, (method, path)
    for page in ("programme", "more-time", "cannot-attend"):
        assert browser.get(f"/seminar/{edition.public_id}/{page}").status_code == 404


def test_another_persons_request_is_not_answered_under_this_one(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    asking = Browser(sqlite_app, make_person())
    one_person(edition, person=asking.person)
    other = one_person(edition)
    asking.post(f"/seminar/{edition.public_id}/more-time", message="More, please.")
    request = db.session.scalars(select(ParticipantRequest)).one()
    path = f"/editions/{edition.public_id}/people/{other.public_id}/requests/{request.public_id}"
    assert browser.post(path, answer="no").status_code == 404
    assert db.session.scalars(select(ParticipantRequest.answered_at)).one() is None
