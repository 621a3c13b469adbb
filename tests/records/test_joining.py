"""An entry with a completion record is the one to keep when two entries turn out to be one person."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.kernel.checks import run_all
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people_services
from lms.people.models import Person
from tests.records.makers import close, finished_place, make_edition
from tests.seminars.makers import AT, make_person


def test_a_record_stays_with_its_holder(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        holder, other = finished_place(session, edition).person_id, make_person(session).id
        close(session, edition)
    for stays, goes in ((other, holder), (holder, other)):
        if stays == other:
            with pytest.raises(Refused, match="holds a completion record"):
                join(stays, goes)
        else:
            join(stays, goes)
    found = run_all(db.session())
    assert not any(found[name] for name in ("alumni.status", "people.keys", "records.holders", "records.names"))


def join(stays: int, goes: int) -> None:
    with unit_of_work() as session:
        first, second = session.get_one(Person, stays), session.get_one(Person, goes)
        people_services.join(session, stays=first, goes=second, kept=(), at=AT, by="c")
