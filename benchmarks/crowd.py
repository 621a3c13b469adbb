"""Editions of hundreds of thousands of people, straight into the tables: what services do one by one takes hours.

Everything that the desk reads is there: sealed names, places, steps, stages, and the numbers folded. Progress stands as
its summaries, without the events they come from.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Table, func, select, text

from lms.app import create_app
from lms.catalogue.queries import outline
from lms.dashboards.models import AttentionStand, AttentionTally
from lms.dashboards.rules.stands import Stand
from lms.kernel import worker
from lms.kernel.clock import now
from lms.kernel.db import Model, db
from lms.kernel.secrets import new_key, new_token, seal
from lms.kernel.settings import from_environment, keyring
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import EnrolmentProgress, ModuleFinished
from lms.learning.rules.modules import counted_as
from lms.people.models import Affiliation, IdentityRow, Institution, Person, PersonKey
from lms.people.rules import PersonName
from lms.people.sealing import name_place
from lms.seminars.models import (
    EditionCount,
    Enrolment,
    EnrolmentEvent,
    NameAwaited,
    PartTally,
    Stage,
    StageReached,
    Tally,
)
from lms.seminars.queries import version_in_force
from lms.seminars.rules import COMPLETE, NAMES_AWAITED, PLACES, EnrolmentState

from .seed import STAGES, Filled, an_edition, environment

AT_ONCE = 20_000
STEPS = (EnrolmentState.NOMINATED, EnrolmentState.INVITED, EnrolmentState.ACCEPTED)


def fill(home: Path, sizes: Sequence[int], database_url: str = "") -> Filled:
    """Set the system up with its demonstration and add an edition of each size."""
    home.mkdir(parents=True, exist_ok=True)
    env = environment(home, database_url)
    app = create_app(from_environment(env))
    result = app.test_cli_runner().invoke(args=["lms", "setup"])
    if result.exit_code:
        raise RuntimeError(f"setup failed: {result.output} {result.exception!r}")
    with app.app_context():
        editions = {}
        for size in sizes:
            with unit_of_work() as session:
                edition, places = an_edition(session, app, size)
                version = version_in_force(session, edition.id)
                modules = [module.key for module in outline(session, version).modules]
            with db.engine.begin() as connection:
                _Crowd(connection, edition.id, edition.deadline_at, places, modules, version).write(size)
            editions[size] = edition.public_id
        worker.drain()
        _let_the_database_look(database_url)
        db.session.remove()
        db.engine.dispose()
    return Filled(env, editions)


def _let_the_database_look(database_url: str) -> None:
    """What autovacuum does within a minute of so much new data, so that plans know the tables; SQLite never looks."""
    if database_url.startswith("postgresql"):
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


@dataclass
class _Portion:
    """People who are written at once, each with how far they came, and the first ids of their rows."""

    numbers: range
    person: int
    affiliation: int
    place: int
    institutions: Sequence[Institution]

    def __post_init__(self) -> None:
        self.people = [(_Somebody(number, self.person + n), _Way(number)) for n, number in enumerate(self.numbers)]
        self.houses = [self.institutions[number % len(self.institutions)] for number in self.numbers]
        self.ids = range(self.place, self.place + len(self.people))

    @property
    def placed(self) -> Iterator[tuple[int, tuple[_Somebody, _Way]]]:
        """Each with the id of their place."""
        return zip(self.ids, self.people, strict=True)


@dataclass
class _Crowd:
    """People who are written into one edition; those of one number have come equally far in every edition."""

    connection: Connection
    edition_id: int
    due_at: dt.datetime
    places: Sequence[Institution]
    modules: Sequence[str]
    version: int
    stands: Counter[str] = field(default_factory=Counter)

    def write(self, size: int) -> None:
        """So many people, twenty thousand at once."""
        for first in range(0, size, AT_ONCE):
            self._some(range(first, min(size, first + AT_ONCE)))
        self._numbers(size)

    def _some(self, numbers: range) -> None:
        some = _Portion(numbers, self._next(Person), self._next(Affiliation), self._next(Enrolment), self.places)
        self._write_people(some)
        self._write_places(some)
        self._write_stages(some)
        self._write_reading(some)
        self._write_stands(some)

    def _write_people(self, some: _Portion) -> None:
        at, day = _written(now()), str(now().date())
        self._load(
            Person,
            "id subject created_at name_confirmed_at",
            ((one.id, one.subject, at, at if way.named else None) for one, way in some.people),
        )
        self._load(PersonKey, "person_id wrapped", ((one.id, one.wrapped) for one, _way in some.people))
        self._load(
            IdentityRow,
            "person_id kind place sealed primary created_at",
            ((one.id, "name", one.place, one.sealed, True, at) for one, _way in some.people),
        )
        self._load(
            Affiliation,
            "id person_id institution_id since",
            ((some.affiliation + n, one.id, some.houses[n].id, day) for n, (one, _way) in enumerate(some.people)),
        )

    def _write_places(self, some: _Portion) -> None:
        self._load(
            Enrolment,
            "id public_id edition_id person_id affiliation_id institution_id state_code sector state invited_at "
            "first_seen_at due_at",
            (
                (
                    place, new_token(), self.edition_id, one.id, some.affiliation + n, house.id, house.state_code,
                    house.sector.value, "accepted", _written(way.invited_at),
                    _written(way.seen_at) if way.seen_at else None, _written(self.due_at),
                )
                for n, (place, (one, way), house) in enumerate(zip(some.ids, some.people, some.houses, strict=True))
            ),
        )  # fmt: skip
        at = _written(now())
        steps = ((place, step.value, at) for place in some.ids for step in STEPS)
        self._load(EnrolmentEvent, "enrolment_id state at", steps)
        nameless = (place for place, (_one, way) in some.placed if way.seen_at and not way.named)
        self._load(NameAwaited, "enrolment_id edition_id", ((place, self.edition_id) for place in nameless))

    def _write_stages(self, some: _Portion) -> None:
        rows = (
            (place, self.edition_id, stage, _written(way.at(stage)))
            for place, (one, way) in some.placed
            for stage in reached(one.number)
        )
        self._load(StageReached, "enrolment_id edition_id stage at", rows)

    def _write_reading(self, some: _Portion) -> None:
        begun = ((place, way, began) for place, (_one, way) in some.placed if (began := way.read_at))
        self._load(
            EnrolmentProgress,
            "enrolment_id units_done started_at completed_at version_id late",
            (
                (
                    place, 0, _written(began),
                    *((_written(done), self.version) if (done := way.complete_at) else (None, None)), False,
                )
                for place, way, began in begun
            ),
        )  # fmt: skip
        finished = (
            (place, key, self.edition_id)
            for place, (one, _way) in some.placed
            for key in self.modules[: modules_read(one.number)]
        )
        self._load(ModuleFinished, "enrolment_id module_key edition_id", finished)

    def _write_stands(self, some: _Portion) -> None:
        stands = [self._stand(way) for _one, way in some.people]
        self.stands.update(stands)
        rows = ((place, self.edition_id, stand) for place, stand in zip(some.ids, stands, strict=True))
        self._load(AttentionStand, "enrolment_id edition_id stand", rows)

    def _numbers(self, size: int) -> None:
        sums: Counter[tuple[str, str, str]] = Counter()
        parts: Counter[tuple[str, str, str, str]] = Counter()
        for number in range(size):
            place = self.places[number % len(self.places)]
            stages = [(place.state_code, place.sector.value, stage) for stage in reached(number)]
            sums.update(stages)
            parts.update((part, *stage) for part in self._parts(number) for stage in stages)
        rows = ((self.edition_id, *key, people) for key, people in sums.items())
        self._load(Tally, "edition_id state_code sector stage count", rows)
        named = ((self.edition_id, *key, people) for key, people in parts.items())
        self._load(PartTally, "edition_id part state_code sector stage count", named)
        read = Counter(key for number in range(size) for key in self.modules[: modules_read(number)])
        ways = map(_Way, range(size))
        others = {PLACES: size, NAMES_AWAITED: sum(1 for way in ways if way.seen_at and not way.named)}
        others |= {counted_as(key): people for key, people in read.items()}
        self._load(EditionCount, "edition_id what count", ((self.edition_id, *one) for one in others.items()))

        folded = ((self.edition_id, stand, people) for stand, people in self.stands.items())
        self._load(AttentionTally, "edition_id stand count", folded)

    def _stand(self, way: _Way) -> str:
        """As the services note it; nobody has finished a unit, of which the tables would be too large to fill."""
        last = way.complete_at or way.seen_at or way.invited_at
        due = None if way.complete_at else self.due_at.date()
        return Stand(due, 0, last.date(), way.seen_at is not None, way.named).key

    def _parts(self, number: int) -> list[str]:
        if Stage.PRE_READING.value in reached(number):
            return [COMPLETE]
        return [counted_as(key) for key in self.modules[: modules_read(number)]]

    def _next(self, kind: type[Model]) -> int:
        column = cast(Table, kind.__table__).c.id
        return (self.connection.scalar(select(func.max(column))) or 0) + 1

    def _load(self, kind: type[Model], columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        table, names = cast(Table, kind.__table__), [f'"{name}"' for name in columns.split()]
        raw = self.connection.connection.cursor()
        if self.connection.dialect.name == "postgresql":
            with raw.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            if "id" in columns.split():
                raw.execute(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}")
        else:
            marks = ", ".join("?" * len(names))
            raw.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})", cast(Any, rows))


class _Somebody:
    """A person of a number, with a name sealed as in life."""

    def __init__(self, number: int, id: int) -> None:
        self.number, self.id, self.subject, self.place = number, id, new_token(), new_token()
        key = new_key()
        self.wrapped = keyring().wrap(key, self.subject)
        name = PersonName(f"Person Mfano {number}").to_json().encode()
        self.sealed = seal(key, name, name_place(self.place))


class _Way:
    """When the person of a number did what: in one order everywhere, over a month; one in ten confirms no name."""

    def __init__(self, number: int) -> None:
        far, begins = set(reached(number)), now() - dt.timedelta(days=number % 30)
        self.invited_at = begins
        self.seen_at = begins if Stage.SIGNED_IN.value in far else None
        self.read_at = begins if Stage.READING.value in far else None
        complete = min(now(), begins + dt.timedelta(days=5))
        self.complete_at = complete if Stage.PRE_READING.value in far else None
        self.named = number % 10 > 0

    def at(self, stage: str) -> dt.datetime:
        """When they came to a stage."""
        return self.complete_at or self.invited_at if stage == Stage.PRE_READING.value else self.invited_at


def reached(number: int) -> Iterator[str]:
    """How far the person of this number has come."""
    yield Stage.INVITED.value
    yield from (stage.value for stage, of_ten in STAGES if number // 7 % 10 < of_ten)


def modules_read(number: int) -> int:
    """How many modules the person of this number has finished, of those who read and are not complete."""
    far = set(reached(number))
    return number % 7 if Stage.READING.value in far and Stage.PRE_READING.value not in far else 0


def _written(at: dt.datetime) -> str:
    """As both databases read an instant in UTC, and as ours writes it on SQLite."""
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"
