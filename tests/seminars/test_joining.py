"""Two entries of one person become one: nothing is forgotten, nothing is opened to the wrong eyes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import flask_migrate
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from lms.kernel import migrations
from lms.kernel.checks import run_all
from lms.kernel.db import Base, db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.models import AuditEntry, Job
from lms.kernel.secrets import unseal
from lms.kernel.unit_of_work import unit_of_work
from lms.people import joining
from lms.people import queries as people
from lms.people import services as people_services
from lms.people.checks import former_keys_are_of_joined_entries
from lms.people.models import (
    FormerKey,
    HostLink,
    IdentityKind,
    IdentityRow,
    Mandate,
    MandateState,
    Password,
    Person,
    Sector,
)
from lms.people.rules import Role, ScopeKind
from lms.people.sealing import keys_of
from lms.seminars import queries, services
from lms.seminars.models import (
    AttendanceMark,
    Companion,
    ContactKind,
    Edition,
    EditionCompanion,
    Enrolment,
    EnrolmentState,
    RequestKind,
    Stage,
)
from lms.seminars.rules import Mark, mark_place
from lms.seminars.rules.joining import FOR_GOOD, RecordLost, Rival, place_to_keep
from lms.seminars.spelling import words_of
from tests.pages import shown_in
from tests.people.makers import give_mandate
from tests.seminars.browsing import coordinator, words
from tests.seminars.makers import AT, enrol_person, make_edition, make_institution, make_person

LATER = dt.date(2027, 11, 7)
EVEN_LATER = dt.date(2028, 3, 5)


@dataclass(frozen=True)
class Two:
    """Two entries and their editions, by id."""

    stays: int
    goes: int
    here: int
    later: int


def two(session: Session, *, both_here: bool = False, becomes: EnrolmentState = EnrolmentState.ACCEPTED) -> Two:
    """One person who was entered twice: once for each of two editions, or both times for the first one."""
    house = make_institution(session, "TZ", Sector.JUSTICE)
    here = make_edition(session)
    later = make_edition(session, title="November 2027", starts_on=LATER, ends_on=LATER)
    stays, goes = make_person(session, "Amina Mfano"), make_person(session, "MFANO Amina")
    enrol_person(session, here, person=stays, institution=house, becomes=becomes)
    enrol_person(session, here if both_here else later, person=goes, institution=house, becomes=becomes)
    return Two(stays.id, goes.id, here.id, later.id)


def join(found: Two, *kept: int, by: str = "c") -> None:
    with unit_of_work() as session:
        stays, goes = session.get_one(Person, found.stays), session.get_one(Person, found.goes)
        people_services.join(session, stays=stays, goes=goes, kept=kept, at=AT, by=by)


def place_of(session: Session, edition: int, person: int) -> Enrolment:
    mine = select(Enrolment).where(Enrolment.edition_id == edition, Enrolment.person_id == person)
    return session.scalars(mine).one()


# Nothing is forgotten -----------------------------------------------------------------------------------------------


def test_somebody_has_spoken_for_every_column_that_refers_to_a_person(sqlite_app: Flask) -> None:
    spoken, there = joining.spoken_for(), {str(column) for column in joining.columns()}
    assert there, "no table refers to a person"
    assert there <= set(spoken), f"nobody says what becomes of {sorted(there - set(spoken))}"
    assert set(spoken) <= there


def test_every_sealed_column_of_a_table_with_people_is_known_here() -> None:
    """Whoever adds one must say in a mover how it is sealed anew, and then add it here."""
    sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.startswith("sealed")
    }
    assert sealed == KNOWN_SEALED


KNOWN_SEALED = {
    "lms_affiliation.sealed_function",
    "lms_answer.sealed",
    "lms_attendance_mark.sealed_reason",
    "lms_certificate.sealed",
    "lms_contact_note.sealed_words",
    "lms_directory_words.sealed",
    "lms_draft_comment.sealed_words",
    "lms_enrolment_event.sealed_reason",
    "lms_feed_person.sealed_name",
    "lms_identity.sealed",
    "lms_import.sealed_head",
    "lms_import_row.sealed_before",
    "lms_import_row.sealed_cells",
    "lms_introduction.sealed_answer",
    "lms_introduction.sealed_message",
    "lms_introduction_report.sealed_reason",
    "lms_ledger_seal.sealed_at",
    "lms_make_up.sealed_words",
    "lms_mandate_act.sealed_reason",
    "lms_name_confirmation.sealed_reason",
    "lms_nomination.sealed_words",
    "lms_past_attestation.sealed_source",
    "lms_own_copy.sealed_data",
    "lms_own_copy.sealed_pages",
    "lms_participant_request.sealed_answer",
    "lms_participant_request.sealed_message",
    "lms_record_credential.sealed_document",
    "lms_record_credential.sealed_statement",
    "lms_record_correction.sealed_answer",
    "lms_record_correction.sealed_wanted",
    "lms_record_revocation.sealed_words",
    "lms_record_subject.sealed_name",
    "lms_reflection.sealed",
    "lms_reinvitation.sealed_address",
    "lms_reinvitation.sealed_reason",
    "lms_sensitive_mark.sealed_reason",
    "lms_sign_off.sealed_reason",
    "lms_signature_lines.sealed",  # under a key of the edition
    "lms_term_proposal.sealed_remark",
    "lms_text_report.sealed",
    "lms_translation_confirmation.sealed_reason",
}


def test_a_column_that_nobody_has_spoken_for_forbids_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work() as session:
        found = two(session)
    monkeypatch.delitem(joining._movers, "lms_enrolment.person_id")
    with pytest.raises(Refused, match=r"lms_enrolment\.person_id"):
        join(found)


def test_everything_moves_over_and_opens_under_the_key_of_the_entry_that_stays(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session)
        goes, later = session.get_one(Person, found.goes), session.get_one(Edition, found.later)
        place = place_of(session, found.later, found.goes)
        services.ask(session, enrolment=place, kind=RequestKind.MORE_TIME, message="Más tiempo", at=AT, by="p")
        services.withdraw(session, enrolment=place, at=AT, by="c", reason="An election")
        session.add(EditionCompanion(edition_id=later.id, person_id=goes.id, role=Companion.SPEAKER))
        session.add(EditionCompanion(edition_id=later.id, person_id=found.stays, role=Companion.SPEAKER))
        session.add(EditionCompanion(edition_id=found.here, person_id=goes.id, role=Companion.FELLOW))
        people_services.keep_password(session, person_id=goes.id, hashed="x", at=AT)
        number, address = place.id, people.addresses_of(session, goes.id)[0].address
    join(found)
    session = db.session()
    for column in joining.columns():
        if column.table.name != "lms_person" and column.name != "former_id":  # which tells whose it was before
            left = session.scalar(select(func.count()).select_from(column.table).where(column == found.goes))
            assert left == 0, str(column)
    moved = session.get_one(Enrolment, number)
    assert moved.person_id == found.stays
    assert [step.reason for step in queries.history(session, number, found.stays)][-1] == "An election"
    assert queries.requests_of(session, number, found.stays)[0].message == "Más tiempo"
    roles = session.execute(select(EditionCompanion.edition_id, EditionCompanion.role)).all()
    assert sorted(tuple(row) for row in roles) == [(found.here, "fellow"), (found.later, "speaker")]
    assert people.person_name(session, found.stays) == "Amina Mfano"
    assert people.person_name(session, found.goes) == "Name erased"
    assert people.person_by_address(session, address) is None  # nobody has proved it
    assert not any(run_all(session).values())
    noted = session.scalars(select(AuditEntry).where(AuditEntry.act == "person.joined")).one()
    assert (noted.actor, noted.about) == ("c", session.get_one(Person, found.stays).subject)


def test_the_other_address_opens_nothing_until_the_person_proves_it(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session)
    join(found)
    rows = db.session.scalars(
        select(IdentityRow).where(IdentityRow.person_id == found.stays, IdentityRow.kind == IdentityKind.ADDRESS)
    ).all()
    assert sorted((row.primary, row.verified_at is None) for row in rows) == [(False, True), (True, True)]
    letter = db.session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id.desc())).first()
    assert letter is not None
    assert letter.payload["template"] == "people/address"
    assert letter.payload["person_id"] == found.stays
    assert letter.payload["identity_id"] == next(row.id for row in rows if not row.primary)


def test_old_links_lead_on(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session)
        former = session.get_one(Person, found.goes).subject
        third = make_person(session, "Amina Mfano")
        number = third.id
    join(found)
    join(Two(number, found.stays, found.here, found.later))
    assert db.session.get_one(Person, number) is people.person_by_subject(db.session(), former)


# What forbids it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whose", ["stays", "goes"])
def test_a_mandate_is_neither_passed_on_nor_come_at(app: Flask, whose: str) -> None:
    with unit_of_work() as session:
        found = two(session)
    give_mandate(db.session.get_one(Person, getattr(found, whose)), Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    with pytest.raises(Refused, match="holds a mandate"):
        join(found)
    with unit_of_work() as session:
        for mandate in session.scalars(select(Mandate)):
            mandate.state = MandateState.ENDED
    if whose == "stays":
        join(found)


def test_who_signs_in_through_another_system_is_the_one_to_keep(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session)
        session.add(HostLink(person_id=found.goes, host="host", blind_subject="x", linked_at=AT))
    with pytest.raises(Refused, match="through another system"):
        join(found)
    join(Two(found.goes, found.stays, found.here, found.later))


def test_nobody_is_joined_twice_or_with_themselves(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session)
    with pytest.raises(Conflict):
        join(Two(found.stays, found.stays, found.here, found.later))
    join(found)
    with pytest.raises(Conflict):
        join(found)


# Both in one edition ------------------------------------------------------------------------------------------------

RIVALS = st.builds(Rival, st.integers(1, 1), st.booleans(), st.frozensets(st.sampled_from(Stage)))


@given(RIVALS, RIVALS, st.sets(st.sampled_from([1, 2])))
def test_what_hangs_on_one_place_for_good_is_never_given_up(first: Rival, second: Rival, chosen: set[int]) -> None:
    second = Rival(2, second.counted, second.stages)
    try:
        kept = place_to_keep(first, second, chosen)
    except RecordLost:
        assert FOR_GOOD & (first.stages | second.stages)
        return
    lost = second if kept is first else first
    assert Stage.RECORDED not in lost.stages
    assert FOR_GOOD & lost.stages <= kept.stages
    if len(chosen) == 1:
        assert {kept.enrolment_id} == chosen


def test_of_two_places_the_one_with_progress_is_kept_and_the_other_points_to_it(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session, both_here=True)
        mine, theirs = place_of(session, found.here, found.stays), place_of(session, found.here, found.goes)
        services.reach(session, enrolment=mine, stage=Stage.READING, at=AT)
        old, kept = theirs.id, mine.id
    join(found)
    places = {row.id: row for row in db.session.scalars(select(Enrolment))}
    assert (places[kept].person_id, places[kept].state) == (found.stays, EnrolmentState.ACCEPTED)
    assert (places[old].person_id, places[old].state) == (found.goes, EnrolmentState.REPLACED)
    assert places[old].replaced_by_id == kept
    numbers = queries.counts(db.session(), found.here)
    assert {stage: number for (*_place, stage), number in numbers.items() if number} == {
        Stage.INVITED: 1, Stage.SIGNED_IN: 1, Stage.READING: 1,
    }  # fmt: skip
    assert not any(run_all(db.session()).values())


@pytest.mark.parametrize("before", [True, False])
def test_of_two_places_that_nobody_was_told_of_neither_is_offered(app: Flask, before: bool) -> None:
    with unit_of_work() as session:
        found = two(session, both_here=True, becomes=EnrolmentState.NOMINATED)
        if before:
            mine = place_of(session, found.here, found.stays)
            services.reach(session, enrolment=mine, stage=Stage.RECORDED, at=AT)
    join(found)
    states = {place.person_id: (place.state, place.invited_at) for place in db.session.scalars(select(Enrolment))}
    assert states == {
        found.stays: (EnrolmentState.NOMINATED, None), found.goes: (EnrolmentState.REPLACED, None),
    }  # fmt: skip
    assert before or not any(run_all(db.session()).values())


def test_a_place_that_counts_changes_its_holder_with_one_that_was_given_up(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session, both_here=True)
        mine, theirs = place_of(session, found.here, found.stays), place_of(session, found.here, found.goes)
        services.withdraw(session, enrolment=mine, at=AT, by="c", reason="Entered twice")
        old, kept = mine.id, theirs.id
    join(found)
    places = {row.id: row for row in db.session.scalars(select(Enrolment))}
    assert (places[kept].person_id, places[kept].state) == (found.stays, EnrolmentState.ACCEPTED)
    assert (places[old].person_id, places[old].state) == (found.goes, EnrolmentState.WITHDRAWN)
    assert db.session.scalar(select(func.count()).select_from(Person)) == 2
    assert not any(run_all(db.session()).values())


def test_what_is_noted_about_a_place_moves_with_it_and_still_opens(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session)
        place = place_of(session, found.later, found.goes)
        said = {"kind": ContactKind.CALLED, "day": AT.date(), "words": "Asks for June", "key": "a", "at": AT}
        services.note_contact(session, enrolment=place, by=found.stays, **said)
        number = place.id
    with pytest.raises(Refused, match="worked as a coordinator"):
        join(Two(found.goes, found.stays, found.here, found.later))
    join(found)
    [note] = queries.contacts_of(db.session(), number, found.stays)
    assert note.words == "Asks for June"
    with unit_of_work() as session:
        people_services.erase(session, person=session.get_one(Person, found.stays), by=None, at=AT)
    [note] = queries.contacts_of(db.session(), number, found.stays)
    assert not note.words
    assert not db.session.scalar(select(func.count()).select_from(FormerKey))
    assert not any(run_all(db.session()).values())


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize(
    "gift",
    [
        "INSERT INTO lms_former_key (former_id, person_id, wrapped) SELECT person_id, :thief, wrapped"
        " FROM lms_person_key WHERE person_id = :stays",
        "UPDATE lms_person SET joined_into_id = :stays WHERE id = :thief",
        "UPDATE lms_former_key SET person_id = :thief",
    ],
)
def test_a_key_opens_for_nobody_to_whom_sql_alone_gave_it(sqlite_app: Flask, gift: str, joined: bool) -> None:
    with unit_of_work() as session:
        found, thief = two(session), make_person(session, "Zuri Kielelezo").id
        theirs = keys_of(session, [thief])[thief]
    if joined:
        join(found)
    with unit_of_work() as session:
        given = session.execute(text(gift), {"thief": thief, "stays": found.stays})
        [ring] = keys_of(session, [thief]).values()
        assert (ring, getattr(ring, "former", ())) == (theirs, ())
        assert bool(list(former_keys_are_of_joined_entries(session))) == bool(given.rowcount)


def test_keys_of_entries_joined_before_and_joined_again_go_on_opening(app: Flask) -> None:
    with unit_of_work() as session:
        found, last = two(session), make_person(session, "Amina Mfano the third").id
        house = make_institution(session, "TZ", Sector.JUSTICE)
        edition = make_edition(session, title="March 2028", starts_on=EVEN_LATER, ends_on=EVEN_LATER)
        enrol_person(session, edition, person=session.get_one(Person, last), institution=house)
        keys = {keys_of(session, [number])[number] for number in (found.goes, found.stays)}
    join(found)
    folder = str(migrations.folder())
    db.session.remove()
    flask_migrate.Migrate().init_app(app, db, directory=folder)
    flask_migrate.downgrade(directory=folder, revision="c1f05a8be274")
    with unit_of_work() as session:
        assert not keys_of(session, [found.goes]), "wrapped for one alone"
    flask_migrate.upgrade(directory=folder)
    join(Two(last, found.stays, found.here, found.later))
    with unit_of_work() as session:
        for number in (found.goes, found.stays, last):
            assert set(keys_of(session, [number])[number].former) == keys
        session.execute(delete(FormerKey))
        assert len(list(former_keys_are_of_joined_entries(session))) == 2


@pytest.mark.parametrize("kept", ["stays", "goes", None])
def test_what_coordinators_gave_at_either_place_counts_at_the_one_kept(app: Flask, kept: str | None) -> None:
    with unit_of_work() as session:
        found = two(session, both_here=True)
        edition = session.get_one(Edition, found.here)
        mine, theirs = (place_of(session, found.here, number) for number in (found.stays, found.goes))
        first, second, *_rest = queries.sessions_of(session, edition.id)
        for place, half_day in ((mine, first), (theirs, first), (theirs, second)):
            services.attest(
                session, edition=edition, enrolment=place, half_day=half_day, mark=Mark.EXCUSED,
                reason=f"Ill on {half_day.key}", make_up=services.MakeUpWork("A letter", half_day.day), at=AT, by="c",
            )  # fmt: skip
        more = edition.deadline_at + dt.timedelta(days=2)
        services.extend(session, enrolment=theirs, deadline_at=more, at=AT, by="c")
        services.ask(session, enrolment=theirs, kind=RequestKind.MORE_TIME, message="Más", at=AT, by="p")
        places = {"stays": mine.id, "goes": theirs.id}
    join(found, *([places[kept]] if kept else []))
    session = db.session()
    place = place_of(session, found.here, found.stays)
    assert place.id == places[kept or "goes"] or kept is None
    marks = session.scalars(select(AttendanceMark).where(AttendanceMark.enrolment_id == place.id)).all()
    assert {mark.session_id for mark in marks} == {first.id, second.id}
    key = keys_of(session, [found.stays])[found.stays]
    told = {
        unseal(key, mark.sealed_reason or b"", mark_place(place.id, mark.session_id, mark.at)).decode()
        for mark in marks
    }
    assert told == {f"Ill on {first.key}", f"Ill on {second.key}"}
    assert place.due_at == more
    assert [asked.message for asked in queries.requests_of(session, place.id, found.stays)] == ["Más"]
    assert not any(run_all(session).values())


def test_nobody_is_taken_out_of_an_edition_whose_attendance_is_closed(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session, both_here=True)
        services.close_attendance(session, edition=session.get_one(Edition, found.here), at=AT, by="c")
    with pytest.raises(Refused, match="whose attendance is closed"):
        join(found)


# Pages --------------------------------------------------------------------------------------------------------------


def test_words_of_a_name_are_compared_in_any_order_without_case_and_accents() -> None:
    assert words_of("José García-Núñez") == words_of("GARCIA NUNEZ, Jose")
    assert words_of("李 明") != words_of("李 明华")


def test_a_coordinator_of_all_finds_compares_and_joins(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session)
        make_person(session, "Amina Mfano")  # of no state that is known
        stays, goes = (session.get_one(Person, number).subject for number in (found.stays, found.goes))
        edition = session.get_one(Edition, found.here).public_id
    browser = coordinator(app)
    page = browser.get(f"/editions/{edition}/duplicates")
    path = f"/editions/{edition}/duplicates/{stays}/{goes}"
    assert page.text.count("Compare the entries of") == 1
    assert path in page.text
    side = words(browser.get(path))
    assert "November 2027" in side
    for part in ("Units finished", "Private texts", "Requests, half-days, notes", "Letters sent", "Sign-ins now"):
        assert part in side
    assert "never opened" in side
    refused = browser.post(path)
    assert refused.status_code == 422
    assert "Say that you have made sure" in words(refused)
    unseen = browser.post(path, sure="y")
    assert unseen.status_code == 409
    seen = shown_in(browser.get(path))
    with unit_of_work() as session:
        withdrawn = session.scalars(select(Enrolment).where(Enrolment.person_id == found.goes)).one()
        services.withdraw(session, enrolment=withdrawn, at=AT, by="c")
    changed = browser.post(path, sure="y", shown=seen)
    assert changed.status_code == 409
    assert "Something has changed since you opened this page" in words(changed)
    assert db.session.get_one(Person, found.goes).erased_at is None
    shown = shown_in(changed)
    assert browser.post(path, sure="y", shown=shown).status_code == 303
    assert browser.post(path, sure="y", shown=shown).status_code == 303, "a click made twice"
    assert browser.post(path, sure="y", shown=seen).status_code == 404
    assert "No two entries look like one person" in words(browser.get(f"/editions/{edition}/duplicates"))
    looks = db.session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("duplicates"))).all()
    assert "duplicates.looked" in looks
    assert "duplicates.compared" in looks


def test_two_whose_names_differ_are_compared_by_their_addresses(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session)
        married = make_person(session, "Amina Kielelezo").id
        edition = session.get_one(Edition, found.here).public_id
        addresses = [people.addresses_of(session, number)[0].address for number in (found.stays, married)]
        subjects = [session.get_one(Person, number).subject for number in (found.stays, married)]
    browser, path = coordinator(app), f"/editions/{edition}/duplicates"
    answer = browser.post(path, first=addresses[0], second=addresses[1])
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/".join([path, *subjects]))
    unknown = browser.post(path, first=addresses[0], second="nobody@example.org")
    assert unknown.status_code == 422
    assert "Nobody who can be compared has the address nobody@example.org" in words(unknown)
    same = browser.post(path, first=addresses[0], second=addresses[0])
    assert "Both addresses belong to one entry already" in words(same)
    assert coordinator(app, edition).post(path, first=addresses[0], second=addresses[1]).status_code == 404


def test_who_coordinates_one_edition_alone_compares_nobody(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session)
        stays, goes = (session.get_one(Person, number).subject for number in (found.stays, found.goes))
        edition = session.get_one(Edition, found.here).public_id
    browser = coordinator(app, edition)
    assert browser.get(f"/editions/{edition}/duplicates").status_code == 404
    assert browser.post(f"/editions/{edition}/duplicates/{stays}/{goes}", sure="y").status_code == 404
    assert db.session.get_one(Person, found.goes).erased_at is None


def test_the_page_says_beforehand_why_not(app: Flask) -> None:
    with unit_of_work() as session:
        found = two(session)
        session.execute(insert(Password).values(person_id=found.stays, hash="x", changed_at=AT))
        stays, goes = (session.get_one(Person, number).subject for number in (found.stays, found.goes))
        edition = session.get_one(Edition, found.here).public_id
    give_mandate(db.session.get_one(Person, found.goes), Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    page = words(coordinator(app).get(f"/editions/{edition}/duplicates/{stays}/{goes}"))
    assert "These two cannot be joined this way" in page
    assert "Join the two entries" not in page
