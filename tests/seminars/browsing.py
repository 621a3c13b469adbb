"""A signed-in browser whose requests do not share what a request keeps with the test around them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask import Flask, g
from werkzeug.test import TestResponse

from lms.kernel.db import db
from lms.people.models import Person, Role, ScopeKind
from lms.people.queries import Viewer, viewer_for_person
from tests.people.makers import give_mandate, make_person, start_session
from tests.seminars.makers import AT


class Browser:
    """One person's browser, without JavaScript."""

    def __init__(self, app: Flask, person: Person) -> None:
        self.person, self._client = person, app.test_client()
        token = start_session(person)
        with self._client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        if person in db.session:
            db.session.expunge(person)

    def get(self, path: str) -> TestResponse:
        """Open a page, or take a file away whole."""
        return self._open(path, method="GET", buffered=True)

    def post(self, path: str, **form: Any) -> TestResponse:
        """Send a form."""
        return self._open(path, method="POST", data=form)

    def part(self, path: str) -> TestResponse:
        """Ask for the part of a page that looks again by itself."""
        return self._open(path, method="GET", headers={"HX-Request": "true"})

    def _open(self, path: str, **request: Any) -> TestResponse:
        self._forget()
        answer = self._client.open(path, **request)
        self._forget()
        return answer

    def _forget(self) -> None:
        db.session.remove()
        for kept in ("lms_viewer", "_login_user", "_flashes", "flask_babel"):
            g.pop(kept, None)


def coordinator(app: Flask, edition: str | None = None) -> Browser:
    """A coordinator of one edition (its public id), or of all."""
    person = make_person("Radosław Przykład")
    scope = ScopeKind.EDITION if edition else ScopeKind.ALL
    give_mandate(person, Role.COORDINATOR, scope, edition)
    return Browser(app, person)


def viewer_of(person: Person) -> Viewer:
    """The person as pages see them."""
    found = viewer_for_person(db.session(), person.id, AT)
    assert found is not None
    return found


def words(answer: TestResponse) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())
