"""Asking for a certificate: the worker makes it, its holder alone opens it, for a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from lms.kernel import worker
from lms.kernel.checks import run_all
from lms.kernel.clock import frozen, now
from lms.kernel.models import AuditEntry, Job
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.people.models import Person, PersonKey
from lms.people.services import erase
from lms.records import services
from lms.records.certificates import setting
from lms.records.certificates.models import Certificate, CertificateState
from lms.records.certificates.queries import KEPT
from lms.records.certificates.services import MAKE, SIGNED_WITHIN, make, tidy
from lms.records.certificates.sheet import Missing, Sheet
from lms.records.models import PublicRecord, RecordAct
from lms.records.rules.public import grouped
from tests.conftest import NOW, statements
from tests.records.sheets import drawn, pages, text_of
from tests.records.test_pages import a_coordinator, a_record, an_edition, browser_of, close_it
from tests.records.test_pages import text_of as words_of


@pytest.fixture
def holder(app: Flask) -> tuple[FlaskClient, str, int]:
    """Somebody with a record, signed in; the record, the person."""
    edition, people = an_edition()
    close_it(edition)
    return browser_of(app, people[0]), a_record(people[0]), people[0]


def asked(client: FlaskClient, record: str, language: str = "en") -> Any:
    return client.post(f"/records/{record}/certificate", data={"language": language})


def test_the_holder_asks_waits_and_takes_the_file(holder: tuple[FlaskClient, str, int]) -> None:
    client, record, _person = holder
    page = f"/records/{record}"
    before = client.get(page).get_data(as_text=True)
    assert "Make the file" in before
    assert "every 2s" not in before
    answer = asked(client, record)
    assert (answer.status_code, answer.location) == (303, f"{page}#file")
    waiting = client.get(page).get_data(as_text=True)
    assert "The certificate is being made (English)." in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert "See whether it is ready" in waiting
    assert client.get(f"{page}/certificate/en").status_code == 404
    worker.drain()
    ready = client.get(page).get_data(as_text=True)
    assert "every 2s" not in ready
    assert f'href="{page}/certificate/en"' in ready
    taken = client.get(f"{page}/certificate/en")
    assert (taken.status_code, taken.mimetype) == (200, "application/pdf")
    assert taken.headers["Content-Disposition"] == "attachment; filename=certificate-en.pdf"
    assert "no-store" in taken.headers["Cache-Control"]
    assert pages(taken.data) == 1
    copied = text_of(taken.data)
    with unit_of_work() as session:
        code = session.scalars(select(PublicRecord.code).where(PublicRecord.record == record)).one()
    for said in (
        "Amina Mfano 0",
        "Global seminar, May 2027",
        "Issued 21 May 2027",
        "Pre-reading: 2 modules",
        grouped(code),
    ):
        assert said in copied, said
    assert record not in copied
    square = zxingcpp.read_barcodes(drawn(taken.data, 2.5))[0].text
    assert square.split("#")[0] == f"http://127.0.0.1:8000/v/{code}"


def test_it_speaks_the_language_that_was_asked_for(holder: tuple[FlaskClient, str, int]) -> None:
    client, record, _person = holder
    for language, title in (("es", "Certificado de finalización"), ("fr", "Certificat d’achèvement")):
        asked(client, record, language)
        worker.drain()
        copied = text_of(client.get(f"/records/{record}/certificate/{language}").data)
        assert title in copied.splitlines()[1]
        assert "Certificate of completion" in copied
    assert asked(client, record, "xx").status_code == 400


def test_asking_twice_makes_one_and_a_day_later_it_is_gone(holder: tuple[FlaskClient, str, int]) -> None:
    client, record, _person = holder
    with frozen(NOW):
        asked(client, record)
        asked(client, record)
        with unit_of_work() as session:
            assert len(session.scalars(select(Job.id).where(Job.kind == "records.certificate")).all()) == 1
        worker.drain()
        first = client.get(f"/records/{record}/certificate/en").data
        asked(client, record)
        with unit_of_work() as session:
            assert len(session.scalars(select(AuditEntry).where(AuditEntry.act == "certificate.asked")).all()) == 1
        with unit_of_work() as session:
            session.execute(update(Certificate).values(asked_at=NOW - KEPT))
        assert client.get(f"/records/{record}/certificate/en").status_code == 404
        with unit_of_work() as session:
            tidy(session, {}, NOW + dt.timedelta(seconds=1))
            assert session.scalars(select(Certificate)).all() == []
        asked(client, record)
        worker.drain()
        assert client.get(f"/records/{record}/certificate/en").data == first


def test_one_made_before_the_record_was_signed_is_made_once_more_when_it_is(
    holder: tuple[FlaskClient, str, int],
) -> None:
    client, record, _person = holder
    asked(client, record)
    with frozen(NOW + 2 * SIGNED_WITHIN):
        with own_transaction() as session:
            session.execute(delete(Job).where(Job.kind == MAKE))
            make(session, {"record": record, "language": "en"}, now())
        taken = client.get(f"/records/{record}/certificate/en").data
        assert "#" not in zxingcpp.read_barcodes(drawn(taken, 2.5))[0].text
        worker.drain()
        again = client.get(f"/records/{record}/certificate/en").data
    assert "#" in zxingcpp.read_barcodes(drawn(again, 2.5))[0].text


def test_nobody_else_can_ask_or_take(app: Flask, holder: tuple[FlaskClient, str, int]) -> None:
    client, record, _person = holder
    asked(client, record)
    worker.drain()
    for other in (a_coordinator(app), browser_of(app, an_edition(title="Other")[1][0])):
        assert asked(other, record).status_code == 404
        assert other.get(f"/records/{record}/certificate/en").status_code == 404
    assert app.test_client().get(f"/records/{record}/certificate/en").status_code == 303


def test_it_is_kept_sealed_and_unreadable_without_the_key(holder: tuple[FlaskClient, str, int]) -> None:
    client, record, person = holder
    asked(client, record)
    worker.drain()
    with unit_of_work() as session:
        sealed = session.scalars(select(Certificate.sealed)).one()
        assert sealed is not None
        assert b"%PDF" not in sealed
        session.execute(update(Certificate).values(language="es"))
    assert client.get(f"/records/{record}/certificate/es").status_code == 500
    with unit_of_work() as session:
        session.execute(delete(PersonKey).where(PersonKey.person_id == person))
    assert client.get(f"/records/{record}/certificate/es").status_code in (303, 404)


def test_whoever_was_erased_meanwhile_gets_none_and_no_job_fails(holder: tuple[FlaskClient, str, int]) -> None:
    client, record, person = holder
    asked(client, record)
    with unit_of_work() as session:
        session.execute(delete(PersonKey).where(PersonKey.person_id == person))
    worker.drain()
    with unit_of_work() as session:
        assert session.scalars(select(Certificate)).all() == []
        assert session.scalars(select(Job).where(Job.kind == "records.certificate", Job.error.is_not(None))).all() == []


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (RecordAct.WITHDRAWN, "This record was withdrawn by its holder."),
        (RecordAct.REVOKED, "This record was revoked."),
    ],
)
def test_a_record_that_has_ended_says_so_on_paper(
    holder: tuple[FlaskClient, str, int], act: RecordAct, sentence: str
) -> None:
    client, record, _person = holder
    asked(client, record)
    worker.drain()
    with unit_of_work() as session:
        services.end(session, record=record, act=act, at=NOW)
    assert client.get(f"/records/{record}/certificate/en").status_code == 404
    asked(client, record)
    worker.drain()
    copied = " ".join(text_of(client.get(f"/records/{record}/certificate/en").data).split())
    assert f"{sentence} This was on 12 April 2027." in copied


def asked_without_letters(client: FlaskClient, record: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(_sheet: Sheet) -> bytes:
        raise Missing("Khmer")

    with monkeypatch.context() as patched:
        patched.setattr(setting, "pdf_of", lacking)
        asked(client, record)
        worker.drain()


def test_nobody_waits_for_letters_once_the_holder_is_erased(
    holder: tuple[FlaskClient, str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, record, person = holder
    asked_without_letters(client, record, monkeypatch)
    with unit_of_work() as session:
        assert run_all(session)["records.certificates"]
        erase(session, person=session.get_one(Person, person), by=None, at=NOW)
    with unit_of_work() as session:
        assert not list(run_all(session)["records.certificates"])
        assert session.scalars(select(Certificate)).all() == []


def test_missing_letters_are_told_to_the_holder_kindly_and_to_the_operator_by_package(
    holder: tuple[FlaskClient, str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, record, _person = holder
    asked_without_letters(client, record, monkeypatch)
    page = words_of(client.get(f"/records/{record}"))
    assert "We cannot print this name yet" in page
    assert "Your record is not touched by this." in page
    with unit_of_work() as session:
        tidy(session, {}, NOW + dt.timedelta(days=400))
        found = run_all(session)["records.certificates"]
        assert len(found) == 1
        assert "install fonts-noto-core" in str(found[0])
    asked(client, record)
    worker.drain()
    assert client.get(f"/records/{record}/certificate/en").status_code == 200
    with unit_of_work() as session:
        assert session.scalars(select(Certificate.state)).one() is CertificateState.READY


def test_the_page_of_a_record_takes_few_statements(app: Flask, holder: tuple[FlaskClient, str, int]) -> None:
    client, record, _person = holder
    client.get(f"/records/{record}")
    with statements(app) as sent:
        assert client.get(f"/records/{record}").status_code == 200
    assert len([line for line in sent if line.startswith("SELECT")]) <= 9
