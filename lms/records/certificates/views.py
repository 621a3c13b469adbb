"""Asking for one's certificate as a file, and taking it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel import throttle
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.web.access import Permission, begins_reading, requires
from lms.web.languages import choices

from . import queries, services

MOST_ASKED = 40
bp = Blueprint("certificates", __name__)


@bp.post("/records/<record>/certificate")
@requires(Permission.SIGNED_IN)
@begins_reading
def ask(record: str) -> Response:
    """Ask for the certificate in one of the languages of the pages; the worker makes it within moments."""
    viewer, language = me(), request.form.get("language", "")
    if language not in choices():
        abort(400)
    throttle.count("certificate", viewer.subject, at=now(), limit=MOST_ASKED)
    with unit_of_work() as session:
        services.ask(session, record=record, person_id=viewer.person_id, language=language, at=now(), by=viewer.subject)
    flash(_("Your certificate is being made. It is ready in a moment."), "done")
    return redirect(url_for("records.certificate", record=record, _anchor="file"), 303)


@bp.get("/records/<record>/certificate/<language>")
@requires(Permission.SIGNED_IN)
def download(record: str, language: str) -> Response:
    """The PDF, for its holder alone; neither its name nor its address names anybody."""
    pdf = queries.certificate_of(db.session(), record, language, me().person_id, now())
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"certificate-{language.replace('_', '-')}.pdf")
    answer.headers["Cache-Control"] = "no-store"
    return answer
