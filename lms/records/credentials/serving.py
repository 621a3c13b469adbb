"""The public files, given by the application where no other server does: before anything of it is asked, so without a
session, a cookie, a statement, or a look at who wants to know whether somebody's record holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wrappers import Response

from lms.kernel.settings import settings_of

from .publishing import HISTORY, KEY_DOCUMENTS, OFFLINE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FRESH_FOR = 240
"""Seconds that a file may be kept: an end is to be seen everywhere within five minutes."""
_NAMED = {f"/{name}": name for name in (*KEY_DOCUMENTS, HISTORY, OFFLINE)} | {"/verify/offline": OFFLINE}
_LIST = re.compile(r"/(status/(?:0|[1-9]\d{0,5}))", re.ASCII)
_ALWAYS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": f"public, max-age={FRESH_FOR}",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


def install(app: Flask) -> None:
    """Put the files before the app."""
    app.wsgi_app = PublicFiles(app.wsgi_app, settings_of(app).home / "public")  # type: ignore[method-assign]


class PublicFiles:
    """Answers for the files of one folder; everything else is asked of what stands behind."""

    def __init__(self, behind: WSGIApplication, folder: Path) -> None:
        self._behind, self._folder = behind, folder

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._answer(environ)
        return answer(environ, start_response) if answer else self._behind(environ, start_response)

    def _answer(self, environ: WSGIEnvironment) -> Response | None:
        name, method = _name(environ.get("PATH_INFO", "")), environ["REQUEST_METHOD"]
        if name is None or method not in {"GET", "HEAD", "OPTIONS"}:
            return None
        try:
            content = (self._folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if method == "OPTIONS":
            return Response(status=204, headers={**_ALWAYS, **_PREFLIGHT})
        page = name == OFFLINE
        answer = Response(content, mimetype="text/html" if page else "application/json", headers=_ALWAYS)
        if page:
            # What it may load and run, which is nothing but itself, it says itself by the hashes of its parts.
            answer.headers["Content-Security-Policy"] = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        answer.add_etag()
        return answer.make_conditional(environ)


def _name(path: str) -> str | None:
    """The file that a path asks for, if it is one of ours."""
    found = _LIST.fullmatch(path)
    return found[1] if found else _NAMED.get(path)
