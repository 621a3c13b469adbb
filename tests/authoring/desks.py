"""A course in two languages, and those who work on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.catalogue import queries as catalogue
from lms.catalogue.rules.outline import OutlineUnit
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Person
from lms.people.rules import Role, ScopeKind
from tests.languages import FIRST, translated
from tests.learning.makers import publish
from tests.people.makers import give_mandate, make_person, signed_in_client

# Two sentences wait for a source: one in the body, one in a key point.
MARKED = FIRST.replace("- A point.", "- In 2011 nobody knew. [@needs-review]").replace(
    "It ended. [@S001]", "It ended. [@S001] Some say it was in 2013. [@needs-review] Nobody is sure."
)


@dataclass
class Worker:
    """Somebody with a mandate, in a browser of their own."""

    person: Person
    client: FlaskClient

    def page(self, path: str, status: int = 200) -> str:
        """A page below /courses."""
        answer = self.client.get(f"/courses{path}")
        assert answer.status_code == status, answer.text
        return answer.text

    def confirm(
        self, unit: str = "first", language: str = "es", fingerprint: str = "", slug: str = "tiny", own: str = "y"
    ) -> TestResponse:
        """Tick that the language is one's own and press the button, of the page as it stands or as it was."""
        sent = {"text": language, "fingerprint": fingerprint or fingerprint_of(unit, language, slug)}
        sent |= {"own_language": own} if own else {}
        return self.client.post(f"/courses/{slug}/units/{unit}/confirm", data=sent)

    def take_back(self, reason: str, unit: str = "first", language: str = "es") -> TestResponse:
        """Send the form for taking a confirmation back."""
        sent = {"text": language, "fingerprint": fingerprint_of(unit, language), "reason": reason}
        return self.client.post(f"/courses/tiny/units/{unit}/take-back", data=sent)


def worker(
    app: Flask, role: Role | None = Role.REVIEWER, scope: ScopeKind = ScopeKind.ALL, scope_id: str | None = None
) -> Worker:
    """Somebody who holds this mandate from today, or none."""
    person = make_person()
    if role:
        give_mandate(person, role, scope, scope_id)
    return Worker(person, signed_in_client(app, person))


def published(tmp_path: Path, **changed: str) -> int:
    """The tiny course with two units in Spanish, or its next version; the version's row."""
    return publish(tmp_path, **translated(**changed))


def unit_of(key: str = "first", slug: str = "tiny") -> OutlineUnit:
    """A unit of the newest version."""
    with unit_of_work() as session:
        found = catalogue.published(session, slug)
        assert found
        outline = catalogue.outline(session, found.version_id)
    return next(unit for _module, unit in outline.units() if unit.key == key)


def fingerprint_of(key: str = "first", language: str = "es", slug: str = "tiny") -> str:
    """The hash of a text as it stands now."""
    with unit_of_work() as session:
        return catalogue.unit_text(session, unit_of(key, slug).revision_for(language)).content_hash
