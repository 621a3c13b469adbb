"""How much room a text takes before anybody has drawn it, and where its lines break.

A drawing on the server cannot ask the reader's machine. So letters are measured by the widest face they may be shown
in: DejaVu Sans for the interface face, and for the reading face the shipped one with room for what stands in for it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from lms.kernel.values import dataclass

# Hundredths of the size for the letters of ASCII, rounded up to steps of five.
_SANS = {
    30: "'IJijl", 35: " ,./:;\\|", 40: "()-[]ft", 45: "!r", 50: '"*_`', 55: "?csz", 60: "FLkvxy",
    65: "$0123456789EPSTYabdeghnopqu{}", 70: "ABCKRVXZ", 75: "NU", 80: "&DGHOQ", 85: "#+<=>^w~", 90: "M", 100: "%@Wm",
}  # fmt: skip
_SERIF = {
    25: " ,.:;|", 30: "!'ijl", 35: "()-IJ[]`f{}", 40: "_st", 45: '"*+<=>?crz', 50: "#$/0123456789FLS\\^aegvy~",
    55: "CEPZbdkopqux", 60: "BGKRThn", 65: "ADOQXY", 70: "&HNUV", 75: "%w", 85: "@Mm", 90: "W",
}  # fmt: skip
# Of other letters the widest; the rest by what they are.
_BROAD = {**dict.fromkeys("ÆŒæœЖШЩЮЉЊ", 110), **dict.fromkeys("жшщюыфљњωώ", 95)}
_OTHER, _CAPITAL, _DASH, _FULL = 70, 90, 100, 105
# Georgia and Noto Serif stand in for the reading face, and are wider.
_STANDING_IN = 1.1
_BREAK = re.compile(r"(?<=[^\W\d][-/])(?=[^\W\d])")


@dataclass(frozen=True, slots=True)
class Style:
    """A way of lettering, its size and the height of its lines in units; `name` is the class of the style sheet that
    sets it, empty for what is set like the whole drawing."""

    name: str
    size: int
    leading: int
    serif: bool = False


HEAD = Style("head", 20, 26, serif=True)
NAME = Style("name", 17, 22, serif=True)
WORDS = Style("", 14, 19)
SOFT = Style("soft", 14, 19)
SMALL = Style("small", 13, 17)
STYLES = (HEAD, NAME, WORDS, SOFT, SMALL)


def width(text: str, style: Style) -> float:
    """The units a line takes at most."""
    letters = sum(map(_face(style.serif).__getitem__, text))
    return letters * style.size / 100 * (_STANDING_IN if style.serif else 1)


def lines(text: str, style: Style, room: float) -> list[str]:
    """The text broken to `room` units in as few lines as it needs, these as even as they can be.

    A word that is wider than the room stands in a line of its own: `widest` tells.
    """
    least, most = 0.0, room
    wanted = len(_broken(text, style, room))
    while most - least > 1:
        between = (least + most) / 2
        if len(_broken(text, style, between)) > wanted:
            least = between
        else:
            most = between
    return _broken(text, style, most)


def widest(broken: list[str], style: Style) -> float:
    """The units that the widest of some lines takes."""
    return max((width(line, style) for line in broken), default=0.0)


def _broken(text: str, style: Style, room: float) -> list[str]:
    made = [""]
    for joint, piece in _pieces(text):
        longer = made[-1] + joint + piece if made[-1] else piece
        if made[-1] and width(longer, style) > room:
            made.append(piece)
        else:
            made[-1] = longer
    return made


def _pieces(text: str) -> list[tuple[str, str]]:
    """What may stand in a line of its own, with what joins it to the piece before: a space, after a hyphen nothing."""
    return [
        ("" if at else " ", piece) for word in text.split(" ") if word for at, piece in enumerate(_BREAK.split(word))
    ]


class _Face(dict[str, int]):
    """The hundredths that each letter takes. What is worked out for one is kept: a figure measures the same words many
    times, until its lines are as even as they can be."""

    def __init__(self, known: dict[str, int]) -> None:
        super().__init__(known)
        self._known = known

    def __missing__(self, letter: str) -> int:
        self[letter] = _other(letter, self._known)
        return self[letter]


@lru_cache(maxsize=2)
def _face(serif: bool) -> _Face:
    return _Face(
        {letter: size for size, letters in (_SERIF if serif else _SANS).items() for letter in letters} | _BROAD
    )


def _other(letter: str, face: dict[str, int]) -> int:
    plain = unicodedata.normalize("NFD", letter)[0]
    if plain in face:
        return face[plain]
    if unicodedata.east_asian_width(letter) in "WF":
        return _FULL
    kinds = {"Cf": 0, "Mn": 0, "Me": 0, "Zs": face[" "], "Pd": _DASH, "Lu": _CAPITAL, "Po": _DASH, "So": _DASH}
    return kinds.get(unicodedata.category(letter), _OTHER)
