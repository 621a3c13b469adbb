"""From the words of a sheet to its PDF, in the worker. The same sheet, the same bytes."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from .copying import copied_right
from .faces import beyond_ours, faces_for
from .sheet import Missing, Sheet
from .square import square_of
from .typesetting import setter

_TEMPLATE = Path(__file__).with_name("certificate.typ")


def pdf_of(sheet: Sheet) -> bytes:
    """The sheet as a tagged PDF (PDF/UA-1) of one page; raises Missing for a letter that no face here has."""
    if not beyond_ours(sheet.texts):
        try:
            return _set(sheet, with_machines=False)
        except Missing:
            pass  # a rare letter of a script of ours: the machine's own faces may have it
    return _set(sheet, with_machines=True)


def _set(sheet: Sheet, *, with_machines: bool) -> bytes:
    template = setter(_TEMPLATE, with_machines=with_machines)
    name = replace(sheet.name, faces=tuple(faces_for(sheet.name.text, template.installed)))
    said = asdict(replace(sheet, name=name))
    said["square"] = square_of(sheet.square)
    said["faces"] = faces_for("".join(sheet.texts), template.installed)
    return copied_right(template.pdf_of(said), sheet.name.text)
