"""A drawing as SVG: shapes and lettering, gathered under the classes that paint them; no colour or face inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from .lettering import STYLES
from .sheet import Box, Dot, Drawing, Lettering, Line, Shape, mirrored

# What shapes are painted with, lowest first.
LOOKS = ("panel", "grave", "bar", "ground", "fine", "hair", "way", "stop")


def _class(name: str) -> str:
    return f"d-{name}"


CLASSES = frozenset(map(_class, (*LOOKS, *(style.name for style in STYLES if style.name), "middle", "end")))
"""Every class inside a drawing; each stands in the style sheet."""


def svg(drawing: Drawing, name: str, look: str, *, right_to_left: bool) -> str:
    """The element, to be shown under the class `look` and spoken as `name`."""
    drawn = mirrored(drawing) if right_to_left else drawing
    inside = "".join((*_shapes(drawn.shapes), *_lettering(drawn.lettering)))
    box = f"0 0 {_number(drawn.width)} {_number(drawn.height)}"
    return f'<svg class="draw {look}" viewBox="{box}" role="img" aria-label="{escape(name)}">{inside}</svg>\n'


def _shapes(shapes: Iterable[Shape]) -> Iterator[str]:
    """Boxes below lines below dots; those that look alike share a group."""
    for (kind, look), alike in groupby(sorted(shapes, key=_layer), key=lambda shape: (type(shape), shape.look)):
        if kind is Line:
            yield f'<path class="{_class(look)}" d="{"".join(map(_inside, alike))}"></path>'
        else:
            yield f'<g class="{_class(look)}">{"".join(map(_inside, alike))}</g>'


def _layer(shape: Shape) -> tuple[int, int]:
    return (Box, Line, Dot).index(type(shape)), LOOKS.index(shape.look)


def _inside(shape: Shape) -> str:
    if isinstance(shape, Line):
        first, *rest = (f"{_number(x)} {_number(y)}" for x, y in shape.points)
        return f"M{first}{'C' if shape.curved else 'L'}{' '.join(rest)}"
    if isinstance(shape, Dot):
        return f'<circle cx="{_number(shape.x)}" cy="{_number(shape.y)}" r="{_number(shape.radius)}"></circle>'
    size = f'width="{_number(shape.width)}" height="{_number(shape.height)}"'
    return f'<rect x="{_number(shape.x)}" y="{_number(shape.y)}" {size}></rect>'


def _lettering(written: Iterable[Lettering]) -> Iterator[str]:
    """In reading order; texts that look alike and follow each other share a group."""
    for (look, anchor), alike in groupby(written, key=lambda put: (put.style.name, put.anchor)):
        classes = " ".join(_class(name) for name in (look, anchor) if name and name != "start")
        head = f'<g class="{classes}">' if classes else "<g>"
        yield f"{head}{''.join(map(_text, alike))}</g>"


def _text(put: Lettering) -> str:
    x, leading = _number(put.x), put.style.leading
    # Capitals are about seven tenths of the size high; they stand in the middle of their line.
    base = put.y + (leading + put.style.size * 0.7) / 2
    first, *rest = map(escape, put.lines)
    more = "".join(f'<tspan x="{x}" dy="{leading}">{line}</tspan>' for line in rest)
    return f'<text x="{x}" y="{_number(base)}">{first}{more}</text>'


def _number(value: float) -> str:
    """To a tenth of a unit, as short as it can be written."""
    return f"{round(value, 1) + 0:g}"
