"""Handing the signed file out, byte for byte as it was made."""

from __future__ import annotations

from werkzeug.wrappers import Response

from .queries import Kept

CREDENTIAL = "application/vc"


def as_document(kept: Kept) -> Response:
    """For programs."""
    return Response(kept.document, mimetype=CREDENTIAL)


def as_file(kept: Kept) -> Response:
    """To be kept; the name of the file says nothing about whose it is."""
    answer = as_document(kept)
    answer.headers["Content-Disposition"] = 'attachment; filename="completion-record.json"'
    return answer
