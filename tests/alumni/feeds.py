"""A partner of the feed, and its program, for tests."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.alumni.feed import permits
from lms.alumni.feed.models import FeedPartner
from lms.alumni.feed.rules import Field
from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work

EVENTS = "/api/events"
ALL = frozenset(Field)


def make_partner(fields: frozenset[Field] = ALL, *, name: str = "A partner", confirmed: bool = True) -> FeedPartner:
    """An organisation that two administrators stand behind."""
    with unit_of_work() as session:
        made = permits.name_partner(session, name=name, fields=fields, by="first", at=now())
        session.flush()
        if confirmed:
            permits.confirm_partner(session, public_id=made.public_id, by="second", at=now())
    return made


def make_token(partner: FeedPartner, days: int = 30) -> str:
    """A token that is good for some days."""
    with unit_of_work() as session:
        until = now() + dt.timedelta(days=days)
        return permits.make_token(session, public_id=partner.public_id, until=until, by="first", at=now())


class Program:
    """What reads the feed for a partner."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.token = token

    def ask(self, query: str = "", **headers: str) -> TestResponse:
        """One answer, whatever it is."""
        shown = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.get(f"{EVENTS}?{query}", headers={**shown, **headers})

    def read(self, query: str = "") -> list[dict[str, Any]]:
        """The events of one page."""
        answer = self.ask(query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = json.loads(answer.data)
        return found


def program(app: Flask, fields: frozenset[Field] = ALL, *, name: str = "A partner") -> Program:
    """The program of a new partner."""
    return Program(app, make_token(make_partner(fields, name=name)))


def kinds(events: list[dict[str, Any]]) -> list[str]:
    """The types without what they all begin and end with."""
    return [event["type"].removeprefix("org.lemkinseminar.").removesuffix(".v1") for event in events]
