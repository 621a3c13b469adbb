"""What an author's HTML may be: the tags, attributes, classes and addresses of a course text, and nothing else."""

from __future__ import annotations

import re
from functools import partial

import nh3

from .figures.svg import CLASSES as DRAWN
from .media import html as media

_TAGS = {"a", "p", "ul", "ol", "li", "h2", "h3", "em", "strong", "b", "blockquote", "code", "pre", "hr", "br", "cite"}
_TAGS |= {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "figure",
    "figcaption",
    "div",
    "button",
    "span",
    "dl",
    "dt",
    "dd",
    "details",
    "summary",
    "img",
    "bdi",
}
_DRAWN_TAGS = {"svg", "g", "path", "rect", "circle", "text", "tspan"}
_TAGS |= _DRAWN_TAGS
_ATTRIBUTES = {
    "a": {"href", "id", "class", "role", "aria-label", "title", "rel"},
    "button": {"class", "type", "popovertarget"},
    "h2": {"id"},
    "h3": {"id"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "th": {"scope", "class"},
    "figure": {"class", "dir"},
    "img": set(media.ATTRIBUTES),
    **{tag: {"class"} for tag in ("p", "ul", "ol", "li", "td", "blockquote", "span", "dl", "details", "g")},
    "svg": {"class", "viewBox", "role", "aria-label"},
    "path": {"class", "d"},
    "rect": {"x", "y", "width", "height"},
    "circle": {"cx", "cy", "r"},
    "text": {"x", "y"},
    "tspan": {"x", "dy"},
}
_CLASSES = frozenset({"ref", "term", "timeline", "actors", "decisions", "fig", "pull", "scroll", "rubric", "review"})
_CLASSES |= {"fig-title", "fig-words", "fig-picture", "fig-from", "fig-whole", "whole"}
_DRAWING = {"svg": frozenset({"draw", "draw-slim", "draw-wide"}), "g": DRAWN, "path": DRAWN}
# Within a drawing every value but its name is numbers, or the letters of a path between them.
_NUMBERS = re.compile(r"[MLC0-9 .-]+")


def sanitise(html: str, ids: str = "") -> str:
    """Only the tags, attributes, classes and addresses a course text may have. `ids` is put before every id and before
    what leads to one, for a page that shows two texts beside each other."""
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=partial(_attribute, ids),
        url_schemes={"http", "https"},
        link_rel=None,
    )
    return media.without_strangers(clean)


def _attribute(ids: str, tag: str, name: str, value: str) -> str | None:
    if name == "class":
        kept = [word for word in value.split() if word in _DRAWING.get(tag, _CLASSES)]
        return " ".join(kept) or None
    if name in ("id", "popovertarget"):
        return ids + value
    if name == "href":
        return f"#{ids}{value[1:]}" if value.startswith("#") else value
    if tag == "img":
        return media.attribute(name, value)
    return _drawn(tag, name, value)


def _drawn(tag: str, name: str, value: str) -> str | None:
    """The attributes that figures have: numbers, a direction, the role of a picture; of other tags, any."""
    if name == "dir":
        return value if value in {"ltr", "rtl"} else None
    if tag == "svg" and name == "role":
        return value if value == "img" else None
    if tag in _DRAWN_TAGS and name != "aria-label":
        return value if _NUMBERS.fullmatch(value) else None
    return value
