"""The square code of a certificate."""

from __future__ import annotations

import io

import segno

CORRECTION = "m"
QUIET = 4
"""Light modules around the code, which whoever reads it needs (ISO/IEC 18004)."""


def square_of(content: str) -> str:
    """The code as an SVG that fills the box it is set in."""
    made = io.BytesIO()
    code = segno.make(content, error=CORRECTION, boost_error=False, micro=False)
    code.save(made, kind="svg", border=QUIET, xmldecl=False, light="#fff", dark="#17201d", omitsize=True)
    return made.getvalue().decode()
