"""Parts of pages that stay up to date while they are open: they ask again with the tag of what they show."""

from __future__ import annotations

import hashlib

from flask import request
from werkzeug.wrappers import Response

from .render import wants_part


def tag_of(*facts: object) -> str:
    """A tag for what a part shows, made of plain facts that change whenever it does."""
    return hashlib.blake2b(repr(facts).encode(), digest_size=12).hexdigest()


def asks_again() -> bool:
    """Whether an open page asks by itself whether anything has changed; nobody need sit before it."""
    return wants_part() and "If-None-Match" in request.headers


def unchanged(tag: str) -> Response | None:
    """The empty answer for an open page that shows this already."""
    if not asks_again() or not request.if_none_match.contains_weak(tag):
        return None
    return tagged(Response(status=304), tag)


def tagged(answer: Response, tag: str) -> Response:
    """The answer with its tag; weak, since it is compressed for some."""
    answer.set_etag(tag, weak=True)
    return answer
