"""What nobody needs any more goes, and what somebody must see stays."""

from __future__ import annotations

import datetime as dt

from flask import Flask
from sqlalchemy import select

from lms.kernel.models import Job, JobState, Throttle
from lms.kernel.tidy import tidy
from lms.kernel.unit_of_work import unit_of_work
from tests.conftest import NOW


def test_old_jobs_and_counts_go_while_dead_and_fresh_ones_stay(app: Flask) -> None:
    old, fresh = NOW - dt.timedelta(days=31), NOW - dt.timedelta(days=2)
    gone = [("old", JobState.DONE, old), ("long dead", JobState.DEAD, NOW - dt.timedelta(days=91))]
    kept = [("dead", JobState.DEAD, old), ("fresh", JobState.DONE, fresh), ("waiting", JobState.WAITING, old)]
    with unit_of_work() as session:
        for kind, state, at in [*gone, *kept]:
            session.add(Job(kind=kind, payload={}, state=state, run_at=at, created_at=at))
        session.add(Throttle(key="sign-in:long-ago", window=NOW - dt.timedelta(days=3), count=3))
        session.add(Throttle(key="sign-in:now", window=NOW, count=3))
    with unit_of_work() as session:
        tidy(session, {}, NOW)
    with unit_of_work() as session:
        assert set(session.scalars(select(Job.kind))) == {"dead", "fresh", "waiting"}
        assert list(session.scalars(select(Throttle.key))) == ["sign-in:now"]
