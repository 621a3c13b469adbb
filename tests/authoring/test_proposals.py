"""Trainers and reviewers see what readers propose for their courses, and answer; they see nobody."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.authoring.queries import taught_courses
from lms.catalogue import services as courses
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import TermProposal
from lms.people.rules import Grant, Role, ScopeKind
from tests.catalogue import tiny
from tests.conftest import statements
from tests.learning.makers import Reader, make_reader, publish
from tests.people.makers import give_mandate, make_person, signed_in_client

NAME = "Ana María Ejemplo"


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path)
    with unit_of_work() as session:
        other = tiny.written(tmp_path, course=tiny.COURSE.replace("slug: tiny", "slug: other"))
        courses.load(session, folder=other, kinds=tiny.KINDS, at=now(), by=None)
    db.session.remove()
    return make_reader(app, name=NAME)


def with_mandate(app: Flask, role: Role, scope: ScopeKind = ScopeKind.ALL, scope_id: str | None = None) -> FlaskClient:
    person = make_person()
    give_mandate(person, role, scope, scope_id)
    return signed_in_client(app, person)


@pytest.fixture
def trainer(reader: Reader) -> FlaskClient:
    return with_mandate(reader.app, Role.TRAINER, ScopeKind.COURSE, "tiny")


def send(reader: Reader, word: str, language: str = "sw", remark: str = "") -> str:
    """Propose a word for "state"; its public id."""
    sent = {"client_key": f"key-{word}"[:20].encode("ascii", "replace").decode().replace("?", "x").replace(" ", "-")}
    path = f"/learn/{reader.edition}/terms/state/proposals"
    fields = {"language": language, "word": word, "remark": remark}
    assert reader.client.post(path, data={**sent, **fields}).status_code == 303
    with unit_of_work() as session:
        return session.scalars(select(TermProposal.public_id).order_by(TermProposal.id.desc())).first() or ""


def look(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/courses/tiny/proposals{query}")
    assert answer.status_code == 200
    return answer.text


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def reply(client: FlaskClient, proposal: str, outcome: str = "", reason: str = "", slug: str = "tiny"):
    prefix = proposal if proposal[-1] in "-_" else f"{proposal}-"
    fields = {f"{prefix}outcome": outcome, f"{prefix}reason": reason}
    return client.post(f"/courses/{slug}/proposals/{proposal}", data=fields)


def test_words_stand_by_term_and_language_with_how_many_said_the_same(reader: Reader, trainer: FlaskClient) -> None:
    second = make_reader(reader.app)
    send(reader, "dola", remark="As our law has it.")
    send(second, "Dola")
    send(reader, "país", "es")
    page = look(trainer)
    said = words(page)
    assert "2 words wait for an answer" in said
    assert "Spanish In the glossary: Estado (official) país Proposed by 1 person, on 12 April 2027." in said
    assert "Swahili The glossary has no word here yet. Dola Proposed by 2 people, last on 12 April 2027." in said
    assert "Remark: As our law has it." in said
    assert said.index("país") < said.index("Dola")


def test_a_trainer_sees_nobody(reader: Reader, trainer: FlaskClient) -> None:
    proposal = send(reader, "dola", remark="Why.")
    with unit_of_work() as session:
        ids = {str(value) for value in session.execute(select(TermProposal.id, TermProposal.person_id)).one()}
    for page in (look(trainer), reply(trainer, proposal).text):
        assert NAME not in page
        assert "Ministry" not in page
        assert not ids & set(re.findall(r'"(\d+)"', page))


def test_an_answer_reaches_the_reader_and_leaves_the_list(reader: Reader, trainer: FlaskClient) -> None:
    proposal = send(reader, "dola")
    assert reply(trainer, proposal, "declined", "It is a currency.").status_code == 303
    page = words(look(trainer))
    assert "Answered. One person reads it." in page
    assert "No word waits for an answer" in page
    done = words(look(trainer, "?show=answered"))
    assert "dola" in done
    assert "Not taken up 12 April 2027 The answer: It is a currency." in done
    mine = reader.client.get(f"/learn/{reader.edition}/terms/state").text
    assert "The answer: It is a currency." in words(mine)
    with unit_of_work() as session:
        (noted,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "term.declined"))
    assert (noted.about, noted.details) == (proposal, {"proposals": 1})


def test_the_same_answer_twice_is_one_and_another_is_refused_in_words(reader: Reader, trainer: FlaskClient) -> None:
    proposal = send(reader, "dola")
    for _time in range(2):
        assert reply(trainer, proposal, "taken-up", "Thank you.").status_code == 303
    late = reply(trainer, proposal, "declined", "No.")
    assert late.status_code == 409
    assert "taken back or answered in the meantime" in late.text


@pytest.mark.parametrize(
    ("outcome", "reason", "said"),
    [
        ("", "", "Choose one of the two."),
        ("declined", " ", "Say in a sentence why."),
        ("withdrawn", "x", "Not a valid choice"),
        ("taken-up", "x" * 301, "300"),
    ],
)
def test_what_is_no_answer_is_refused_beside_the_word(
    reader: Reader, trainer: FlaskClient, outcome: str, reason: str, said: str
) -> None:
    proposal = send(reader, "dola")
    page = reply(trainer, proposal, outcome, reason)
    assert page.status_code == 422
    assert said in unescape(page.text)
    assert "<title>Error:" in page.text
    assert '<details class="mt-2" open>' in page.text


@pytest.mark.parametrize("hidden", ["\x00", "\u202e", "\x07"], ids=["zero byte", "turned round", "bell"])
@pytest.mark.parametrize("outcome", ["taken-up", "declined"])
def test_a_reason_that_cannot_be_kept_is_refused_and_what_was_typed_comes_back(
    reader: Reader, trainer: FlaskClient, hidden: str, outcome: str
) -> None:
    proposal = send(reader, "dola")
    page = reply(trainer, proposal, outcome, f"It is a currency.{hidden}")
    assert page.status_code == 422
    assert "This contains a character that cannot be shown." in unescape(page.text)
    assert "It is a currency." in page.text
    assert "1 word waits" in words(look(trainer))


def test_a_course_outside_the_mandate_is_not_there(reader: Reader) -> None:
    proposal = send(reader, "dola")
    for client in (
        with_mandate(reader.app, Role.TRAINER, ScopeKind.COURSE, "other"),
        with_mandate(reader.app, Role.TRAINER, ScopeKind.COURSE, "gone"),
        with_mandate(reader.app, Role.COORDINATOR),
        with_mandate(reader.app, Role.EVALUATOR),
        reader.client,
    ):
        assert client.get("/courses/tiny/proposals").status_code == 404
        assert reply(client, proposal, "taken-up").status_code == 404
    assert reader.app.test_client().get("/courses/tiny/proposals").status_code == 303


def test_a_proposal_of_another_course_is_not_there(reader: Reader) -> None:
    proposal = send(reader, "dola")
    everywhere = with_mandate(reader.app, Role.REVIEWER)
    assert everywhere.get("/courses/other/proposals").status_code == 200
    assert everywhere.get("/courses/nothing/proposals").status_code == 404
    for outcome in ("taken-up", ""):
        assert reply(everywhere, proposal, outcome, slug="other").status_code == 404
        assert reply(everywhere, "A" * 22, outcome).status_code == 404
        assert reply(everywhere, "%00", outcome).status_code == 404
    assert "1 word waits" in words(look(everywhere))


def test_a_mandate_covers_all_courses_or_one_or_that_of_an_edition(reader: Reader) -> None:
    def slugs(*grants: Grant) -> list[str]:
        return [slug for slug, _version in taught_courses(db.session(), grants)]

    assert slugs(Grant(Role.TRAINER, ScopeKind.ALL)) == ["other", "tiny"]
    assert slugs(Grant(Role.TRAINER, ScopeKind.COURSE, "tiny"), Grant(Role.REVIEWER, ScopeKind.COURSE, "gone")) == [
        "tiny"
    ]
    assert slugs(Grant(Role.TRAINER, ScopeKind.EDITION, reader.edition)) == ["tiny"]
    assert slugs(Grant(Role.TRAINER, ScopeKind.EDITION, "A" * 22)) == []
    assert slugs(Grant(Role.COORDINATOR, ScopeKind.ALL), Grant(Role.ADMINISTRATOR, ScopeKind.ALL)) == []


def test_a_course_leads_a_trainer_to_its_words(reader: Reader, trainer: FlaskClient) -> None:
    assert 'href="/courses/tiny"' in trainer.get("/courses").text
    assert 'href="/courses/tiny/proposals"' in trainer.get("/courses/tiny").text
    assert 'href="/courses/tiny"' in look(trainer)


def test_a_word_for_a_term_that_has_left_the_glossary_can_still_be_answered(
    reader: Reader, trainer: FlaskClient, tmp_path: Path
) -> None:
    proposal = send(reader, "dola")
    renamed = tiny.GLOSSARY.replace("key: state", "key: nation")
    publish(tmp_path / "next", glossary=renamed, first=tiny.FIRST.replace("[[state|State]]", "[[nation|State]]"))
    db.session.remove()
    assert "This term is not in the newest glossary any more." in look(trainer)
    assert reply(trainer, proposal, "taken-up").status_code == 303


@pytest.mark.parametrize("crowd", [1, 12])
def test_the_page_asks_as_much_for_many_words_as_for_few(reader: Reader, trainer: FlaskClient, crowd: int) -> None:
    for number in range(crowd):
        send(reader, f"neno {number}", remark="Why.")
    look(trainer)
    with statements(reader.app) as sent:
        look(trainer)
    # Who is signed in, the courses there are, the newest version of each, the words, the keys to the remarks.
    assert len([line for line in sent if not line.startswith(("BEGIN", "PRAGMA"))]) == 4, sent
