"""The pages a person can reach from where they begin, by following links: some of each shape, or all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.journeys import steps
from tests.journeys.contents import contents
from tests.journeys.running import Running, free_port

# Each with what else there is to see: a reading half done, one finished, a record, each mandate; "" is nobody.
PEOPLE = ("", "participant", "sofia", "finisher", "alumna", "coordinator", "administrator", "trainer", "focal-point",
          "observer", "evaluator")  # fmt: skip
OPEN_DOORS = ("sign-in", "forgot", "help", "accessibility", "privacy", "mailbox")
MOST_PAGES = 600
# Of each shape: six show what one alone may hide, and of shapes none is left out. One person follows every link.
OF_EACH, WHO_SEES_ALL = 6, "finisher"
# The same for everybody, and meant to be kept: the page that verifies records without a network has a test of its own.
FOR_KEEPING = ("/verify/offline",)
SAMPLES = 2


@dataclass
class Found(HTMLParser):
    """What stands in a page, as far as a crawl asks."""

    links: list[str] = field(default_factory=list)
    title: str = ""
    headings: int = 0
    _inside_title: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.headings += tag == "h1"
        self._inside_title = tag == "title"
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")

    def handle_data(self, data: str) -> None:
        if self._inside_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        self._inside_title = False


@dataclass(frozen=True)
class Seen:
    """One address, what came back, and from where it was found."""

    url: str
    status: int
    headers: dict[str, str]
    body: str
    found: Found
    origin: str

    @property
    def address(self) -> str:
        """Path and query."""
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def is_page(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")


def signed_in(chromium: Browser, house: Running, who: str) -> BrowserContext:
    """A browser of somebody's own, quick and still; for "" of nobody."""
    context = chromium.new_context(base_url=f"{house.url}/", locale="en-GB")
    if who:
        page = context.new_page()
        steps.sign_in(page, who)
        page.close()
    return context


def crawl(context: BrowserContext, house: Running, who: str) -> list[Seen]:
    """Everything that links lead to from home, or for nobody from the open doors; each address once, and at most
    six of each shape, or for one person all."""
    most = MOST_PAGES if who == WHO_SEES_ALL else OF_EACH
    begin = [""] if who else list(OPEN_DOORS)
    waiting = [(urljoin(f"{house.url}/", path), "") for path in begin]
    known, taken = {url for url, _origin in waiting}, Counter(shape(url) for url, _origin in waiting)
    seen: dict[str, Seen] = {}
    while waiting:
        assert len(seen) < MOST_PAGES, f"there is no end to what {who or 'nobody'} finds: {waiting[:5]}"
        one = _look(context, *waiting.pop(0))
        seen.setdefault(one.url, one)
        for url in _own_links(one, house):
            if url not in known and taken[shape(url)] < (1 if is_list(url) else most):
                known.add(url)
                taken[shape(url)] += 1
                waiting.append((url, one.address))
    return list(seen.values())


def _look(context: BrowserContext, url: str, origin: str) -> Seen:
    answer = context.request.get(url)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    # A bundle is no text; what of it could be read is read for names all the same.
    body, found = answer.body().decode("utf-8", "replace"), Found()
    if headers.get("content-type", "").startswith("text/html"):
        found.feed(body)
    return Seen(answer.url, answer.status, headers, body, found, origin)


def _own_links(one: Seen, house: Running) -> Iterator[str]:
    """Links within the house, but those to the same page in another language: it would be kept for every later page."""
    for link in one.found.links:
        url = urldefrag(urljoin(one.url, link)).url
        if url.startswith(f"{house.url}/") and "lang" not in dict(parse_qsl(urlsplit(url).query)):
            yield url


def is_list(url: str) -> bool:
    """Whether it leads to a list that is taken away as a file: with whatever filter and in either form, it is the same
    list made anew, and who takes many is asked to wait."""
    return urlsplit(url).path.endswith((".csv", ".xlsx"))


def shape(url: str) -> str:
    """The address with every id taken out, so that pages made by one view look alike."""
    parts = urlsplit(url)
    path = re.sub(r"/[A-Za-z0-9_-]{22}(?=/|$)", "/*", parts.path)
    path = re.sub(r"/(units|modules|terms|sources|try|texts/[^/]+)/[^/]+", r"/\1/*", path)
    if is_list(url):
        return path.rpartition(".")[0]
    return path + "?" + "&".join(sorted({name for name, _value in parse_qsl(parts.query)}))


class Gallery:
    """A house that is only looked at, everybody's browser in it, and the pages they reach."""

    def __init__(self, chromium: Browser, house: Running) -> None:
        self.chromium, self.house = chromium, house
        self._browsers: dict[str, BrowserContext] = {}
        self._reached: dict[str, list[Seen]] = {}
        self.changed: dict[str, list[str]] = {}
        """The tables that are not as they were before somebody's crawl."""

    def browser(self, who: str) -> BrowserContext:
        if who not in self._browsers:
            self._browsers[who] = signed_in(self.chromium, self.house, who)
        return self._browsers[who]

    def reached(self, who: str) -> list[Seen]:
        """All that a crawl finds for somebody."""
        if who not in self._reached:
            browser, before = self.browser(who), contents(self.house.home)
            self._reached[who] = crawl(browser, self.house, who)
            after = contents(self.house.home)
            self.changed[who] = [table for table in before if before[table] != after.get(table)]
        return self._reached[who]

    def pages(self, who: str) -> list[Seen]:
        """One or two of each shape."""
        chosen, taken = [], Counter[str]()
        for one in self.reached(who):
            taken[shape(one.url)] += 1
            if one.is_page and taken[shape(one.url)] <= SAMPLES and not one.address.endswith(FOR_KEEPING):
                chosen.append(one)
        return chosen

    def inspected(self, who: str) -> list[Seen]:
        """What is looked at closely. Texts and questions differ from person to person; for other pages one person who
        sees them is enough."""
        earlier = {shape(one.url) for other in PEOPLE[: PEOPLE.index(who)] for one in self.pages(other)}
        every = one_of_each(self.pages(who))
        return [one for one in every if shape(one.url) not in earlier or "/learn/" in one.url]

    def close(self) -> None:
        for context in self._browsers.values():
            context.close()


@contextmanager
def opened(chromium: Browser, home: Path) -> Iterator[Gallery]:
    """A house on this home, until the block is left."""
    running = Running(home, free_port())
    try:
        running.serve()
        shared = Gallery(chromium, running)
        yield shared
        shared.close()
    finally:
        running.stop()


def one_of_each(pages: Iterable[Seen]) -> list[Seen]:
    """The first of each shape."""
    chosen: dict[str, Seen] = {}
    for one in pages:
        chosen.setdefault(shape(one.url), one)
    return list(chosen.values())


def visit(page: Page, url: str) -> None:
    """Open an address at which there is something."""
    answer = page.goto(url)
    assert answer is not None
    assert answer.ok, f"{answer.status} {url}"


def listen(page: Page, house: Running) -> list[str]:
    """Requests to others, answers that are missing, and what the console has to say (the policy speaks there too)."""
    heard: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{house.url}/", "data:")):
            heard.append(f"request to {request.url}")

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            heard.append(f"console: {message.text}")

    page.on("request", asked)
    page.on("console", said)
    page.on("pageerror", lambda error: heard.append(f"script: {error}"))
    page.on("response", lambda answer: heard.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    return heard


def in_language(one: Seen, code: str) -> str:
    """Its address in one of the made-up languages."""
    return f"{one.url}{'&' if '?' in one.url else '?'}lang={code}"
