"""An import is rehearsed, saved by one act, and taken back while nobody has been told."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.integrations.own_copy.walking import walk
from lms.kernel import outbox, worker
from lms.kernel.checks import run_all
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.models import AuditEntry, Job
from lms.kernel.undertakings import progress
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people import services as people_services
from lms.people.models import Affiliation, IdentityRow, Institution, Person, Sector, SensitiveMark
from lms.people.queries import person_name
from lms.people.queries.institutions import affiliation_on
from lms.people.queries.persons import person_by_address
from lms.people.rules import Role, ScopeKind
from lms.seminars import services
from lms.seminars.columns import Column
from lms.seminars.imports import saving, undoing
from lms.seminars.imports.models import Import, ImportInstitution, ImportRow, ImportState, Verdict
from lms.seminars.imports.no_names import has_signs_of_no_name, stands_for_a_name
from lms.seminars.imports.rehearsing import discard, mend, tidy, verdicts
from lms.seminars.imports.saving import save
from lms.seminars.imports.table import MORE
from lms.seminars.imports.undoing import undo
from lms.seminars.imports.wording import remark
from lms.seminars.models import AttendanceClosing, Edition, Enrolment, EnrolmentEvent, EnrolmentState
from lms.seminars.rules import ContactKind
from tests.conftest import statements
from tests.seminars.importing import JUSTICE, said, taken_in, verdict_of, verdicts_of
from tests.seminars.makers import AT, enrol_person, make_edition, make_institution

LATER = AT + dt.timedelta(hours=1)


@pytest.fixture
def edition(session: Session) -> Edition:
    """An edition, and the ministry that the rows name."""
    make_institution(session, "TZ", Sector.JUSTICE, JUSTICE)
    return make_edition(session)


def everything(session: Session) -> list[int]:
    """How much there is of people and places."""
    tables = (Person, IdentityRow, Affiliation, Institution, Enrolment, EnrolmentEvent)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def saved(session: Session, edition: Edition, *rows: dict[str, str]) -> Import:
    """An import that is saved."""
    found = taken_in(session, edition, *rows)
    save(session, found=found, at=AT, by="coordinator")
    return found


# What becomes of a row ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "reason", "column"),
    [
        ({"name": ""}, "name-missing", Column.NAME),
        ({"name": "1234"}, "name-no-letters", Column.NAME),
        ({"name": "x" * 201}, "name-long", Column.NAME),
        ({"name": "neema@example.org"}, "name-signs", Column.NAME),
        ({MORE: "yes"}, MORE, Column.INSTITUTION),
        ({"address": ""}, "address-missing", Column.ADDRESS),
        ({"address": "neema.example.org"}, "address-no-at", Column.ADDRESS),
        ({"address": "a@example.org; b@example.org"}, "address-several", Column.ADDRESS),
        ({"address": "neema@nowhere"}, "address-wrong", Column.ADDRESS),
        ({"state": ""}, "state-missing", Column.STATE),
        ({"state": "Tansania and Kenia"}, "state-unknown", Column.STATE),
        ({"institution": ""}, "institution-missing", Column.INSTITUTION),
        ({"institution": "Ministry of Silence"}, "institution-unknown", Column.INSTITUTION),
        ({"institution": "Minstry of Justice", "sector": "justice", "zone": "Africa/Nairobi"}, "institution-unknown",
         Column.INSTITUTION),
        ({"language": "Klingonish"}, "language-unknown", Column.LANGUAGE),
        ({"function": "x" * 201}, "function-wrong", Column.FUNCTION),
        ({"since": "soon"}, "since-unclear", Column.SINCE),
        ({"since": "2091-01-01"}, "since-range", Column.SINCE),
    ],
)  # fmt: skip
def test_a_row_is_refused_for_the_cell_that_keeps_it_out(
    session: Session, edition: Edition, cells: dict[str, str], reason: str, column: Column
) -> None:
    found = taken_in(session, edition, said(**cells))
    assert verdict_of(session, found) == ("refused", reason, column)


@pytest.mark.parametrize(
    "text",
    ["TBC", "T.B.C.", "tba 2", "N/A", "n. a.", "To be confirmed", "À désigner", "por confirmar", "Total: 2", "N.N.",
     "待定", "يُحدَّد لاحقًا"],
)  # fmt: skip
def test_words_that_stand_for_a_name_are_none(text: str) -> None:
    assert stands_for_a_name(text)


@pytest.mark.parametrize("text", ["Jos‚ Mfano", "╤ван ╥жак", "John <j>", "Jos+AOk", "5 €", "Jos\ufffd"])
def test_signs_that_no_name_holds_are_seen(text: str) -> None:
    assert has_signs_of_no_name(text)


@pytest.mark.parametrize(
    "text",
    ["Na", "Nk", "Hans „Hansi“ Müller", "M° José Núñez", "O`Neil", "Neema Mfano 1", "Mª Luz", "ʻAna", "T. B. Carr"],
)
def test_a_name_is_none_of_these(text: str) -> None:
    assert not stands_for_a_name(text)
    assert not has_signs_of_no_name(text)


@pytest.mark.parametrize(
    "address",
    [
        "<neema@example.org>",
        "Neema Mfano <neema@example.org>",
        "mailto:neema@example.org",
        "neema＠example.org",
        "neema@example.org;",
    ],
)
def test_an_address_is_read_out_of_what_programs_put_around_it(
    session: Session, edition: Edition, address: str
) -> None:
    saved(session, edition, said(address=address))
    assert person_by_address(session, "neema@example.org") is not None


def test_a_second_row_with_one_address_is_refused_whatever_its_case(session: Session, edition: Edition) -> None:
    found = taken_in(session, edition, said(1), said(2), said(3, address="NEEMA1@EXAMPLE.ORG"))
    assert verdicts_of(session, found) == ["new", "new", "refused"]
    assert verdict_of(session, found, 4) == ("refused", "twice", "address")


def test_an_institution_with_sector_and_zone_that_is_like_no_other_is_added_once(
    session: Session, edition: Edition
) -> None:
    new = {"institution": "Office of the Ombudsman", "sector": "Human rights", "zone": "Africa/Dar es Salaam"}
    found = saved(session, edition, said(1, **new), said(2, **new, state="United Republic of Tanzania"))
    added = session.scalars(select(Institution).where(Institution.name == "Office of the Ombudsman")).all()
    assert [(row.state_code, row.sector, row.zone) for row in added] == [
        ("TZ", Sector.HUMAN_RIGHTS, "Africa/Dar_es_Salaam")
    ]
    assert session.scalars(select(ImportInstitution.import_id)).all() == [found.id]


def test_rehearsing_writes_nothing_about_people(session: Session, edition: Edition) -> None:
    before = everything(session)
    new = {"institution": "Office of the Ombudsman", "sector": "other", "zone": "Africa/Nairobi"}
    found = taken_in(session, edition, said(1), said(2, **new), said(3, state=""))
    assert everything(session) == before
    assert verdicts(session, found) == {"new": 2, "refused": 1}


def test_what_was_uploaded_rests_sealed(session: Session, edition: Edition) -> None:
    found = taken_in(session, edition, said(1, name="Neema Mfano"))
    row = session.scalars(select(ImportRow)).one()
    assert b"Mfano" not in (row.sealed_cells or b"")
    assert b"neema" not in (row.sealed_cells or b"")
    assert found.wrapped_key is not None


def test_many_rows_are_judged_in_few_statements(app: Flask, session: Session, edition: Edition) -> None:
    for _number in range(20):
        enrol_person(session, edition, becomes=EnrolmentState.NOMINATED)
    session.flush()
    with statements(app) as few:
        taken_in(session, edition, said(1))
    with statements(app) as many:
        taken_in(session, edition, *(said(number) for number in range(150)))
    assert len(many) <= len(few) + 3


# Saving -------------------------------------------------------------------------------------------------------------


def test_saving_nominates_and_writes_to_nobody(session: Session, edition: Edition) -> None:
    found = saved(session, edition, said(1, function="Legal officer", language="French", since="2020-02-03"), said(2))
    rows = session.scalars(select(Enrolment).order_by(Enrolment.id)).all()
    assert [row.state for row in rows] == [EnrolmentState.NOMINATED] * 2
    assert person_name(session, rows[0].person_id) == "Neema Mfano 1"
    assert rows[0].person.locale == "fr"
    serving = affiliation_on(session, rows[0].person_id, AT.date())
    assert serving is not None
    assert (serving.function, serving.since, serving.institution.name) == (
        "Legal officer", dt.date(2020, 2, 3), JUSTICE,
    )  # fmt: skip
    assert session.scalars(select(Job.kind)).all() == []
    assert found.state is ImportState.SAVED
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act == "enrolment.nominated")).all()
    assert len(acts) == 2


def test_after_the_end_no_uploaded_cell_is_left(session: Session, edition: Edition) -> None:
    for found in (saved(session, edition, said(1), said(2, state="")), taken_in(session, edition, said(3))):
        if found.state is ImportState.REHEARSED:
            discard(session, found=found, at=AT, by="coordinator")
        assert (found.wrapped_key, found.sealed_head) == (None, None)
        rows = session.execute(select(ImportRow.sealed_cells, ImportRow.blind).where(ImportRow.import_id == found.id))
        assert {tuple(row) for row in rows} == {(None, None)}


def test_seven_days_later_nothing_is_left_of_what_nobody_decided_on(session: Session, edition: Edition) -> None:
    found = taken_in(session, edition, said(1))
    tidy(session, {}, AT + dt.timedelta(days=6, hours=23))
    assert found.state is ImportState.REHEARSED
    tidy(session, {}, AT + dt.timedelta(days=7, minutes=1))
    assert (found.state, found.wrapped_key) == (ImportState.DISCARDED, None)
    assert session.scalars(select(ImportRow)).all() == []


def test_saving_twice_is_saving_once(session: Session, edition: Edition) -> None:
    found = saved(session, edition, said(1))
    before = everything(session)
    save(session, found=found, at=LATER, by="coordinator")
    assert everything(session) == before
    with pytest.raises(Conflict):
        discard(session, found=found, at=LATER, by="coordinator")


def test_a_discarded_import_cannot_be_saved(session: Session, edition: Edition) -> None:
    found = taken_in(session, edition, said(1))
    discard(session, found=found, at=AT, by="coordinator")
    with pytest.raises(Conflict):
        save(session, found=found, at=AT, by="coordinator")


def test_saving_the_same_file_again_changes_nothing(session: Session, edition: Edition) -> None:
    saved(session, edition, said(1, function="Judge"), said(2))
    before = everything(session)
    again = taken_in(session, edition, said(1, function="Judge"), said(2))
    assert verdicts_of(session, again) == ["same", "same"]
    save(session, found=again, at=LATER, by="coordinator")
    assert everything(session) == before


def test_what_a_row_says_otherwise_of_a_nominee_is_corrected(session: Session, edition: Edition) -> None:
    make_institution(session, "TZ", Sector.DEFENCE, "Ministry of Defence")
    saved(session, edition, said(1, function="Judge"))
    other = said(1, name="Neema J. Mfano", institution="MINISTRY OF DEFENCE", language="es")
    found = taken_in(session, edition, other)
    assert verdict_of(session, found) == ("changed", "changes", "name,institution,language")
    save(session, found=found, at=LATER, by="coordinator")
    place = session.scalars(select(Enrolment)).one()
    assert (person_name(session, place.person_id), place.sector) == ("Neema J. Mfano", Sector.DEFENCE)
    assert place.person.locale == "es"
    serving = affiliation_on(session, place.person_id, AT.date())
    assert serving is not None
    assert (serving.function, serving.institution.name) == ("Judge", "Ministry of Defence")


def test_somebody_known_by_the_address_is_the_same_person_and_keeps_their_name(
    session: Session, edition: Edition
) -> None:
    person = people_services.create_person(session, name="Neema Mithal", address="neema1@example.org", at=AT)
    found = saved(session, edition, said(1))
    assert verdict_of(session, found) == ("new", "known", None)
    assert session.scalars(select(Enrolment.person_id)).all() == [person.id]
    assert person_name(session, person.id) == "Neema Mithal"


def test_a_code_name_is_taken_for_no_name_whatever_address_stands_beside_it(session: Session, edition: Edition) -> None:
    saved(session, edition, said(1), said(2))
    place = session.scalars(select(Enrolment).order_by(Enrolment.id)).first()
    assert place
    mark = {"person_id": place.person_id, "by_person_id": place.person_id, "at": AT}
    session.add(SensitiveMark(on=True, **mark))
    code = person_name(session, place.person_id)
    for address in ("neema1@example.org", "neema2@example.org", "nobody@example.org"):
        found = taken_in(session, edition, said(1, name=code, address=address))
        assert verdict_of(session, found) == ("refused", "code-name", "name"), address
    session.add(SensitiveMark(on=False, **mark))
    found = taken_in(session, edition, said(1, name=code), said(2, name="Hazel Wood"))
    assert verdict_of(session, found) == ("refused", "code-name", "name")
    assert verdict_of(session, found, 3) == ("changed", "changes", "name")  # some people are called so
    assert person_name(session, place.person_id) == "Neema Mfano 1"


@pytest.mark.parametrize("invited", [False, True])
def test_a_rehearsal_does_not_tell_which_name_is_behind_a_code_name(
    session: Session, edition: Edition, invited: bool
) -> None:
    saved(session, edition, said(1))
    place = session.scalars(select(Enrolment)).one()
    if invited:
        services.invite(session, enrolment=place, at=AT, by="coordinator")
    session.add(SensitiveMark(person_id=place.person_id, on=True, by_person_id=place.person_id, at=AT))
    for guess in (said(1), said(1, name="Asha Guess"), said(1, function="Judge")):
        assert verdict_of(session, taken_in(session, edition, guess)) == ("same", None, None)
    assert remark(Verdict.SAME, "kept", ()) == remark(Verdict.SAME, None, ())  # also where it was written down before


def test_somebody_invited_is_left_as_they_are(session: Session, edition: Edition) -> None:
    saved(session, edition, said(1))
    place = session.scalars(select(Enrolment)).one()
    services.invite(session, enrolment=place, at=LATER, by="coordinator")
    found = taken_in(session, edition, said(1, function="Judge"))
    assert verdict_of(session, found) == ("same", None, None)


@pytest.mark.parametrize(("leave", "reason"), [("withdraw", "left-withdrawn"), ("decline", "left-declined")])
def test_somebody_who_left_after_an_invitation_is_left_alone(
    session: Session, edition: Edition, leave: str, reason: str
) -> None:
    saved(session, edition, said(1))
    place = session.scalars(select(Enrolment)).one()
    services.invite(session, enrolment=place, at=LATER, by="coordinator")
    getattr(services, leave)(session, enrolment=place, at=LATER, by="coordinator")
    assert verdict_of(session, taken_in(session, edition, said(1))) == ("same", reason, None)


def test_a_place_withdrawn_before_anybody_was_told_is_taken_up_again_and_withdrawn_by_undoing(
    session: Session, edition: Edition
) -> None:
    saved(session, edition, said(1))
    place = session.scalars(select(Enrolment)).one()
    services.withdraw(session, enrolment=place, at=LATER, by="coordinator")
    found = saved(session, edition, said(1, name="Neema J. Mfano"))
    assert (*verdict_of(session, found)[1:], place.state) == ("again", "name", EnrolmentState.NOMINATED)
    assert "Changes: Name." in remark(Verdict.CHANGED, "again", [Column.NAME])
    assert undo(session, found=found, at=LATER, by="coordinator") == []
    assert place.state is EnrolmentState.WITHDRAWN


def test_what_has_changed_since_the_rehearsal_is_judged_anew(session: Session, edition: Edition) -> None:
    found = taken_in(session, edition, said(1), said(2))
    saved(session, edition, said(1))
    save(session, found=found, at=LATER, by="coordinator")
    assert verdicts_of(session, found) == ["same", "new"]
    assert session.scalar(select(func.count()).select_from(Enrolment)) == 2


# Mending ------------------------------------------------------------------------------------------------------------


def test_a_mended_cell_is_rehearsed_again(session: Session, edition: Edition) -> None:
    found = taken_in(session, edition, said(1, address="neema.example.org"), said(2))
    mend(session, found=found, mended={2: {"address": "neema@example.org"}}, at=AT, by="coordinator")
    assert verdicts_of(session, found) == ["new", "new"]
    save(session, found=found, at=AT, by="coordinator")
    assert person_by_address(session, "neema@example.org") is not None


def test_what_is_said_of_an_institution_in_one_row_is_said_of_it_in_all(session: Session, edition: Edition) -> None:
    other = {"institution": "Min. of Justice (MoJ)"}
    found = taken_in(session, edition, said(1, **other), said(2, **other), said(3, institution="Ministry of Silence"))
    assert verdicts_of(session, found) == ["refused"] * 3
    mend(session, found=found, mended={2: {"institution": JUSTICE}}, at=AT, by="coordinator")
    assert verdicts_of(session, found) == ["new", "new", "refused"]


def test_the_first_of_two_mended_frees_the_second(session: Session, edition: Edition) -> None:
    found = taken_in(session, edition, said(1), said(1))
    assert verdicts_of(session, found) == ["new", "refused"]
    mend(session, found=found, mended={2: {"address": "other@example.org"}}, at=AT, by="coordinator")
    assert verdicts_of(session, found) == ["new", "new"]


def test_a_row_that_has_become_another_since_it_was_shown_is_not_saved(session: Session, edition: Edition) -> None:
    found = taken_in(session, edition, said(1), said(2))
    assert verdicts_of(session, found) == ["new", "new"]
    saved(session, edition, said(1, name="Neema Other"))
    save(session, found=found, at=LATER, by="coordinator")
    assert verdicts_of(session, found) == ["refused", "new"]
    reasons = select(ImportRow.reason).where(ImportRow.import_id == found.id).order_by(ImportRow.number)
    assert session.scalars(reasons).all() == ["meanwhile", None]
    person = session.scalars(select(Person).join(Enrolment).order_by(Person.id)).first()
    assert person is not None
    assert person_name(session, person.id) == "Neema Other"


def test_a_row_that_would_change_more_than_was_shown_is_not_saved(session: Session, edition: Edition) -> None:
    saved(session, edition, said(1, name="Neeema Mfano"))
    found = taken_in(session, edition, said(1, name="Neeema Mfano", function="Judge"))
    assert verdict_of(session, found) == ("changed", "changes", "function")
    saved(session, edition, said(1, name="Neema Mfano"))
    save(session, found=found, at=LATER, by="coordinator")
    assert verdict_of(session, found) == ("refused", "meanwhile", None)
    person = session.scalars(select(Person)).one()
    assert person_name(session, person.id) == "Neema Mfano"


def test_the_case_of_a_name_is_put_right_by_a_row_that_tells_it_and_by_no_other(
    session: Session, edition: Edition
) -> None:
    saved(session, edition, said(1, name="NEEMA MFANO"))
    right = saved(session, edition, said(1, name="Neema Mfano"))
    assert verdict_of(session, right) == ("changed", "changes", "name")
    assert verdict_of(session, taken_in(session, edition, said(1, name="NEEMA MFANO"))) == ("same", None, None)
    found = saved(session, edition, said(1, name="neema mfano", function="Judge"))
    assert verdict_of(session, found) == ("changed", "changes", "function")
    person = session.scalars(select(Person)).one()
    assert person_name(session, person.id) == "Neema Mfano"


def test_since_when_somebody_serves_stays_and_the_row_says_so(session: Session, edition: Edition) -> None:
    saved(session, edition, said(1, since="2020-01-01"))
    assert verdict_of(session, taken_in(session, edition, said(1, since="2020-01-01"))) == ("same", None, None)
    assert verdict_of(session, taken_in(session, edition, said(1, since="2021-01-01"))) == ("same", None, None)
    assert "what the row says otherwise is not taken over" in remark(Verdict.SAME, None, ())


# Undoing ------------------------------------------------------------------------------------------------------------


def test_undoing_leaves_everything_as_it_was(session: Session, edition: Edition) -> None:
    make_institution(session, "TZ", Sector.DEFENCE, "Ministry of Defence")
    saved(session, edition, said(1, function="Judge"))
    moved = people_services.create_person(session, name="Amina Mfano", address="amina@example.org", at=AT)
    home = make_institution(session, "KE")
    people_services.affiliate(session, person=moved, institution=home, since=dt.date(2020, 1, 1))
    before = everything(session)
    new = {"institution": "Office of the Ombudsman", "sector": "other", "zone": "Africa/Nairobi"}
    found = saved(
        session,
        edition,
        said(1, name="Neema J. Mfano", institution="Ministry of Defence", function="Clerk", language="es"),
        said(2),
        said(3, **new),
        said(4, address="amina@example.org"),
    )
    assert verdicts(session, found) == {"changed": 1, "new": 3}
    session.flush()
    assert not {name: list(told) for name, told in run_all(session).items() if told}
    assert undo(session, found=found, at=LATER, by="coordinator") == []
    assert undo(session, found=found, at=LATER, by="coordinator") == []
    session.flush()
    assert everything(session) == before
    place = session.scalars(select(Enrolment)).one()
    serving = affiliation_on(session, place.person_id, AT.date())
    assert serving is not None
    assert (person_name(session, place.person_id), place.person.locale) == ("Neema Mfano 1", None)
    assert (serving.function, serving.institution.name, place.sector) == ("Judge", JUSTICE, Sector.JUSTICE)
    at_home = affiliation_on(session, moved.id, AT.date())
    assert at_home is not None
    assert (at_home.institution.id, at_home.until) == (home.id, None)
    assert found.state is ImportState.UNDONE
    session.flush()
    assert not {name: list(told) for name, told in run_all(session).items() if told}
    assert verdicts_of(session, taken_in(session, edition, said(2))) == ["new"]


def test_undoing_leaves_the_institution_over_which_a_mandate_was_given(session: Session, edition: Edition) -> None:
    new = {"institution": "Office of the Ombudsman", "sector": "other", "zone": "Africa/Nairobi"}
    found = saved(session, edition, said(1, **new))
    house = session.scalars(select(Institution).where(Institution.name == new["institution"])).one()
    people_services.grant_by_operator(
        session,
        person=people_services.create_person(session, name="Radosław Przykład", address="focal@example.org", at=AT),
        role=Role.FOCAL_POINT,
        scope=ScopeKind.INSTITUTION,
        scope_id=house.public_id,
        since=AT.date(),
        reason="Given in a test, by nobody else.",
        at=AT,
    )
    assert undo(session, found=found, at=LATER, by="coordinator") == []
    assert session.scalars(select(Institution.name).where(Institution.id == house.id)).all() == [new["institution"]]
    assert run_all(session)["people.mandate_reaches"] == []
    session.delete(house)
    session.flush()
    assert len(run_all(session)["people.mandate_reaches"]) == 1


def test_undoing_says_who_has_been_invited_and_leaves_all(session: Session, edition: Edition) -> None:
    found = saved(session, edition, said(1), said(2), said(3))
    places = session.scalars(select(Enrolment).order_by(Enrolment.id)).all()
    services.invite(session, enrolment=places[1], at=LATER, by="coordinator")
    before = everything(session)
    against = undo(session, found=found, at=LATER, by="coordinator")
    assert [(one.enrolment_id, one.invited) for one in against] == [(places[1].id, True)]
    assert everything(session) == before
    assert found.state is ImportState.SAVED


def test_whoever_was_mailed_keeps_an_import_from_being_undone(session: Session, edition: Edition) -> None:
    found = saved(session, edition, said(1))
    person = session.scalars(select(Person).join(Enrolment)).one()
    people_services.invite(session, person=person, by=None, at=LATER, edition_title=edition.title)
    assert [one.person_id for one in undo(session, found=found, at=LATER, by="coordinator")] == [person.id]


def test_what_somebody_has_said_since_of_where_they_serve_keeps_an_import_from_being_undone(
    session: Session, edition: Edition
) -> None:
    known = people_services.create_person(session, name="Amina Mfano", address="amina@example.org", at=AT)
    home, own = make_institution(session, "TZ", Sector.EDUCATION), make_institution(session, "TZ", Sector.INTERIOR)
    people_services.affiliate(session, person=known, institution=home, since=dt.date(2020, 1, 1))
    found = saved(session, edition, said(1, address="amina@example.org"))
    later = LATER + dt.timedelta(days=2)
    people_services.move(
        session, person=known, institution=own, function="Head", on=later.date(), at=later, by=known.subject
    )
    session.flush()
    assert [one.person_id for one in undo(session, found=found, at=later, by="coordinator")] == [known.id]
    serving = affiliation_on(session, known.id, later.date())
    assert serving is not None
    assert serving.institution.id == own.id


def test_what_was_announced_before_an_import_does_not_keep_it_from_being_undone(
    session: Session, edition: Edition
) -> None:
    later = make_institution(session, "TZ", Sector.DEFENCE, "Ministry of Defence")
    known = people_services.create_person(session, name="Amina Mfano", address="amina@example.org", at=AT)
    home = session.scalars(select(Institution).where(Institution.name == JUSTICE)).one()
    announced = AT.date() + dt.timedelta(days=30)
    for house, since, until in (
        (home, dt.date(2020, 1, 1), announced - dt.timedelta(days=1)),
        (later, announced, None),
    ):
        people_services.affiliate(session, person=known, institution=house, since=since, until=until)
    found = saved(session, edition, said(1), said(2, address="amina@example.org"))
    assert undo(session, found=found, at=LATER, by="coordinator") == []
    again = saved(session, edition, said(2, address="amina@example.org"))
    moved = LATER.date() + dt.timedelta(days=90)
    people_services.move(session, person=known, institution=home, function="", on=moved, at=LATER, by="c")
    [against] = undo(session, found=again, at=LATER, by="coordinator")
    assert against.person_id == known.id


def test_undoing_leaves_whoever_has_a_place_elsewhere_serving_at_one_house_alone(
    session: Session, edition: Edition
) -> None:
    old = make_institution(session, "TZ", Sector.DEFENCE, "Ministry of Defence")
    known = people_services.create_person(session, name="Amina Mfano", address="amina@example.org", at=AT)
    people_services.affiliate(session, person=known, institution=old, since=dt.date(2020, 1, 1))
    row = said(1, address="amina@example.org")
    first = saved(session, edition, row)
    saved(session, make_edition(session, title="Another edition"), row)
    assert undo(session, found=first, at=LATER, by="coordinator") == []
    serving = session.scalars(select(Affiliation).order_by(Affiliation.id)).all()
    assert [one.until for one in serving] == [AT.date() - dt.timedelta(days=1), None]
    assert session.scalars(select(Enrolment.affiliation_id)).all() == [serving[1].id]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    houses=st.lists(st.sampled_from(["Ministry of Defence", JUSTICE, "Ministry of Health"]), min_size=2, max_size=4),
    days=st.lists(st.integers(0, 2), min_size=4, max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_imports_that_moved_somebody_give_back_where_they_served_in_whichever_order_they_are_taken_back(
    session: Session, houses: list[str], days: list[int], order: Random
) -> None:
    with session.begin_nested() as tried:
        for name in ("Ministry of Defence", JUSTICE, "Ministry of Health"):
            make_institution(session, "TZ", Sector.JUSTICE, name)
        known = people_services.create_person(session, name="Amina Mfano", address="amina@example.org", at=AT)
        home = session.scalars(select(Institution).where(Institution.name == "Ministry of Defence")).one()
        people_services.affiliate(session, person=known, institution=home, since=dt.date(2020, 1, 1))
        before, at = _served(session), AT
        made = []
        for house, later in zip(houses, days, strict=False):
            at += dt.timedelta(days=later)
            row = said(1, address="amina@example.org", institution=house)
            found = taken_in(session, make_edition(session), row, at=at)
            save(session, found=found, at=at, by="coordinator")
            made.append(found)
        while made:
            order.shuffle(made)
            # Whom a later import has moved again stands against the earlier one, and never against the last.
            taken = [one for one in made if undo(session, found=one, at=at, by="coordinator") == []]
            assert taken
            made = [one for one in made if one not in taken]
        assert _served(session) == before
        assert session.scalars(select(Enrolment)).all() == []
        tried.rollback()


def _served(session: Session) -> list[tuple[int, dt.date, dt.date | None]]:
    session.expire_all()
    rows = session.scalars(select(Affiliation).order_by(Affiliation.id))
    return [(row.institution_id, row.since, row.until) for row in rows]


def test_a_name_confirmed_since_keeps_the_import_that_put_it_right_from_being_undone(
    session: Session, edition: Edition
) -> None:
    saved(session, edition, said(1))
    found = saved(session, edition, said(1, name="Neema Right"))
    person = session.scalars(select(Person).join(Enrolment)).one()
    person.name_confirmed_at = LATER
    session.flush()
    assert [one.person_id for one in undo(session, found=found, at=LATER, by="coordinator")] == [person.id]
    assert person_name(session, person.id) == "Neema Right"


def test_whoever_a_later_import_corrected_keeps_the_earlier_one_from_being_undone(
    session: Session, edition: Edition
) -> None:
    first = saved(session, edition, said(1))
    second = saved(session, edition, said(1, function="Judge"))
    assert len(undo(session, found=first, at=LATER, by="coordinator")) == 1
    assert undo(session, found=second, at=LATER, by="coordinator") == []
    assert undo(session, found=first, at=LATER, by="coordinator") == []


def test_only_what_is_saved_can_be_undone(session: Session, edition: Edition) -> None:
    found = taken_in(session, edition, said(1))
    with pytest.raises(Conflict):
        undo(session, found=found, at=LATER, by="coordinator")


# Long files ---------------------------------------------------------------------------------------------------------


def test_a_long_file_is_rehearsed_and_saved_by_the_worker(app: Flask) -> None:
    with unit_of_work() as session:
        make_institution(session, "TZ", Sector.JUSTICE, JUSTICE)
        edition = make_edition(session)
        found = taken_in(session, edition, *(said(number) for number in range(620)), said(3), said(1000, state=""))
        assert found.state is ImportState.REHEARSING
    worker.drain()
    with unit_of_work() as session:
        found = session.scalars(select(Import)).one()
        assert (found.state, verdicts(session, found)) == (ImportState.REHEARSED, {"new": 620, "refused": 2})
        save(session, found=found, at=AT, by="coordinator")
        save(session, found=found, at=AT, by="coordinator")
    worker.drain()
    with reading() as session:
        assert session.scalars(select(Import.state)).one() is ImportState.SAVED
        assert session.scalar(select(func.count()).select_from(Enrolment)) == 620
        assert session.scalar(select(func.count(Enrolment.person_id.distinct()))) == 620
    _taken_back_by_the_worker(app)
    db.session.remove()


def _taken_back_by_the_worker(app: Flask) -> None:
    """As far as the first portion; then somebody is dealt with, and of the rest the last three have done something."""
    with unit_of_work() as session:
        found = session.scalars(select(Import)).one()
        assert undo(session, found=found, at=LATER, by="coordinator") == []
        assert found.state is ImportState.UNDOING
        assert undo(session, found=found, at=LATER, by="coordinator") == []
        held = session.scalars(select(Enrolment)).first()
        assert held is not None
        with pytest.raises(Refused, match="is being taken back"):
            services.invite(session, enrolment=held, at=LATER, by="coordinator")
    assert outbox.run_one("first")  # who stands against it: nobody
    assert _people() == 620
    with statements(app) as sent:
        assert outbox.run_one("first")
    assert len(sent) <= 35, "\n".join(sent)
    assert _people() == 370
    with unit_of_work() as session:
        stay = session.scalars(select(Enrolment).order_by(Enrolment.id.desc()).limit(3)).all()
        for place in stay:
            services.note_contact(
                session,
                enrolment=place,
                kind=ContactKind.CALLED,
                day=AT.date(),
                words="Called.",
                key=place.public_id,
                at=LATER,
                by=place.person_id,
            )
        names = [place.public_id for place in reversed(stay)]
    worker.drain()
    with reading() as session:
        found = session.scalars(select(Import)).one()
        work = progress(session, found.undertaking)
        assert work is not None
        assert (found.state, work.done, work.total, work.running) == (ImportState.UNDONE, 620, 620, False)
        assert (work.outcome["against"], work.outcome["number"], work.outcome["people"]) == (names, 3, 617)
        assert everything(session)[0] == 3
        assert not {name: list(told) for name, told in run_all(session).items() if told}


def _people() -> int:
    with reading() as session:
        return everything(session)[0]


def test_of_many_rows_nothing_is_taken_back_where_somebody_stands_against_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (saving, undoing):
        monkeypatch.setattr(module, "AT_ONCE", 2)
    with unit_of_work() as session:
        make_institution(session, "TZ", Sector.JUSTICE, JUSTICE)
        taken_in(session, make_edition(session), *(said(number) for number in range(4)))
    with unit_of_work() as session:
        save(session, found=session.scalars(select(Import)).one(), at=AT, by="coordinator")
    worker.drain()
    with unit_of_work() as session:
        place = session.scalars(select(Enrolment)).first()
        assert place is not None
        services.invite(session, enrolment=place, at=LATER, by="coordinator")
        undo(session, found=session.scalars(select(Import)).one(), at=LATER, by="coordinator")
        public_id = place.public_id
    worker.drain()
    with reading() as session:
        found = session.scalars(select(Import)).one()
        work = progress(session, found.undertaking)
        assert work is not None
        assert (found.state, work.outcome["against"]) == (ImportState.SAVED, [public_id])
        assert everything(session)[0] == 4


def test_as_many_statements_take_back_what_was_changed_for_many_as_for_few(app: Flask, session: Session) -> None:
    make_institution(session, "TZ", Sector.JUSTICE, JUSTICE)
    make_institution(session, "TZ", Sector.DEFENCE, "Ministry of Defence")
    sent_for = []
    for many in (2, 12):
        edition = make_edition(session)
        addresses = [f"p{number}@many{many}.example.org" for number in range(many)]
        saved(session, edition, *(said(number, address=one) for number, one in enumerate(addresses)))
        for one in addresses[1::2]:
            person = person_by_address(session, one)
            place = session.scalars(select(Enrolment).where(Enrolment.person_id == person.id)).one()  # type: ignore[union-attr]
            services.withdraw(session, enrolment=place, at=AT, by="coordinator")
        known = [f"k{number}@many{many}.example.org" for number in range(many)]
        for one in known:
            somebody = people_services.create_person(session, name="Amina Mfano", address=one, at=AT)
            home = make_institution(session, "KE")
            people_services.affiliate(session, person=somebody, institution=home, since=dt.date(2020, 1, 1))
        moved = [said(number, address=one, institution="Ministry of Defence") for number, one in enumerate(addresses)]
        found = saved(session, edition, *moved, *(said(9, address=one) for one in known))
        assert verdicts(session, found) == {"changed": many, "new": many}
        session.flush()
        with statements(app) as sent:
            assert undo(session, found=found, at=LATER, by="coordinator") == []
            session.flush()
        sent_for.append(len(sent))
        assert session.scalar(select(func.count()).where(Enrolment.edition_id == edition.id)) == many
        session.expire_all()
    assert sent_for[0] == sent_for[1] <= 40
    assert not {name: list(told) for name, told in run_all(session).items() if told}


def test_a_closing_in_the_middle_ends_the_saving_and_says_so(app: Flask) -> None:
    with unit_of_work() as session:
        make_institution(session, "TZ", Sector.JUSTICE, JUSTICE)
        edition = make_edition(session)
        taken_in(session, edition, *(said(number) for number in range(300)))
    worker.drain()
    with unit_of_work() as session:
        save(session, found=session.scalars(select(Import)).one(), at=AT, by="coordinator")
    assert outbox.run_one("first")
    with unit_of_work() as session:
        session.add(AttendanceClosing(edition_id=session.scalars(select(Edition.id)).one(), by="coordinator", at=AT))
    worker.drain()
    with reading() as session:
        found = session.scalars(select(Import)).one()
        work = progress(session, found.undertaking)
        assert (found.state, verdicts(session, found)) == (ImportState.SAVED, {"new": 250, "refused": 50})
        assert work is not None
        assert work.sentence.startswith("The attendance of this edition is closed")
        assert session.scalar(select(func.count()).select_from(Enrolment)) == 250
    db.session.remove()


OVER = {
    "title": "Raphael Lemkin Seminar, November 2012",
    "starts_on": dt.date(2012, 11, 4),
    "ends_on": dt.date(2012, 11, 10),
    "deadline_at": dt.datetime(2012, 10, 20, 16, 0, tzinfo=dt.UTC),
}


@pytest.fixture
def over(session: Session) -> Edition:
    """An edition of long ago, and the ministry that the rows name."""
    make_institution(session, "TZ", Sector.JUSTICE, JUSTICE)
    return make_edition(session, **OVER)


def unaddressed(number: int = 1, **more: str) -> dict[str, str]:
    return said(number, **{"address": "", **more})


def test_whoever_has_no_address_is_taken_into_an_edition_that_is_over_and_into_no_other(
    session: Session, over: Edition
) -> None:
    [refused] = [verdict_of(session, taken_in(session, make_edition(session, title="May"), unaddressed()))]
    assert refused == ("refused", "address-missing", "address")
    found = taken_in(session, over, unaddressed(1), unaddressed(2), said(3), unaddressed(4, address="no at"))
    assert verdicts_of(session, found) == ["new", "new", "new", "refused"]
    before, beside = everything(session), taken_in(session, over, unaddressed(1), unaddressed(2))
    save(session, found=found, at=AT, by="coordinator")
    save(session, found=beside, at=AT, by="coordinator")
    assert len(session.scalars(select(Enrolment).where(Enrolment.edition_id == over.id)).all()) == 3
    assert session.scalars(select(Job.id).where(Job.kind == "mail.send")).all() == []
    assert not {name: list(told) for name, told in run_all(session).items() if told}
    again = taken_in(session, over, unaddressed(1), unaddressed(2, name="NEEMA  MFANO 2"), said(3))
    assert verdicts_of(session, again) == ["same"] * 3
    with_address = taken_in(session, over, said(1), unaddressed(1, function="Judge"))
    assert verdict_of(session, with_address)[:2] == ("refused", "twice-named")
    assert verdict_of(session, with_address, 3) == ("changed", "changes", "function")
    assert verdict_of(session, taken_in(session, over, said(1))) == ("same", None, None)
    assert undo(session, found=found, at=LATER, by="coordinator") == []
    session.flush()
    assert everything(session) == before
    assert verdicts_of(session, taken_in(session, over, unaddressed(1))) == ["new"]


def test_one_name_institution_and_state_without_an_address_is_one_person(session: Session, over: Edition) -> None:
    make_institution(session, "TZ", Sector.DEFENCE, "Ministry of Defence")
    make_institution(session, "KE", Sector.JUSTICE, JUSTICE)
    elsewhere = unaddressed(1, institution="Ministry of Defence")
    rows = (unaddressed(1), unaddressed(1, name="neema mfano 1"), elsewhere, unaddressed(1, state="Kenya"))
    found = taken_in(session, over, *rows)
    assert verdict_of(session, found, 3) == ("refused", "twice-named", "address")
    assert verdicts_of(session, found) == ["new", "refused", "new", "new"]
    mend(session, found=found, mended={3: {"name": "Pia Beispiel"}}, at=AT, by="coordinator")
    assert verdicts_of(session, found) == ["new"] * 4


def test_what_waits_of_somebody_erased_goes_also_where_no_address_stands(session: Session, over: Edition) -> None:
    saved(session, over, unaddressed(1), unaddressed(2))
    waits = taken_in(session, over, unaddressed(1), unaddressed(2))
    place = session.scalars(select(Enrolment).order_by(Enrolment.id)).first()
    assert place is not None
    session.flush()
    own = walk(session, place.person_id).rows["lms_import_row"]
    assert (waits.id, 2) in {(row["import_id"], row["number"]) for row in own}
    assert (waits.id, 3) not in {(row["import_id"], row["number"]) for row in own}
    people_services.erase(session, person=place.person, by="coordinator", at=LATER)
    assert verdict_of(session, waits) == ("refused", "erased", "name")
    assert verdict_of(session, waits, 3) == ("same", None, None)
    session.expire_all()
    rows = session.scalars(select(ImportRow).where(ImportRow.import_id == waits.id).order_by(ImportRow.number)).all()
    assert [bool(row.sealed_cells) for row in rows] == [False, True]
    assert place.name_blind is None


def test_whoever_has_no_address_is_found_by_the_right_name_of_their_institution(
    session: Session, over: Edition
) -> None:
    saved(session, over, unaddressed(1))
    house = session.scalars(select(Enrolment)).one().affiliation.institution
    right = {"name": "Ministry of Law", "sector": house.sector, "zone": house.zone}
    assert services.correct_institution(session, institution=house, **right, at=LATER, by="coordinator")
    session.flush()
    again = taken_in(session, over, unaddressed(1, institution="Ministry of Law"))
    assert verdict_of(session, again) == ("same", None, None)
