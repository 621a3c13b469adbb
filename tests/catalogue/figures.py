"""One small figure of each kind, and the drawings they give: `python -m tests.catalogue.figures` writes these anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lms.catalogue.figures.figure import figure_html

GOLDEN = Path(__file__).parent / "golden"

PILLARS: dict[str, Any] = {
    "id": "house",
    "kind": "pillars",
    "title": "What holds a house",
    "over": "A roof over everybody",
    "pillars": [
        {
            "id": "stone",
            "label": "Stone",
            "name": "Those who build",
            "parts": [{"id": "walls", "label": "Walls"}, {"id": "floors", "label": "Floors that carry"}],
            "foot": "From the beginning",
            "cites": ["S001"],
        },
        {
            "id": "wood",
            "label": "Wood",
            "name": "Those who repair",
            "parts": [{"id": "doors", "label": "Doors & windows"}],
            "cites": ["S001 p. 2"],
        },
    ],
    "under": "Neither stands alone.",
    "text": "Two pillars hold a roof over everybody. [@S001]",
}

SCALE: dict[str, Any] = {
    "id": "between",
    "kind": "scale",
    "title": "A short storm and a long repair",
    "periods": [
        {
            "id": "storm",
            "from": "2010-01-10",
            "to": "2010-03-14",
            "grave": True,
            "label": "of storm",
            "cites": ["S001"],
        },
        {"id": "repair", "from": "2010-03-14", "to": "2014-03-14", "label": "of repair", "cites": ["S001"]},
        {"id": "feast", "at": "2014-03-14", "label": "of rest", "cites": ["S001"]},
    ],
    "events": [
        {"id": "wind", "at": "2010-01-10", "label": "The wind comes", "cites": ["S001"]},
        {"id": "calm", "at": "2010-03-14", "label": "It is calm", "cites": ["S001"]},
        {"id": "plan", "at": "2011", "label": "A plan", "cites": ["S001"]},
        {"id": "roof", "at": "2013-06", "label": "A roof", "cites": ["S001"]},
        {"id": "end", "at": "2014-03-14", "label": "All is done", "cites": ["S001"]},
    ],
    "text": "The storm of 2010 was short, the repair of 2011 to 2014, with a roof in 2013, was long. [@S001]",
}

PATH: dict[str, Any] = {
    "id": "rivers",
    "kind": "path",
    "title": "Two rivers and a sea",
    "strands": [
        {
            "id": "north",
            "label": "From the north",
            "stations": [
                {"id": "spring", "at": "2001", "label": "A spring", "cites": ["S001"]},
                {"id": "mill", "at": "2003-05", "label": "A mill", "note": "It still turns", "cites": ["S001"]},
            ],
        },
        {
            "id": "south",
            "label": "From the south",
            "stations": [{"id": "lake", "at": "2002", "label": "A lake", "cites": ["S001"]}],
        },
    ],
    "together": [
        {"id": "bridge", "at": "2004-07-01", "label": "A bridge", "cites": ["S001"]},
        {"id": "sea", "label": "The sea", "note": "Where all rivers go", "cites": ["S001"]},
    ],
    "text": "Springs of 2001 and lakes of 2002 passed a mill in 2003 and met at a bridge in 2004. [@S001]",
}

SAMPLES = {"pillars": PILLARS, "scale": SCALE, "path": PATH}
WORDS = "The same, <b>in words</b>."


def drawn() -> dict[str, str]:
    """Each sample as HTML, and one of them mirrored, by the name of its file."""
    made = {name: figure_html(data, "en", WORDS) for name, data in SAMPLES.items()}
    return {**made, "scale-mirrored": figure_html(SCALE, "ar", WORDS)}


if __name__ == "__main__":
    for name, html in drawn().items():
        (GOLDEN / f"{name}.html").write_text(html, encoding="utf-8")
