"""The square code of a certificate."""

from __future__ import annotations

import io

import segno

CORRECTION = "m"
MASK = 2
"""Which of the eight patterns is laid over the modules. Trying all of them takes three quarters of the time; what the
code holds is a signature and so as good as random, which none of them makes harder to read than another."""
QUIET = 4
"""Light modules around the code, which whoever reads it needs (ISO/IEC 18004)."""


def square_of(content: str) -> str:
    """The code as an SVG that fills the box it is set in."""
    made = io.BytesIO()
    code = segno.make(content, error=CORRECTION, boost_error=False, micro=False, mask=MASK)
    code.save(made, kind="svg", border=QUIET, xmldecl=False, light="#fff", dark="#17201d", omitsize=True)
    return made.getvalue().decode()
