"""Ministries and institutions that were entered wrongly: what is put right, and everything that follows from it."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.dashboards import queries
from lms.dashboards.models import FrozenTable
from lms.kernel.checks import run_all
from lms.kernel.clock import now
from lms.kernel.errors import Refused
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import EnrolmentProgress, ModuleFinished
from lms.people.models import Institution, Role, ScopeKind, Sector
from lms.people.services import mark_person
from lms.seminars import services
from lms.seminars.models import Edition, Enrolment, EnrolmentState
from lms.seminars.queries import counts
from lms.seminars.rules import Stage, end_of_day
from tests.conftest import statements
from tests.people.makers import give_mandate
from tests.people.makers import make_person as somebody
from tests.records.makers import MODULES, complete_reading, make_edition, make_place, read_module
from tests.seminars.browsing import Browser, coordinator, viewer_of, words
from tests.seminars.makers import AT, make_institution, make_person

DAY, LATER = dt.date(2027, 4, 23), dt.date(2027, 4, 30)
FIJI = "Pacific/Fiji"
COUNTING = {"seminars.tallies", "seminars.parts", "seminars.counts", "learning.modules"}


def _right(session: Session, ministry: Institution, **said: object) -> bool:
    """Put one right; what is not said stays."""
    present = {"name": ministry.name, "sector": ministry.sector, "zone": ministry.zone}
    return services.correct_institution(session, institution=ministry, **{**present, **said}, at=AT, by="c")  # type: ignore[arg-type]


def _findings(session: Session) -> dict[str, object]:
    session.flush()
    return {name: found for name, found in run_all(session).items() if found}


def _by_sector(session: Session, edition: Edition) -> Counter[tuple[Sector, Stage]]:
    session.flush()
    found: Counter[tuple[Sector, Stage]] = Counter()
    for (_state, sector, stage), number in counts(session, edition.id).items():
        found[sector, stage] += number
    return found


def test_deadlines_follow_the_right_zone_also_those_given_to_one_person(session: Session) -> None:
    edition, ministry = make_edition(session, deadline_on=DAY), make_institution(session)
    plain, longer, elsewhere = (make_place(session, edition, institution=one) for one in (ministry, ministry, None))
    ends = end_of_day(LATER, "Europe/Warsaw")
    services.extend(session, enrolment=longer, deadline_at=ends, deadline_on=LATER, at=AT, by="c")
    before, revision = elsewhere.due_at, edition.revision
    assert _right(session, ministry, zone=FIJI)
    session.flush()
    for row in (plain, longer, elsewhere, edition):
        session.refresh(row)
    assert plain.due_at == end_of_day(DAY, FIJI)
    assert longer.due_at == longer.deadline_at == end_of_day(LATER, FIJI)
    assert elsewhere.due_at == before
    assert edition.revision == revision + 1
    assert not _findings(session)


def test_numbers_follow_the_right_sector_in_every_part_of_an_edition(session: Session) -> None:
    edition, ministry = make_edition(session), make_institution(session, sector=Sector.JUSTICE)
    there = {"institution": ministry}
    reading, complete, gone = (make_place(session, edition, **there) for _number in range(3))
    make_place(session, edition, becomes=EnrolmentState.NOMINATED, **there)
    make_place(session, edition, institution=make_institution(session, sector=Sector.JUSTICE))
    services.reach(session, enrolment=reading, stage=Stage.READING, at=AT)
    session.add(EnrolmentProgress(enrolment_id=reading.id, started_at=AT, units_done=0))
    session.flush()
    read_module(session, reading, MODULES[0])
    complete_reading(session, complete)
    for stage in (Stage.READING, Stage.PRE_READING):
        services.reach(session, enrolment=complete, stage=stage, at=AT)
    services.withdraw(session, enrolment=gone, reason="ill", at=AT, by="c")
    before = _findings(session)  # the maker writes progress without its events
    assert not COUNTING & before.keys()
    assert session.scalars(select(ModuleFinished.enrolment_id)).all() == [reading.id]
    assert _right(session, ministry, sector=Sector.INTERIOR)
    assert _by_sector(session, edition)[Sector.INTERIOR, Stage.INVITED] == 2
    assert _by_sector(session, edition)[Sector.JUSTICE, Stage.INVITED] == 1
    theirs = select(Enrolment.sector).where(Enrolment.institution_id == ministry.id)
    assert set(session.scalars(theirs)) == {Sector.INTERIOR}
    assert _findings(session) == before
    services.fold_tallies(session)
    assert _findings(session) == before


def test_where_numbers_of_single_sectors_were_published_people_stay_under_theirs(session: Session) -> None:
    ministry = make_institution(session, sector=Sector.JUSTICE)
    editions = [make_edition(session) for _number in range(3)]
    places = [make_place(session, one, institution=ministry) for one in editions]
    for edition, column in zip(editions, ("justice", "*"), strict=False):
        groups = [{"row": "*", "column": column, "step": 5, "numbers": {}}]
        session.add(FrozenTable(edition_id=edition.id, as_of=AT, made_at=AT, groups=groups))
    session.flush()
    keeping = queries.parted_by_sector(session)
    assert keeping == {editions[0].id}
    _right(session, ministry, sector=Sector.INTERIOR, keeping=keeping)
    for place in places:
        session.refresh(place)
    assert [one.sector for one in places] == [Sector.JUSTICE, Sector.INTERIOR, Sector.INTERIOR]
    assert not _findings(session)


def test_a_name_is_tidied_noted_and_had_by_no_two_of_a_state(session: Session) -> None:
    ministry, other = make_institution(session, name="MoJ"), make_institution(session, name="Ministry of Défence")
    with pytest.raises(Refused, match="this name"):
        _right(session, ministry, name="MINISTRY of Défence")
    with pytest.raises(Refused, match="time zone"):
        _right(session, ministry, zone="Nowhere/At_All")
    assert _right(session, ministry, name="  Ministry  of Justice ")
    assert (ministry.name, other.name) == ("Ministry of Justice", "Ministry of Défence")
    session.flush()
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "institution.corrected"))
    assert (entry.about, entry.details) == (ministry.public_id, {"fields": ["name"]})
    assert not _right(session, ministry)


def test_the_page_lists_all_by_state_and_counts_nobody_who_is_not_to_be_named(app: Flask) -> None:
    browser = coordinator(app)
    with unit_of_work() as session:
        edition = make_edition(session)
        ministry = make_institution(session, "TZ", name="Minstry of Justice")
        make_institution(session, "KE", name="Ministry of Examples")
        apart = make_institution(session, "NP", name="Ministry Apart")
        hidden = make_person(session)
        for person in (None, None, hidden):
            make_place(session, edition, institution=ministry, person=person)
        make_place(session, make_edition(session), institution=apart, person=hidden)
        told = {"person_id": hidden.id, "state_code": "TZ", "reason": "Asked for it.", "by": viewer_of(browser.person)}
        mark_person(session, **told, on=True, at=AT)  # type: ignore[arg-type]
        address, not_told = (f"/institutions/{one.public_id}" for one in (ministry, apart))
    assert browser.get(not_told).status_code == 404
    assert 'href="/institutions"' in browser.get("/editions").text
    with statements(app) as sent:
        page = browser.get("/institutions")
    assert len([line for line in sent if "FROM lms_institution LEFT" in line]) == 1
    said = words(page)
    assert said.index("Ministry of Examples Kenya") < said.index("Minstry of Justice")
    assert "Justice Dar es Salaam 2 " in said
    assert "Apart" not in said
    assert "Nepal" not in said
    assert 'value="Minstry of Justice"' in browser.get(address).text
    answer = browser.post(address, name="Ministry of Justice", sector="interior", zone=FIJI)
    assert answer.status_code == 303
    assert "Ministry of Justice" in words(browser.get("/institutions"))
    assert browser.post(address, name="", sector="interior", zone=FIJI).status_code == 422
    with unit_of_work() as session:
        assert not _findings(session)


def test_it_is_for_those_alone_who_coordinate_everything(sqlite_app: Flask) -> None:
    with unit_of_work() as session:
        edition, ministry = make_edition(session), make_institution(session)
        public_id, institution = edition.public_id, ministry.public_id
    focal, address = somebody(), f"/institutions/{institution}"
    until = now().date() + dt.timedelta(days=30)
    give_mandate(focal, Role.FOCAL_POINT, ScopeKind.INSTITUTION, institution, until=until)
    for browser in (coordinator(sqlite_app, public_id), Browser(sqlite_app, focal)):
        assert {browser.get(path).status_code for path in ("/institutions", address)} == {404}
        assert browser.post(address, name="Another", sector="justice", zone=FIJI).status_code == 404
    assert coordinator(sqlite_app).get("/institutions/unknown").status_code == 404
