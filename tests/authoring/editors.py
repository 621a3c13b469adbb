"""People at the page of a unit: what its form holds, and what a browser without scripts sends of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from lms.authoring.models import Draft
from tests.authoring.desks import Worker


@dataclass
class Form(HTMLParser):
    """The inputs of the page's form, as a browser would send them."""

    sent: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    _inside: bool = False
    _area: str | None = None
    _select: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "form":
            self._inside = given.get("id") == "p.form"
        if not self._inside or ("name" not in given and tag != "option"):
            return
        if tag == "textarea":
            self._area = given["name"]
            self.sent.setdefault(self._area, []).append("")
        elif tag == "button":
            self.buttons.append(given["value"])
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.sent.setdefault(given["name"], []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            # A browser leaves the first line feed out.
            self.sent[self._area][-1] = self.sent[self._area][-1].removeprefix("\n")
            self._area = None
        if tag == "form":
            self._inside = False


@dataclass
class Editor:
    """Somebody at the page of a unit of a draft."""

    worker: Worker
    draft: Draft
    unit: str = "first"
    text: str = ""
    slug: str = "tiny"

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"/courses/{self.slug}/drafts/{self.draft.public_id}/units/{self.unit}"

    @property
    def trial(self) -> str:
        """The address at which the unit is tried."""
        return f"/courses/{self.slug}/drafts/{self.draft.public_id}/try/{self.unit}"

    def address(self, more: str = "") -> str:
        """The page of the unit, or what stands below it, or its trial, in its language."""
        path = self.trial if more == "/try" else f"{self.url}{more}"
        return f"{path}{'?text=' + self.text if self.text else ''}"

    def page(self, more: str = "", status: int = 200) -> str:
        """The page as it stands."""
        answer = self.worker.client.get(self.address(more))
        assert answer.status_code == status, answer.text
        return answer.text

    def form(self) -> dict[str, list[str]]:
        """What the page's form holds."""
        return form_in(self.page()).sent

    def send(
        self, form: dict[str, list[str]] | None = None, *, more: str = "", script: bool = False, **said: Any
    ) -> TestResponse:
        """Send the form, changed; dots in names are written as __."""
        sent = {**(self.form() if form is None else form)}
        for name, value in said.items():
            key = name.replace("__", ".")
            if value is None:
                sent.pop(key, None)
            else:
                sent[key] = value if isinstance(value, list) else [value]
        headers = {"Accept": "application/json"} if script else {}
        return self.worker.client.post(self.address(more), data=sent, headers=headers)

    def save(self, **said: Any) -> None:
        """Press Save; it is kept."""
        answer = self.send(**said)
        assert answer.status_code == 303, answer.text


def form_in(page: str) -> Form:
    """The form of the page."""
    form = Form()
    form.feed(page)
    return form


def visible(page: str) -> str:
    """The words of the main part."""
    main = page[page.index("<main") : page.index("</main")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def links_to(page: str) -> Iterator[str]:
    """The places within pages that links lead to."""
    yield from re.findall(r'href="[^"]*#([^"]+)"', page)
