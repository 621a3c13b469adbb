"""The credential at the address that is its id, and the signed file for its holder."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.records.queries import public_by_credential
from lms.records.rules.public import grouped
from lms.web.access import Permission, public, requires, viewer
from lms.web.render import render

from . import approvals, queries
from .holding import disbelieved

bp = Blueprint("credentials", __name__)

CREDENTIAL = "application/vc"


@bp.get("/credentials/<credential>")
@public
def credential(credential: str) -> Response:
    """The id of a credential. A browser is led to the page that verifies it; a program gets the document if its holder
    asks, and for anyone else where to ask: the document names the holder, who alone hands it on."""
    found = public_by_credential(db.session(), credential)
    if found is None:
        raise NotFound
    asked = request.accept_mimetypes.best_match(["text/html", CREDENTIAL, "application/json", "application/ld+json"])
    if asked in (None, "text/html"):
        answer = redirect(f"{request.script_root}/v/{grouped(found.code)}", 303)
    else:
        answer = _document(found.record)
    answer.headers["Vary"] = "Accept"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _document(record: str) -> Response:
    session, person = db.session(), viewer()
    theirs = person is not None and queries.holder_of(session, record) == me().person_id
    kept = queries.kept(session, record, disbelieved=disbelieved()) if theirs else None
    if kept is None:
        words = b'{"title": "Not given here", "detail": "Ask the holder of this record for the signed file."}\n'
        return Response(words, status=404, mimetype="application/problem+json")
    return Response(kept.document, mimetype=CREDENTIAL)


@bp.get("/records/<record>/credential")
@requires(Permission.SIGNED_IN)
def signed_file(record: str) -> Response:
    """The signed file, for its holder to keep."""
    session = db.session()
    if queries.holder_of(session, record) != me().person_id:
        raise NotFound
    kept = queries.kept(session, record, disbelieved=disbelieved())
    if kept is None:
        raise NotFound
    answer = Response(kept.document, mimetype=CREDENTIAL)
    answer.headers["Content-Disposition"] = 'attachment; filename="completion-record.json"'
    return answer


@bp.get("/export-of-records")
@requires(Permission.ADMINISTER)
def export_of_records() -> str:
    """What an export of all records takes out, and the means to approve one."""
    return render("lms/records/export.html", approval=None)


@bp.post("/export-of-records")
@requires(Permission.ADMINISTER)
def approve_export() -> str:
    """Give one's word for an export: a text that is shown once and noted, without the text."""
    with unit_of_work() as session:
        text, made = approvals.give(me().subject, now())
        audit.record(session, at=now(), actor=me().subject, act="records.export-approved", about="records", id=made.id)
    return render("lms/records/export.html", approval=text, until=made.until)
