"""Every failure becomes a page in plain words: what happened, what was kept, one way on."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, jsonify, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from lms.kernel.db import db
from lms.kernel.errors import Gone, LmsError, TooMany
from lms.kernel.values import dataclass

from .access import SignedOut, local_path, name_in_logs, outcome_in_logs, view_asked
from .render import render, wants_part

log = structlog.get_logger("lms.web")
PROGRAMS = "/api/"
"""Below this nobody reads pages: what goes wrong is said as a problem document."""
PROBLEMS: Mapping[int, str] = {
    404: "There is nothing at this address.",
    405: "Nothing here is changed: ask with GET.",
    429: "That was too often. Wait as long as Retry-After says.",
    500: "Something failed here, and nothing was changed. Ask again later.",
    503: "The database is away for a moment. Wait as long as Retry-After says.",
}
# Where what was sent may be sent again as it is.
SEND_AGAIN = frozenset({400, 401, 429, 500, 503})


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that did not arrive: where it goes, the text to be seen in it, and all its other fields."""

    action: str
    name: str
    text: str
    others: list[tuple[str, str]]


def install(app: Flask) -> None:
    """Answer every error with our own page."""
    app.register_error_handler(HTTPException, lambda error: page(error.code or 500, error=error))
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(LmsError, _said_no)
    app.register_error_handler(SignedOut, lambda _error: page(401))
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(DataError, _not_storable)
    app.register_error_handler(Exception, _unexpected)


def page(
    status: int, sentence: str | None = None, error: HTTPException | None = None, *, gone: bool = False
) -> Response:
    """The error page for a status; the reference in small print is what the log line carries. Where what was written
    for is `gone`, the page gives back what was written."""
    reference = secrets.token_hex(4)
    said = {"endpoint": name_in_logs(), "method": request.method, "reference": reference}
    log.info("request.refused", **outcome_in_logs(status), **said)
    if "lms_viewer" not in g:
        # Asking who is signed in may be what failed; the page can do without.
        g.lms_viewer = None
    if request.path.startswith(PROGRAMS):
        answer = _as_problem(status, reference)
    elif wants_json():
        answer = _as_json(status, sentence)
    else:
        given = {
            "code": status,
            "sentence": sentence,
            "reference": reference,
            "typed": _typed() if gone or status in SEND_AGAIN else None,
        }
        text = render("lms/web/error.html", **given)
        answer = Response(text, status, mimetype="text/html")
    if wants_part():
        # A whole page does not belong into the part that htmx was about to fill.
        answer.headers.update({"HX-Retarget": "main", "HX-Reselect": "main", "HX-Reswap": "outerHTML"})
    if error is not None and error.code == 405 and getattr(error, "valid_methods", None):
        answer.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return answer


def _typed() -> Typed | None:
    """What somebody wrote, for a view that is marked to give it back."""
    fields: Sequence[str] = getattr(view_asked(), "lms_keeps_typed", ())
    if not fields or request.method != "POST":
        return None
    name = _written(fields, request.form)
    others = [(field, said) for field, said in request.form.items(multi=True) if field not in {name, "csrf_token"}]
    text = request.form.get(name, "")
    if not text and not any(said for field, said in others if field != "client_key"):
        return None
    return Typed(request.script_root + local_path(), name, text, others)


def _written(fields: Sequence[str], form: Mapping[str, str]) -> str:
    for wanted in fields:
        found = [name for name, said in form.items() if said and fnmatchcase(name, wanted)]
        if found:
            return max(found, key=lambda name: len(form[name]))
    return fields[0]


def wants_json() -> bool:
    """Whether the page's script asked, which shows one sentence beside what it was sending."""
    return request.accept_mimetypes.best == "application/json"


def _as_json(status: int, sentence: str | None) -> Response:
    facts = {"text": sentence or _("This could not be saved just now. What you chose is still on the page.")}
    if status == 401:
        facts["text"] = _("You are not signed in any more. What you chose is still on the page.")
        facts |= {"url": url_for("people.sign_in"), "label": _("Sign in")}
    answer = jsonify(facts)
    answer.status_code = status
    return answer


def _as_problem(status: int, reference: str) -> Response:
    """For programs of others: a problem document (RFC 9457), in English as all that they read."""
    phrase = HTTPStatus(status).phrase
    said = {
        "type": "about:blank",
        "title": phrase,
        "status": status,
        "detail": f"{PROBLEMS.get(status, phrase + '.')} Our log knows this answer by the reference {reference}.",
    }
    return Response(json.dumps(said), status, content_type="application/problem+json")


def _unknown_host(_error: SecurityError) -> Response:
    """No page of ours: its links would need the host that was not believed."""
    log.info("request.unknown_host", method=request.method)
    return Response("Nothing is answered under this name.\n", 400, mimetype="text/plain")


def _said_no(error: LmsError) -> Response:
    answer = page(error.status, str(error) or None, gone=isinstance(error, Gone))
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _stale_form(_error: CSRFError) -> Response:
    return page(
        400, _("This page was open for too long, or was opened before you signed in. Open it again and repeat.")
    )


def _database_away(error: OperationalError) -> Response:
    log.error("database.away", error=type(error.orig).__name__ if error.orig else "OperationalError")
    db.session.rollback()
    answer = page(503)
    answer.headers["Retry-After"] = "5"
    return answer


def _not_storable(_error: DataError) -> Response:
    """What no column can hold, such as a zero byte in an address: the sender's fault, not ours."""
    db.session.rollback()
    return page(400)


def _unexpected(error: Exception) -> Response:
    db.session.rollback()
    # The traceback goes to the log without local values, so that no name is in it.
    log.error("request.failed", endpoint=name_in_logs(), error=type(error).__name__, exc_info=error)
    return page(500)
