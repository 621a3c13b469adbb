"""The feed as programs read it: who asks, what for, and the answer. No cookie is read or set, nobody is signed in; what
is refused is said as a problem document (RFC 9457)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from sqlalchemy.orm import Session

from lms.kernel import throttle
from lms.kernel.errors import TooMany
from lms.kernel.secrets import digest
from lms.kernel.settings import keyring
from lms.kernel.unit_of_work import own_transaction
from lms.kernel.values import dataclass
from lms.people.letters import absolute_url
from lms.people.rules.networks import network_of

from . import permits, queries
from .queries import Page, Permitted
from .rules import Cursor, Field, Reader, document, read_cursor

BATCH = "application/cloudevents-batch+json"
PROBLEM = "application/problem+json"
MOST, USUAL = 500, 100
"""Events of one page: at most, and where nothing is said."""
READ_AT_MOST = 300
"""How often one token is answered in five minutes."""
WRONG_AT_MOST = 30
"""How many wrong tokens one network may try in five minutes."""


class Problem(Exception):
    """A request that is not answered: status, the last part of its type, and a sentence for who runs the program."""

    def __init__(self, status: int, kind: str, title: str, detail: str, **headers: str) -> None:
        super().__init__(status, kind)
        self.status, self.kind, self.title, self.detail = status, kind, title, detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(self) -> Response:
        """The problem as a document; its type is the place in the description where it is explained."""
        said = {
            "type": f"{absolute_url('feed.openapi')}#{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        return Response(json.dumps(said), self.status, self.headers, content_type=PROBLEM)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program asks for."""

    cursor: Cursor | None
    limit: int
    fields: frozenset[Field]

    def query(self, cursor: Cursor | None) -> str:
        """The query that asks for the same behind another cursor."""
        parts = {"after": str(cursor or ""), "limit": str(self.limit), "include": ",".join(sorted(self.fields))}
        return urlencode({name: value for name, value in parts.items() if value}, safe=",")


def answer(session: Session, at: dt.datetime) -> Response:
    """The next events for whoever shows a token."""
    try:
        permitted = _permitted(session, at)
        asked = asked_of(request.args)
        _check(session, asked, permitted)
        page = queries.page_after(
            session, asked.cursor, asked.limit, _alias(permitted), names=Field.NAMES in asked.fields
        )
        session.rollback()
        if permitted.used_at is None or at - permitted.used_at > permits.USED_EVERY:
            with own_transaction() as own:
                permits.note_use(own, token_id=permitted.token_id, at=at)
        return _documents(page, asked, permitted)
    except TooMany as no:
        wait = str(no.retry_after)
        return Problem(429, "too-many", "Too many requests", f"Ask again in {wait} seconds.", Retry_After=wait).answer()
    except Problem as no:
        return no.answer()


def _permitted(session: Session, at: dt.datetime) -> Permitted:
    """Who asks. Raises Problem 401, and TooMany for those who ask too often or try tokens out."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise _unauthorised("no-token", "Send your token in the header Authorization, after the word Bearer.")
    found = queries.permitted(session, token.strip(), at)
    if found is None:
        session.rollback()
        throttle.count("feed.unknown", network_of(request.remote_addr or ""), at=at, limit=WRONG_AT_MOST)
        said = "This token is not known, has ended or was withdrawn. Ask the administrators for another."
        raise _unauthorised("invalid-token", said, ', error="invalid_token"')
    throttle.count("feed", digest(token.strip()), at=at, limit=READ_AT_MOST)
    return found


def _unauthorised(kind: str, detail: str, more: str = "") -> Problem:
    return Problem(401, kind, "A token is needed", detail, WWW_Authenticate=f'Bearer realm="alumni feed"{more}')


def asked_of(args: Mapping[str, str]) -> Asked:
    """What the query asks for; raises Problem 400."""
    unknown = sorted(set(args) - {"after", "limit", "include"})
    if unknown:
        raise _bad(f"There is no parameter {unknown[0]!r}; there are after, limit and include.")
    try:
        cursor = read_cursor(args["after"]) if args.get("after") else None
    except ValueError:
        raise _bad("The parameter after is no cursor of this feed. Send the last one that you were given.") from None
    limit = args.get("limit") or str(USUAL)
    if not (limit.isascii() and limit.isdigit() and len(limit) < 5 and 1 <= int(limit) <= MOST):
        raise _bad(f"The parameter limit is a whole number from 1 to {MOST}.")
    try:
        fields = frozenset(Field(name) for name in args.get("include", "").split(",") if name)
    except ValueError:
        raise _bad(f"The parameter include holds {', '.join(Field)}, with commas between them.") from None
    return Asked(cursor, int(limit), fields)


def _bad(detail: str) -> Problem:
    return Problem(400, "bad-request", "The request cannot be understood", detail)


def _check(session: Session, asked: Asked, permitted: Permitted) -> None:
    """Raises Problem 403 for more than the partner may be told, 410 for a cursor that leads nowhere any more."""
    beyond = sorted(asked.fields - permitted.fields)
    if beyond:
        more = f'Bearer realm="alumni feed", error="insufficient_scope", scope="{" ".join(beyond)}"'
        said = f"Your permission does not hold {', '.join(beyond)}. Ask without, or ask the administrators."
        raise Problem(403, "insufficient-scope", "More than you may be told", said, WWW_Authenticate=more)
    if asked.cursor and not queries.is_known(session, asked.cursor, _alias(permitted)):
        said = "This feed is not the one you read before: an older backup was restored. Forget all and begin anew."
        raise Problem(410, "begin-anew", "The cursor leads nowhere any more", said)


def _alias(permitted: Permitted) -> Callable[[str], str]:
    return partial(keyring().alias, permitted.partner)


def _documents(page: Page, asked: Asked, permitted: Permitted) -> Response:
    source = absolute_url("feed.events")
    reader = Reader(source, _alias(permitted), asked.fields)
    said: list[dict[str, Any]] = [document(event, reader) for event in page.events]
    made = Response(json.dumps(said, ensure_ascii=False, separators=(",", ":")), content_type=BATCH)
    made.headers["Link"] = f'<{source}?{asked.query(page.cursor)}>; rel="next"'
    made.headers["Feed-Cursor"] = str(page.cursor or "")
    made.headers["Feed-More"] = "true" if page.more else "false"
    made.headers["Cache-Control"] = "private, no-cache"
    made.headers["Vary"] = "Authorization"
    made.headers["X-Robots-Tag"] = "noindex"
    made.add_etag()
    made.make_conditional(request)
    return made
