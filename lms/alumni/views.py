"""The page of the alumni community."""

from __future__ import annotations

from flask import Blueprint

from lms.kernel.db import db
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.render import render

from . import queries

bp = Blueprint("alumni", __name__)


@bp.get("/alumni")
@requires(Permission.ALUMNI)
def index() -> str:
    """One's own status in words, and what the community is."""
    status = queries.status_of(db.session(), me().person_id)
    return render("lms/alumni/index.html", status=status)
