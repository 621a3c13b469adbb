"""The signed file for its holder, and the means to take all records out."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.render import render

from . import approvals, queries
from .handing import as_file, as_picture
from .holding import believed
from .queries import Kept

bp = Blueprint("credentials", __name__)


@bp.get("/records/<record>/credential")
@requires(Permission.SIGNED_IN)
def signed_file(record: str) -> Response:
    """The signed file, for its holder to keep."""
    return as_file(_own(record))


@bp.get("/records/<record>/badge.png", defaults={"kind": "png"})
@bp.get("/records/<record>/badge.svg", defaults={"kind": "svg"})
@requires(Permission.SIGNED_IN)
def picture(record: str, kind: str) -> Response:
    """The same inside a picture, for its holder alone too: whoever has the picture has the file."""
    return as_picture(_own(record), kind)


def _own(record: str) -> Kept:
    session = db.session()
    if queries.holder_of(session, record) != me().person_id:
        raise NotFound
    kept = queries.kept(session, record, believed=believed())
    if kept is None:
        raise NotFound
    return kept


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
