"""Sets the picture that carries signed records from lms/records/credentials/picture/badge.typ: `python -m tools.badge`.

Both files are kept in the repository, so that a record baked today and one baked in years are the same bytes.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import cast

import typst
from PIL import Image

from tools.assets import PAPER, ROOT

FOLDER = ROOT / "lms/records/credentials/picture"
_DOTS_AN_INCH = 130
_COLOURS = 32
_FRACTION = re.compile(r"\d+\.\d{3,}")


def svg() -> str:
    """The picture as outlines; a hundredth of a point is finer than any screen."""
    made = cast(bytes, _compiler().compile(format="svg")).decode()
    titled = re.sub(r'( xmlns:h5="[^"]*")?>', "><title>Completion record</title>", made, count=1)
    return _FRACTION.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), titled) + "\n"


def png() -> bytes:
    """The picture in points, with no more colours than it has."""
    drawn = Image.open(io.BytesIO(cast(bytes, _compiler().compile(format="png", ppi=_DOTS_AN_INCH))))
    made = io.BytesIO()
    drawn.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()


def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(PAPER)])
    return typst.Compiler(str(FOLDER / "badge.typ"), font_paths=fonts)


def main(folder: Path = FOLDER) -> None:
    """Write both."""
    (folder / "badge.svg").write_text(svg())
    (folder / "badge.png").write_bytes(png())


if __name__ == "__main__":
    main()
