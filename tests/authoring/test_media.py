"""Pictures and documents of a draft, as trainers put them in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lms.authoring import services
from lms.authoring.models import Draft
from lms.authoring.rules.illustrating import new_id
from lms.authoring.views.media import LARGEST_UPLOAD
from lms.catalogue.bundles import pack, unpack
from lms.catalogue.files import disk
from lms.catalogue.models import Medium, VersionMedium
from lms.kernel.clock import now
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.rules import Role
from tests.catalogue import media_corpus as corpus
from tests.catalogue import tiny
from tests.catalogue.illustrated import PICTURE_PATH, illustrated_files, picture, report, written_with_media
from tests.conftest import statements
from tests.learning.makers import ASKED, publish
from tests.people.makers import make_person, signed_in_client

from .desks import Worker, worker
from .drafts import FIRST_PATH, begin, save, sign_all, viewer, workspace

SAID = {"title": "The court room", "licence": "CC BY-SA 4.0", "provenance": "Jane Roe, 1946"}


@pytest.fixture
def trainer(app: Flask, tmp_path: Path) -> Worker:
    """Somebody who writes the tiny course."""
    publish(tmp_path)
    return worker(app, Role.TRAINER)


def at(draft: Draft, rest: str = "") -> str:
    return f"/courses/tiny/drafts/{draft.public_id}/media{rest}"


def posted(who: Worker, path: str, fields: Mapping[str, str], name: str, file: bytes | None) -> TestResponse:
    """The form as a browser sends it. The client of the tests would leave a file open."""
    line = "--as-browsers-do\r\nContent-Disposition: form-data; name="
    body = "".join(f'{line}"{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()).encode()
    if file is not None:
        head = f'{line}"{name}"; filename="holiday.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        body += head.encode() + file + b"\r\n"
    kind = "multipart/form-data; boundary=as-browsers-do"
    return who.client.post(path, data=body + b"--as-browsers-do--\r\n", content_type=kind)


def send(who: Worker, draft: Draft, data: bytes, rest: str = "", **said: str) -> TestResponse:
    return posted(who, at(draft, rest), {**SAID, **said}, "file", data)


def publish_signed(who: Worker, draft: Draft, *, sent: bool = False) -> None:
    """Everyone whose word is asked gives it, and the draft becomes a version."""
    by = viewer(who)
    if not sent:
        with unit_of_work() as session:
            services.send_to_review(session, draft=session.get_one(Draft, draft.id), by=by, at=now())
    by = sign_all(draft)
    with unit_of_work() as session:
        mine = session.get_one(Draft, draft.id)
        services.publish_draft(session, draft=mine, summary={"en": "A picture."}, kinds=tiny.KINDS, by=by, at=now())


def entries(draft: Draft) -> list[dict[str, object]]:
    return [dict(entry) for entry in workspace(draft).course.media]


def test_a_photograph_becomes_an_entry_and_nothing_of_its_maker_is_kept(trainer: Worker) -> None:
    draft = begin(trainer)
    answer = send(trainer, draft, corpus.photograph())
    assert (answer.status_code, answer.location) == (303, f"{at(draft)}#the-court-room")
    made = picture().medium
    assert entries(draft) == [
        {"id": "the-court-room", "kind": "picture", **SAID, "sha256": made.sha256, "bytes": made.bytes,
         "width": 1600, "height": 1200}
    ]  # fmt: skip
    with reading() as session:
        assert session.scalars(select(Medium.data)).one() == picture().data
        said = session.scalars(select(AuditEntry).where(AuditEntry.act == "draft.medium-added")).one()
    assert said.details["sha256"] == made.sha256


def test_the_page_shows_each_file_with_its_snippet_and_the_texts_that_use_it(trainer: Worker) -> None:
    draft = begin(trainer)
    send(trainer, draft, corpus.photograph())
    send(trainer, draft, corpus.document(), title="The report")
    page = trainer.client.get(at(draft)).text
    assert f"/media/{picture().medium.sha256}/480.webp" in page
    assert "![what the picture shows](media/the-court-room)" in page
    assert "[The report](media/the-report)" in page
    assert page.count("No text uses it yet.") == 2
    save(trainer, draft, tiny.FIRST + "\n![A room](media/the-court-room)\n\n[It](media/the-report).\n")
    page = trainer.client.get(at(draft)).text
    assert page.count("Used in") == 2
    assert "No text uses it yet." not in page
    assert workspace(draft).checked().mistakes == []


def test_the_editor_shows_the_picture_finds_it_and_names_what_is_not_there(trainer: Worker) -> None:
    draft = begin(trainer)
    send(trainer, draft, corpus.photograph())
    save(trainer, draft, tiny.FIRST + "\n![A room](media/the-court-room)\n\n![A door](media/the-cort-room)\n")
    below = f"/courses/tiny/drafts/{draft.public_id}"
    page = trainer.client.get(f"{below}/units/first").text
    assert f'src="/media/{picture().medium.sha256}/1600.webp"' in page
    assert "media.yaml has no “the-cort-room”" in page
    assert "id you mean “the-court-room”?" in page
    found = trainer.client.get(f"{below}/lookup?q=roe").text
    assert 'value="![what the picture shows](media/the-court-room)"' in found
    assert f'href="{below}/units/first"' in trainer.client.get(at(draft)).text


def test_the_same_form_sent_twice_takes_the_file_once_and_another_form_is_told(trainer: Worker) -> None:
    draft = begin(trainer)
    for _ in range(2):
        assert send(trainer, draft, corpus.photograph(), client_key="the-same-key").status_code == 303
    assert len(entries(draft)) == 1
    again = send(trainer, draft, corpus.photograph(), title="Another")
    assert again.status_code == 422
    assert "This file is here already: “The court room”." in again.text
    assert 'value="Another"' in again.text


def test_a_file_of_another_course_is_kept_once_and_that_is_said(trainer: Worker) -> None:
    first, second = begin(trainer), begin(trainer)
    send(trainer, first, corpus.photograph())
    send(trainer, second, corpus.photograph())
    assert "The same file is kept already, so it takes no more room." in trainer.client.get(at(second)).text
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Medium)) == 1


@pytest.mark.parametrize("missing", list(SAID))
def test_licence_and_provenance_are_asked_for(trainer: Worker, missing: str) -> None:
    draft = begin(trainer)
    answer = send(trainer, draft, corpus.drawing(), **{missing: " "})
    assert answer.status_code == 422
    assert "Write this; it is shown with the file." in answer.text
    assert entries(draft) == []


@pytest.mark.parametrize("name", list(corpus.hostile()))
def test_a_hostile_file_is_refused_with_a_sentence_and_leaves_nothing(
    sqlite_app: Flask, tmp_path: Path, name: str
) -> None:
    publish(tmp_path)
    trainer = worker(sqlite_app, Role.TRAINER)
    draft = begin(trainer)
    answer = send(trainer, draft, corpus.hostile()[name][0]())
    assert answer.status_code == 422
    assert "error-summary" in answer.text or 'role="alert"' in answer.text
    assert entries(draft) == []
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Medium)) == 0


def test_what_is_longer_than_a_camera_writes_is_not_read(trainer: Worker) -> None:
    draft, kind = begin(trainer), "multipart/form-data; boundary=x"
    for path, most in ((at(draft), LARGEST_UPLOAD), (at(draft, "/x/take-out"), 2 * 1024 * 1024)):
        answer = trainer.client.post(path, data=b"x" * (most + 1), content_type=kind)
        assert answer.status_code == 413, path


def test_a_picture_is_replaced_under_the_same_name(trainer: Worker) -> None:
    draft = begin(trainer)
    send(trainer, draft, corpus.photograph())
    changed = send(trainer, draft, corpus.drawing(), "/the-court-room", licence="CC0")
    assert changed.status_code == 303
    (entry,) = entries(draft)
    assert (entry["id"], entry["licence"], entry["width"]) == ("the-court-room", "CC0", 640)
    words = trainer.client.post(at(draft, "/the-court-room"), data={**SAID, "title": "A room"})
    assert words.status_code == 303
    assert (entries(draft)[0]["title"], entries(draft)[0]["width"]) == ("A room", 640)
    other = send(trainer, draft, corpus.document(), "/the-court-room")
    assert other.status_code == 422
    assert "A picture can be replaced by a picture only" in other.text
    assert trainer.client.get(at(draft, "/the-court-room")).status_code == 200
    assert trainer.client.get(at(draft, "/nothing")).status_code == 404


def test_what_a_text_names_cannot_be_taken_out_and_the_place_is_said(trainer: Worker) -> None:
    draft = begin(trainer)
    send(trainer, draft, corpus.photograph())
    save(trainer, draft, tiny.FIRST + "\n![A room](media/the-court-room)\n")
    refused = trainer.client.post(at(draft, "/the-court-room/take-out"))
    assert refused.status_code == 422
    assert f"It is used in {FIRST_PATH}." in refused.text
    save(trainer, draft, tiny.FIRST)
    for _ in range(2):
        assert trainer.client.post(at(draft, "/the-court-room/take-out")).status_code == 303
    assert "media.yaml" not in workspace(draft).files.texts
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Medium)) == 1


def test_a_draft_with_a_picture_is_published_and_its_readers_get_it(trainer: Worker, app: Flask) -> None:
    draft = begin(trainer)
    send(trainer, draft, corpus.photograph())
    save(trainer, draft, tiny.FIRST + "\n![A room](media/the-court-room)\n")
    reader = signed_in_client(app, make_person())
    address = f"/media/{picture().medium.sha256}/480.webp"
    assert trainer.client.get(address).status_code == 200
    assert reader.get(address).status_code == 404
    publish_signed(trainer, draft)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(VersionMedium)) == 1
    assert reader.get(address).status_code == 200


def test_a_page_of_files_takes_the_same_statements_for_one_and_for_many(trainer: Worker, app: Flask) -> None:
    draft = begin(trainer)
    counts = []
    for width in (60, 70, 80):
        send(trainer, draft, corpus.drawing(width, 40))
        trainer.client.get(at(draft))
        with statements(app) as sent:
            trainer.client.get(at(draft))
        counts.append(len(sent))
    assert len(set(counts)) == 1, counts


def test_only_who_works_on_the_course_sees_its_files(trainer: Worker, app: Flask) -> None:
    draft = begin(trainer)
    send(trainer, draft, corpus.photograph())
    for client in (signed_in_client(app, make_person()), worker(app, Role.EVALUATOR).client):
        for method, rest in (
            ("GET", ""),
            ("POST", ""),
            ("GET", "/the-court-room"),
            ("POST", "/the-court-room/take-out"),
        ):
            assert client.open(at(draft, rest), method=method).status_code == 404


def test_a_name_is_made_of_the_title() -> None:
    assert new_id("The Court’s room, 1946", "picture", []) == "the-courts-room-1946"
    assert new_id("Ravensbrück – Mémorial", "picture", ["ravensbruck-memorial"]) == "ravensbruck-memorial-2"
    assert new_id("奥斯维辛", "picture", ["picture", "picture-2"]) == "picture-3"
    assert re.fullmatch(r"[a-z0-9-]{1,40}", new_id("x" * 300, "document", []))


def bundle(who: Worker, files: Mapping[str, bytes]) -> TestResponse:
    fields = {"title": "From home", "client_key": "a-key-of-a-form"}
    return posted(who, "/courses/tiny/upload", fields, "bundle", pack(files, "tiny"))


def test_a_bundle_carries_its_pictures_down_and_up(trainer: Worker) -> None:
    files = illustrated_files()
    sent = bundle(trainer, files)
    assert sent.status_code == 303, sent.text
    with reading() as session:
        made = session.scalars(select(Draft)).one()
        assert session.scalar(select(func.count()).select_from(Medium)) == 2
    assert workspace(made).checked().mistakes == []
    down = trainer.client.get(f"/courses/tiny/drafts/{made.public_id}/bundle.zip")
    assert unpack(down.data).files == files


def test_a_bundle_with_a_file_in_another_form_is_refused_and_nothing_is_kept(trainer: Worker) -> None:
    files = {**illustrated_files(), PICTURE_PATH: corpus.photograph(300, 200)}
    sent = bundle(trainer, files)
    assert sent.status_code == 422
    assert "this is not in the form in which files are kept" in sent.text
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Medium)) == 0


def test_files_that_are_loaded_as_a_draft_bring_their_pictures(trainer: Worker, app: Flask, tmp_path: Path) -> None:
    worker(app, Role.REVIEWER)
    folder = written_with_media(tmp_path / "in", asked=ASKED)
    done = app.test_cli_runner().invoke(args=["lms", "courses", "load", str(folder)])
    assert "a draft waits in review" in done.output, done.output
    with reading() as session:
        made = session.scalars(select(Draft)).one()
    publish_signed(trainer, made, sent=True)
    again = app.test_cli_runner().invoke(args=["lms", "courses", "load", str(folder)])
    assert "tiny: unchanged, version" in again.output
    assert app.test_cli_runner().invoke(args=["lms", "courses", "export", str(tmp_path / "out")]).exit_code == 0
    assert disk.collect(tmp_path / "out/tiny") == disk.collect(folder)


@pytest.fixture
def reader(app: Flask, trainer: Worker) -> FlaskClient:
    """Somebody who is signed in, in a house where the picture and the report are published."""
    draft = begin(trainer)
    send(trainer, draft, corpus.photograph())
    send(trainer, draft, corpus.document(), title="The report")
    save(trainer, draft, tiny.FIRST + "\n![A room](media/the-court-room)\n\n[It](media/the-report).\n")
    publish_signed(trainer, draft)
    return signed_in_client(app, make_person())


def test_a_picture_is_served_without_any_right_of_a_page(reader: FlaskClient) -> None:
    address = f"/media/{picture().medium.sha256}"
    answer = reader.get(f"{address}/1600.webp")
    assert answer.data == picture().data
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert reader.get(f"{address}/960.webp").data == picture().narrower[960]
    again = reader.get(f"{address}/1600.webp", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = reader.head(f"{address}/1600.webp")
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(picture().data)))


def test_a_document_is_an_attachment(reader: FlaskClient) -> None:
    answer = reader.get(f"/media/{report().medium.sha256}/the-report.pdf")
    assert answer.data == report().data
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="the-report.pdf"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_nothing_else_is_there(reader: FlaskClient, app: Flask) -> None:
    sha256, other = picture().medium.sha256, report().medium.sha256
    for path in (
        f"{sha256}/481.webp", f"{sha256}/0480.webp", f"{sha256}/480.png", f"{sha256}/x.pdf", f"{other}/480.webp",
        f"{sha256.upper()}/480.webp", f"{'0' * 64}/480.webp", f"{sha256}/480.webp%00", f"{sha256}/..%2f480.webp",
        f"{sha256}/99999.webp", f"{other}/{'x' * 80}.pdf", f"{other}/A.pdf", f"{other}/a%0d%0ab.pdf",
    ):  # fmt: skip
        assert reader.get(f"/media/{path}").status_code == 404, path
    assert app.test_client().get(f"/media/{sha256}/480.webp").status_code == 303
