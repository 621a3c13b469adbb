"""A sheet to draw on: lettering and shapes at their places, in units of which the sheet is `width` wide.

Layouts work from the start of the line to its end, as a reader of a left-to-right language does; `mirrored` turns a
finished drawing for the others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import field

from lms.kernel.values import dataclass

from . import lettering
from .lettering import Style

Place = tuple[str, ...]
"""Where a text stands in the data of the figure: fields by their names, entries of lists by their ids."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """Lines of text. `x` is where they start, end or have their middle, `y` the top of the first."""

    x: float
    y: float
    lines: tuple[str, ...]
    style: Style
    anchor: str = "start"

    @property
    def bottom(self) -> float:
        """Where the last line ends."""
        return self.y + len(self.lines) * self.style.leading

    @property
    def start(self) -> float:
        """Where the widest line begins."""
        wide = lettering.widest(list(self.lines), self.style)
        return self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]

    @property
    def end(self) -> float:
        """Where the widest line ends."""
        return self.start + lettering.widest(list(self.lines), self.style)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `look` is the class that paints it."""

    x: float
    y: float
    width: float
    height: float
    look: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A circle."""

    x: float
    y: float
    radius: float
    look: str


@dataclass(frozen=True, slots=True)
class Line:
    """Straight strokes through points; with `curved`, four points are a curve from the first to the last."""

    points: tuple[tuple[float, float], ...]
    look: str
    curved: bool = False


Shape = Box | Dot | Line


@dataclass(frozen=True, slots=True)
class Misfit:
    """A text that does not fit its place: how many lines there are for it, of about how many letters."""

    place: Place
    text: str
    most: int
    letters: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished sheet; shapes lie below lettering, in the order they were put down."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    lettering: tuple[Lettering, ...]
    misfits: tuple[Misfit, ...] = ()


@dataclass
class Sheet:
    """A sheet under the pen of a layout."""

    width: float
    shapes: list[Shape] = field(default_factory=list)
    written: list[Lettering] = field(default_factory=list)
    misfits: list[Misfit] = field(default_factory=list)

    def broken(self, place: Place, text: str, style: Style, room: float, most: int) -> tuple[str, ...]:
        """The text in lines for a room; noted as a misfit when there are too many, or one is too wide."""
        found = lettering.lines(text, style, room)
        if len(found) > most or lettering.widest(found, style) > room:
            self.misfits.append(Misfit(place, text, most, int(room / style.size / 0.6)))
        return tuple(found)

    def write(self, x: float, y: float, lines: tuple[str, ...], style: Style, anchor: str = "start") -> float:
        """Put lines down; answers with the height at which they end."""
        put = Lettering(x, y, lines, style, anchor)
        self.written.append(put)
        return put.bottom

    def draw(self, *shapes: Shape) -> None:
        """Put shapes down, above those that lie there."""
        self.shapes += shapes

    def finished(self, height: float) -> Drawing:
        """The drawing, cut at `height`."""
        return Drawing(self.width, height, tuple(self.shapes), tuple(self.written), tuple(self.misfits))


def mirrored(drawing: Drawing) -> Drawing:
    """The same for a language that runs from right to left. Anchors stay: the start of a line is at the right there."""
    turn = drawing.width.__sub__
    shapes = tuple(_turned(shape, drawing.width) for shape in drawing.shapes)
    written = tuple(dataclasses.replace(put, x=turn(put.x)) for put in drawing.lettering)
    return dataclasses.replace(drawing, shapes=shapes, lettering=written)


def _turned(shape: Shape, width: float) -> Shape:
    if isinstance(shape, Line):
        return dataclasses.replace(shape, points=tuple((width - x, y) for x, y in shape.points))
    if isinstance(shape, Box):
        return dataclasses.replace(shape, x=width - shape.x - shape.width)
    return dataclasses.replace(shape, x=width - shape.x)


def spread(wanted: list[float], heights: list[float], gap: float, top: float) -> list[float]:
    """Tops for things of these heights, in this order, none above `top` or nearer than `gap` to the one before, as near
    to where they are wanted as can be (least squares, by pooling adjacent violators)."""
    offsets = [sum(heights[:at]) + at * gap for at in range(len(heights))]
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        pool = (want - offset, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, count = pools.pop()
            pool = ((mean * count + pool[0] * pool[1]) / (count + pool[1]), count + pool[1])
        pools.append(pool)
    levels = (max(mean, top) for mean, count in pools for _ in range(count))
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def overlaps(drawing: Drawing) -> Iterator[tuple[Lettering, Lettering]]:
    """Pairs of texts that would lie on one another."""
    for at, one in enumerate(drawing.lettering):
        for other in drawing.lettering[at + 1 :]:
            beside = one.end <= other.start or other.end <= one.start
            if not beside and one.bottom > other.y and other.bottom > one.y:
                yield one, other
