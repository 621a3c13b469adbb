"""The clients of the kill drill: one that does right, and two that must be caught by it."""

from __future__ import annotations

import contextlib
import enum
import http.client
import json
import random
import re
import secrets
import time
from dataclasses import dataclass

from .journal import Journal
from .probes import Request, ask
from .writers import Writer

PAUSE = 0.05
PATIENCE = 10.0
HANG_UP_EVERY = 20
_NUMBER = re.compile(r"(\d+)\D*$")


class Manner(enum.StrEnum):
    """How a client behaves when no answer comes."""

    STEADFAST = "steadfast"
    """Sends the same key and body again until it is told that they were taken."""
    FORGETFUL = "forgetful"
    """A control: makes a new key for each try, so what was taken unseen is taken twice."""
    HASTY = "hasty"
    """A control: counts an answer as saved once it is sent, so what was not taken is lost."""


@dataclass
class Client:
    """One thread's connection, with its own page of the quiz and its own numbers."""

    writer: Writer
    page: str
    manner: Manner
    journal: Journal
    until: float

    def __post_init__(self) -> None:
        self._connection = self.writer.server.connect(PATIENCE)

    def save(self, answers: int) -> None:
        """Save that many answers, one after the other. Raises TimeoutError when the server does not come back."""
        try:
            for number in range(answers):
                self._save(number)
        finally:
            self._connection.close()

    def _save(self, number: int) -> None:
        key = self._new_key()
        if number % HANG_UP_EVERY == HANG_UP_EVERY - 1:
            self._hang_up(number, key)
            key = self._next_key(key)
        while not self._try(number, key):
            if time.monotonic() > self.until:
                raise TimeoutError(f"answer {number} of {self.page} was never taken")
            time.sleep(PAUSE)
            key = self._next_key(key)

    def _new_key(self) -> str:
        return f"{self.page}-{secrets.token_hex(8)}"

    def _next_key(self, key: str) -> str:
        return self._new_key() if self.manner is Manner.FORGETFUL else key

    def _request(self, number: int, key: str) -> Request:
        quiz = self.writer.quiz
        self.journal.ask((self.page, number + 1), quiz.choice(number))
        method, path, body, headers = quiz.answer(number, self.page, key)
        return method, path, body, {**headers, **self.writer.visitor.headers()}

    def _try(self, number: int, key: str) -> bool:
        """Whether there is nothing more to do for this answer."""
        place = (self.page, number + 1)
        if self.manner is Manner.HASTY:
            self.journal.acknowledge(place, None)
        try:
            status, body = ask(self._connection, self._request(number, key))
        except (OSError, http.client.HTTPException):
            self._reconnect()
            return self.manner is Manner.HASTY
        if status == 200:
            self.journal.acknowledge(place, receipt_number(body))
            return True
        self.journal.refuse(status)
        return self.manner is Manner.HASTY

    def _hang_up(self, number: int, key: str) -> None:
        """Send an answer and leave without waiting for what comes back, as a train does in a tunnel."""
        method, path, body, headers = self._request(number, key)
        with contextlib.suppress(OSError, http.client.HTTPException):
            self._connection.request(method, path, body, dict(headers))
            # At times the same answer comes again while the first is still being saved, at times after.
            time.sleep(random.uniform(0, 2 * PAUSE))
        self._reconnect()

    def _reconnect(self) -> None:
        self._connection.close()
        self._connection = self.writer.server.connect(PATIENCE)


def receipt_number(body: bytes) -> int:
    """The number at the end of what the page says after saving; in every language it comes last."""
    found = _NUMBER.search(json.loads(body)["text"])
    if not found:
        raise AssertionError(f"no receipt in {body!r}")
    return int(found[1])
