"""From the words of a copy to its PDF. The worker alone imports this: typst would make each web worker heavier."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import cast

import typst

from lms.records import certificates
from lms.records.certificates.faces import faces_for, script_of
from lms.records.certificates.sheet import Missing

from .wording import Pages

_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
_TEMPLATE = Path(__file__).with_name("own_copy.typ")


def pdf_of(pages: Pages) -> bytes:
    """The pages as a tagged PDF (PDF/UA-1); raises Missing for a letter that no face here has."""
    compiler, installed = _compiler()
    said = {**asdict(pages), "lang": pages.language.split("_")[0], "faces": faces_for("".join(pages.texts), installed)}
    try:
        made = compiler.compile(sys_inputs={"said": json.dumps(said)}, pdf_standards="ua-1", timestamp=0)
    except typst.TypstError as error:
        raise _reason(error) from None
    return cast(bytes, made)


def _reason(error: typst.TypstError) -> Exception:
    found = _NO_GLYPH.search(str(error))
    # What else typst says of a text may repeat it.
    return Missing(script_of(found[1][0]) or "other signs") if found else RuntimeError("typst could not set the pages")


@cache
def _compiler() -> tuple[typst.Compiler, Collection[str]]:
    """With the faces that certificates bring along, and those of the machine."""
    ours = [str(Path(certificates.__file__).with_name("faces")), str(files("fontpkg_amiri") / "files")]
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=ours)
    return typst.Compiler(str(_TEMPLATE), font_paths=fonts), frozenset(fonts.families())
