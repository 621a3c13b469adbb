"""The mailbox of a development run; in production it does not exist."""

from __future__ import annotations

from flask import Blueprint

from lms.kernel.errors import NotFound
from lms.kernel.settings import present_settings
from lms.web.access import public
from lms.web.render import render

from .mail.mailbox import kept

bp = Blueprint("integrations", __name__)


@bp.get("/mailbox")
@public
def mailbox() -> str:
    """The letters that nobody sent, so that an invitation can be completed without a mail server."""
    settings = present_settings()
    if not settings.development:
        raise NotFound
    return render("lms/integrations/mailbox.html", letters=kept(settings))
