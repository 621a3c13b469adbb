"""What some forms have to be told that is not a matter of taste: an address that is known here, a code from a letter,
a file that was made here before."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from sqlalchemy import select

from lms.catalogue.bundles import pack
from lms.kernel.unit_of_work import reading
from lms.records.models import RecordSubject
from tests.catalogue.tiny import encoded, tiny_files

from .filling import PASSWORD, Filled
from .world import Kind, World

Saying = Callable[[World, str, Filled], None]
SIGNS_IN = "participant 1"


def say(world: World, viewer: str, endpoint: str, path: str, filled: Filled) -> None:
    """Write into a form what this one has to be told."""
    if "code" in filled.data:
        filled.data["code"] = world.codes.get(path, filled.data["code"])
    if endpoint in SAYINGS:
        SAYINGS[endpoint](world, viewer, filled)


def _known(world: World, person_id: int) -> str:
    return f"{world.of(person_id, Kind.ADDRESS)[0].text}@example.org"


def _two_people(world: World, _viewer: str, filled: Filled) -> None:
    """Two who may be named, each with a place."""
    there = dict.fromkeys(place.person_id for place in world.places if place.person_id not in world.unnamed)
    filled.data["first"], filled.data["second"] = (_known(world, one) for one in world.rng.sample([*there], 2))


def _member(world: World, _viewer: str, filled: Filled) -> None:
    """A member of the alumni community who holds no mandate, and for whom no other address is proposed yet."""
    waiting = {mark.person_id for mark in world.marks if mark.kind is Kind.MAILBOX}
    not_so = waiting | {held.person_id for held in world.held}
    free = (one for one in world.members if one not in not_so and one not in world.unnamed)
    filled.data["old"] = _known(world, next(free))


def _own_way_in(world: World, _viewer: str, filled: Filled) -> None:
    filled.data |= {"address": _known(world, world.viewers[SIGNS_IN]), "password": PASSWORD}
    filled.becomes = SIGNS_IN


def _record(world: World, _viewer: str, filled: Filled) -> None:
    """What a holder has taken away, and with it the name that stands in it."""
    holder = next(viewer for viewer, person_id in world.viewers.items() if person_id in world.members)
    with reading() as session:
        mine = select(RecordSubject.record).where(RecordSubject.person_id == world.viewers[holder])
        record = session.scalars(mine).first()
    given = world.client(holder).get(f"/records/{record}/credential")
    filled.data["file"] = (io.BytesIO(given.data), "completion-record.json")
    filled.told = {mark.text for mark in world.of(world.viewers[holder], Kind.NAME)}


def _course(_world: World, _viewer: str, filled: Filled) -> None:
    """The course, with other words than those of this world."""
    filled.data["bundle"] = (io.BytesIO(pack(encoded(tiny_files()), "tiny")), "tiny.zip")


def _present_password(_world: World, _viewer: str, filled: Filled) -> None:
    filled.data["password"] = PASSWORD


SAYINGS: Mapping[str, Saying] = {
    "alumni.propose_mailbox": _member,
    "authoring.take_upload": _course,
    "own_copy.take": _present_password,
    "people.sign_in": _own_way_in,
    "seminars.duplicates": _two_people,
    "verification.judge_file": _record,
}
