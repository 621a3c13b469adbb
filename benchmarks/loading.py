"""The curriculum on its way in: from its folder into an empty database, and again when nothing is new."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from lms.app import create_app
from lms.authoring.services.loading import load_folder
from lms.catalogue.bundles import pack
from lms.catalogue.bundles.checking import check_apart
from lms.catalogue.cli import packaged_courses
from lms.catalogue.files import disk
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.settings import from_environment
from lms.kernel.unit_of_work import unit_of_work

from .reading import COURSE, KINDS
from .results import Result
from .seed import environment

LOADED, AGAIN, SENT = 3.0, 2.0, 3.0


def measure(folder: Path) -> list[Result]:
    """Seconds at work, of this process and of those it started; on SQLite."""
    home = folder / "loading"
    home.mkdir()
    app = create_app(from_environment(environment(home)))
    app.test_cli_runner().invoke(args=["lms", "upgrade"], catch_exceptions=False)
    with app.app_context():
        first, again = _seconds(_load), _seconds(_load)
        db.session.remove()
        db.engine.dispose()
    packed = pack(disk.collect(packaged_courses() / COURSE), COURSE)
    sent = _seconds(lambda: check_apart(packed, KINDS, frozenset()))
    return [
        Result("curriculum loaded into an empty database, CPU", first, "s", LOADED),
        Result("curriculum loaded again, nothing new, CPU", again, "s", AGAIN),
        Result("curriculum sent as a bundle, unpacked and checked apart, CPU", sent, "s", SENT),
    ]


def _load() -> None:
    with unit_of_work() as session:
        load_folder(session, folder=packaged_courses() / COURSE, kinds=KINDS, at=now())


def _seconds(do: Callable[[], object]) -> float:
    before = _at_work()
    do()
    return _at_work() - before


def _at_work() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
