"""A person at a browser without JavaScript, over a real connection: keeps cookies, fills in forms."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from .servers import Server

_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_ATTRIBUTE = re.compile(r'(\w[\w-]*)="([^"]*)"')


class Visitor:
    """Somebody who reads pages and sends forms of one server."""

    def __init__(self, server: Server) -> None:
        self._connection = server.connect()
        self.cookies: dict[str, str] = {}

    def headers(self) -> dict[str, str]:
        """What every request of this browser carries."""
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and body of a page; a redirect is followed."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> tuple[int, str]:
        """Status and body of what a form's sending leads to."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields), {**kind, **headers})

    def sign_in(self, address: str, password: str) -> None:
        """Sign in by the form; raises AssertionError when that does not work."""
        _status, page = self.get("/sign-in")
        status, page = self.post("/sign-in", {**hidden(page), "address": address, "password": password})
        if status != 200 or "/sign-out" not in page:
            raise AssertionError(f"{address} could not sign in: {status}")

    def close(self) -> None:
        """Let the connection go; the next page opens another."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str]:
        self._connection.request(method, path, body, {**self.headers(), **headers})
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for value in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
        if answer.status in (301, 302, 303):
            return self._ask("GET", answer.headers["Location"], None, {})
        return answer.status, text


def hidden(page: str, form: str = "") -> dict[str, str]:
    """The hidden fields of the first form whose tag contains `form`."""
    start = page.index(form) if form else 0
    end = page.find("</form>", start)
    found = (dict(_ATTRIBUTE.findall(tag)) for tag in _HIDDEN.findall(page[start:end]))
    return {field["name"]: field.get("value", "") for field in found if "name" in field}
