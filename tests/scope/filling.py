"""The forms of a page as a person fills them: what is there stays, what is chosen is the first that may be, and what
is empty is written, every text with a word of its own by which it is known again."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

_FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>.*?</form>', re.S)
_NAMES = re.compile(r'\bname="([^"]+)"')
_KEYS = re.compile(r"(?<=[A-Za-z])-?[A-Za-z0-9_-]{22}|\d+")
_ACTION = re.compile(r'\baction="([^"]*)"')
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
DAY = "2027-05-03"
"""After the deadline of an edition that is to come, before its days on site."""
PASSWORD = "a phrase that nobody guesses 7"
PLAIN: Mapping[str, str] = {
    "date": DAY,
    "time": "10:00",
    "datetime-local": f"{DAY}T10:00",
    "number": "1",
    "url": "https://example.org/about",
    "tel": "123456",
    "color": "#000000",
}
"""What is written where no text is asked for."""
KNOWN: Mapping[str, str] = {
    "current": PASSWORD,
    "password": f"{PASSWORD}, a new one",
    "states": "Kenya",
    "cites": "S001",
}
"""What is asked for and is not a matter of taste."""
NOT_FILLED = frozenset({"submit", "image", "button", "reset"})


@dataclass(frozen=True)
class Blank:
    """A form as it stands on a page, with what belongs to it from elsewhere on the page."""

    page: str
    action: str
    html: str

    @property
    def key(self) -> tuple[str, ...]:
        """Of all forms that ask for the same."""
        return tuple(sorted({_KEYS.sub("", name) for name in _NAMES.findall(self.html)}))


def blanks_of(page: str, html: str) -> Iterator[Blank]:
    """The forms of a page that are sent by POST."""
    for found in _FORM.findall(html):
        head = found[: found.index(">") + 1]
        action = _ACTION.search(head)
        named = re.search(r'\bid="([^"]+)"', head)
        apart = _apart(html, named[1]) if named else ""
        yield Blank(page, unescape(action[1]) if action and action[1] else page, found + apart)


def _apart(html: str, form_id: str) -> str:
    """The fields that name a form from outside it."""
    belongs = rf'\bform="{re.escape(form_id)}"'
    single = re.findall(rf"<input\b[^>]*{belongs}[^>]*>", html)
    paired = (found[0] for found in re.finditer(rf"<(textarea|select|button)\b[^>]*{belongs}.*?</\1>", html, re.S))
    return "".join((*single, *paired))


@dataclass
class Field:
    """One name of a form, with all that may be sent under it."""

    name: str
    type: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    required: bool = False
    listed: str = ""
    accept: str = ""


class Form(HTMLParser):
    """Reads the fields and buttons of a form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, Field] = {}
        self.buttons: list[tuple[str, str]] = []
        self.lists: dict[str, list[str]] = {}
        self._area: Field | None = None
        self._select: Field | None = None
        self._list: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A field begins."""
        given = {name: value or "" for name, value in attrs}
        if tag == "datalist":
            self._list = self.lists.setdefault(given.get("id", ""), [])
        if tag == "option":
            self._option(given)
        if "disabled" in given or "name" not in given:
            return
        if tag == "button":
            self.buttons.append((given["name"], given.get("value", "")))
        elif tag == "textarea":
            self._area = self._field(given, "textarea")
        elif tag == "select":
            self._select = self._field(given, "select")
        elif tag == "input":
            self._input(given)

    def _field(self, given: Mapping[str, str], kind: str) -> Field:
        made = self.fields.setdefault(given["name"], Field(given["name"], kind))
        made.required |= "required" in given or given.get("aria-required") == "true"
        return made

    def _input(self, given: Mapping[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in NOT_FILLED:
            self.buttons.append((given["name"], given.get("value", "")))
            return
        made = self._field(given, kind)
        made.listed, made.accept = given.get("list", ""), given.get("accept", "")
        if kind in ("checkbox", "radio"):
            made.options.append(given.get("value", "on"))
            made.chosen += [given.get("value", "on")] if "checked" in given else []
        else:
            made.value = given.get("value", "") or given.get("min", "")

    def _option(self, given: Mapping[str, str]) -> None:
        if self._list is not None:
            self._list.append(given.get("value", ""))
        if self._select is not None and "disabled" not in given:
            self._select.options.append(given.get("value", ""))
            self._select.chosen += [given.get("value", "")] if "selected" in given else []

    def handle_data(self, data: str) -> None:
        """What a person wrote before."""
        if self._area is not None:
            self._area.value += data

    def handle_endtag(self, tag: str) -> None:
        """A field ends."""
        if tag == "textarea" and self._area is not None:
            # As a browser leaves the first line feed out.
            self._area.value = self._area.value.removeprefix("\r").removeprefix("\n")
        self._area = None if tag == "textarea" else self._area
        self._select = None if tag == "select" else self._select
        self._list = None if tag == "datalist" else self._list


@dataclass
class Filled:
    """What is sent, and the words that were typed for it, by the name of the field."""

    data: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    """The marks that whoever sends it knows from elsewhere."""
    becomes: str = ""
    """Who looks through this browser once it is taken."""


def fill(
    form: Form,
    word: Callable[[], str],
    button: tuple[str, str] | None,
    *,
    sparing: bool,
    addresses: Callable[[], str] | None = None,
) -> Filled:
    """Every field filled; `sparing` leaves empty what need not be said and unticked what is not ticked.
    `addresses` says which ones are written, if not fresh ones."""
    filled = Filled()
    for one in form.fields.values():
        said = addresses if addresses and one.type == "email" else word
        value = _value(one, form, said, filled, sparing=sparing)
        if value not in (None, []):
            filled.data[one.name] = value
    if button:
        filled.data[button[0]] = button[1]
    return filled


def _value(one: Field, form: Form, word: Callable[[], str], filled: Filled, *, sparing: bool) -> Any:
    if one.type == "checkbox":
        return one.chosen if sparing and not one.required else one.options
    if one.type in ("radio", "select"):
        return one.chosen[:1] or _chosen(one, form)
    if one.type == "hidden" or one.value:
        return one.value
    if one.type == "file":
        return _file(one, word, filled)
    if sparing and not one.required:
        return ""
    if one.listed and form.lists.get(one.listed):
        return form.lists[one.listed][0]
    if one.name in KNOWN or one.type in PLAIN:
        return KNOWN.get(one.name) or PLAIN[one.type]
    filled.typed[one.name] = typed = word()
    return _text(one, typed)


def _chosen(one: Field, form: Form) -> list[str]:
    """The first that may be chosen; of several fields that belong together each has another one."""
    together = [name for name in form.fields if "." in name and name.split(".")[0] == one.name.split(".")[0]]
    there = [value for value in one.options if value] or [""]
    return [there[together.index(one.name) % len(there)] if one.name in together else there[0]]


def _text(one: Field, typed: str) -> str:
    if one.type == "email" or "address" in one.name:
        return f"{typed}@example.org"
    if "name" in one.name:
        return f"{typed.capitalize()} Mfano"
    return f"A sentence about {typed}, as long as is asked for." if one.type == "textarea" else f"Of {typed}"


def _file(one: Field, word: Callable[[], str], filled: Filled) -> tuple[io.BytesIO, str]:
    """A picture where one is asked for, else a list with somebody new."""
    if "image" in one.accept:
        return io.BytesIO(PICTURE), "picture.png"
    name, address = word(), word()
    filled.typed |= {f"{one.name}, name": name, f"{one.name}, address": address}
    rows = (
        "Name,E-mail address,State,Ministry or institution\n"
        f"{name.capitalize()} Mfano,{address}@example.org,Tanzania,Ministry of rows\n"
    )
    return io.BytesIO(rows.encode()), "people.csv"
