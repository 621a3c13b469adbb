"""A course with every kind of unit and question, and somebody on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.catalogue import queries as catalogue
from lms.catalogue import services as courses
from lms.catalogue.rules.outline import Outline, OutlineUnit
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.queries import OwnEnrolment, own_enrolment
from lms.learning.views.asked import quiz_of
from lms.seminars.models import Edition
from lms.seminars.services import keep_names_awaited, use_version
from tests.catalogue import tiny
from tests.people.makers import signed_in_client
from tests.seminars.makers import enrol_person, make_edition

ASKED = """\
key: asked
kind: quiz
title:
  en: Asked
minutes: 2
substance: s1
questions:
- id: which
  kind: one-of-many
  prompt: Which one?
  options:
  - id: this
    text: This one
    correct: true
  - id: that
    text: That one
  - id: other
    text: The other one
  explanation: SECRET-ONE because it says so.
  passage: first#beginning
  cites:
  - S001 p. 3
- id: several
  kind: many-of-many
  prompt: Which ones?
  options:
  - id: alpha
    text: Alpha
    correct: true
  - id: beta
    text: Beta
    correct: true
  - id: gamma
    text: Gamma
  explanation: SECRET-TWO because it says so.
  passage: first#beginning
  cites:
  - S001
- id: truth
  kind: true-false
  prompt: Is it so?
  answer: true
  explanation: SECRET-THREE because it says so.
  passage: first#beginning
  cites:
  - S001
- id: match
  kind: matching
  prompt: What belongs together?
  pairs:
  - id: one
    left: Left one
    right: Right one
  - id: two
    left: Left two
    right: Right two
  explanation: SECRET-FOUR because it says so.
  passage: first#beginning
  cites:
  - S001
- id: order
  kind: ordering
  prompt: In which order?
  items:
  - id: early
    text: Early
  - id: middle
    text: Middle
  - id: late
    text: Late
  explanation: SECRET-FIVE because it says so.
  passage: first#beginning
  cites:
  - S001
- id: think
  kind: reflection
  prompt: What do you think?
"""

FIRST = """\
---
key: first
kind: reading
title:
  en: First
minutes: 5
substance: s1
content_note: This text describes violence.
written_alternative: Write a letter to a colleague about a promise.
key_points:
- A point.
for_your_institution:
  foreign-affairs: Write to the embassies.
  justice: Read the law again.
  defence: Teach the officers.
  interior: Teach the police.
  education: Teach the teachers.
  human-rights: Watch and report.
---

## Beginning {#beginning}

In 2012 a [[state|State]] acted. [@S001 p. 3]

## End {#end}

It ended. [@S001]
"""


@dataclass
class Reader:
    """Somebody on the course, in a browser of their own."""

    app: Flask
    person_id: int
    enrolment_id: int
    edition: str
    edition_id: int
    client: FlaskClient

    def own(self) -> OwnEnrolment:
        """Their place, read afresh."""
        with unit_of_work() as session:
            return own_enrolment(session, self.edition, self.person_id)

    def outline(self) -> Outline:
        """The version in force for them."""
        with unit_of_work() as session:
            return catalogue.outline(session, own_enrolment(session, self.edition, self.person_id).version_id)

    def unit(self, key: str) -> OutlineUnit:
        """A unit of that version."""
        return next(unit for _module, unit in self.outline().units() if unit.key == key)

    def url(self, unit: str, *more: str) -> str:
        """The address of a unit or of something done to it."""
        return "/".join([f"/learn/{self.edition}/units/{unit}", *more])

    def get(self, unit: str, status: int = 200) -> str:
        """The page of a unit."""
        answer = self.client.get(self.url(unit))
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, unit: str, *what: str, key: str = "", **fields: Any) -> TestResponse:
        """Send a form with a key of its own, unless one is given."""
        sent = {"client_key": key or new_token(), **fields}
        headers = {name.replace("_", "-"): sent.pop(name) for name in ("Accept", "HX_Request") if name in sent}
        return self.client.post(self.url(unit, *what), data=sent, headers=headers)

    def read(self, unit: str = "first") -> None:
        """Mark a text as read."""
        assert self.post(unit, "done").status_code == 303

    def begin(self, unit: str = "asked") -> str:
        """Begin a try, or go on with the open one; its public id."""
        assert self.post(unit, "tries").status_code == 303
        found = re.search(r"/tries/([\w-]+)/check", self.get(unit))
        assert found
        return found[1]

    def save(self, tried: str, question: str, unit: str = "asked", **fields: Any) -> TestResponse:
        """Save one answer as the page's script does."""
        return self.post(unit, "tries", tried, "answers", question=question, Accept="application/json", **fields)

    def right(self, unit: str = "asked") -> dict[str, Any]:
        """The fields of a form in which every answer is right."""
        with unit_of_work() as session:
            quiz = quiz_of(session, self.unit(unit).revision_id)
        fields: dict[str, Any] = {}
        for question in quiz.questions:
            if question.kind == "matching":
                fields |= {f"{question.id}.{left}": target for left, target in question.pairs.items()}
            elif question.kind == "ordering":
                fields |= {f"{question.id}.{item.id}": str(n) for n, item in enumerate(question.options, 1)}
            elif question.scored:
                fields[question.id] = [option.id for option in question.options if option.correct]
        return fields

    def check(self, tried: str, unit: str = "asked", key: str = "", **fields: Any) -> TestResponse:
        """Send the whole form to be checked."""
        return self.post(unit, "tries", tried, "check", key=key, **fields)

    def pass_quiz(self, unit: str = "asked") -> None:
        """Answer everything rightly."""
        assert self.check(self.begin(unit), unit, **self.right(unit)).status_code == 303

    def finish(self) -> None:
        """Do everything that the course asks for."""
        self.read()
        self.pass_quiz()
        assert self.post("thought", "reflection", text="My thought.").status_code == 303


def publish(tmp_path: Path, **changed: str) -> int:
    """Publish the course, or its next version; the version's row."""
    folder = tiny.written(tmp_path, **{"first": FIRST, "asked": ASKED, **changed})
    with unit_of_work() as session:
        report = courses.load(session, folder=folder, kinds=tiny.KINDS, at=now(), by=None)
    assert report.version_id
    return report.version_id


def make_reader(app: Flask, edition: Edition | None = None, **more: Any) -> Reader:
    """Somebody accepted into an edition of the course that was published."""
    with unit_of_work() as session:
        edition = edition or make_edition(session, "tiny")
        enrolment = enrol_person(session, edition, **more)
        person = enrolment.person
        if person.welcomed_at is None:
            person.welcomed_at = person.name_confirmed_at = now()
            keep_names_awaited(session, enrolment_ids=[enrolment.id])
    return Reader(app, person.id, enrolment.id, edition.public_id, edition.id, signed_in_client(app, person))


def adopt(reader: Reader, version_id: int) -> None:
    """Let the edition read another version."""
    with unit_of_work() as session:
        use_version(
            session, edition=session.get_one(Edition, reader.edition_id), version_id=version_id, at=now(), by=None
        )
    db.session.remove()
