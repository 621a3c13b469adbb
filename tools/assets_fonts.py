"""Cuts the reading font "Lemkin Text" out of Gentium Book Plus: the letters the pages need, and no more.

And joins the parts of that package into the faces of certificates, "Lemkin Paper": every letter that names may need.
The licence (SIL OFL 1.1) reserves the original name, so a cut font carries another one; OFL.txt travels with it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

NAME = "Lemkin Text"
A_DAY_IN_2022 = 3_725_000_000  # seconds since 1904, the font format's year one
PARTS = ("latin", "latin-ext")  # the package splits the font; a cut goes through both and joins them again

TEXT = "20-22 26-29 2C-3B 3F 41-5A 61-7A A0 A1 AB BB BF C0-D6 D8-F6 F8-FF 2013-2014 2018-201A 201C-201E 2026 202F"
SYMBOLS = "23-25 2A-2B 3C-3E 40 5B-60 7B-7E D7 F7"
# Bosnian, Croatian, Polish, Serbian, Turkish, Œ of French: what a title or an emphasis is likely to hold.
NEIGHBOURS = "104-107 10C-10D 110-111 118-119 11E-11F 130-131 141-144 152-153 15A-15B 15E-161 179-17E"
# The names of people of every country that writes in Latin letters, Azerbaijani and Romanian among them.
NAMES = "A0-17F 18F 1A0-1A1 1AF-1B0 218-21B 259 2010-2015 201E-2022 2030 2032-2033 2039-203A 20AC 2212"

# Before French marks such as ; and : stands a narrow space that does not break. Gentium has the thin one, as wide.
THIN, NARROW = 0x2009, 0x202F

# Each face: its file in the package, its style, and its letters. Bold stands only inside text, so it has the fewest.
FACES = {
    "fonts/lemkin-text.woff2": ("400-normal", "Regular", f"{TEXT} {SYMBOLS} {NAMES}"),
    "fonts/lemkin-text-italic.woff2": ("400-italic", "Italic", f"{TEXT} {SYMBOLS} {NEIGHBOURS}"),
    "fonts/lemkin-text-bold.woff2": ("700-normal", "Bold", f"{TEXT} {NEIGHBOURS}"),
}


def cut_all(package: Path) -> dict[str, bytes]:
    """The three faces as woff2, by logical name."""
    return {
        logical: _cut(package, source, style, _code_points(letters))
        for logical, (source, style, letters) in FACES.items()
    }


PAPER = "Lemkin Paper"
PAPER_PARTS = (*PARTS, "vietnamese", "cyrillic", "cyrillic-ext", "greek", "greek-ext")
PAPER_FACES = {"lemkin-paper-regular.ttf": ("400-normal", "Regular"), "lemkin-paper-bold.ttf": ("700-normal", "Bold")}


def join_all(package: Path) -> dict[str, bytes]:
    """The faces of certificates: every letter that the package has, in one file each, as a printer reads them."""
    return {name: _joined(package, source, style) for name, (source, style) in PAPER_FACES.items()}


def _joined(package: Path, source: str, style: str) -> bytes:
    taken: set[int] = set()
    with TemporaryDirectory() as folder:
        parts = []
        for part in PAPER_PARTS:
            # A letter that two parts have is taken from the first of them.
            font = TTFont(package / f"files/gentium-book-plus-{part}-{source}.woff2")
            own = set(font.getBestCmap()) - taken
            parts.append(_cut_part(package, source, part, own, Path(folder), features=("kern", "mark", "mkmk")))
            taken |= own
        font = Merger().merge(parts)
    return _written(font, style, PAPER)


def _code_points(ranges: str) -> set[int]:
    bounds = [part.partition("-") for part in ranges.split()]
    return {point for first, _, last in bounds for point in range(int(first, 16), int(last or first, 16) + 1)}


def _cut(package: Path, source: str, style: str, letters: set[int]) -> bytes:
    with TemporaryDirectory() as folder:
        parts = [_cut_part(package, source, part, letters, Path(folder)) for part in PARTS]
        font = Merger().merge(parts)
    return _written(font, style, NAME, flavor="woff2")


def _written(font: TTFont, style: str, name: str, flavor: str | None = None) -> bytes:
    _rename(font, style, name)
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = A_DAY_IN_2022  # equal letters, equal bytes, equal name
    font.flavor = flavor
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def _cut_part(
    package: Path, source: str, part: str, letters: set[int], folder: Path, features: Iterable[str] = ("kern",)
) -> str:
    options = Options(hinting=False, layout_features=[*features], glyph_names=False, drop_tables=["gasp", "GSUB"])
    font = TTFont(package / f"files/gentium-book-plus-{part}-{source}.woff2")
    _give_narrow_space(font)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    font.flavor = None
    path = folder / f"{part}.ttf"
    font.save(path)
    return str(path)


def _give_narrow_space(font: TTFont) -> None:
    for table in font["cmap"].tables:
        if THIN in table.cmap:
            table.cmap.setdefault(NARROW, table.cmap[THIN])


def _rename(font: TTFont, style: str, name: str) -> None:
    copyright_notice = font["name"].getDebugName(0)
    font["name"].names = []
    postscript = f"{name.replace(' ', '')}-{style}"
    licence = "SIL Open Font License 1.1; cut from Gentium Book Plus"
    for number, text in {
        0: copyright_notice,
        1: name,
        2: style,
        4: f"{name} {style}",
        6: postscript,
        13: licence,
    }.items():
        font["name"].setName(text, number, 3, 1, 0x409)
