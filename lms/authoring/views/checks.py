"""What the validator says of a whole draft, with links to the places where it is mended."""

from __future__ import annotations

from lms.authoring.check_pages import DraftChecksPage
from lms.authoring.queries import draft_of
from lms.authoring.workspace import workspace_of
from lms.kernel.db import db
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, requires
from lms.web.render import render


@requires(Permission.AUTHOR)
def draft_checks(slug: str, draft: str) -> str:
    """Every mistake of the draft: what must be mended before it can be published."""
    session = db.session()
    row = draft_of(session, me().grants, slug, draft)
    page = DraftChecksPage(workspace_of(session, row, unit_kinds()))
    return render("lms/authoring/draft_checks.html", page=page)
