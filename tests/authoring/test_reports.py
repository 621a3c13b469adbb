"""What readers report comes to those who look after the texts, who answer; they see nobody."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from lms.catalogue.rules.passages import Passage
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.learning.models import TextReport, TextReportOutcome
from lms.learning.rules.reports import Stands, stands
from lms.people import services as people
from lms.people.models import Person
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import Worker, published, worker
from tests.authoring.test_courses import copy, reusing, words
from tests.conftest import statements
from tests.languages import translated
from tests.learning.makers import FIRST, Reader, make_reader, publish
from tests.learning.test_reading import beyond_session
from tests.seminars.makers import make_edition

NAME = "Ana María Ejemplo"


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path)
    return make_reader(app, name=NAME)


@pytest.fixture
def trainer(reader: Reader) -> Worker:
    return worker(reader.app, Role.TRAINER, ScopeKind.COURSE, "tiny")


def send(reader: Reader, wrong: str = "“In 2012 a State acted” should be 2013.", unit: str = "first") -> str:
    """Report an error; the report's public id."""
    assert reader.post(unit, "report", wrong=wrong).status_code == 303
    with unit_of_work() as session:
        return session.scalars(select(TextReport.public_id).order_by(TextReport.id.desc())).first() or ""


def reply(who: Worker, report: str, outcome: str = "", reason: str = "", slug: str = "tiny") -> TestResponse:
    prefix = report if report[-1:] in "-_" else f"{report}-"
    fields = {f"{prefix}outcome": outcome, f"{prefix}reason": reason}
    return who.client.post(f"/courses/{slug}/reports/{report}", data=fields)


def said(who: Worker, query: str = "") -> str:
    return words(who.page(f"/tiny/reports{query}"))


def test_a_report_comes_with_its_unit_its_language_and_the_version_that_was_read(
    reader: Reader, trainer: Worker
) -> None:
    send(reader)
    page = trainer.page("/tiny/reports")
    assert "1 report waits for an answer" in words(page)
    assert "First Reported on 12 April 2027. Read in English, in version 1.0." in words(page)
    assert re.search(r"Fingerprint of the text: [0-9a-f]{12}", words(page))
    assert "“In 2012 a State acted” should be 2013. The text still stands as it was read." in words(page)
    assert 'href="/courses/tiny/units/first"' in page


def test_a_translation_is_reported_as_such(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    spanish = make_reader(app)
    spanish.client.post("/language", data={"language": "es"})
    send(spanish, "Está mal.")
    page = worker(app).page("/tiny/reports")
    assert "Read in Spanish, in version 1.0." in words(page)
    assert 'href="/courses/tiny/units/first?text=es"' in page


def test_nobody_learns_who_reported(reader: Reader, trainer: Worker) -> None:
    report = send(reader)
    with unit_of_work() as session:
        ids = {str(value) for value in session.execute(select(TextReport.id, TextReport.person_id)).one()}
    for page in (trainer.page("/tiny/reports"), reply(trainer, report).text, trainer.page("/tiny")):
        assert NAME not in page
        assert "Ministry" not in page
        assert reader.edition not in page
        assert not ids & set(re.findall(r'"(\d+)"', page))


@pytest.mark.parametrize(("outcome", "shown"), [("mended", "Mended"), ("no-error", "Not an error")])
def test_an_answer_reaches_the_reader_and_leaves_the_list(
    reader: Reader, trainer: Worker, outcome: str, shown: str
) -> None:
    report = send(reader)
    mine = words(reader.client.get(reader.url("first", "report")).text)
    assert "What you have reported “In 2012 a State acted” should be 2013. Waits for an answer First" in mine
    assert reply(trainer, report, outcome, "It says 2013 since version 1.1.").status_code == 303
    page = said(trainer)
    assert "Answered. Whoever reported it can read it." in page
    assert "No report waits for an answer" in page
    assert f"{shown} 12 April 2027 The answer: It says 2013 since version 1.1." in said(trainer, "?show=answered")
    mine = words(reader.client.get(reader.url("first", "report")).text)
    assert f"{shown} First Reported on 12 April 2027 The answer: It says 2013 since version 1.1." in mine
    assert "2013 since" not in make_reader(reader.app).client.get(reader.url("first", "report")).text
    with unit_of_work() as session:
        (noted,) = session.scalars(select(AuditEntry).where(AuditEntry.act == f"report.{outcome}"))
    assert noted.about == report


def test_the_same_answer_twice_is_one_and_another_is_refused_in_words(reader: Reader, trainer: Worker) -> None:
    report = send(reader)
    for _time in range(2):
        assert reply(trainer, report, "mended", "Thank you.").status_code == 303
    late = reply(trainer, report, "no-error", "No.")
    assert late.status_code == 409
    assert "answered in the meantime" in late.text
    with unit_of_work() as session:
        assert [row.reason for row in session.scalars(select(TextReportOutcome))] == ["Thank you."]


@pytest.mark.parametrize(
    ("outcome", "reason", "expected"),
    [
        ("", "x", "Choose one of the two."),
        ("mended", " ", "Write a sentence."),
        ("no-error", "", "Write a sentence."),
        ("withdrawn", "x", "Not a valid choice"),
        ("mended", "x" * 301, "300"),
        ("mended", "Hidden \u202e letters", "This contains a character that cannot be shown."),
    ],
)
def test_what_is_no_answer_is_refused_beside_the_report(
    reader: Reader, trainer: Worker, outcome: str, reason: str, expected: str
) -> None:
    page = reply(trainer, send(reader), outcome, reason)
    assert page.status_code == 422
    assert expected in unescape(page.text)
    assert "<title>Error:" in page.text
    assert '<details class="mt-4" open>' in page.text
    assert "1 report waits" in said(trainer)


def test_an_answer_cannot_be_changed_in_the_database(reader: Reader, trainer: Worker) -> None:
    reply(trainer, send(reader), "mended", "Thank you.")
    for change in ("UPDATE lms_text_report_outcome SET reason = 'x'", "DELETE FROM lms_text_report_outcome"):
        with pytest.raises(DBAPIError, match="append-only"), own_transaction() as session:
            session.execute(text(change))


def test_the_words_of_whoever_is_erased_are_gone_and_the_page_says_so(reader: Reader, trainer: Worker) -> None:
    report = send(reader)
    with unit_of_work() as session:
        people.erase(session, person=session.get_one(Person, reader.person_id), at=now(), by="administrator")
    page = said(trainer)
    assert "should be 2013" not in page
    assert "The words are gone: whoever wrote them has been erased." in page
    assert reply(trainer, report, "mended", "It is mended.").status_code == 303


def test_a_text_that_changed_says_whether_what_is_quoted_still_stands(
    reader: Reader, trainer: Worker, tmp_path: Path
) -> None:
    send(reader)
    send(reader, "The end is weak.")
    publish(tmp_path / "next", first=FIRST.replace("It ended.", "It was over."))
    page = said(trainer)
    assert "should be 2013. The text has changed since, but the words that are quoted still stand in it." in page
    assert "weak. The text has changed since. Nothing of it is quoted word for word." in page
    publish(tmp_path / "last", first=FIRST.replace("In 2012 a", "In 2013 a"))
    assert "2013. The words that are quoted do not stand in the newest text any more." in said(trainer)


def test_a_text_that_is_gone_says_so(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    spanish = make_reader(app)
    spanish.client.post("/language", data={"language": "es"})
    send(spanish, "Está mal.")
    files = translated()
    del files["first_es"]
    publish(tmp_path / "next", **files)
    assert "The newest version does not have this text any more." in said(worker(app))


@pytest.mark.parametrize(
    ("report", "newest", "expected"),
    [
        ("“a State acted in time” is wrong", "In 2012 a [[state|State]] acted in time. [@S001]", Stands.QUOTED),
        ("“a State acted in time” is wrong", "In 2012 a State acted late.", Stands.QUOTED_CHANGED),
        ("A STATE  ACTED, in time!", "Then a State acted in time.", Stands.QUOTED),
        ("All of it", "Then a State acted in time.", Stands.CHANGED),
        ("", "", Stands.CHANGED),
    ],
)
def test_a_quotation_is_found_without_what_stands_only_in_the_file(report: str, newest: str, expected: Stands) -> None:
    read = [Passage("", "In 2012 a [[state|State]] acted in time. [@S001 p. 3]")]
    assert stands(report, read, [Passage("", newest)]) is expected


def test_reports_go_to_the_course_that_owns_the_text(app: Flask, tmp_path: Path) -> None:
    published(tmp_path)
    reusing(tmp_path)
    with unit_of_work() as session:
        other = make_edition(session, "other")
    report = send(make_reader(app, edition=other))
    owner = worker(app, Role.TRAINER, ScopeKind.COURSE, "tiny")
    assert "1 report waits" in said(owner)
    borrower = worker(app, Role.TRAINER, ScopeKind.COURSE, "other")
    assert "No report waits" in words(borrower.page("/other/reports"))
    assert reply(borrower, report, "mended", "x", slug="other").status_code == 404


def test_a_course_outside_the_mandate_is_not_there(reader: Reader) -> None:
    report = send(reader)
    for who in (
        worker(reader.app, Role.TRAINER, ScopeKind.COURSE, "other"),
        worker(reader.app, Role.COORDINATOR),
        worker(reader.app, Role.EVALUATOR),
    ):
        who.page("/tiny/reports", 404)
        assert reply(who, report, "mended", "x").status_code == 404
    assert reader.client.get("/courses/tiny/reports").status_code == 404
    assert reader.app.test_client().get("/courses/tiny/reports").status_code == 303


def test_a_report_of_another_course_is_not_there(reader: Reader, tmp_path: Path) -> None:
    report = send(reader)
    copy(tmp_path, "other")
    everywhere = worker(reader.app)
    for outcome in ("mended", ""):
        assert reply(everywhere, report, outcome, "x", slug="other").status_code == 404
        assert reply(everywhere, "A" * 22, outcome, "x").status_code == 404
        assert reply(everywhere, "%00", outcome, "x").status_code == 404
    assert "1 report waits" in said(everywhere)


def test_the_course_says_how_many_wait(reader: Reader, trainer: Worker) -> None:
    assert "Reported errors" in words(trainer.page("/tiny"))
    send(reader)
    send(reader, "More.")
    assert "2 reported errors wait" in words(trainer.page("/tiny"))


@pytest.mark.parametrize("crowd", [1, 12])
def test_the_page_asks_as_much_for_many_reports_as_for_few(
    reader: Reader, trainer: Worker, tmp_path: Path, crowd: int
) -> None:
    for number in range(crowd):
        send(reader, f"Wrong {number}.")
    publish(tmp_path / "next", first=FIRST.replace("It ended.", "It was over."))
    db.session.remove()
    trainer.page("/tiny/reports")
    with statements(reader.app) as sent:
        trainer.page("/tiny/reports")
    # The newest version, the reports, the keys to them, how many wait, the texts that were read and those of now.
    assert len(beyond_session(sent)) <= 5, sent
