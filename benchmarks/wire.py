"""What travels to a browser that has never been here: the home page, the first unit, and the units after it."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urljoin

from tests.browser import NoBrowser, launched

from .quizzes import first_unit, unit_paths
from .results import Result
from .seed import PASSWORD, Filled
from .servers import Server, serving
from .visitor import Visitor

LATER = 6
HEADERS = {"Accept-Encoding": "br, gzip"}
_WITH_THE_PAGE = (
    re.compile(r'<link[^>]*rel="(?:stylesheet|preload|icon)"[^>]*href="([^"]+)"'),
    re.compile(r'<link[^>]*href="([^"]+)"[^>]*rel="(?:stylesheet|preload|icon)"'),
    re.compile(r'<(?:script|img)[^>]*src="([^"]+)"'),
)

Measure = Callable[[list[str]], list[float]]
"""The kilobytes that each of these pages costs, opened one after the other from an empty cache."""


def measure(filled: Filled) -> list[Result]:
    """As Chromium counts it, headers included; without Chromium, what the pages ask for by name."""
    with serving("wsgi:app", filled.env, path="/healthz") as server:
        visitor = Visitor(server)
        visitor.sign_in("participant@lemkin.example", PASSWORD)
        units = units_in_order(visitor)
        try:
            return _results(units, lambda paths: in_chromium(server, visitor, paths))
        except NoBrowser:
            return _results(units, lambda paths: without_browser(server, visitor, paths))


def units_in_order(visitor: Visitor) -> list[str]:
    """The first units of the course."""
    edition = first_unit(visitor).split("/")[2]
    return list(islice(unit_paths(visitor, edition), 1 + LATER))


def _results(units: list[str], kilobytes: Measure) -> list[Result]:
    """The units twice over: what comes with a page only now, such as another style of letters, and then the page."""
    home = kilobytes(["/"])[0]
    first, *rest = kilobytes([*units, *units])
    late, again = rest[: len(units) - 1], rest[len(units) :]
    return [
        Result("on the wire, home page, empty cache", home, "kB", 48),
        Result("on the wire, first unit page, empty cache", first, "kB", 72),
        Result("on the wire, the largest later unit page, assets cached", max(again), "kB", 15),
        Result("on the wire, the same with what it is the first to use", max(late), "kB"),
    ]


def in_chromium(server: Server, visitor: Visitor, paths: list[str]) -> list[float]:
    """What a fresh Chromium received for each page. Raises NoBrowser."""
    origin = f"http://127.0.0.1:{server.port}"
    with launched() as browser:
        context = browser.new_context()
        context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in visitor.cookies.items()])
        page = context.new_page()
        received: list[float] = []
        watch = context.new_cdp_session(page)
        watch.send("Network.enable")
        watch.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        sizes = []
        for path in paths:
            received.clear()
            page.goto(origin + path, wait_until="networkidle")
            sizes.append(sum(received) / 1000)
        return sizes


@dataclass
class _Cache:
    """A browser without eyes: fetches what a page names, once."""

    server: Server
    visitor: Visitor
    seen: set[str] = field(default_factory=set)

    def open(self, path: str) -> float:
        """Kilobytes for a page and for what it names and is not here yet."""
        _status, page = self.visitor.get(path)
        assets = {urljoin(path, name) for name in named_in(page)} - self.seen
        self.seen |= assets
        return sum(map(self._received, [path, *sorted(assets)])) / 1000

    def _received(self, path: str) -> int:
        connection: http.client.HTTPConnection = self.server.connect()
        connection.request("GET", path, headers={**HEADERS, **self.visitor.headers()})
        answer = connection.getresponse()
        head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        return len(answer.read()) + head


def named_in(page: str) -> Iterator[str]:
    """The styles, scripts, pictures and fonts that a page names itself."""
    for pattern in _WITH_THE_PAGE:
        yield from pattern.findall(page)


def without_browser(server: Server, visitor: Visitor, paths: list[str]) -> list[float]:
    """A lower figure than a browser's: a font that only the style sheet names is not in it."""
    cache = _Cache(server, visitor)
    return [cache.open(path) for path in paths]
