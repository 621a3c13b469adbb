"""Pictures and documents in a real browser: they reach the reader, run nothing, and call nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from lms.catalogue.checks import check
from lms.catalogue.checks.units import parse_units
from lms.catalogue.files.canonical import canonical_files
from lms.catalogue.files.read import read_files
from lms.catalogue.keeping import keep
from lms.catalogue.publishing import Publication
from lms.catalogue.services import course_row, fingerprint, load
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.people.rules import Role
from tests.authoring.desks import worker
from tests.authoring.drafts import begin
from tests.catalogue import media_corpus as corpus
from tests.catalogue import tiny
from tests.catalogue.illustrated import illustrated_files, picture, report, written_with_media
from tests.hostile_texts import PAYLOADS
from tests.journeys.accessibility import EVERY, faults
from tests.journeys.steps import follow
from tests.journeys.test_hostile_texts import served, watched
from tests.learning.makers import Reader, make_reader

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]


@pytest.fixture
def reader(sqlite_app: Flask, tmp_path: Path) -> Reader:
    """Somebody on an edition of a course with a picture and a document."""
    with unit_of_work() as session:
        load(session, folder=written_with_media(tmp_path), kinds=tiny.KINDS, at=now())
    return make_reader(sqlite_app)


def test_a_picture_reaches_its_reader_and_nobody_else_is_asked(chromium: Browser, reader: Reader) -> None:
    with served(reader.app) as home, watched(chromium, reader.app, home, reader.person_id) as seen:
        page = seen.page
        page.set_viewport_size({"width": 1280, "height": 900})
        assert seen.look(reader.url("first")) == ""
        image = page.get_by_role("img", name="The court room, empty: benches, a lamp")
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("one => one.naturalWidth > 0")
        assert image.evaluate("one => one.currentSrc").endswith("/960.webp")
        figure = page.locator("figure", has=image)
        expect(figure).to_contain_text("The room in 1946.")
        expect(figure).to_contain_text("Jane Roe, 1946; archive of the city · CC BY-SA 4.0")
        assert faults(page, EVERY) == []
        with page.expect_download() as told:
            page.get_by_role("link", name="the report of the court (PDF, 1 kB)").click()
        assert told.value.suggested_filename == "report.pdf"
        assert Path(told.value.path()).read_bytes() == report().data
        assert seen.told == []


def test_a_phone_gets_the_small_picture(chromium: Browser, reader: Reader) -> None:
    with served(reader.app) as home, watched(chromium, reader.app, home, reader.person_id) as seen:
        seen.page.set_viewport_size({"width": 360, "height": 700})
        assert seen.look(reader.url("first")) == ""
        image = seen.page.get_by_role("img", name="The court room, empty: benches, a lamp")
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("one => one.currentSrc").endswith("/480.webp")


def test_without_pictures_the_words_and_a_link_stay(chromium: Browser, reader: Reader) -> None:
    with served(reader.app) as home, watched(chromium, reader.app, home, reader.person_id) as seen:
        seen.page.route("**/*.webp", lambda route: route.abort())
        seen.look(reader.url("first"))
        expect(seen.page.get_by_role("img", name="The court room, empty: benches, a lamp")).to_be_visible()
        expect(seen.page.get_by_role("link", name="The whole picture (1600 × 1200")).to_be_visible()


def test_a_file_that_is_opened_by_itself_is_no_page(chromium: Browser, reader: Reader) -> None:
    address = f"/media/{picture().medium.sha256}/1600.webp"
    with served(reader.app) as home, watched(chromium, reader.app, home, reader.person_id) as seen:
        assert seen.look(address) == ""
        page = seen.page
        page.goto(f"{home}/help")
        # Neither a script nor a style nor a frame can be made of it, whoever writes the address into a page of ours.
        told = page.evaluate(
            """address => new Promise(done => {
                const script = document.createElement("script");
                script.onload = () => done("ran");
                script.onerror = () => done("refused");
                script.src = address;
                document.head.append(script);
            })""",
            address,
        )
        assert told == "refused"


def test_what_authors_write_about_pictures_does_nothing(chromium: Browser, sqlite_app: Flask) -> None:
    """Every payload as text alternative, caption, title, licence and provenance, published past every check."""
    lines = [payload.replace("\n", " ") for payload in PAYLOADS if "[[" not in payload]
    shown = "".join(f"\n![{line}](media/court)\n{line}\n\n[{line}](media/report)\n" for line in lines)
    files = {p: data.decode() for p, data in illustrated_files(first=tiny.FIRST + shown).items() if "media/" not in p}
    raw = {path: text.encode() for path, text in files.items()}
    course = read_files(raw, tiny.KINDS, lenient=True).course
    assert course
    for entry in course.media:
        entry.update(title=" ".join(lines), licence=" ".join(lines), provenance=" ".join(lines))
    checked = check(illustrated_files(), tiny.KINDS)
    checked.course, checked.files = course, canonical_files(course, tiny.KINDS)
    checked.units = parse_units(read_files(raw, tiny.KINDS, lenient=True), course, tiny.KINDS)
    with unit_of_work() as session:
        keep(session, picture(), now())
        row = course_row(session, "tiny", now())
        Publication(session, checked, tiny.KINDS, row, None, now(), None).publish(fingerprint(checked.files))
    db.session.remove()
    reader = make_reader(sqlite_app)
    trainer = worker(sqlite_app, Role.TRAINER)
    draft = begin(trainer)
    with served(sqlite_app) as home:
        with watched(chromium, sqlite_app, home, reader.person_id) as seen:
            assert seen.look(reader.url("first")) == ""
            assert seen.page.get_by_text("window.ran=1").count() > 5
        with watched(chromium, sqlite_app, home, trainer.person.id) as seen:
            for path in ("units/first", f"drafts/{draft.public_id}/media", f"drafts/{draft.public_id}/media/court"):
                assert seen.look(f"/courses/tiny/{path}") == ""


def test_a_trainer_puts_a_photograph_into_a_draft(chromium: Browser, reader: Reader, tmp_path: Path) -> None:
    trainer = worker(reader.app, Role.TRAINER)
    draft = begin(trainer)
    photograph = tmp_path / "IMG_0001.JPG"
    photograph.write_bytes(corpus.photograph(900, 600))
    person = trainer.person.id
    db.session.remove()  # what it holds would keep the server from writing
    with served(reader.app) as home, watched(chromium, reader.app, home, person) as seen:
        page = seen.page
        assert seen.look(f"/courses/tiny/drafts/{draft.public_id}/media") == ""
        page.get_by_label("File").set_input_files(photograph)
        page.get_by_label("Title").fill("The gate of the archive")
        page.get_by_label("Licence").fill("Public domain")
        page.get_by_label("Who made it").fill("Photograph by Jane Roe, 2011")
        follow(page.get_by_role("button", name="Add the file"))
        expect(page.get_by_role("status").or_(page.locator(".note-done"))).to_contain_text("The file is kept.")
        line = page.locator("#the-gate-of-the-archive")
        expect(line).to_contain_text("![what the picture shows](media/the-gate-of-the-archive)")
        expect(line).to_contain_text("900 × 600")
        shown = line.locator("img")
        assert shown.evaluate("one => one.decode().then(() => one.naturalWidth)") == 480
        expect(page.locator("#court")).to_contain_text("Used in First.")
        expect(page.locator("#court").get_by_role("button", name="Take out")).to_have_count(0)
        assert faults(page, EVERY) == []
        follow(line.get_by_role("button", name="Take out"))
        expect(page.locator("#the-gate-of-the-archive")).to_have_count(0)
        assert seen.told == []
