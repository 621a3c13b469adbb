"""Whatever a bundle holds, the draft of it is that and nothing else, over whatever was published before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, assume, given, settings
from sqlalchemy.orm import Session

from lms.authoring.queries import files_of
from lms.authoring.services.loading import take_bundle
from lms.authoring.workspace import workspace_of
from lms.catalogue import services as courses
from lms.catalogue.bundles import pack, unpack
from lms.catalogue.files import disk
from lms.catalogue.rules.course_files import CourseFiles
from lms.kernel.unit_of_work import unit_of_work
from lms.people.rules import Role
from tests.authoring.desks import worker
from tests.authoring.drafts import viewer
from tests.catalogue import generated
from tests.catalogue.tiny import KINDS
from tests.conftest import DATABASES, NOW, fresh_database, running

EXAMPLES = {"sqlite": 25, "postgresql": 8}


class Undone(Exception):
    """Takes back what an example did."""


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Flask]]:
    """An app on a database that all examples use; gives the name of the database, and the app."""
    home = tmp_path_factory.mktemp("trips")
    with fresh_database(request.param, request, home) as url, running(url, home) as app:
        yield request.param, app


def texts_of(course: CourseFiles) -> dict[str, str]:
    return {path: raw.decode() for path, raw in generated.files_of(course).items()}


def published(course: CourseFiles, folder: Path, session: Session) -> Mapping[str, str]:
    disk.save({path: text.encode() for path, text in texts_of(course).items()}, folder / course.slug)
    courses.load(session, folder=folder / course.slug, kinds=KINDS, at=NOW)
    return texts_of(course)


def test_a_draft_of_any_bundle_has_its_files_and_comes_out_as_the_same_bundle(database: tuple[str, Flask]) -> None:
    by = viewer(worker(database[1], Role.TRAINER))

    @settings(
        max_examples=EXAMPLES[database[0]],
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
        phases=[Phase.explicit, Phase.generate],
    )
    @given(generated.courses(), generated.courses())
    def holds(before: CourseFiles, after: CourseFiles) -> None:
        # Pictures travel with bundles too: see the round trips of the catalogue.
        assume(not before.media and not after.media)
        after = replace(after, fields={**after.fields, "slug": before.slug})
        with suppress(Undone), TemporaryDirectory() as folder, unit_of_work() as session:
            base, sent = published(before, Path(folder), session), texts_of(after)
            sent_by = partial(take_bundle, session, slug=before.slug, title="x", by=by, at=NOW)
            assert sent_by(files=base, key="the-same-again") is None
            made = sent_by(files=sent, key="a-key-of-a-form")
            if made is None:
                assert sent == base
                raise Undone
            draft, number = made
            found = files_of(session, draft)
            assert found.texts == sent
            assert number == len(found.changed()) == sum(base.get(p) != sent.get(p) for p in {*base, *sent})
            work = workspace_of(session, draft, KINDS)
            assert work.course == after
            assert work.checked().sound
            packed = pack(work.bytes, before.slug)
            assert unpack(packed).files == generated.files_of(after)
            raise Undone

    holds()
