"""Who signs certificates: frozen in each record, sealed, and said by those who may."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.models import Person, Role
from lms.records import services
from lms.records.certificates import services as certificates
from lms.records.certificates import setting
from lms.records.models import LedgerEntry
from lms.records.queries import my_record
from lms.records.queries.life import Wish
from lms.records.signatories.models import SignatureLines
from lms.records.signatories.queries import lines_for
from lms.records.signatories.rules import Signatory
from tests.conftest import NOW
from tests.people.makers import give_mandate, signed_in_client
from tests.records.sheets import pages, sheet, text_of
from tests.records.test_pages import a_coordinator, a_record, an_edition, browser_of, close_it, somebody

FIRST = Signatory("Ester Zqesempio", "Executive Director")
SECOND = Signatory("Jan Voorbeeld", "Director of Academic Programs")
TYPED = {"name_1": FIRST.name, "title_1": FIRST.title, "name_2": SECOND.name, "title_2": SECOND.title}


def signed(record: str, person: int) -> tuple[Signatory, ...]:
    with reading() as session:
        return my_record(session, record, person).signatories


def test_a_record_keeps_the_lines_it_was_issued_with(app: Flask) -> None:
    edition, people = an_edition()
    address = f"/editions/{edition}/signatories"
    officer = a_coordinator(app, edition)
    assert officer.post(address, data=TYPED).status_code == 303
    assert 'value="Jan Voorbeeld"' in officer.get(address).text
    close_it(edition)
    record, holder = a_record(people[0]), people[0]
    assert signed(record, holder) == (FIRST, SECOND)
    with reading() as session:
        before = certificates.pdf_of(session, record=record, language="en")
    assert "Ester Zqesempio" in text_of(before)
    assert officer.post(address, data={**TYPED, "name_1": "Somebody Else"}).status_code == 303
    with reading() as session:
        assert certificates.pdf_of(session, record=record, language="en") == before
    assert "Director of Academic Programs" in browser_of(app, holder).get(f"/records/{record}").text
    with unit_of_work() as session:
        found = my_record(session, record, holder)
        wish = Wish(found.name, "Ministry of Foreign Affairs", "")
        subject = services.ask_correction(session, record=record, wish=wish, by=_subject(session, holder), at=NOW)
        session.flush()
        after = services.grant_request(session, record=record, request=subject.public_id, by="officer", at=NOW)
    assert signed(after, holder) == (FIRST, SECOND)


def _subject(session, person_id: int) -> str:
    return str(session.get_one(Person, person_id).subject)


def test_the_lines_of_all_editions_stand_where_an_edition_has_none(app: Flask) -> None:
    edition, people = an_edition()
    admin = somebody()
    give_mandate(admin, Role.ADMINISTRATOR)
    client, officer = signed_in_client(app, admin), a_coordinator(app, edition)
    assert client.post("/signatories", data={"name_1": FIRST.name, "title_1": FIRST.title}).status_code == 303
    assert "Ester Zqesempio" in officer.get(f"/editions/{edition}/signatories").text
    own = {"name_1": SECOND.name, "title_1": SECOND.title}
    assert officer.post(f"/editions/{edition}/signatories", data=own).status_code == 303
    with reading() as session:
        assert lines_for(session, {edition, "another"}) == {edition: (SECOND,), "another": (FIRST,)}
    assert officer.post(f"/editions/{edition}/signatories", data={}).status_code == 303
    close_it(edition)
    assert signed(a_record(people[0]), people[0]) == (FIRST,)


def test_the_names_are_nowhere_in_clear(app: Flask) -> None:
    edition, _people = an_edition()
    a_coordinator(app, edition).post(f"/editions/{edition}/signatories", data=TYPED)
    close_it(edition)
    with reading() as session:
        kept = [session.scalars(select(SignatureLines)).one().sealed]
        kept += [one.details for one in session.scalars(select(AuditEntry))]
        kept += [one.facts for one in session.scalars(select(LedgerEntry))]
    assert "Zqesempio" not in repr(kept)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name_1": "Ester Esempio"}, "Type both, or neither."),
        ({"name_1": "x" * 121, "title_1": "Director"}, "longer than we can keep"),
        ({"name_1": "a\u202eb", "title_1": "Director"}, "cannot be shown"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_beside_it(app: Flask, typed: dict[str, str], said: str) -> None:
    edition, _people = an_edition(met=0)
    answer = a_coordinator(app, edition).post(f"/editions/{edition}/signatories", data=typed)
    assert answer.status_code == 422
    assert said in answer.text


def test_nobody_else_says_who_signs(app: Flask) -> None:
    edition, people = an_edition()
    other, _people = an_edition(title="Other")
    for client in (a_coordinator(app, other), browser_of(app, people[0])):
        assert client.post(f"/editions/{edition}/signatories", data=TYPED).status_code == 404
        assert client.post("/signatories", data=TYPED).status_code in (403, 404)
    with reading() as session:
        assert session.scalars(select(SignatureLines)).all() == []


@pytest.mark.parametrize("rtl", [False, True])
def test_long_names_and_titles_stay_on_the_sheet(rtl: bool) -> None:
    long = ("Ester " + "E" * 110, "Director " + "of everything " * 10)
    made = setting.pdf_of(sheet(rtl=rtl, signs=(long, ("Jan", "Dean"))))
    assert pages(made) == 1
    assert "Dean" in text_of(made)
