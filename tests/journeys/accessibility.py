"""What a page is held to by axe-core, at a width and in a theme, and whether it fits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WHOLE: Mapping[str, Any] = {"type": "tag", "values": TAGS}
# All that a theme can spoil: the dark one gives the colours other values and no more (tests/web/test_styles.py).
COLOURS: Mapping[str, Any] = {"type": "rule", "values": ("color-contrast", "link-in-text-block")}
# The narrowest that WCAG 1.4.10 asks for; no breakpoint lies between it and a phone's 360 (the same tests).
EVERY = tuple((width, scheme) for width in (320, 1280) for scheme in ("light", "dark"))
TWO = ((1280, "light"), (360, "dark"))
TALL = 900


def faults(page: Page, shapes: Iterable[tuple[int, Any]]) -> list[str]:
    """What is wrong with the page as it stands, in each width and theme; at a width again, with its colours."""
    page.evaluate(AXE_SCRIPT)
    widths: set[int] = set()
    found = []
    for width, scheme in shapes:
        found += _faults_in(page, width, scheme, COLOURS if width in widths else WHOLE)
        widths.add(width)
    return found


def _faults_in(page: Page, width: int, scheme: Any, rules: Mapping[str, Any]) -> list[str]:
    page.set_viewport_size({"width": width, "height": TALL})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    options = json.dumps({"resultTypes": ["violations"], "runOnly": rules})
    found = page.evaluate(f"axe.run({options}).then(result => result.violations)")
    said = [
        f"{fault['id']} at {width} {scheme}: {', '.join(str(node['target'][0]) for node in fault['nodes'][:3])}"
        for fault in found
    ]
    return said + too_wide(page, f"{width} {scheme}")


def too_wide(page: Page, shown: str) -> list[str]:
    """The parts that stick out sideways, if the page has to be scrolled sideways."""
    if page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
        return []
    return [f"overflow at {shown}: {', '.join(page.evaluate(STICKING_OUT))}"]


STICKING_OUT = """() => {
  const wide = document.documentElement.clientWidth, out = [];
  for (const one of document.querySelectorAll("main *, header *, footer *")) {
    const box = one.getBoundingClientRect();
    if (box.width && (box.right > wide + 1 || box.left < -1) && !one.closest(".scroll") && !one.closest(".vh"))
      out.push(one.tagName.toLowerCase() + "." + one.className);
  }
  return out.slice(0, 4);
}"""
