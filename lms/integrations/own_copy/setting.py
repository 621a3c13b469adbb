"""From the words of a copy to its PDF, in the worker."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from lms.records.certificates.faces import faces_for
from lms.records.certificates.typesetting import setter

from .wording import Pages

_TEMPLATE = Path(__file__).with_name("own_copy.typ")


def pdf_of(pages: Pages) -> bytes:
    """The pages as a tagged PDF (PDF/UA-1); raises Missing for a letter that no face here has."""
    template = setter(_TEMPLATE)
    faces = faces_for("".join(pages.texts), template.installed)
    return template.pdf_of({**asdict(pages), "lang": pages.language.split("_")[0], "faces": faces})
