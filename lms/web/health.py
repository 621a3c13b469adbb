"""Two questions a machine asks: does the process answer, and can it do its work."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lms.kernel import migrations, worker
from lms.kernel.db import db

from .access import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Database, migrations and worker, each true or false; 503 while one is not."""
    found = {"database": _database(), "migrations": False, "worker": False}
    if found["database"]:
        found["migrations"] = migrations.is_current(db.session())
        found["worker"] = found["migrations"] and worker.alive()
    return jsonify(found), 200 if all(found.values()) else 503


def _database() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return True
