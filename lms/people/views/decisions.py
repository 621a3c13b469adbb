"""What waits for a second officer, for whoever may be that one."""

from __future__ import annotations

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.people.proposals.waiting import Officer, kinds, waiting_for
from lms.people.queries import Viewer
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.render import render

from .blueprint import bp


@bp.get("/decisions")
@requires(Permission.COORDINATE)
def decisions() -> str:
    """Each proposal with the page on which it is decided; nobody is named here."""
    rows = waiting_for(db.session(), officer(me()), now())
    return render("lms/people/decisions.html", rows=[(kinds[name].called, one) for name, one in rows])


def officer(viewer: Viewer) -> Officer:
    """Whoever looks, as somebody who may decide."""
    return Officer(viewer.subject, viewer.scope, viewer.can(Permission.ADMINISTER))
