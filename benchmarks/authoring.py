"""Writing in the browser: the CPU of the preview that follows one's typing and of a save, and the page on the wire."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from lms.catalogue.checks import check
from lms.catalogue.cli import packaged_courses
from lms.catalogue.files import disk
from tests.authoring.editors import form_in
from tests.browser import NoBrowser

from .pair import both
from .probes import Probe, Request, cpu_per_request
from .reading import COURSE, KINDS
from .results import Result
from .seed import PASSWORD, Filled
from .servers import serving
from .visitor import Visitor, hidden
from .wire import in_chromium, without_browser

WORDS = 700
PREVIEW, RATIO, ON_THE_WIRE = 40, 90, 120
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def measure(folder: Path, filled: Filled) -> list[Result]:
    """The preview is bound in milliseconds of CPU; its ratio to the floor tells a slow machine from slow code."""
    apart = folder / "authoring"  # a floor of its own
    apart.mkdir()
    with both(apart, filled) as (below, ours):
        trainer = Visitor(ours)
        page = _begin(trainer)
        probes = [
            Probe("floor", below, lambda n: ("GET", f"/floor/s{n % 10}", None, {})),
            Probe(f"preview of a {WORDS}-word unit", ours, _typing(trainer, page, "/preview")),
            Probe("page of a unit that is written", ours, lambda n: ("GET", page, None, trainer.headers())),
        ]
        cpu = cpu_per_request(probes, rounds=3, requests=40)
        memory = ours.largest_rss()
    (_, below_all), (preview, spent), (opened, whole) = cpu.items()
    return [
        Result(preview, spent, "ms CPU", PREVIEW),
        Result(f"{preview}, against the floor", spent / below_all, "times", RATIO),
        Result(opened, whole, "ms CPU"),
        Result("web worker's memory while somebody writes", memory, "MB"),
        *_on_the_wire(filled, page),
    ]


def unit_of(words: int) -> str:
    """The reading whose text is nearest to this number of words."""
    course = check(disk.collect(packaged_courses() / COURSE), KINDS).course
    texts = [unit for _module, unit in course.units() if unit.kind == "reading"] if course else []
    return min(texts, key=lambda unit: abs(len(unit.body.split()) - words)).key


def _begin(trainer: Visitor) -> str:
    """The page of that unit, in a new draft."""
    trainer.sign_in("trainer@lemkin.example", PASSWORD)
    drafts = f"/courses/{COURSE}/drafts"
    _status, page = trainer.get(drafts)
    _status, made = trainer.post(drafts, {**hidden(page, '<form class="flow'), "title": "For the benchmark"})
    found = re.search(drafts + r"/([\w-]{16,})/", made)
    if found is None:
        raise AssertionError("no draft was begun")
    return f"{drafts}/{found[1]}/units/{unit_of(WORDS)}"


def _typing(trainer: Visitor, page: str, what: str) -> Callable[[int], Request]:
    """The form as a script sends it, with one word more each time."""
    _status, shown = trainer.get(page)
    sent = {name: values[0] for name, values in form_in(shown).sent.items()}
    text = html.unescape(sent["body"])

    def request(number: int) -> Request:
        body = urlencode({**sent, "body": f"{text} Word {number} [@needs-review]"}).encode()
        return "POST", page + what, body, {**trainer.headers(), **FORM}

    return request


def _on_the_wire(filled: Filled, page: str) -> list[Result]:
    with serving("wsgi:app", filled.env, path="/healthz") as server:
        visitor = Visitor(server)
        visitor.sign_in("trainer@lemkin.example", PASSWORD)
        try:
            size = in_chromium(server, visitor, [page])[0]
        except NoBrowser:
            size = without_browser(server, visitor, [page])[0]
    return [Result("on the wire, page of a unit that is written, empty cache", size, "kB", ON_THE_WIRE)]
