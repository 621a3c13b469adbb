"""Another language, for everybody and on every page."""

from __future__ import annotations

import re

from flask import redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.rules.paths import local_path
from lms.people.sign_in import present
from lms.web.access import public
from lms.web.forms import submitted
from lms.web.languages import choices

from .blueprint import bp

_ANCHOR = re.compile(r"[A-Za-z][\w-]{0,79}", re.ASCII)


@bp.post("/language")
@public
def switch_language() -> Response:
    """Keep the language in the browser, and with the account of whoever is signed in; then back to the same page."""
    chosen = submitted("language")
    if chosen not in choices():
        raise Refused(_("Choose a language from the list."))
    session["lang"] = chosen
    person = present()
    if person is not None and person.locale != chosen:
        with unit_of_work() as opened:
            services.set_locale(opened, person_id=person.person_id, locale=chosen)
    return redirect(_same_page(), 303)


def _same_page() -> str:
    """The page whose button was pressed, at the heading that was read; the beginning when it is none of ours."""
    path = local_path(submitted("back").partition("#")[0])
    page = f"{request.script_root}{path}" if path else url_for("home.index")
    anchor = submitted("anchor")
    return f"{page}#{anchor}" if _ANCHOR.fullmatch(anchor) else page
