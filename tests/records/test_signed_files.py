"""A signed file that a stranger brings: believed with our key only, and told with how its record stands today."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import select

from lms.kernel import worker
from lms.kernel.clock import frozen
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Person
from lms.people.services import erase
from lms.records.certificates import services as certificates
from lms.records.certificates.models import Certificate, CertificateState
from lms.records.credentials.holding import short_form
from lms.records.models import RecordAct
from lms.records.rules.credential import MOST_BYTES
from lms.records.verification import views
from tests.conftest import NOW
from tests.records.credentials.papers import a_credential
from tests.records.sheets import drawn
from tests.records.test_pages import text_of
from tests.records.test_verification import Held, held_record


@pytest.fixture
def signed(app: Flask) -> tuple[Held, bytes]:
    """A record, and the file its holder has downloaded."""
    held = held_record(app)
    worker.drain()
    given = held.own.get(f"/records/{held.record}/credential")
    assert given.status_code == 200
    return held, given.data


def bring(held: Held, data: bytes, *, pasted: bool = False) -> Any:
    sent: dict[str, Any] = {"text": data.decode()} if pasted else {"file": (io.BytesIO(data), "x.json")}
    return held.other.post("/verify/file", data=sent, content_type="multipart/form-data")


@pytest.mark.parametrize("pasted", [False, True])
def test_a_file_of_ours_is_genuine_and_says_whose_it_is(signed: tuple[Held, bytes], pasted: bool) -> None:
    held, data = signed
    answer = bring(held, data, pasted=pasted)
    text = text_of(answer)
    assert answer.status_code == 200
    assert "This file is genuine, and its record is valid" in text
    assert "Name in the file Amina Mfano 0" in text
    assert "(demonstration)" in text
    assert "Mfano" not in answer.get_data(as_text=True).split("</title>")[0]


def test_a_changed_an_added_to_and_a_foreign_file_prove_nothing(signed: tuple[Held, bytes]) -> None:
    held, data = signed
    added = {**json.loads(data), "honours": "first class"}
    for brought, sentence in (
        (data.replace(b"Amina", b"Anina"), "The signature does not hold"),
        (json.dumps(added).encode(), "Something was added to it"),
        (json.dumps(a_credential()).encode(), "names an issuer that is not this site"),
        (b"%PDF-1.7", "it could not be read as one"),
        (b"[" * 5000 + b"]" * 5000, "it could not be read as one"),
        (b'{"a": "' + b"x" * MOST_BYTES + b'"}', "too large to be one of ours"),
    ):
        answer = bring(held, brought)
        text = text_of(answer)
        assert answer.status_code == 422, sentence
        assert "This file proves nothing" in text
        assert sentence in text
        assert "Mfano" not in text


@pytest.mark.parametrize(
    ("act", "title"),
    [
        (RecordAct.WITHDRAWN, "This certificate has been withdrawn"),
        (RecordAct.REVOKED, "This certificate has been revoked"),
        (RecordAct.CORRECTED, "A newer certificate has replaced this one"),
    ],
)
def test_a_genuine_file_of_a_record_that_has_ended_says_so(
    signed: tuple[Held, bytes], act: RecordAct, title: str
) -> None:
    held, data = signed
    held.end(act, **({"reason": "deception"} if act is RecordAct.REVOKED else {"successor": "another"}))
    text = text_of(bring(held, data))
    assert title in text
    assert "genuine" not in text
    assert "Mfano" not in text


def test_after_erasure_the_file_still_says_whose_it_is_and_the_page_of_the_code_does_not(
    signed: tuple[Held, bytes],
) -> None:
    held, data = signed
    with unit_of_work() as session:
        erase(session, person=session.get_one(Person, held.person), by=None, at=NOW)
    assert "Name in the file Amina Mfano 0" in text_of(bring(held, data))
    page = text_of(held.other.get(held.address))
    assert "This certificate is valid" in page
    assert "ask the holder for the signed file" in page
    assert "Mfano" not in page


def test_nothing_brought_is_asked_for_and_much_is_throttled(app: Flask) -> None:
    client = app.test_client()
    with frozen(NOW):
        for _time in range(views.FILES_AT_MOST):
            assert client.post("/verify/file", data={}).status_code == 422
        assert client.post("/verify/file", data={}).status_code == 429
    assert "Check a signed file" in text_of(client.get("/verify/file"))
    assert 'href="/verify/file"' in client.get("/verify").get_data(as_text=True)


def test_the_square_on_paper_holds_the_signed_short_form_behind_the_address(signed: tuple[Held, bytes]) -> None:
    held, _data = signed
    held.own.post(f"/records/{held.record}/certificate", data={"language": "en"})
    worker.drain()
    pdf = held.own.get(f"/records/{held.record}/certificate/en").data
    with unit_of_work() as session:
        statement = short_form(session, held.record)
    assert statement
    square = zxingcpp.read_barcodes(drawn(pdf, 3.0))[0].text
    assert square == f"http://127.0.0.1:8000{held.address}#{statement}"


def test_a_certificate_that_was_asked_for_first_waits_for_the_signature(app: Flask) -> None:
    held, language = held_record(app), {"language": "en"}
    with frozen(NOW):
        held.own.post(f"/records/{held.record}/certificate", data=language)
        with unit_of_work() as session:
            assert short_form(session, held.record) is None
            certificates.make(session, {"record": held.record, **language}, NOW)
            assert session.scalars(select(Certificate.state)).one() is CertificateState.WAITING
            certificates.make(session, {"record": held.record, **language}, NOW + certificates.SIGNED_WITHIN)
            assert session.scalars(select(Certificate.state)).one() is CertificateState.READY
        pdf = held.own.get(f"/records/{held.record}/certificate/en").data
    assert zxingcpp.read_barcodes(drawn(pdf, 3.0))[0].text == f"http://127.0.0.1:8000{held.address}"
