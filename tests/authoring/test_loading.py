"""`courses load` where a course has reviewers: a draft that waits for them, and no version behind their backs."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.authoring.models import Draft, DraftOrigin, DraftState
from lms.authoring.queries import files_of
from lms.authoring.services import abandon, publish_draft
from lms.authoring.services.loading import Waiting, load_folder, take_bundle
from lms.catalogue.models import CourseVersion
from lms.kernel.clock import frozen, now
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.models import Person
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import Worker, worker
from tests.authoring.drafts import FIRST_PATH, sign_all, viewer
from tests.catalogue.tiny import FIRST, KINDS, encoded, tiny_files, written
from tests.conftest import NOW
from tests.people.test_races import at_once

BETTER = FIRST.replace("A point.", "A better point.")


def load(app: Flask, folder: Path) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["lms", "courses", "load", str(folder)])
    return result.exit_code, result.output


def versions() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(CourseVersion)) or 0


def drafts() -> list[Draft]:
    with reading() as session:
        return list(session.scalars(select(Draft).order_by(Draft.id)))


@pytest.fixture
def reviewer(app: Flask, tmp_path: Path) -> Worker:
    """The tiny course, published from its folder, and then somebody who reviews it."""
    assert load(app, written(tmp_path)) == (0, "tiny: version 1.0 (first)\n")
    return worker(app, Role.REVIEWER, ScopeKind.COURSE, "tiny")


def test_changed_files_wait_in_review_and_say_where(app: Flask, reviewer: Worker, tmp_path: Path) -> None:
    code, said = load(app, written(tmp_path, first=BETTER))
    draft = drafts()[0]
    address = f"http://127.0.0.1:8000/courses/tiny/drafts/{draft.public_id}"
    assert (code, said) == (
        0,
        f"tiny: version 1.0 stays; a draft waits in review (editorial): {address}\n"
        "  editorial: modules/01-words/first.md has changed\n",
    )
    assert (draft.state, draft.origin, draft.begun_by) == (DraftState.IN_REVIEW, DraftOrigin.FILES, None)
    assert versions() == 1
    with reading() as session:
        assert files_of(session, session.get_one(Draft, draft.id)).changed() == (FIRST_PATH,)
    assert reviewer.client.get(address.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_loading_the_same_files_again_says_that_they_wait(app: Flask, reviewer: Worker, tmp_path: Path) -> None:
    folder = written(tmp_path, first=BETTER)
    load(app, folder)
    code, said = load(app, folder)
    assert code == 0
    assert re.fullmatch(r"tiny: version 1\.0 stays; what differs waits in review: http://\S+\n", said)
    assert len(drafts()) == 1
    with unit_of_work() as session:
        abandon(session, draft=session.merge(drafts()[0]), by=viewer(reviewer), at=now())
    assert "was given up as a draft, and can be taken up again" in load(app, folder)[1]
    assert len(drafts()) == 1


def test_loading_the_same_files_three_times_at_once_makes_one_draft(
    app: Flask, reviewer: Worker, tmp_path: Path
) -> None:
    folder = written(tmp_path, first=BETTER)

    def take() -> bool:
        with unit_of_work() as session:
            found = load_folder(session, folder=folder, kinds=KINDS, at=now())
            assert isinstance(found, Waiting)
            return found.fresh

    assert sorted(at_once(app, *[take] * 3)) == [False, False, True]
    assert [draft.state for draft in drafts()] == [DraftState.IN_REVIEW]


def test_a_bundle_sent_four_times_at_once_makes_one_draft(app: Flask, reviewer: Worker, tmp_path: Path) -> None:
    by, files = viewer(reviewer), tiny_files(first=BETTER)

    def take() -> int | None:
        with unit_of_work() as session:
            made = take_bundle(session, slug="tiny", files=files, title="x", key="a-key-of-a-form", by=by, at=now())
            return made and made[0].id

    assert len(set(at_once(app, *[take] * 4))) == 1
    assert len(drafts()) == 1


def test_other_files_are_another_draft(app: Flask, reviewer: Worker, tmp_path: Path) -> None:
    load(app, written(tmp_path, first=BETTER))
    load(app, written(tmp_path, first=FIRST.replace("A point.", "The best point.")))
    assert len(drafts()) == 2
    assert versions() == 1


def test_unchanged_files_do_nothing_and_say_so(app: Flask, reviewer: Worker, tmp_path: Path) -> None:
    assert load(app, written(tmp_path)) == (0, "tiny: unchanged, version 1.0\n")
    assert not drafts()


def test_what_was_loaded_reviewed_and_published_is_the_folder_again(
    app: Flask, reviewer: Worker, tmp_path: Path
) -> None:
    folder = written(tmp_path, first=BETTER)
    load(app, folder)
    sign_all(drafts()[0])
    with unit_of_work() as session:
        draft = session.merge(drafts()[0])
        publish_draft(session, draft=draft, summary={"en": "A point."}, kinds=KINDS, by=viewer(reviewer), at=now())
    assert load(app, folder) == (0, "tiny: unchanged, version 1.1\n")
    assert "a draft waits in review" in load(app, written(tmp_path, first=FIRST))[1]


def test_a_broken_course_makes_no_draft_and_fails(app: Flask, reviewer: Worker, tmp_path: Path) -> None:
    folder = written(tmp_path, first=FIRST.replace("minutes: 5", "minuts: 5"))
    code, said = load(app, folder)
    assert code == 1
    assert f"{folder}/modules/01-words/first.md:6: “minuts” is not a field here" in said
    assert not drafts()


def test_a_change_that_must_say_so_is_refused_as_before(app: Flask, reviewer: Worker, tmp_path: Path) -> None:
    asked = tiny_files()["modules/01-words/asked.yaml"]
    moved = asked.replace("    correct: true\n", "").replace("text: That one\n", "text: That one\n    correct: true\n")
    assert encoded({"a": moved}) != encoded({"a": asked})
    code, said = load(app, written(tmp_path, asked=moved))
    assert code == 1
    assert "substance" in said
    assert not drafts()


@pytest.mark.parametrize(
    ("role", "scope", "scope_id", "waits"),
    [
        (Role.REVIEWER, ScopeKind.ALL, None, True),
        (Role.REVIEWER, ScopeKind.COURSE, "other", False),
        (Role.TRAINER, ScopeKind.ALL, None, False),
    ],
)
def test_only_a_reviewer_of_the_course_makes_files_wait(
    app: Flask, tmp_path: Path, role: Role, scope: ScopeKind, scope_id: str | None, waits: bool
) -> None:
    load(app, written(tmp_path))
    worker(app, role, scope, scope_id)
    code, said = load(app, written(tmp_path, first=BETTER))
    assert code == 0
    assert ("a draft waits in review" in said) is waits
    assert versions() == (1 if waits else 2)


def test_where_the_only_reviewer_is_disabled_files_are_published(app: Flask, reviewer: Worker, tmp_path: Path) -> None:
    with unit_of_work() as session:
        session.get_one(Person, reviewer.person.id).disabled_at = now()
    code, said = load(app, written(tmp_path, first=BETTER))
    assert (code, versions(), drafts()) == (0, 2, []), said


def test_before_a_mandate_begins_files_are_published(app: Flask, tmp_path: Path) -> None:
    load(app, written(tmp_path))
    worker(app, Role.REVIEWER)
    with frozen(NOW - dt.timedelta(days=2)):
        assert "version 1.1 (editorial)" in load(app, written(tmp_path, first=BETTER))[1]


def test_a_course_without_a_version_is_published_first(app: Flask, tmp_path: Path) -> None:
    worker(app, Role.REVIEWER)
    assert load(app, written(tmp_path)) == (0, "tiny: version 1.0 (first)\n")
