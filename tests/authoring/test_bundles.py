"""A course as one file in the browser: taken down, changed elsewhere, sent back as a draft of what differs."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lms.authoring.models import Draft, DraftOrigin, DraftSave, DraftState
from lms.authoring.queries import files_of
from lms.authoring.views.bundles import MOST_SENT
from lms.catalogue.bundles import pack, unpack
from lms.catalogue.models import CourseVersion
from lms.catalogue.services import exported_files
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import reading
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import FIRST, Worker, published, worker
from tests.authoring.drafts import FIRST_PATH, begin, save, workspace
from tests.catalogue.hostile_archives import HOSTILE

FIRST_ES = "modules/01-words/first.es.md"


@pytest.fixture
def trainer(app: Flask, tmp_path: Path) -> Worker:
    published(tmp_path)
    return worker(app, Role.TRAINER)


def files() -> dict[str, bytes]:
    """The published version."""
    with reading() as session:
        return {path: text.encode() for path, text in exported_files(session, "tiny").items()}


def changed() -> dict[str, bytes]:
    """The same with one text changed and a translation taken out."""
    found = files()
    del found[FIRST_ES]
    return {**found, FIRST_PATH: found[FIRST_PATH].replace(b"It ended.", b"It ended well.")}


def send(sender: Worker, packed: bytes, *, title: str = "From home", key: str = "a-key-of-a-form") -> TestResponse:
    return post(sender, {"title": title, "client_key": key}, packed)


def post(sender: Worker, fields: dict[str, str], packed: bytes | None) -> TestResponse:
    """The form as a browser sends it. The client of the tests would leave a file open."""
    line = "--as-browsers-do\r\nContent-Disposition: form-data; name="
    body = "".join(f'{line}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()).encode()
    if packed is not None:
        head = f'{line}"bundle"; filename="tiny.zip"\r\nContent-Type: application/zip\r\n\r\n'
        body += head.encode() + packed + b"\r\n"
    kind = "multipart/form-data; boundary=as-browsers-do"
    return sender.client.post("/courses/tiny/upload", data=body + b"--as-browsers-do--\r\n", content_type=kind)


def drafts() -> list[Draft]:
    with reading() as session:
        return list(session.scalars(select(Draft).order_by(Draft.id)))


def nothing_was_kept() -> bool:
    with reading() as session:
        return not drafts() and not session.scalar(select(func.count()).select_from(DraftSave))


def test_a_course_is_taken_down_as_one_file_named_after_its_version(trainer: Worker) -> None:
    answer = trainer.client.get("/courses/tiny/bundle.zip")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == "attachment; filename=tiny-1.0.zip"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data == pack(files(), "tiny")
    assert unpack(answer.data).files == files()


def test_a_draft_is_taken_down_as_it_stands_finished_or_not(trainer: Worker) -> None:
    draft = begin(trainer)
    save(trainer, draft, "---\nkey: first\nkind: reading\n---\n\nUnfinished\n")
    answer = trainer.client.get(f"/courses/tiny/drafts/{draft.public_id}/bundle.zip")
    assert unpack(answer.data).files[FIRST_PATH] == b"---\nkey: first\nkind: reading\n---\n\nUnfinished\n"
    assert "tiny-draft.zip" in answer.headers["Content-Disposition"]


def test_what_differs_in_a_bundle_becomes_a_draft_and_nothing_else_does(trainer: Worker) -> None:
    answer = send(trainer, pack(changed(), "tiny"))
    assert answer.status_code == 303, answer.text
    draft = drafts()[0]
    assert answer.location.endswith(f"/courses/tiny/drafts/{draft.public_id}")
    assert (draft.title, draft.origin, draft.state) == ("From home", DraftOrigin.FILES, DraftState.DRAFT)
    assert draft.begun_by == trainer.person.id
    with reading() as session:
        found = files_of(session, session.get_one(Draft, draft.id))
        assert found.changed() == (FIRST_ES, FIRST_PATH)
        assert {path: text.encode() for path, text in found.texts.items()} == changed()
        assert session.scalar(select(func.count()).select_from(CourseVersion)) == 1
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.about == draft.public_id)).all()
    assert "draft.opened" in acts
    assert "2 files of the bundle" in trainer.client.get(answer.location).text


def test_the_bundle_that_was_taken_down_comes_back_and_changes_nothing(trainer: Worker) -> None:
    taken = trainer.client.get("/courses/tiny/bundle.zip").data
    answer = send(trainer, taken)
    assert (answer.status_code, answer.location.endswith("/courses/tiny/upload")) == (303, True)
    assert "word for word. No draft was made." in trainer.page("/tiny/upload")
    assert nothing_was_kept()


def test_a_bundle_of_an_older_version_is_refused_and_takes_nothing_back(trainer: Worker, tmp_path: Path) -> None:
    old = files()
    published(tmp_path, first=FIRST.replace("It ended.", "It ended indeed."))
    answer = send(trainer, pack({**old, FIRST_ES: old[FIRST_ES] + b"\nAlgo.\n"}, "tiny"))
    assert answer.status_code == 422, answer.text
    assert "This bundle was made from an older version." in answer.text
    assert nothing_was_kept()
    assert send(trainer, pack(changed(), "tiny")).status_code == 303


def test_bundles_are_read_so_many_times_and_then_only_later(trainer: Worker) -> None:
    codes = [send(trainer, b"no zip").status_code for _ in range(21)]
    assert codes == [422] * 20 + [429]


def test_a_double_click_makes_one_draft(trainer: Worker) -> None:
    first, second = (send(trainer, pack(changed(), "tiny")) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert len(drafts()) == 1
    assert send(trainer, pack(changed(), "tiny"), key="another-key-of-it").location != first.location


def test_a_broken_course_is_refused_with_every_mistake_and_nothing_is_kept(trainer: Worker) -> None:
    wrong = changed()
    wrong[FIRST_PATH] = wrong[FIRST_PATH].replace(b"minutes: 5", b"minuts: 5")
    wrong["sources.yaml"] = b"sources:\n- id: S001\n"
    answer = send(trainer, pack(wrong, "tiny"))
    assert answer.status_code == 422
    for said in (FIRST_PATH, "“minuts” is not a field here", "did you mean “minutes”?", "sources.yaml", "is missing"):
        assert said in answer.text
    assert "Nothing was taken from this bundle" in answer.text
    assert nothing_was_kept()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a_text_that_is_called_zip", "This is not a .zip file"),
        ("four_gigabytes_of_zeros", "more than 100 times as large"),
        ("a_link_to_the_passwords", "is a link or a device"),
        (ascii("../evil.md"), "leads out of the folder"),
        ("two_folders", "Pack that folder alone"),
    ],
)
def test_a_hostile_archive_is_refused_with_its_sentence(trainer: Worker, name: str, said: str) -> None:
    answer = send(trainer, HOSTILE[name][1]())
    assert answer.status_code == 422
    assert said in answer.text
    assert nothing_was_kept()


def test_the_bundle_of_another_course_is_refused(trainer: Worker) -> None:
    other = {**files(), "course.yaml": files()["course.yaml"].replace(b"slug: tiny", b"slug: other")}
    answer = send(trainer, pack(other, "other"))
    assert answer.status_code == 422
    assert "This bundle is the course “other”" in answer.text
    assert nothing_was_kept()


@pytest.mark.parametrize(("field", "said"), [("bundle", "Choose the .zip"), ("title", "Say in a few words")])
def test_a_form_without_file_or_title_says_what_is_missing(trainer: Worker, field: str, said: str) -> None:
    fields = {"title": "x", "client_key": "a-key-of-a-form"}
    fields.pop(field, None)
    answer = post(trainer, fields, None if field == "bundle" else pack(changed(), "tiny"))
    assert answer.status_code == 422
    assert said in answer.text
    assert nothing_was_kept()


def test_a_bundle_may_be_larger_than_other_forms_but_not_without_end(trainer: Worker) -> None:
    padding = random.Random(4).randbytes(3 * 1024 * 1024)  # in a hidden file, which is left alone
    assert send(trainer, pack({**changed(), ".padding": padding}, "tiny")).status_code == 303
    answer = send(trainer, b"x" * (MOST_SENT + 1), key="more-than-is-taken")
    assert answer.status_code == 413
    assert "The file is too large" in answer.text
    other = trainer.client.post("/courses/tiny/drafts", data={"title": "x" * (2 * 1024 * 1024 + 1)})
    assert other.status_code == 413


def test_whoever_works_on_another_course_finds_none_of_it(trainer: Worker, app: Flask) -> None:
    draft = begin(trainer)
    for stranger in (
        worker(app, Role.TRAINER, ScopeKind.COURSE, "other"),
        worker(app, Role.COORDINATOR),
        worker(app, None),
    ):
        for path in ("bundle.zip", f"drafts/{draft.public_id}/bundle.zip", "upload"):
            assert stranger.client.get(f"/courses/tiny/{path}").status_code == 404
        assert send(stranger, pack(changed(), "tiny")).status_code == 404
        assert stranger.client.post("/courses/tiny/upload").status_code == 404
    assert [one.id for one in drafts()] == [draft.id]


def test_a_draft_of_a_bundle_is_written_on_in_the_browser_like_any_other(trainer: Worker) -> None:
    send(trainer, pack(changed(), "tiny"))
    draft = drafts()[0]
    text = workspace(draft).files.texts[FIRST_PATH]
    assert save(trainer, draft, text.replace("It ended well.", "It ended very well.")).fresh
    page = trainer.page("/tiny/upload")
    assert re.search(r'<input[^>]*type="file"', page)
    assert 'enctype="multipart/form-data"' in page
