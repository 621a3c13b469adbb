"""The description of the feed for programs: OpenAPI 3.1. Its schemas are what every answer is held against in tests."""

from __future__ import annotations

from typing import Any

from .api import BATCH, MOST, PROBLEM, READ_AT_MOST, USUAL
from .rules import EventKind, Field

CURSOR = "^[1-9][0-9]{0,17}\\.[0-9a-f]{8}$"
_ALIAS = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_DAY = {"type": "string", "format": "date"}


def _object(needed: dict[str, Any], may: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**needed, **(may or {})},
        "required": list(needed),
        "additionalProperties": False,
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_NAME = _object({"full": {"type": "string"}}, {"latin": {"type": "string"}}) | {
    "description": "As it stands now on the newest record in force. Nobody is named who holds none."
}
_EDITION = _object(
    {
        "id": {"type": "string"},
        "kind": {"type": "string"},
        "title": {"type": "string"},
        "place": {"type": "string"},
        "starts_on": _DAY,
        "ends_on": _DAY,
    }
)
_STATUS = _object({"since": _DAY, "records": {"type": "integer", "minimum": 1}}, {"name": _ref("Name")})
_ENDED = _object(
    {"record": _ALIAS, "dated": _DAY, "act": {"enum": ["corrected", "withdrawn", "revoked"]}}, {"successor": _ALIAS}
)
_ISSUED = _object(
    {"record": _ALIAS, "dated": _DAY},
    {"replaces": _ALIAS, "edition": _ref("Edition"), "state": {"type": "string", "pattern": "^[A-Z]{2}$"}}
    | {"name": _ref("Name")},
)
DATA: dict[EventKind, tuple[str, dict[str, Any], str]] = {
    EventKind.STATUS_OPENED: ("StatusOpened", _STATUS, "The person is an alumna or alumnus from a day on."),
    EventKind.STATUS_CHANGED: ("StatusChanged", _STATUS, "The status goes on, resting on more or fewer records."),
    EventKind.STATUS_ENDED: ("StatusEnded", _object({}), "No record of the person is in force any more."),
    EventKind.RECORD_ISSUED: ("RecordIssued", _ISSUED, "A completion record was issued."),
    EventKind.RECORD_ENDED: ("RecordEnded", _ENDED, "A completion record is not in force any more."),
    EventKind.NAME_CORRECTED: (
        "NameCorrected",
        _object({}, {"name": _ref("Name"), "withheld": {"const": True}}),
        "Another name than before stands on the newest record in force; or, withheld, forget their name and state.",
    ),
    EventKind.PERSON_ERASED: ("PersonErased", _object({}), "Forget everything that you keep of this subject."),
}  # fmt: skip
_ERASED = _object({"erased": {"const": True}})


def _event(kind: EventKind) -> dict[str, Any]:
    _name, data, meaning = DATA[kind]
    held = data if kind is EventKind.PERSON_ERASED else {"oneOf": [data, _ref("Emptied")]}
    fixed = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": {"type": "string", "format": "uri"},
        "type": {"const": kind.type},
        "subject": {**_ALIAS, "description": "The person, by an id that no other partner is told."},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "sequence": {
            "type": "string",
            "pattern": "^[0-9]{10}$",
            "description": "Counts the events of one subject; what is not after the last one seen is to be left aside.",
        },
        "cursor": {"type": "string", "pattern": CURSOR, "description": "Where to go on after this event."},
        "data": held,
    }
    return {**_object(fixed), "description": meaning}


def _header(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "schema": schema}


_TEXT = {"type": "string"}
_PAGE_HEADERS = {
    "Link": _header('The address of the next page, rel="next"; also of a page that is still empty.', _TEXT),
    "Feed-Cursor": _header("What to send as `after` next time. An empty page gives back the one it was asked.", _TEXT),
    "Feed-More": _header("Whether there is more already.", {"enum": ["true", "false"]}),
    "ETag": _header("Send it back as If-None-Match.", _TEXT),
}
PROBLEMS = {
    400: "A parameter is unknown or cannot be understood: `bad-request`.",
    401: "No token, or one that does not hold: `no-token`, `invalid-token`.",
    403: "More was asked than the partner may be told: `insufficient-scope`.",
    410: "An older backup was restored here: forget everything and read from the beginning: `begin-anew`.",
    429: f"More than {READ_AT_MOST} requests in five minutes: `too-many`. Wait as long as Retry-After says.",
    500: "Something failed here. Ask again later, with the same cursor.",
    503: "The database is away for a moment. Wait as long as Retry-After says, and ask with the same cursor.",
}


def _problem(status: int) -> dict[str, Any]:
    found = {"description": PROBLEMS[status], "content": {PROBLEM: {"schema": _ref("Problem")}}}
    name = {401: "WWW-Authenticate", 403: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}.get(status)
    return {**found, "headers": {name: _header("As RFC 9110 says.", _TEXT)}} if name else found


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


_PARAMETERS = [
    _parameter("after", "The last cursor that was given; nothing for the beginning.", {"pattern": CURSOR, **_TEXT}),
    _parameter(
        "limit", "How many events at most.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    ),
    {
        **_parameter(
            "include",
            "What is to be told beside ids, as far as the partner may be told it.",
            {"type": "array", "items": {"enum": [str(field) for field in Field]}},
        ),
        "style": "form",
        "explode": False,
    },
]


def description(server: str) -> dict[str, Any]:
    """The whole document; `server` is the address that its paths are below."""
    events = {DATA[kind][0]: _event(kind) for kind in EventKind}
    mapping = {kind.type: _ref(DATA[kind][0])["$ref"] for kind in EventKind}
    union = {"oneOf": [_ref(name) for name in events], "discriminator": {"propertyName": "type", "mapping": mapping}}
    problem = {
        "type": {"type": "string", "format": "uri"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
    }
    page = {
        "description": "The next events, in an order that never changes. An empty array: there is nothing new.",
        "headers": _PAGE_HEADERS,
        "content": {BATCH: {"schema": {"type": "array", "items": _ref("Event"), "maxItems": MOST}}},
    }
    same = {"description": "Nothing has changed.", "headers": _PAGE_HEADERS}
    reading = {
        "operationId": "events",
        "summary": "The events behind a cursor",
        "parameters": _PARAMETERS,
        "security": [{"token": []}],
        "responses": {"200": page, "304": same} | {str(status): _problem(status) for status in PROBLEMS},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Alumni feed",
            "version": "1.0.0",
            "summary": "Who is an alumna or alumnus of the seminar, as a list of events that only grows.",
        },
        "servers": [{"url": server}],
        "paths": {"/api/events": {"get": reading}},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Event": union,
                **events,
                "Emptied": {**_ERASED, "description": "What was told of a person who was erased since."},
                "Name": _NAME,
                "Edition": _EDITION,
                "Problem": _object(problem),
            },
        },
    }
