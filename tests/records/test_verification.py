"""What strangers are told of a code: what they are, and what they are not."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update

from lms.catalogue.models import Course
from lms.kernel import migrations
from lms.kernel.checks import checks
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.models import AuditEntry, Throttle
from lms.kernel.secrets import CODE_ALPHABET, digest
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import PersonKey, SensitiveMark
from lms.records import services
from lms.records.models import PublicRecord, RecordAct, RecordSubject
from lms.records.rules.public import grouped
from lms.records.verification import marks, views
from lms.records.verification.models import NameShowing, RecordLooks, RecordShare
from lms.records.verification.queries import Openness, openness_of
from lms.records.verification.rules import read_code
from tests.conftest import NOW, statements
from tests.records.guards import altered
from tests.records.test_ledger import forge
from tests.records.test_pages import a_coordinator, a_record, an_edition, browser_of, close_it, text_of

NAME = "Amina Mfano 0"
INSTITUTION, STATE = "Ministry of Justice", "Tanzania"


@dataclass
class Held:
    """A record, its code, its holder's browser, and a stranger's."""

    app: Flask
    record: str
    code: str
    person: int
    own: FlaskClient
    other: FlaskClient

    @property
    def address(self) -> str:
        return f"/v/{self.code}"

    def compare(self, name: str, client: FlaskClient | None = None) -> Any:
        return (client or self.other).post(f"{self.address}/name", data={"name": name})

    def end(self, act: RecordAct, **facts: Any) -> None:
        with unit_of_work() as session:
            services.end(session, record=self.record, act=act, at=NOW, facts=facts)

    def erase(self) -> None:
        with unit_of_work() as session:
            session.execute(delete(PersonKey).where(PersonKey.person_id == self.person))


def held_record(app: Flask, number: int = 0, **more: Any) -> Held:
    edition, people = an_edition(met=number + 1, **more)
    close_it(edition)
    record = a_record(people[number])
    return Held(app, record, code_of(record), people[number], browser_of(app, people[number]), app.test_client())


@pytest.fixture
def held(app: Flask) -> Held:
    return held_record(app)


def code_of(record: str) -> str:
    with unit_of_work() as session:
        return session.scalars(select(PublicRecord.code).where(PublicRecord.record == record)).one()


def unused_code() -> str:
    with unit_of_work() as session:
        taken = set(session.scalars(select(PublicRecord.code)))
    return next(code for letter in CODE_ALPHABET if (code := letter * 12) not in taken)


def test_the_page_says_what_it_stands_for_and_nothing_about_whose_it_is(held: Held) -> None:
    answer = held.other.get(held.address)
    page, text = answer.get_data(as_text=True), text_of(answer)
    assert answer.status_code == 200
    for said in (
        "This certificate is valid", "Small course", "Global seminar, May 2027", "Held in May 2027",
        "Issued in May 2027",
        "All 2 modules of the pre-reading were passed.", "At least 75% of the half-days", "The name was confirmed",
        "Version 1.0", "10aa aaaa aaaa aaaa", grouped(held.code), "Not the paper is the proof",
        "Answered by 127.0.0.1:8000 on",
    ):  # fmt: skip
        assert said in text, said
    for kept in ("Amina", "Mfano", INSTITUTION, STATE, "21 May", held.record, "4 of 4"):
        assert kept not in page, kept
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex, nofollow">' in page
    assert "Mfano" not in "".join(re.findall(r"<title>.*?</title>|<meta property=.*?>", page))


@pytest.mark.parametrize("write", [str.lower, grouped, lambda code: f" {code[:4]} {code[4:8]} {code[8:]} "])
def test_a_code_is_read_however_it_is_typed(held: Held, write: Any) -> None:
    assert held.other.get(f"/v/{write(held.code)}").status_code == 200
    form = held.other.get("/verify", query_string={"code": write(held.code)})
    assert (form.status_code, form.location) == (303, f"/v/{held.code}")


def test_the_form_stands_where_the_paper_says(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/v").location == "/verify"
    page = client.get("/verify")
    assert page.status_code == 200
    assert 'name="code"' in page.get_data(as_text=True)
    assert 'method="get" action="/verify"' in page.get_data(as_text=True)


def test_an_unknown_code_is_told_in_words_with_the_letters_that_may_be_misread(app: Flask) -> None:
    client = app.test_client()
    unknown = client.get(f"/v/{unused_code()}")
    assert unknown.status_code == 404
    assert "We know no certificate with this code" in text_of(unknown)
    assert "Check the letters." in text_of(unknown)
    mistyped = text_of(client.get("/verify", query_string={"code": "7KQ4-M2XD-9TO1"}))
    assert "No code has O. On the paper it may be one of these: D Q." in mistyped
    assert "No code has 1. On the paper it may be one of these: J T 7." in mistyped
    assert "2 letters are missing: a code has twelve." in text_of(client.get("/v/7KQ4M2XD9T"))
    assert "There is 1 letter too many" in text_of(client.get("/v/7KQ4M2XD9TRBA"))
    assert client.get("/v/" + "ж" * 12).status_code == 404


def test_reading_a_code_names_each_odd_letter_once() -> None:
    typed = read_code("0o0-15IL sSé")
    assert typed.misread == (
        ("0", "DQ"),
        ("O", "DQ"),
        ("1", "JT7"),
        ("5", "62"),
        ("I", "JT7"),
        ("L", "J7"),
        ("S", "82"),
    )
    assert not typed.whole
    assert read_code("7kq4 m2xd-9trb").whole


@pytest.mark.parametrize(
    ("act", "title", "sentence"),
    [
        (RecordAct.CORRECTED, "A newer certificate has replaced this one", "was corrected on 12 April 2027"),
        (RecordAct.WITHDRAWN, "This certificate has been withdrawn", "Its holder withdrew it on 12 April 2027"),
        (RecordAct.REVOKED, "This certificate has been revoked", "revoked it on 12 April 2027"),
    ],
)
def test_what_has_ended_says_so_with_the_day_and_compares_no_names(
    held: Held, act: RecordAct, title: str, sentence: str
) -> None:
    with unit_of_work() as session:
        session.add(NameShowing(record=held.record, shown=True, at=NOW))
    facts = {RecordAct.CORRECTED: {"successor": "another"}, RecordAct.REVOKED: {"reason": "deception"}}
    held.end(act, **facts.get(act, {}))
    page = text_of(held.other.get(held.address))
    assert title in page
    assert sentence in page
    assert "Mfano" not in page
    assert "Compare the name" not in page
    assert ("Reason The record was obtained by deception." in page) is (act is RecordAct.REVOKED)
    compared = text_of(held.compare(NAME))
    assert "agree" not in compared
    assert "Global seminar, May 2027" in page


def test_a_replaced_certificate_leads_to_its_successor_only_where_the_holder_shows_that_one(app: Flask) -> None:
    old, new = held_record(app, title="First"), held_record(app, title="Second")
    old.end(RecordAct.CORRECTED, successor=new.record)
    page = old.other.get(old.address).get_data(as_text=True)
    assert "Ask its holder for that one." in page
    assert new.code not in page
    new.own.post(f"/records/{new.record}/name", data={"shown": "yes"})
    assert f'href="/v/{new.code}"' in old.other.get(old.address).get_data(as_text=True)
    new.own.post(f"/records/{new.record}/name", data={"shown": "no"})
    assert new.code not in old.other.get(old.address).get_data(as_text=True)


@pytest.mark.parametrize("typed", [NAME, "0 mfano AMINA", "Mfano, Ámina 0"])
def test_the_name_on_the_paper_agrees(held: Held, typed: str) -> None:
    answer = held.compare(typed)
    assert answer.status_code == 200
    assert "The name agrees" in text_of(answer)


@pytest.mark.parametrize(
    "typed",
    [
        "Amina Mfano", "Amina Mfano 1", "Amina Mfana 0", "Аmina Mfano 0", "Amina Mfanо 0", "Zuri Beispiel",
        "' OR 1=1 --", "%", "A% M% 0", "*", "{{ name }}",
    ],
)  # fmt: skip
def test_every_other_name_does_not(held: Held, typed: str) -> None:
    answer = held.compare(typed)
    assert answer.status_code == 200
    assert "The name does not agree" in text_of(answer)
    assert NAME not in text_of(answer)


def test_the_name_of_somebody_else_of_the_same_edition_does_not_agree(app: Flask) -> None:
    first = held_record(app, number=1)
    assert "The name does not agree" in text_of(first.compare("Amina Mfano 0"))
    assert "The name agrees" in text_of(first.compare("Amina Mfano 1"))


def test_nothing_typed_is_said_on_the_form(held: Held) -> None:
    answer = held.compare("")
    assert answer.status_code == 422
    assert "Type the name that stands on the certificate." in text_of(answer)
    assert held.compare("x" * 201).status_code == 422


def test_guessing_names_ends_after_a_few_tries_for_whoever_guesses_and_wherever_from(held: Held) -> None:
    with frozen(NOW):
        for guess in range(views.NAMES_OF_A_CODE):
            assert held.compare(f"Guess {guess}").status_code == 200
        late = held.compare(NAME)
        assert late.status_code == 429
        assert "agree" not in text_of(late)
        elsewhere = held.app.test_client()
        far = elsewhere.post(f"{held.address}/name", data={"name": NAME}, environ_base={"REMOTE_ADDR": "203.0.113.9"})
        assert far.status_code == 429
    with frozen(NOW + dt.timedelta(hours=1, minutes=1)):
        assert "The name agrees" in text_of(held.compare(NAME))


def test_a_patient_guesser_has_twenty_names_a_day(held: Held) -> None:
    said = []
    for hour in range(6):
        with frozen(NOW.replace(hour=6) + dt.timedelta(hours=2 * hour)):
            said += [held.compare(f"Guess {hour} {guess}").status_code for guess in range(5)]
    assert said.count(200) == views.NAMES_A_DAY
    assert said[-1] == 429


def test_whoever_types_the_right_name_uses_up_no_tries(held: Held) -> None:
    with frozen(NOW):
        for _look in range(views.NAMES_AT_MOST + 3):  # the most of all limits, that of an office's network
            assert "The name agrees" in text_of(held.compare(NAME))


def test_guessing_codes_ends_too_for_known_and_unknown_ones_alike(held: Held) -> None:
    code = unused_code()
    with frozen(NOW):
        for number in range(views.LOOKS_AT_MOST):
            assert held.other.get(f"/v/{code[:-2]}{CODE_ALPHABET[number % 29]}{number % 7 + 2}").status_code in (
                200,
                404,
            )
        assert held.other.get(f"/v/{code}").status_code == 429
        assert held.other.get(held.address).status_code == 429
        far = held.other.get(held.address, environ_base={"REMOTE_ADDR": "203.0.113.9"})
        assert far.status_code == 200


def test_whoever_is_refused_uses_up_nothing_of_what_others_share(held: Held) -> None:
    with frozen(NOW):
        looks = [held.other.get(held.address).status_code for _ in range(views.LOOKS_OF_A_CODE + 1)]
        assert (looks.count(200), looks[-1]) == (views.LOOKS_AT_MOST, 429)
        assert held.other.get(held.address, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200


def test_what_is_no_code_is_counted_by_network_alone(held: Held) -> None:
    with frozen(NOW):
        for number in range(20):
            held.other.get(f"/v/NO{number}")
    with unit_of_work() as session:
        assert [row.count for row in session.scalars(select(Throttle)) if row.key.startswith("verify")] == [20]


def test_known_and_unknown_codes_and_right_and_wrong_names_take_the_same_statements(held: Held) -> None:
    def sent(act: Any) -> list[str]:
        act()
        with statements(held.app) as lines:
            act()
        return [re.sub(r"\s+", " ", line) for line in lines if not line.startswith("INSERT INTO lms_record_looks")]

    known, unknown = held.address, f"/v/{unused_code()}"
    assert sent(lambda: held.other.get(known)) == sent(lambda: held.other.get(unknown))
    assert len(sent(lambda: held.other.get(known))) <= 5
    wrong = sent(lambda: held.compare("Amina Mfano 9"))
    right = [line for line in sent(lambda: held.compare(NAME)) if not line.startswith("UPDATE lms_throttle")]
    assert wrong == right


def test_of_whoever_is_not_to_be_named_the_page_says_only_whether_it_is_valid(held: Held) -> None:
    held.own.post(f"/records/{held.record}/name", data={"shown": "yes"})
    with unit_of_work() as session:
        session.add(SensitiveMark(person_id=held.person, on=True, by_person_id=held.person, at=NOW))
    page = text_of(held.other.get(held.address))
    assert "This certificate is valid" in page
    for said in ("Mfano", "Programme", "Held in", "Does the name agree?"):
        assert said not in page
    compared = text_of(held.compare(NAME))
    assert "agree" not in compared
    assert compared == text_of(held.compare("Somebody Else"))
    assert held.other.get(f"{held.address}/contents").status_code == 404


def test_the_log_does_not_say_which_signed_in_person_looked(held: Held, capsys: pytest.CaptureFixture[str]) -> None:
    held.app.config["LMS_ACCESS_LOG"] = True
    capsys.readouterr()
    held.own.get(held.address)
    held.own.get("/")
    lines = capsys.readouterr().out.splitlines()
    look = next(line for line in lines if "verification.verdict" in line)
    page = next(line for line in lines if "home.index" in line)
    assert "who" in page
    assert "who" not in look


def test_sending_the_form_for_a_link_twice_makes_one_link_and_tells_it(held: Held) -> None:
    sent = {"days": "30", "client_key": "a-key-of-this-page"}
    told = []
    for _click in range(2):
        held.own.post(f"/records/{held.record}/links", data=sent)
        told.append(re.findall(r"/shared/[\w-]+", held.own.get(f"/records/{held.record}").text)[0])
    assert told[0] == told[1]
    with unit_of_work() as session:
        assert len(session.scalars(select(RecordShare)).all()) == 1


def test_neither_address_nor_log_nor_database_holds_the_name_that_was_typed(
    held: Held, capsys: pytest.CaptureFixture[str]
) -> None:
    held.app.config["LMS_ACCESS_LOG"] = True
    answer = held.compare("Typed Exemplary")
    assert answer.location is None
    assert "Typed" not in capsys.readouterr().out
    with unit_of_work() as session:
        kept = [row.key for row in session.scalars(select(Throttle))]
        kept += [json.dumps(row.details) + row.act for row in session.scalars(select(AuditEntry))]
    assert not any("Typed" in one or held.code in one for one in kept)


def test_after_erasure_the_record_is_valid_and_the_file_says_whose_it_is(held: Held) -> None:
    held.own.post(f"/records/{held.record}/name", data={"shown": "yes"})
    assert "Mfano" in text_of(held.other.get(held.address))
    held.erase()
    page = text_of(held.other.get(held.address))
    assert "This certificate is valid" in page
    assert "Valid; ask the holder for the signed file" in page
    assert "Mfano" not in page
    compared = text_of(held.compare(NAME))
    assert "agree" not in compared.replace("Does the name agree?", "")
    assert "ask the holder for the signed file" in compared


def test_the_holder_shows_the_name_and_takes_that_back_with_effect_at_once(held: Held) -> None:
    show = f"/records/{held.record}/name"
    assert "Show my name" in held.own.get(f"/records/{held.record}").get_data(as_text=True)
    assert held.own.post(show, data={"shown": "yes"}).status_code == 303
    page = held.other.get(held.address)
    assert "Amina Mfano 0" in text_of(page)
    assert "Issued on 21 May 2027" in text_of(page)
    assert "Mfano" not in re.search("<title>(.*?)</title>", page.get_data(as_text=True))[1]  # type: ignore[index]
    assert INSTITUTION not in text_of(page)
    held.own.post(show, data={"shown": "yes"})
    held.own.post(show, data={"shown": "no"})
    assert "Mfano" not in text_of(held.other.get(held.address))
    with unit_of_work() as session:
        assert [row.shown for row in session.scalars(select(NameShowing).order_by(NameShowing.id))] == [False]
        acts = session.scalars(
            select(AuditEntry.act).where(AuditEntry.about == held.record, AuditEntry.act.like("record.name%"))
        )
        assert acts.all() == ["record.name-shown", "record.name-hidden"]


def named() -> list[str]:
    with unit_of_work() as session:
        return [f"{found.about} {found.problem}" for found in checks["records.consents"](session)]


def test_what_sql_alone_says_shows_no_name(held: Held) -> None:
    show = f"/records/{held.record}/name"
    word, link = NameShowing(record=held.record, shown=True, at=NOW), digest("a token of one's own choice")
    with unit_of_work() as session:
        session.add(word)
        session.add(
            RecordShare(
                public_id="x", record=held.record, token_hash=link, made_at=NOW, ends_at=now() + dt.timedelta(days=30)
            )
        )
    for address in (held.address, f"{held.address}/shared/a token of one's own choice"):
        assert "Mfano" not in text_of(held.other.get(address))
    assert named() == [
        f"record {held.record} its holder did not agree to show the name; it is not shown",
        f"record {held.record} has a link that its holder did not make; it opens nothing",
    ]
    held.own.post(show, data={"shown": "yes"})
    assert "Amina Mfano 0" in text_of(held.other.get(held.address)), (
        "the holder's own word counts, whatever stands there"
    )
    held.own.post(show, data={"shown": "no"})
    with unit_of_work() as session:
        session.execute(delete(NameShowing))
        session.execute(delete(RecordShare))
    assert "Mfano" not in text_of(held.other.get(held.address)), "a word that was taken back does not come back"
    with unit_of_work() as session:
        mark = marks.of_word(held.record, NOW, shown=True)
        session.add(NameShowing(record=held.record, shown=True, at=NOW, mark=mark))
    assert named() == [f"record {held.record} shows the name, and its holder has taken that back"]


def test_a_name_that_cannot_be_opened_is_an_error_for_nobody(sqlite_app: Flask) -> None:
    held = held_record(sqlite_app)
    spoilt = update(RecordSubject).where(RecordSubject.record == held.record).values(sealed_name=b"0" * 80)
    altered("lms_record_subject", spoilt)
    answer = held.compare(NAME)
    assert answer.status_code == 200
    assert "For now we cannot say whether the name agrees" in text_of(answer)
    own = held.own.get(f"/records/{held.record}")
    assert (own.status_code, "cannot be opened for now" in text_of(own)) == (503, True)
    held.own.post(f"/records/{held.record}/name", data={"shown": "yes"})
    assert held.other.get(held.address).status_code == 200


def test_a_link_that_has_ended_is_not_opened_by_sql_alone(held: Held) -> None:
    link = made_link(held)
    with unit_of_work() as session:
        end = f"/links/{session.scalars(select(RecordShare.public_id)).one()}/end"
    assert named() == []
    held.own.post(f"/records/{held.record}{end}")
    with unit_of_work() as session:
        session.execute(update(RecordShare).values(ended_at=None))
    assert "Mfano" not in text_of(held.other.get(link))
    with unit_of_work() as session:
        assert openness_of(session, [held.record], now())[held.record] == Openness(shown=False, links=0)


def test_what_was_agreed_to_before_there_were_marks_is_marked_by_the_upgrade(held: Held) -> None:
    held.own.post(f"/records/{held.record}/name", data={"shown": "yes"})
    link, folder = made_link(held), str(migrations.folder())
    db.session.remove()
    flask_migrate.Migrate().init_app(held.app, db, directory=folder)
    flask_migrate.downgrade(directory=folder, revision="a7c2e9041bd6")
    flask_migrate.upgrade(directory=folder)
    for address in (held.address, link):
        assert "Amina Mfano 0" in text_of(held.other.get(address))
    assert named() == []
    with unit_of_work() as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.act == "consents.marked")).one()
        assert told.details == {"lms_record_name_showing": 1, "lms_record_share": 1, "lms_directory_consent": 0}


def made_link(held: Held, days: int = 7) -> str:
    assert held.own.post(f"/records/{held.record}/links", data={"days": days}).status_code == 303
    page = held.own.get(f"/records/{held.record}").get_data(as_text=True)
    found = re.search(rf'href="({held.address}/shared/[\w-]+)"', page)
    assert found
    return found[1]


def test_a_link_shows_the_name_until_it_ends_and_is_told_once(held: Held) -> None:
    with frozen(NOW):
        link = made_link(held)
        token = link.rsplit("/", 1)[1]
        assert token not in held.own.get(f"/records/{held.record}").get_data(as_text=True)
        assert "Amina Mfano 0" in text_of(held.other.get(link))
        assert "Mfano" not in text_of(held.other.get(held.address))
        with unit_of_work() as session:
            share = session.scalars(select(RecordShare)).one()
            assert share.token_hash == digest(token)
    with frozen(NOW + dt.timedelta(days=7)):
        late = text_of(held.other.get(link))
        assert "Mfano" not in late
        assert "This link has ended and shows the name no longer." in late
        assert "This certificate is valid" in late


def test_a_link_is_ended_by_its_holder_alone(app: Flask, held: Held) -> None:
    link, other = made_link(held), held_record(app, title="Other")
    with unit_of_work() as session:
        end = f"/links/{session.scalars(select(RecordShare.public_id)).one()}/end"
    assert other.own.post(f"/records/{held.record}{end}").status_code == 404
    assert other.own.post(f"/records/{other.record}{end}").status_code == 404
    assert "Mfano" in text_of(held.other.get(link))
    assert held.own.post(f"/records/{held.record}{end}").status_code == 303
    assert "Mfano" not in text_of(held.other.get(link))
    assert held.own.post(f"/records/{held.record}{end}").status_code == 303


def test_a_link_of_one_record_shows_nothing_of_another(app: Flask, held: Held) -> None:
    token = made_link(held).rsplit("/", 1)[1]
    other = held_record(app, title="Other")
    page = text_of(other.other.get(f"{other.address}/shared/{token}"))
    assert "Mfano" not in page
    assert "This link has ended" not in page
    assert other.other.get(f"/v/{unused_code()}/shared/{token}").status_code == 404
    assert "Mfano" not in text_of(held.other.get(f"{held.address}/shared/{'x' * 22}"))


def test_a_record_that_has_ended_is_shared_no_more(held: Held) -> None:
    link = made_link(held)
    held.end(RecordAct.WITHDRAWN)
    assert "Mfano" not in text_of(held.other.get(link))
    held.own.post(f"/records/{held.record}/links", data={"days": 7})
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(RecordShare)) == 1
    assert held.own.post(f"/records/{held.record}/name", data={"shown": "yes"}).status_code == 422


@pytest.mark.parametrize("data", [{"days": 8}, {}, {"days": "x"}])
def test_a_link_has_one_of_three_ends(held: Held, data: dict[str, Any]) -> None:
    held.own.post(f"/records/{held.record}/links", data=data)
    with unit_of_work() as session:
        assert session.scalars(select(RecordShare)).all() == []
    assert 'role="alert"' in held.own.get(f"/records/{held.record}").get_data(as_text=True)


def test_there_are_ten_links_at_most(held: Held) -> None:
    for _time in range(12):
        held.own.post(f"/records/{held.record}/links", data={"days": 90})
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(RecordShare)) == 10
    assert "You have ten links already." in text_of(held.own.get(f"/records/{held.record}"))


def test_nobody_else_changes_what_is_shown(app: Flask, held: Held) -> None:
    for client in (a_coordinator(app), held_record(app, title="Other").own):
        assert client.post(f"/records/{held.record}/name", data={"shown": "yes"}).status_code == 404
        assert client.post(f"/records/{held.record}/links", data={"days": 7}).status_code == 404
        assert client.post(f"/records/{held.record}/links", data={}).status_code == 404
    assert app.test_client().post(f"/records/{held.record}/name", data={"shown": "yes"}).status_code == 401


def test_the_holder_sees_how_often_others_looked_and_nothing_about_who(app: Flask, held: Held) -> None:
    with frozen(NOW):
        before = text_of(held.own.get(f"/records/{held.record}"))
        assert "Nobody yet." in before
        held.own.get(held.address)
        for _look in range(3):
            held.other.get(held.address)
        a_coordinator(app).get(held.address)
        held.other.get(f"/v/{unused_code()}")
        page = text_of(held.own.get(f"/records/{held.record}"))
        assert "12 April 2027 4 looks" in page
    with unit_of_work() as session:
        assert [(row.record, row.number) for row in session.scalars(select(RecordLooks))] == [(held.record, 4)]
        assert set(RecordLooks.__table__.columns.keys()) == {"record", "day", "number"}
        session.execute(update(RecordLooks).values(day=NOW.date() - dt.timedelta(days=1)))
    with frozen(NOW):
        held.other.get(held.address)
        assert "12 April 2027 1 look 11 April 2027 4 looks" in text_of(held.own.get(f"/records/{held.record}"))


def test_what_the_course_version_holds_is_listed_for_whoever_asks(held: Held) -> None:
    page = held.other.get(f"{held.address}/contents")
    text = text_of(page)
    assert page.status_code == 200
    assert "The pillars" in text
    assert "10" + "a" * 62 in text
    assert "Mfano" not in text
    assert held.other.get(f"/v/{unused_code()}/contents").status_code == 404


def test_nothing_of_it_needs_a_script(held: Held) -> None:
    for page in (held.other.get(held.address), held.other.get("/verify"), held.compare(NAME)):
        assert "htmx" not in page.get_data(as_text=True)
        assert "hx-" not in page.get_data(as_text=True)


def test_the_address_that_signed_files_name_says_what_completing_means(held: Held) -> None:
    inside = re.search(r'href="(/achievements/[^"]+)"', held.other.get(f"{held.address}/contents").text)
    assert inside is not None
    with statements(held.app) as sent:
        page = held.app.test_client().get(inside[1])
    assert len([one for one in sent if one.lstrip().startswith("SELECT")]) <= 6
    text = text_of(page)
    assert "All 2 modules of the pre-reading were passed." in text
    assert "% of the half-days on site were attended, or made up for." in text
    assert "The pillars" in text
    assert "Mfano" not in text
    assert page.headers["Cache-Control"] == "private, max-age=3600"
    assert {"Accept-Language", "Cookie"} <= set(page.vary)
    again = held.other.get(inside[1], headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304
    assert "no-store" in held.own.get(inside[1]).headers["Cache-Control"]


def test_what_nobody_completed_has_no_address(app: Flask) -> None:
    an_edition()
    with unit_of_work() as session:
        slug = session.scalars(select(Course.slug)).one()
    for address in (f"/achievements/{slug}/1.0", "/achievements/no-such/1.0"):
        assert app.test_client().get(address).status_code == 404


def test_what_only_a_foreign_row_says_was_completed_has_no_address(held: Held) -> None:
    inside = re.search(r'href="(/achievements/[^"]+)"', held.other.get(f"{held.address}/contents").text)
    assert inside is not None
    forge(["UPDATE lms_ledger_entry SET mark = 'no mark of ours'"])
    assert held.other.get(inside[1]).status_code == 404
