"""What the feed's own description promises is what every answer holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from lms.alumni.feed.rules import EventKind
from lms.records.models import RecordAct
from tests.alumni.feeds import Program, program
from tests.alumni.test_feed import complete, correct, end, erase

ANSWERS = {200, 304, 400, 401, 403, 410, 429, 500, 503}


def described(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/api/openapi.json")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    found: dict[str, Any] = answer.get_json()
    return found


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else ())
        yield from (found for value in node.values() for found in references(value))
    elif isinstance(node, list):
        yield from (found for value in node for found in references(value))


def promised(document: dict[str, Any], answer: TestResponse) -> None:
    """The status, type, headers and body of an answer are as described."""
    said = document["paths"]["/api/events"]["get"]["responses"][str(answer.status_code)]
    assert set(said.get("headers", {})) <= set(answer.headers.keys())
    content = said.get("content", {})
    if not content:
        assert answer.data == b""
        return
    schema = content[answer.content_type]["schema"]
    whole = {**schema, "components": document["components"], "$schema": "https://json-schema.org/draft/2020-12/schema"}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(json.loads(answer.data))


def every_kind(app: Flask) -> None:
    """Events of every kind, with and without what they may hold."""
    gone, ended, revoked = complete("Kanari Mfano", "Amina Mfano", "Nia Mfano")
    end(ended)
    end(revoked, RecordAct.REVOKED)
    again = complete("Jirani Mfano")
    correct(again[0], "Jirani Mfano-Mwingine")
    erase(gone)
    complete(again[0])


def raised(failure: Exception) -> None:
    raise failure


def test_what_goes_wrong_below_api_is_a_problem_document_and_no_page(app: Flask) -> None:
    client, schema = app.test_client(), described(app)["components"]["schemas"]["Problem"]
    answers = [
        client.get("/api/nothing"),
        client.get("/api/"),
        client.post("/api/events"),
        client.put("/api/openapi.json"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 405, 405]
    for answer in answers:
        assert answer.content_type == "application/problem+json"
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(answer.get_json())
        assert "Set-Cookie" not in answer.headers
    assert "GET" in answers[2].headers["Allow"]
    assert client.get("/nothing").mimetype == "text/html"


def test_every_answer_is_as_described(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    document = described(app)
    every_kind(app)
    reader, seen = program(app), set[int]()
    told = [event["type"] for event in reader.read("limit=500")]
    assert set(told) == {kind.type for kind in EventKind}
    whole = reader.ask("include=editions,names,states")
    asked = [
        reader.ask(),
        whole,
        reader.ask("limit=1"),
        reader.ask(f"after={whole.headers['Feed-Cursor']}"),
        reader.ask("", **{"If-None-Match": reader.ask().headers["ETag"]}),
        reader.ask("limit=0"),
        reader.ask("after=99.00000000"),
        program(app, frozenset(), name="Another").ask("include=names"),
        Program(app, "").ask(),
        Program(app, "wrong").ask(),
    ]
    monkeypatch.setattr("lms.alumni.feed.api.READ_AT_MOST", 1)
    asked.append(reader.ask())
    for failure in (OperationalError("SELECT", {}, Exception("gone")), RuntimeError("by mistake")):
        monkeypatch.setattr("lms.alumni.feed.views.now", lambda failure=failure: raised(failure))
        asked.append(reader.ask())
    for answer in asked:
        promised(document, answer)
        seen.add(answer.status_code)
    assert seen == ANSWERS == {int(status) for status in document["paths"]["/api/events"]["get"]["responses"]}


def test_the_description_holds_together(app: Flask) -> None:
    document = described(app)
    assert document["openapi"].startswith("3.1.")
    assert document["servers"] == [{"url": "http://127.0.0.1:8000"}]
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    assert {found.removeprefix("#/components/schemas/") for found in references(document)} == set(schemas)
    assert set(document["paths"]) == {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "feed.openapi"
    }


@pytest.mark.parametrize(
    "spoilt",
    [{"specversion": "0.3"}, {"subject": "Amina"}, {"data": {"since": "2027-05-21"}}, {"extra": 1}, {"sequence": "1"}],
)
def test_a_document_that_is_not_as_described_would_be_found(app: Flask, spoilt: dict[str, Any]) -> None:
    document = described(app)
    complete("Amina Mfano")
    event = program(app).read()[1] | spoilt
    whole = {"$ref": "#/components/schemas/Event", "components": document["components"]}
    assert not Draft202012Validator(whole, format_checker=FormatChecker()).is_valid(event)
