"""The pages of a record's life: what a holder is told before, what two officers see, what a list shows."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.worker import drain
from lms.people.models import Person, ScopeKind
from lms.people.rules import Role
from lms.records import queries
from lms.records.models import RecordAct, RecordSubject, Revocation
from tests.conftest import statements
from tests.pages import shown_in
from tests.people.makers import give_mandate, signed_in_client
from tests.records.makers import attend, close, complete_reading, make_edition, make_place
from tests.records.test_pages import a_coordinator, an_edition, browser_of, closes, text_of

WHY = "The sheet was filled in for somebody else."
WANTED = {"full": "Amina Mfano-Kielelezo", "latin": "", "institution": "Ministry of Justice", "words": "Married"}


def closed(app: Flask, met: int = 1) -> tuple[str, str, int, Any]:
    """A closed edition, its first record, that record's holder, and a coordinator's browser."""
    edition, _people = an_edition(met)
    officer = a_coordinator(app, edition)
    assert closes(officer, edition).status_code == 303
    with unit_of_work() as session:
        row = session.scalars(select(RecordSubject).order_by(RecordSubject.person_id)).first()
        assert row is not None
        return edition, row.record, row.person_id, officer


def act_of(record: str) -> RecordAct:
    with unit_of_work() as session:
        state = queries.state_of(session, record)
        assert state is not None
        return state.act


def test_a_holder_reads_what_withdrawing_means_before_it_is_done(app: Flask) -> None:
    _edition, record, person, _officer = closed(app)
    holder = browser_of(app, person)
    history = text_of(holder.get(f"/records/{record}/history"))
    assert "This record is in force." in history
    assert "Issued." in history
    before = text_of(holder.get(f"/records/{record}/withdraw"))
    assert "cannot be taken back, by you or by us" in before
    assert "you are not an alumna or alumnus of the seminar any more" in before
    without = holder.post(f"/records/{record}/withdraw", data={})
    assert without.status_code == 422
    assert "Read what it means first" in text_of(without)
    assert act_of(record) is RecordAct.ISSUED
    for _click in range(2):
        assert holder.post(f"/records/{record}/withdraw", data={"checked": "y"}).status_code == 303
    assert act_of(record) is RecordAct.WITHDRAWN
    after = text_of(holder.get(f"/records/{record}/history"))
    assert "This record was withdrawn by its holder." in after
    assert "What you can do" not in after
    assert "withdrawn by its holder" in text_of(holder.get("/records"))


def test_a_holder_with_another_record_is_told_that_the_status_stays(app: Flask) -> None:
    _edition, record, person, _officer = closed(app)
    with unit_of_work() as session:
        edition = make_edition(session, title="A second one")
        again = make_place(session, edition)
        again.person_id = person
        session.flush()
        complete_reading(session, again)
        attend(session, edition, again)
        close(session, edition)
    text = text_of(browser_of(app, person).get(f"/records/{record}/withdraw"))
    assert "You stay an alumna or alumnus of the seminar" in text
    assert "It is your only valid record" not in text


@pytest.mark.parametrize("page", ["history", "withdraw", "correct"])
def test_the_pages_of_a_record_are_its_holder_s_alone(app: Flask, page: str) -> None:
    _edition, record, _person, officer = closed(app)
    assert officer.get(f"/records/{record}/{page}").status_code == 404
    if page != "history":
        assert officer.post(f"/records/{record}/{page}", data={"checked": "y", **WANTED}).status_code == 404
    assert act_of(record) is RecordAct.ISSUED


def test_two_officers_revoke_on_one_page(app: Flask) -> None:
    edition, record, _person, first = closed(app)
    address = f"/editions/{edition}/records/{record}"
    short = first.post(f"{address}/revocation", data={"cause": "deception", "words": "no"})
    assert short.status_code == 422
    assert "at least 20 characters" in text_of(short)
    assert first.post(f"{address}/revocation", data={"cause": "deception", "words": WHY}).status_code == 303
    mine = first.get(address)
    assert "Another officer has to confirm what you propose." in text_of(mine)
    assert "Revoke this record for ever" not in text_of(mine)
    shown = shown_in(mine)
    first.post(f"{address}/revocation/confirm", data={"shown": shown})
    assert act_of(record) is RecordAct.ISSUED
    second = a_coordinator(app, edition)
    theirs = second.get(address)
    assert WHY in text_of(theirs)
    assert "Ester Esempio" in text_of(theirs)
    for _click in range(2):
        assert second.post(f"{address}/revocation/confirm", data={"shown": shown}).status_code == 303
    assert act_of(record) is RecordAct.REVOKED
    assert "The record was obtained by deception." in text_of(second.get(address))
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(Revocation)) == 1
        acts = set(session.scalars(select(AuditEntry.act).where(AuditEntry.about == record)))
    assert {"revocation.proposed", "record.revoked"} <= acts


def test_what_an_officer_wrote_is_not_lost_where_another_was_faster(app: Flask) -> None:
    edition, record, person, first = closed(app)
    address, second = f"/editions/{edition}/records/{record}", a_coordinator(app, edition)
    holder = browser_of(app, person)
    assert holder.post(f"/records/{record}/correct", data=WANTED).status_code == 303
    shown, late = shown_in(second.get(address)), "What the later officer wrote of it."
    said = "There is no proof that this is your name."
    assert first.post(f"{address}/correction/refuse", data={"shown": shown, "words": said}).status_code == 303
    answer = second.post(f"{address}/correction/refuse", data={"shown": shown, "words": late})
    assert (answer.status_code, late in text_of(answer)) == (409, True)
    assert first.post(f"{address}/revocation", data={"cause": "deception", "words": WHY}).status_code == 303
    answer = second.post(f"{address}/revocation", data={"cause": "deception", "words": late})
    assert (answer.status_code, late in text_of(answer), WHY in text_of(answer)) == (409, True, True)


def test_a_proposal_is_taken_back_on_the_page(app: Flask) -> None:
    edition, record, _person, first = closed(app)
    address = f"/editions/{edition}/records/{record}"
    first.post(f"{address}/revocation", data={"cause": "deception", "words": WHY})
    shown = shown_in(first.get(address))
    first.post(f"{address}/revocation/decline", data={"shown": shown})
    assert "Propose to revoke it" in text_of(first.get(address))
    assert act_of(record) is RecordAct.ISSUED


def test_a_correction_goes_from_the_holder_to_an_officer_and_back(app: Flask) -> None:
    edition, record, person, officer = closed(app)
    holder, address = browser_of(app, person), f"/editions/{edition}/records/{record}"
    form = holder.get(f"/records/{record}/correct").get_data(as_text=True)
    assert 'value="Amina Mfano 0"' in form
    same = {**WANTED, "full": "Amina Mfano 0"}
    assert holder.post(f"/records/{record}/correct", data=same).status_code == 422
    assert holder.post(f"/records/{record}/correct", data=WANTED).status_code == 303
    assert "Waits for an answer" in text_of(holder.get(f"/records/{record}/history"))
    assert "1 waits for a decision" in text_of(officer.get(f"/editions/{edition}/records"))
    page = officer.get(address)
    assert "Amina Mfano-Kielelezo" in text_of(page)
    done = officer.post(f"{address}/correction/grant", data={"shown": shown_in(page)})
    assert done.status_code == 303
    assert act_of(record) is RecordAct.CORRECTED
    with unit_of_work() as session:
        state = queries.state_of(session, record)
    assert state is not None
    new = text_of(holder.get(f"/records/{state.successor}"))
    assert "Amina Mfano-Kielelezo" in new
    assert "The record before it" in text_of(holder.get(f"/records/{state.successor}/history"))
    assert "Granted" in text_of(holder.get(f"/records/{record}/history"))
    assert "The record that took its place" in text_of(officer.get(address))


def test_a_request_is_refused_with_words_or_taken_back(app: Flask) -> None:
    edition, record, person, officer = closed(app)
    holder, address = browser_of(app, person), f"/editions/{edition}/records/{record}"
    holder.post(f"/records/{record}/correct", data=WANTED)
    shown = shown_in(officer.get(address))
    assert officer.post(f"{address}/correction/refuse", data={"shown": shown, "words": "no"}).status_code == 422
    said = "Please send us a copy of the certificate of marriage."
    assert officer.post(f"{address}/correction/refuse", data={"shown": shown, "words": said}).status_code == 303
    assert said in text_of(holder.get(f"/records/{record}/history"))
    holder.post(f"/records/{record}/correct", data=WANTED)
    again = shown_in(holder.get(f"/records/{record}/history"))
    holder.post(f"/records/{record}/correct/take-back", data={"shown": again})
    assert "Taken back" in text_of(holder.get(f"/records/{record}/history"))
    assert act_of(record) is RecordAct.ISSUED


def test_a_coordinator_of_another_edition_sees_and_does_nothing(app: Flask) -> None:
    edition, record, _person, _officer = closed(app)
    other, _people = an_edition(title="Another")
    stranger = a_coordinator(app, other)
    for address in (f"/editions/{edition}/records", f"/editions/{edition}/records/{record}"):
        assert stranger.get(address).status_code == 404
    assert stranger.get(f"/editions/{other}/records/{record}").status_code == 404
    sent = {"cause": "deception", "words": WHY}
    assert stranger.post(f"/editions/{edition}/records/{record}/revocation", data=sent).status_code == 404
    assert stranger.post(f"/editions/{other}/records/{record}/revocation", data=sent).status_code == 404


def test_a_coordinator_cannot_decide_about_their_own_record(app: Flask) -> None:
    edition, record, person, _officer = closed(app)
    with unit_of_work() as session:
        themselves = session.get_one(Person, person)
    give_mandate(themselves, Role.COORDINATOR, ScopeKind.EDITION, edition)
    browser = signed_in_client(app, themselves)
    page = browser.get(f"/editions/{edition}/records/{record}")
    assert "This is your own record" in text_of(page)
    assert "Propose to revoke" not in text_of(page)
    sent = {"cause": "deception", "words": WHY}
    assert browser.post(f"/editions/{edition}/records/{record}/revocation", data=sent).status_code == 422


def test_the_list_says_how_each_record_stands_and_shows_the_head(app: Flask) -> None:
    edition, record, person, officer = closed(app, met=2)
    drain()
    browser_of(app, person).post(f"/records/{record}/withdraw", data={"checked": "y"})
    text = text_of(officer.get(f"/editions/{edition}/records"))
    assert "1 record is in force." in text
    assert "In force (1)" in text
    assert "Ended (1)" in text
    assert "No record yet (1)" in text
    with unit_of_work() as session:
        head = queries.head(session)
    assert head.sequence == 2
    assert f"{head.seal[:4]} {head.seal[4:8]}" in text
    ended = text_of(officer.get(f"/editions/{edition}/records?show=ended"))
    assert "This record was withdrawn by its holder." in ended
    waiting = text_of(officer.get(f"/editions/{edition}/records?show=waiting"))
    assert "Zuri Beispiel" in waiting
    assert "Not passed yet: The cases." in waiting


def test_the_list_is_taken_away_with_what_the_page_says(app: Flask) -> None:
    edition, _record, _person, officer = closed(app, met=2)
    answer = officer.get(f"/editions/{edition}/records.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert len(rows) == 4
    assert rows[1][0] == "Amina Mfano 0"
    assert rows[1][5] == "In force"
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", rows[1][3])
    assert rows[3][0] == "Zuri Beispiel"
    assert officer.get(f"/editions/{edition}/records.xlsx").data[:2] == b"PK"
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).where(AuditEntry.act == "list.taken")) == 2


@pytest.mark.parametrize("met", [2, 30])
def test_the_pages_ask_as_little_for_many_as_for_few(app: Flask, met: int) -> None:
    edition, record, person, officer = closed(app, met)
    holder = browser_of(app, person)
    for browser, address, most in (
        (officer, f"/editions/{edition}/records", 14),
        (officer, f"/editions/{edition}/records/{record}", 12),
        (holder, f"/records/{record}/history", 10),
    ):
        browser.get(address)
        with statements(app) as sent:
            assert browser.get(address).status_code == 200
        selects = [line for line in sent if line.startswith("SELECT")]
        assert len(selects) <= most, (address, len(selects))
