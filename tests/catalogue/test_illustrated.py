"""Courses with pictures and documents: checked, formatted, loaded, exported, and shown."""

# ruff: noqa: E501 - a mistake and the sentence it must give stand on one line
from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from lms.app import create_app
from lms.catalogue import queries, services
from lms.catalogue.checks import Checked, check
from lms.catalogue.files import disk
from lms.catalogue.media.apart import sized
from lms.catalogue.models import Medium, MediumSize, VersionMedium
from lms.catalogue.rules.media import MOST_ON_A_PAGE
from lms.catalogue.rules.media import Medium as Facts
from lms.catalogue.rules.translation import text_hash
from lms.catalogue.wording import Names
from lms.kernel.checks import run_all
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from tests.conftest import NOW, fresh_database, settings, statements

from . import media_corpus as corpus
from .illustrated import (
    DOCUMENT_PATH,
    ENTRIES,
    ILLUSTRATED,
    PICTURE_PATH,
    entries,
    facts,
    illustrated_files,
    picture,
    report,
    written_with_media,
)
from .tiny import COURSE, FIRST, KINDS, written

UNIT = "modules/01-words/first.md"
SPANISH = """\
---
follows: {follows}
status: confirmed
key_points:
- Un punto.
---

## Comienzo {{#beginning}}

En 2012 un [[state|Estado]] actuó. [@S001 p. 3]

![La sala del tribunal, vacía](media/court)

Lo cuenta [el informe](media/report).
"""


def looked_at(files: dict[str, bytes], **more: object) -> Checked:
    return check(files, KINDS, (), **more)  # type: ignore[arg-type]


def said(files: dict[str, bytes], **more: object) -> list[str]:
    return [str(mistake) for mistake in looked_at(files, **more).mistakes]


def load(session: Session, folder: Path) -> services.LoadReport:
    return services.load(session, folder=folder, kinds=KINDS, at=NOW)


def test_a_course_with_a_picture_and_a_document_is_in_order() -> None:
    checked = looked_at(illustrated_files())
    assert (checked.mistakes, checked.notices) == ([], [])
    assert checked.media == {PICTURE_PATH: picture().data, DOCUMENT_PATH: report().data}
    assert checked.files["media.yaml"] == entries()


def test_a_course_without_any_needs_no_file_of_them() -> None:
    assert (
        "media.yaml"
        not in looked_at({p: t for p, t in illustrated_files(first=FIRST).items() if "media" not in p}).files
    )


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("(media/court)", "(media/cort)", f"{UNIT}:16: media.yaml has no “cort” — did you mean “court”?"),
        ("(media/court)", "(media/report)", f"{UNIT}:16: “report” is a document and cannot be shown as a picture — link to it"),
        ("(media/report)", "(media/court)", f"{UNIT}:19: “court” is a picture, and this is a link — show it: ![what it shows](media/court)"),
        ("[the report of the court](media/report)", "the report", "media.yaml:11: no text has “report” — link to it: [its title](media/report), or take"),
        ("[The court room, empty: benches, a lamp]", "[]", f"{UNIT}:16: the picture has no text alternative"),
    ],
)  # fmt: skip
def test_a_mistake_about_a_place_is_named_with_its_line(old: str, new: str, complaint: str) -> None:
    assert old in ILLUSTRATED
    found = said(illustrated_files(first=ILLUSTRATED.replace(old, new)))
    assert any(complaint in one for one in found), found


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("  licence: CC BY-SA 4.0\n", "", "media.yaml:2: “licence” is missing"),
        ("  provenance: The court, 1948\n", "", "media.yaml:11: “provenance” is missing"),
        ("  width: 1600\n", "  width: 1599\n", "media.yaml:9: “width” is not that of the file of “court” — run `flask lms"),
        ("  height: 1200\n", "", "“height” is not that of the file of “court”"),
        ("  kind: picture", "  kind: document", "media.yaml:3: media/court.webp is a picture — write kind: picture"),
        ("- id: report", "- id: court", "“court” stands here twice — keep one of them"),
        ("  kind: picture", "  kind: film", "“film” is not one of the choices"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_entry_is_named_with_its_line(old: str, new: str, complaint: str) -> None:
    assert old in entries()
    found = said(illustrated_files(media=entries().replace(old, new)))
    assert any(complaint in one for one in found), found


def test_a_file_that_is_not_there_or_belongs_nowhere_is_named() -> None:
    files = illustrated_files()
    files["media/cort.webp"] = files.pop(PICTURE_PATH)
    found = said(files)
    assert "media.yaml:2: there is no file of “court” — put it at media/court.webp" in found
    assert "media/cort.webp:1: media.yaml has no entry for this file — did you mean “court”?" in found
    twice = said({**illustrated_files(), "media/court.png": b"x"})
    assert "media/court.webp:1: there are two files of “court” — keep one: media/court.png" in twice
    assert "this file has no place in a course" in str(said({**illustrated_files(), "media/a/b.webp": b"x"}))


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (corpus.photograph(60, 40), "media/court.webp:1: this is not in the form in which files are kept"),
        (corpus.wide_webp(), "media/court.webp:1: this is not in the form in which files are kept"),
        (b"<svg onload=alert(1)>", "media/court.webp:1: this is not in the form in which files are kept"),
    ],
)
def test_a_file_in_another_form_is_refused(data: bytes, complaint: str) -> None:
    assert any(complaint in one for one in said({**illustrated_files(), PICTURE_PATH: data}))


def test_a_type_that_only_the_name_says_is_found() -> None:
    files = illustrated_files()
    files[PICTURE_PATH], files[DOCUMENT_PATH] = files[DOCUMENT_PATH], files[PICTURE_PATH]
    found = said(files)
    assert "media.yaml:3: media/court.webp is a document — write kind: document" in found


def test_files_that_are_kept_already_need_not_be_given() -> None:
    files = {path: data for path, data in illustrated_files().items() if not path.startswith("media/")}
    held = {made.medium.sha256: made.medium for made in (picture(), report())}
    assert len(said(files)) == 2
    assert said(files, held=held) == []
    other = files["media.yaml"].replace(b"width: 1600", b"width: 800")
    assert (
        "“width” is not that of the file of “court” — upload it again"
        in said({**files, "media.yaml": other}, held=held)[0]
    )


def test_a_page_of_many_heavy_pictures_is_told_to_its_author_and_not_refused() -> None:
    heavy = Facts("picture", "ab" * 32, MOST_ON_A_PAGE + 1000, 1600, 1200)
    head = (
        entries()
        .replace(facts(picture()).splitlines()[0], f"  sha256: {heavy.sha256}")
        .replace(f"bytes: {picture().medium.bytes}", f"bytes: {heavy.bytes}")
    )
    files = {path: data for path, data in illustrated_files(media=head).items() if path != PICTURE_PATH}
    checked = looked_at(files, held={heavy.sha256: heavy})
    assert checked.mistakes == []
    assert [str(notice) for notice in checked.notices] == [
        f"{UNIT}:12: its pictures have 801 kB — keep those of one unit under 800 kB: leave one out, or take it apart"
    ]


def test_a_translation_shows_the_same_pictures_with_words_of_its_own() -> None:
    first = ILLUSTRATED.replace("  en: First", "  en: First\n  es: Primero")
    course = looked_at(illustrated_files(first=first)).course
    assert course
    unit = next(unit for _, unit in course.units() if unit.key == "first")
    spanish = SPANISH.format(follows=text_hash(unit))
    assert said(illustrated_files(first=first, first_es=spanish)) == []
    bare = spanish.replace("![La sala del tribunal, vacía](media/court)\n\n", "")
    assert said(illustrated_files(first=first, first_es=bare)) == [
        "modules/01-words/first.es.md:8: it does not show the source's pictures in their order — show court"
    ]


def test_what_comes_from_a_camera_is_formatted_once_and_then_stays(sqlite_app: Flask, tmp_path: Path) -> None:
    folder = written_with_media(tmp_path, media=ENTRIES.format(court="", report=""))
    (folder / PICTURE_PATH).unlink()
    (folder / "media/court.JPG").write_bytes(corpus.photograph())
    (folder / DOCUMENT_PATH).write_bytes(corpus.document())
    run = sqlite_app.test_cli_runner().invoke
    assert run(args=["lms", "courses", "validate", str(folder)]).exit_code == 1
    made = run(args=["lms", "courses", "format", str(folder)])
    assert made.exit_code == 0, made.output
    assert "the original is now" in made.output
    assert (folder / PICTURE_PATH).read_bytes() == picture().data
    assert (folder / "media/.originals/court.JPG").read_bytes() == corpus.photograph()
    assert corpus.CANARY not in (folder / DOCUMENT_PATH).read_bytes()
    assert (folder / "media.yaml").read_text() == entries()
    assert run(args=["lms", "courses", "validate", str(folder)]).exit_code == 0
    assert run(args=["lms", "courses", "format", str(folder)]).output == ""


def test_what_cannot_be_formatted_is_named(sqlite_app: Flask, tmp_path: Path) -> None:
    folder = written_with_media(tmp_path)
    (folder / PICTURE_PATH).write_bytes(b"<svg onload=alert(1)>")
    made = sqlite_app.test_cli_runner().invoke(args=["lms", "courses", "format", str(folder)])
    assert made.exit_code == 1
    assert (
        "media/court.webp:1: this is a page or an SVG drawing, which can hold programs — save it as PNG" in made.output
    )


def test_load_and_export_are_stable_to_the_byte(session: Session, tmp_path: Path) -> None:
    folder = written_with_media(tmp_path / "in")
    first = load(session, folder)
    assert services.export(session, slug="tiny", folder=tmp_path / "out") == []
    assert disk.collect(tmp_path / "out/tiny") == disk.collect(folder)
    again = load(session, tmp_path / "out/tiny")
    assert (again.outcome, again.version_id) == ("unchanged", first.version_id)


def test_the_same_bytes_are_kept_once_for_all_courses(session: Session, tmp_path: Path) -> None:
    load(session, written_with_media(tmp_path))
    load(
        session,
        written_with_media(tmp_path, course=COURSE.replace("slug: tiny", "slug: other")).rename(tmp_path / "other"),
    )
    assert session.scalar(select(func.count()).select_from(Medium)) == 2
    assert session.scalar(select(func.count()).select_from(MediumSize)) == 2
    assert session.scalar(select(func.count()).select_from(VersionMedium)) == 4


def test_another_picture_makes_an_editorial_version_and_the_old_one_stays(session: Session, tmp_path: Path) -> None:
    folder = written_with_media(tmp_path)
    load(session, folder)
    (made,) = sized([picture().narrower[960]])
    (folder / PICTURE_PATH).write_bytes(made.data)
    (folder / "media.yaml").write_text(ENTRIES.format(court=facts(made), report=facts(report())))
    changed = load(session, folder)
    assert (changed.outcome, changed.number) == ("editorial", "1.1")
    assert "editorial: media.yaml has changed" in map(str, changed.changes)
    assert queries.shown_picture(session, picture().medium.sha256, 1600, published=True) == picture().data
    assert queries.shown_picture(session, made.medium.sha256, 960, published=True) == made.data


def test_a_text_whose_picture_is_not_here_is_not_published(session: Session) -> None:
    files = {path: data for path, data in illustrated_files().items() if not path.startswith("media/")}
    with pytest.raises(services.BrokenCourse, match="there is no file of “court”"):
        services.publish_files(session, files=files, kinds=KINDS, at=NOW, by=None, summary={"en": "New."})
    assert queries.media_files(session, {path: data.decode() for path, data in files.items()}) == {}


def test_texts_alone_are_published_where_the_files_are_kept(session: Session, tmp_path: Path) -> None:
    load(session, written_with_media(tmp_path))
    texts = {path: data for path, data in illustrated_files().items() if not path.startswith("media/")}
    texts[UNIT] = texts[UNIT].replace(b"A point.", b"Another point.")
    made = services.publish_files(session, files=texts, kinds=KINDS, at=NOW, by=None, summary={"en": "New."})
    assert made.number == "1.1"
    assert session.scalar(select(func.count()).select_from(VersionMedium)) == 4


def test_nothing_that_is_kept_can_be_changed_or_removed(app: Flask, tmp_path: Path) -> None:
    with unit_of_work() as session:
        load(session, written_with_media(tmp_path))
    for table in ("lms_media", "lms_media_size", "lms_version_media"):
        for statement in (
            f"DELETE FROM {table}",
            f"UPDATE {table} SET {'width = 1' if 'version' not in table else 'version_id = 1'}",
        ):
            with pytest.raises(DatabaseError, match="append-only"), unit_of_work() as session:
                session.execute(text(statement))


def test_check_names_bytes_that_are_not_what_their_hash_says(session: Session, tmp_path: Path) -> None:
    load(session, written_with_media(tmp_path))
    assert run_all(session)["catalogue.media"] == []
    assert run_all(session)["catalogue.media-of-versions"] == []
    session.add(Medium(sha256="0" * 64, kind="picture", size=3, width=900, height=1, data=b"abc", kept_at=NOW))
    session.flush()
    found = [(one.about, one.problem) for one in run_all(session)["catalogue.media"]]
    assert found == [
        ("picture 000000000000", "its bytes are not those that its hash names"),
        ("picture 000000000000", "it is not there in every width"),
    ]


def test_a_course_without_media_asks_the_database_nothing_about_them(app: Flask, tmp_path: Path) -> None:
    with unit_of_work() as session:
        load(session, written(tmp_path))
    with statements(app) as sent, unit_of_work() as session:
        load(session, written(tmp_path))
    assert not [one for one in sent if "lms_media" in one]


def test_the_page_shows_the_picture_with_everything_that_belongs_to_it(session: Session, tmp_path: Path) -> None:
    version = load(session, written_with_media(tmp_path)).version_id
    unit = next(unit for _, unit in queries.outline(session, version).units() if unit.key == "first")
    html = str(queries.unit_text(session, unit.revision_id).html)
    address = f"/media/{picture().medium.sha256}"
    assert (
        f'src="{address}/1600.webp" srcset="{address}/480.webp 480w, {address}/960.webp 960w, {address}/1600.webp 1600w"'
        in html
    )
    assert 'width="1600" height="1200"' in html
    assert 'loading="lazy" decoding="async"' in html
    assert 'alt="The court room, empty: benches, a lamp"' in html
    caption = re.search(r"<figcaption>(.*?)</figcaption>", html, re.DOTALL)
    assert caption is not None
    assert caption[1].startswith('The room in 1946.<a class="ref" id="r1b"')
    assert "<bdi>Jane Roe, 1946; archive of the city</bdi> · <bdi>CC BY-SA 4.0</bdi>" in caption[1]
    assert f'<a href="/media/{report().medium.sha256}/report.pdf">the report of the court (PDF, 1 kB)</a>' in html


def test_under_a_host_the_addresses_have_its_prefix(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with fresh_database("sqlite", request, tmp_path) as url:
        app = create_app(settings(url, tmp_path), prefix="/seminar")
        with app.app_context():
            with unit_of_work() as session:
                version = load(session, written_with_media(tmp_path / "in")).version_id
                unit = next(unit for _, unit in queries.outline(session, version).units() if unit.key == "first")
            with unit_of_work() as session:
                html = str(queries.unit_text(session, unit.revision_id).html)
            db.session.remove()
            db.engine.dispose()
    assert html.count(f"/seminar/media/{picture().medium.sha256}/") == 5
    assert f'href="/seminar/media/{report().medium.sha256}/report.pdf"' in html
    assert '"/media/' not in html


def test_in_what_changed_a_picture_is_said_in_words() -> None:
    names = Names("en")
    assert (
        names.readable("![A room, empty](media/court)\nIn 1946.", changed=True)
        == "[picture media/court: A room, empty]\nIn 1946."
    )
    assert names.readable("[It](media/report).", changed=False) == "It [link to media/report]."
