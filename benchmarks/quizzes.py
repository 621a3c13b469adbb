"""Finding a quiz that is open to somebody, and the requests that save answers to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from .probes import Request
from .visitor import Visitor, hidden

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


@dataclass(frozen=True)
class Quiz:
    """An open try of the signed-in participant: where answers go, and what its first question offers."""

    path: str
    question: str
    options: tuple[str, ...]
    token: str

    def choice(self, number: int) -> str:
        """What the n-th answer chooses."""
        return self.options[number % len(self.options)]

    def answer(self, number: int, run: str, key: str = "") -> Request:
        """The request that saves the n-th answer of a page named `run`, under a key of its own unless one is given."""
        fields = {
            "csrf_token": self.token,
            "client_key": key or f"{run}-{number:08d}",
            "question": self.question,
            "sequence": str(number + 1),
            self.question: self.choice(number),
        }
        return ("POST", f"{self.path}?page={run}", urlencode(fields).encode(), FORM)


def first_unit(visitor: Visitor) -> str:
    """The path of the unit that the home page leads to."""
    _status, page = visitor.get("/")
    found = re.search(r'href="(/learn/[^"/]+/units/[^"]+)"', page)
    if not found:
        raise LookupError("the home page leads to no unit")
    return found[1]


def open_quiz(visitor: Visitor) -> Quiz:
    """Begin a try at the first quiz that is open to the visitor, or go on with the one begun."""
    edition = first_unit(visitor).split("/")[2]
    for path in unit_paths(visitor, edition):
        status, page = visitor.get(path)
        if "/tries" in page and "data-save" not in page:
            begin = re.search(r'action="([^"]*/tries)"', page)
            if begin:
                status, page = visitor.post(begin[1], hidden(page, f'action="{begin[1]}"'))
        if status == 200 and "data-save" in page:
            return _quiz(page)
    raise LookupError("no quiz is open to this person")


def unit_paths(visitor: Visitor, edition: str) -> Iterator[str]:
    """Every unit that the modules name, in the order of the course."""
    _status, home = visitor.get("/")
    for module in dict.fromkeys(re.findall(rf'href="(/learn/{edition}/modules/[^"]+)"', home)):
        _status, page = visitor.get(module)
        yield from dict.fromkeys(re.findall(rf'href="(/learn/{edition}/units/[^"/#?]+)"', page))


def _quiz(page: str) -> Quiz:
    saves = re.search(r'data-save="([^"]+)"', page)
    options = re.findall(r'<input[^>]*type="radio"[^>]*name="([^"]+)"[^>]*value="([^"]+)"', page)
    if not saves or not options:
        raise LookupError("the quiz has no question with options to choose from")
    question = options[0][0]
    chosen = tuple(value for name, value in options if name == question)
    return Quiz(saves[1].partition("?")[0], question, chosen, hidden(page, "data-save")["csrf_token"])
