"""How heavy a course is on the wire: its pages exactly as a reader gets them, from a throwaway system of our own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.app import create_app
from lms.catalogue import queries as catalogue
from lms.catalogue import services as courses
from lms.catalogue.models import VersionModule
from lms.catalogue.rules.outline import OutlineUnit
from lms.kernel.clock import now
from lms.kernel.db import Model, db
from lms.kernel.secrets import KEY_BYTES, Keyring, new_token
from lms.kernel.settings import Settings
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.values import dataclass
from lms.people import services as people
from lms.people.models import Person, Sector
from lms.people.rules import PersonName
from lms.plugins.unit_kind import UnitKind
from lms.seminars import services as seminars
from lms.seminars.models import Edition, EditionKind
from lms.seminars.rules import EditionFacts

MEASURER = "course-report"
PHONE = 960
"""Pixels that a picture has on the screen of a phone."""
_SIZES = re.compile(r'srcset="([^"]+)"')
SLOW_LINE = 64_000
"""Bits per second of the line that times are given for."""


@dataclass(frozen=True)
class Weight:
    """Bytes of a page as it travels, compressed, with its head and with its pictures as a phone gets them; without
    styles and letters, which a browser keeps."""

    bytes: int

    @property
    def seconds(self) -> float:
        """How long it takes at 64 kbit/s, to a tenth of a second."""
        return round(self.bytes * 8 / SLOW_LINE, 1)


def weigh(
    folders: Collection[Path], slug: str, kinds: Mapping[str, UnitKind], language: str = "en"
) -> dict[str, Weight]:
    """Unit key → weight of its page for a reader of `language`.

    `folders` are sound courses, each after those whose modules it reuses.
    """
    with TemporaryDirectory() as home, _system(Path(home)) as app:
        reader, edition = _reader(folders, slug, kinds, language)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = reader
        return {unit.key: _page(client, f"/learn/{edition}/units/{unit.key}", unit.scored) for unit in _units(slug)}


@contextmanager
def _system(home: Path) -> Iterator[Flask]:
    keys = Keyring(*(token_bytes(KEY_BYTES) for _ in range(3)))
    app = create_app(Settings(env="testing", home=home, keys=keys))
    app.config.update(LMS_ACCESS_LOG=False, WTF_CSRF_ENABLED=False)
    with app.app_context():
        Model.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def _reader(folders: Collection[Path], slug: str, kinds: Mapping[str, UnitKind], language: str) -> tuple[str, str]:
    """The token of a signed-in reader, and the edition in which every module is open to them."""
    at = now()
    with unit_of_work() as session:
        people.sync_states(session)
        for folder in folders:
            courses.load(session, folder=folder, kinds=kinds, at=at)
        _open_every_module(session)
        edition = seminars.create_edition(session, course=slug, facts=_facts(at), at=at, by=None)
        person = _participant(session, edition, language, at)
        return people.start_session(session, person_id=person.id, at=at), edition.public_id


def _open_every_module(session: Session) -> None:
    for module in session.scalars(select(VersionModule)):
        module.document = {**module.document, "after": []}


def _facts(at: dt.datetime) -> EditionFacts:
    day = at.date() + dt.timedelta(days=60)
    return EditionFacts(
        kind=EditionKind.GLOBAL,
        title="An edition to measure with",
        place="Oświęcim",
        starts_on=day,
        ends_on=day + dt.timedelta(days=5),
        zone="Europe/Warsaw",
        deadline_at=at + dt.timedelta(days=42),
        contact="office@lemkin.example",
    )


def _participant(session: Session, edition: Edition, language: str, at: dt.datetime) -> Person:
    nominee = seminars.Nominee(
        name="Amina Mfano",
        address="reader@lemkin.example",
        state="TZ",
        institution="Ministry of Justice",
        sector=Sector.JUSTICE,
        zone="Africa/Dar_es_Salaam",
        language=language,
    )
    enrolment = seminars.nominate(session, edition=edition, nominee=nominee, at=at, by=MEASURER)
    seminars.invite(session, enrolment=enrolment, at=at, by=MEASURER)
    person = session.get_one(Person, enrolment.person_id)
    people.welcome(
        session, person=person, name=PersonName(nominee.name), locale=language, zone=nominee.zone, function="", at=at
    )
    return person


def _units(slug: str) -> list[OutlineUnit]:
    with unit_of_work() as session:
        found = catalogue.published(session, slug)
        version = catalogue.outline(session, found.version_id) if found else None
        return [unit for _module, unit in version.units()] if version else []


def _page(client: FlaskClient, path: str, scored: bool) -> Weight:
    """A unit's page; that of a quiz with a try under way, when its questions are on it."""
    if scored:
        _ask(client, "POST", f"{path}/tries", 303)
    answer = _ask(client, "GET", path, 200)
    plain = _ask(client, "GET", path, 200, encoding="identity").text
    pictures = [_ask(client, "GET", _on_a_phone(sizes), 200) for sizes in _SIZES.findall(plain)]
    return Weight(sum(_size(one) for one in (answer, *pictures)))


def _size(answer: TestResponse) -> int:
    return len(answer.data) + sum(len(name) + len(value) + 4 for name, value in answer.headers)


def _on_a_phone(sizes: str) -> str:
    """The address of the largest of some sizes that is not too large for it."""
    found = [size.split(" ") for size in sizes.split(", ")]
    return next((address for address, width in reversed(found) if int(width[:-1]) <= PHONE), found[0][0])


def _ask(client: FlaskClient, method: str, path: str, status: int, encoding: str = "br") -> TestResponse:
    with client.application.app_context():
        answer = client.open(
            path, method=method, data={"client_key": new_token()}, headers={"Accept-Encoding": encoding}
        )
    if answer.status_code != status:
        raise RuntimeError(f"{method} {path} was answered with {answer.status}")
    return answer
