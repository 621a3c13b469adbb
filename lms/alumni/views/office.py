"""What officers do for the community; none of it shows them who the members are."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from lms.alumni.queries.directory import counters
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.render import render

from .blueprint import bp


@bp.get("/alumni/office")
@requires(Permission.COORDINATE)
def office() -> str:
    """The community in numbers, and what there is to do; for those whose mandate reaches over everything."""
    everything_only()
    ways = [
        (_("Past editions"), url_for(".past"), _("Who completed an edition before this system was")),
        (_("Lost mailboxes"), url_for(".mailboxes"), _("Another address for whoever cannot be reached any more")),
        (_("Reported messages"), url_for(".reports"), _("What members report of what other members wrote")),
    ]
    if me().can(Permission.ADMINISTER):
        ways.append((_("Networks of states"), url_for(".networks"), _("Which states belong to which network")))
    return render("lms/alumni/office.html", counters=counters(db.session(), now().date()), ways=ways)


def everything_only() -> None:
    """Raises NotFound for whoever does not coordinate everything."""
    if not me().scope.everything:
        raise NotFound
