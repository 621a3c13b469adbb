"""A filled system to measure: the demonstration, and editions of any size with people at every stage."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from lms.app import create_app
from lms.demo.cast import cast
from lms.kernel import worker
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.settings import Settings, from_environment
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people_services
from lms.people.models import Institution, Sector
from lms.seminars import services
from lms.seminars.models import Edition, EditionKind, Stage
from lms.seminars.rules import EditionFacts

STATES = ("AR", "BG", "CH", "CR", "DK", "ET", "GH", "GR", "JO", "KE", "KH", "MX", "RW", "TZ", "UG")
SECTORS = tuple(sector for sector in Sector if sector is not Sector.OTHER)
# How many of ten come this far.
STAGES = ((Stage.SIGNED_IN, 9), (Stage.READING, 7), (Stage.PRE_READING, 4))


@dataclass(frozen=True)
class Filled:
    """What was made: the environment for a server, and the public ids of the editions by size."""

    env: dict[str, str]
    editions: dict[int, str]


def environment(home: Path, database_url: str = "") -> dict[str, str]:
    """The environment of a development system in a folder of its own."""
    env = {"LMS_ENV": "development", "LMS_HOME": str(home)}
    return {**env, "DATABASE_URL": database_url} if database_url else env


def fill(home: Path, sizes: tuple[int, ...], database_url: str = "") -> Filled:
    """Set the system up with its demonstration and add an edition of each size."""
    home.mkdir(parents=True, exist_ok=True)
    env = environment(home, database_url)
    app = create_app(_settings(env))
    result = app.test_cli_runner().invoke(args=["lms", "setup"])
    if result.exit_code:
        raise RuntimeError(f"setup failed: {result.output} {result.exception!r}")
    with app.app_context():
        editions = {size: _edition(app, size) for size in sizes}
        worker.drain()
        _fold()
        db.session.remove()
        db.engine.dispose()
    return Filled(env, editions)


def _fold() -> None:
    """Bring the fresh numbers into the tallies, as a running worker does every twenty seconds."""
    with unit_of_work() as session:
        while services.fold_tallies(session):
            session.flush()


def _settings(env: dict[str, str]) -> Settings:
    return from_environment(env)


def _edition(app: Flask, size: int) -> str:
    with unit_of_work() as session:
        edition, institutions = an_edition(session, app, size)
        places = itertools.cycle(institutions)
        made = [_participant(session, edition, next(places), number) for number in range(size)]
        for stage, of_ten in STAGES:
            chosen = [place for number, place in enumerate(made) if number % 10 < of_ten]
            services.reach_all(session, enrolment_ids=chosen, stage=stage, at=now())
        return edition.public_id


def an_edition(session: Session, app: Flask, size: int) -> tuple[Edition, list[Institution]]:
    """An empty edition, and institutions of fifteen states for its people."""
    starts = now().date() + dt.timedelta(days=30)
    facts = EditionFacts(
        kind=EditionKind.NATIONAL,
        title=f"Course for {size} officials",
        place="Nowhere in particular",
        starts_on=starts,
        ends_on=starts + dt.timedelta(days=2),
        zone="UTC",
        deadline_at=now() + dt.timedelta(days=20),
        contact="office@lemkin.example",
    )
    edition = services.create_edition(session, course=_slug(app), facts=facts, at=now(), by=None)
    institutions = [
        people_services.create_institution(
            session,
            state_code=state,
            sector=sector,
            name=f"Institution {size} {sector}",
            zone="UTC",
            at=now(),
            by=None,
        )
        for state, sector in itertools.product(STATES, SECTORS)
    ]
    return edition, institutions


def _slug(app: Flask) -> str:
    return next(path.name for path in sorted((Path(app.root_path).parent / "courses").iterdir()) if path.is_dir())


def _participant(session: Session, edition: Edition, institution: Institution, number: int) -> int:
    at = now()
    person = people_services.create_person(
        session, name=f"Person Mfano {edition.id}-{number}", address=f"p{edition.id}-{number}@lemkin.example", at=at
    )
    affiliation = people_services.affiliate(
        session, person=person, institution=institution, since=at.date(), function="Adviser"
    )
    session.flush()
    enrolment = services.enrol(
        session, edition=edition, person_id=person.id, affiliation_id=affiliation.id, at=at, by=None
    )
    services.invite(session, enrolment=enrolment, at=at, by=None)
    services.accept(session, enrolment=enrolment, at=at, by=None)
    return enrolment.id


PASSWORD = cast().password
