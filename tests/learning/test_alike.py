"""Whoever holds a mandate sees of somebody who wrote exactly what they see of somebody who read, to the byte."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.models import AuditEntry, Job
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import EnrolmentProgress, ProgressEvent, Receipt, UnitProgress
from lms.people.rules import Role, ScopeKind
from lms.seminars.models import Edition, StageReached
from tests.conftest import DATABASES, fresh_database, running
from tests.learning.makers import Reader, make_reader, publish
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.scope.walk import texts_in
from tests.seminars.makers import make_edition, make_institution

# What no two runs share although chance is the same: tokens of forms, and the made-up mailboxes of tests.
_ITS_OWN = re.compile(r"[\w-]+\.[\w-]{6}\.[\w-]{27}|(?:place|person)\d+@")
STAFF = {
    Role.COORDINATOR: (ScopeKind.ALL, None),
    Role.FOCAL_POINT: (ScopeKind.STATE, "TZ"),
    Role.EVALUATOR: (ScopeKind.ALL, None),
    Role.OBSERVER: (ScopeKind.ALL, None),
    Role.TRAINER: (ScopeKind.ALL, None),
    Role.ADMINISTRATOR: (ScopeKind.ALL, None),
}
Finish = Callable[[Reader], object]
Snapshot = dict[str, Any]


def _read(reader: Reader) -> None:
    reader.read()


def _read_by_script(reader: Reader) -> None:
    assert reader.post("first", "done", HX_Request="true").status_code == 200


def _write(reader: Reader) -> None:
    assert reader.post("first", "instead", text="What I wrote instead.").status_code == 303


def _part(finish: Finish, reader: Reader) -> None:
    """A part of the way: done, taken back, done."""
    finish(reader)
    assert reader.post("first", "undo").status_code == 303
    finish(reader)


def _whole(finish: Finish, reader: Reader) -> None:
    """The whole way."""
    finish(reader)
    reader.pass_quiz()
    assert reader.post("thought", "reflection", text="My thought.").status_code == 303


def _seen(
    app: Flask, tmp_path: Path, finish: Finish, way: Callable[[Finish, Reader], None], draw: Callable[[int], None]
) -> Snapshot:
    publish(tmp_path)
    with unit_of_work() as session:
        edition = make_edition(session, "tiny")
        ministry = make_institution(session, "TZ", name="Ministry of Examples")
    reader = make_reader(app, edition, name="Neema Mfano", institution=ministry)
    way(finish, reader)
    draw(10_000)  # a page that answers at once has drawn the keys of its forms, one that leads on has not
    staff = {role: make_person(f"Staff {role}") for role in STAFF}
    for role, person in staff.items():
        give_mandate(person, role, *STAFF[role])
    pages = {role.value: _pages(signed_in_client(app, person), reader) for role, person in staff.items()}
    other = make_reader(app, edition, name="Jan Przykład", institution=ministry)
    return {**pages, "another participant": _pages(other.client, other), "rows": _rows(edition)}


def _pages(client: FlaskClient, reader: Reader) -> dict[str, str]:
    """Every page that links lead to, by its address."""
    waiting, seen = ["/", f"/editions/{reader.edition}"], {}
    while waiting and len(seen) < 120:
        path = waiting.pop(0)
        if path in seen:
            continue
        answer = client.get(path)
        # A bundle or a workbook is compared file by file.
        seen[path] = text = "\n".join(texts_in(answer.data))
        waiting += [unescape(found) for found in re.findall(r'href="(/[^"#]*)', text) if "/static/" not in found]
    return {path: _ITS_OWN.sub("", page) for path, page in seen.items()}


def _rows(edition: Edition) -> dict[str, list[Any]]:
    """What dashboards, lists, the audit and the worker count, without ids and without hashes that are sealed."""
    wanted = {
        ProgressEvent: ("unit_id", "substance", "kind", "points", "total", "late", "at"),
        UnitProgress: ("unit_id", "substance", "state", "late", "done_at"),
        EnrolmentProgress: ("units_done", "started_at", "completed_at", "late", "last_unit_id"),
        Receipt: ("action", "at"),
        StageReached: ("stage", "at"),
        AuditEntry: ("act", "at"),
        Job: ("kind",),
    }
    found = {}
    with unit_of_work() as session:
        for kind, names in wanted.items():
            table = db.metadata.tables[kind.__tablename__]
            columns = [table.c[name] for name in names]
            found[kind.__tablename__] = [tuple(row) for row in session.execute(select(*columns).order_by(*columns))]
        bodies = session.scalars(select(Receipt.body).where(Receipt.action == "read")).all()
    found["what receipts of reading say"] = [sorted(body) for body in bodies]
    return found


@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize("reads", [_read, _read_by_script], ids=["plain", "htmx"])
@pytest.mark.parametrize("way", [_part, _whole], ids=["a part", "the whole"])
def test_reading_and_writing_cannot_be_told_apart(
    kind: str,
    way: Callable[[Finish, Reader], None],
    reads: Finish,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Snapshot] = []
    for number, finish in enumerate((reads, _write)):
        home = tmp_path / str(number)
        home.mkdir()
        with fresh_database(kind, request, home) as url, running(url, home) as app:
            # Each run draws the same ids in the same order, so that not one byte of a page has to be overlooked.
            def draw(first: int) -> None:
                chance = count(first)
                monkeypatch.setattr("secrets.token_urlsafe", lambda _bytes: f"{next(chance):022}")
                monkeypatch.setattr("secrets.token_hex", lambda _bytes: f"{next(chance):08}")

            draw(1)
            seen.append(_seen(app, home, finish, way, draw))
    read, written = seen
    assert sum(len(pages) for pages in read.values()) > 60
    assert any("Neema Mfano" in page for page in read["coordinator"].values())
    for who, pages in read.items():
        assert list(pages) == list(written[who]), who
        for path, page in pages.items():
            assert page == written[who][path], f"{who}: {path}"
