"""Pages set by typst. The worker alone imports this: it would make each web worker heavier."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import typst

from lms.kernel.values import dataclass

from .faces import script_of
from .sheet import Missing

_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')


@dataclass(frozen=True, slots=True)
class Setter:
    """A template, with the faces that are there for it."""

    name: str
    compiler: typst.Compiler
    installed: Collection[str]

    def pdf_of(self, said: Mapping[str, Any]) -> bytes:
        """What is said as a tagged PDF (PDF/UA-1), made of nothing else: no clock, no random number, no path. Raises
        Missing for a letter that no face here has."""
        inputs = {"said": json.dumps(said)}
        try:
            return cast(bytes, self.compiler.compile(sys_inputs=inputs, pdf_standards="ua-1", timestamp=0))
        except typst.TypstError as error:
            raise self._reason(error) from None

    def _reason(self, error: typst.TypstError) -> Exception:
        found = _NO_GLYPH.search(str(error))
        if found:
            return Missing(script_of(found[1][0]) or "other signs")
        # What else typst says of a text may repeat it.
        return RuntimeError(f"typst could not set {self.name}")


@cache
def setter(template: Path, *, with_machines: bool = True) -> Setter:
    """With the faces that we bring along, alike on every machine, and those of the machine."""
    ours = [str(Path(__file__).with_name("faces")), str(files("fontpkg_amiri") / "files")]
    fonts = typst.Fonts(include_system_fonts=with_machines, include_embedded_fonts=True, font_paths=ours)
    return Setter(template.stem, typst.Compiler(str(template), font_paths=fonts), frozenset(fonts.families()))
