"""From the words of a sheet to its PDF. The worker alone imports this: typst would make each web worker heavier.

A PDF is made of the sheet and of nothing else: no clock, no random number, no path. The same sheet, the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import asdict, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import cast

import typst

from .copying import copied_right
from .faces import beyond_ours, faces_for, script_of
from .sheet import Missing, Sheet
from .square import square_of

_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
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
    compiler, installed = _compiler(with_machines=with_machines)
    said = asdict(replace(sheet, name=replace(sheet.name, faces=tuple(faces_for(sheet.name.text, installed)))))
    said["square"] = square_of(sheet.square)
    said["faces"] = faces_for("".join(sheet.texts), installed)
    try:
        made = compiler.compile(sys_inputs={"said": json.dumps(said)}, pdf_standards="ua-1", timestamp=0)
    except typst.TypstError as error:
        raise _reason(error) from None
    return copied_right(cast(bytes, made), sheet.name.text)


def _reason(error: typst.TypstError) -> Exception:
    found = _NO_GLYPH.search(str(error))
    # What else typst says of a sheet may repeat what stands on it.
    return Missing(script_of(found[1][0]) or "other signs") if found else RuntimeError("typst could not set the sheet")


@cache
def _compiler(*, with_machines: bool) -> tuple[typst.Compiler, Collection[str]]:
    """One for what we bring ourselves, alike on every machine; the other has the machine's faces besides."""
    ours = [str(_TEMPLATE.with_name("faces")), str(files("fontpkg_amiri") / "files")]
    fonts = typst.Fonts(include_system_fonts=with_machines, include_embedded_fonts=True, font_paths=ours)
    return typst.Compiler(str(_TEMPLATE), font_paths=fonts), frozenset(fonts.families())
