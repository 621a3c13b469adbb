"""The pictures and documents of courses, for everyone who is signed in. No other page leads here but texts."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.web.access import Permission, requires, viewer

from . import queries

bp = Blueprint("catalogue", __name__)

_HASH = re.compile(r"[0-9a-f]{64}")
_PICTURE = re.compile(r"([1-9][0-9]{0,3})\.webp")
_DOCUMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\.pdf")
_HEADERS = {
    # The address names the bytes, so they never change; the browser of one person keeps them, nobody between does.
    "Cache-Control": "private, max-age=31536000, immutable",
    # Opened by itself it is a page without any right, whatever a browser takes it for.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@bp.get("/media/<sha256>/<name>")
@requires(Permission.SIGNED_IN)
def medium(sha256: str, name: str) -> Response:
    """A picture at one of its widths, or a document to be saved under the name in its address.

    What no published version has is shown to those who write courses, and does not exist for anybody else.
    """
    person = viewer()
    published = person is None or not person.can(Permission.AUTHOR)
    picture = _PICTURE.fullmatch(name)
    if not _HASH.fullmatch(sha256) or not (picture or _DOCUMENT.fullmatch(name)):
        raise NotFound
    if picture:
        data = queries.shown_picture(db.session(), sha256, int(picture[1]), published=published)
        answer = Response(data, mimetype="image/webp", headers=_HEADERS)
    else:
        data = queries.whole_document(db.session(), sha256, published=published)
        answer = Response(data, mimetype="application/pdf", headers=_HEADERS)
        # The name is one of small letters, digits and hyphens, so the plain form of RFC 6266 says it.
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.set_etag(f"{sha256[:32]}-{name}")
    answer.make_conditional(request)
    return answer
