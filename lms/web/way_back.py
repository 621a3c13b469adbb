"""The address at which a page can be opened again, also where the page is the answer to a form."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from flask import current_app, request

from .access import SAFE
from .languages import ONE_LOOK

LONGEST = 500  # longer ones are not followed: see lms.people.rules.paths


def way_back() -> str:
    """Path and query of this page within the app, without what chose a language for this look only.

    What answers a form is often no page by itself: then it is the page the form stood on, else the next page above.
    """
    if request.method in SAFE:
        return _address(request.path, request.query_string.decode(errors="ignore"))
    asked_from = urlsplit(request.referrer or "")
    stood_on = _within_the_app(asked_from.netloc, asked_from.path)
    for path in (request.path, stood_on, *_above(request.path)):
        if path and _opens(path):
            return _address(path, asked_from.query if path == stood_on else "")
    return "/"


def _address(path: str, query: str) -> str:
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in ONE_LOOK]
    plain = quote(path, safe="/~!$&'()*+,;=:@")
    whole = f"{plain}?{urlencode(kept)}" if kept else plain
    return whole if len(whole) <= LONGEST else plain


def _within_the_app(host: str, path: str) -> str | None:
    inside = path.startswith(f"{request.script_root}/") and host == request.host
    return unquote(path.removeprefix(request.script_root)) if inside else None


def _above(path: str) -> Iterator[str]:
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] or "/"
        yield path


def _opens(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(path, "GET")
