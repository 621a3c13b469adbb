"""What is taken away and brought in again changes nothing, whatever script a name is in and whatever it looks like."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.kernel.apart import run_apart
from lms.kernel.db import Base, db
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Sector
from lms.people.rules.names import tidy_line
from lms.seminars import services
from lms.seminars.imports.models import ImportRow, Verdict
from lms.seminars.imports.reading import table_in
from lms.seminars.imports.rehearsing import take_in
from lms.seminars.imports.saving import save
from lms.seminars.models import Edition
from tests.dashboards.test_people import coordinator
from tests.records.makers import make_edition
from tests.seminars.makers import AT

SCRIPTS = {
    "Latin": "aeiouyåéîøüłžñçşßĐğ ABCÉŁØ",
    "Cyrillic": "абвгдежзиӣйклмнопъїєґ АБВ",
    "Greek": "αβγδεζηθάέήίόύώς ΑΒΓ",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي پچگ",
    "Hebrew": "אבגדהוזחטיכלמנסעפצקרשתםן",
    "Devanagari": "अआइईउकखगघचजटडतदनपबमयरलवशसह ािीु्ं",
    "Chinese": "李明王小华张伟陈静林",
    "Amharic and Khmer": "ሀለሐመሠረሰሸቀበተ កខគឃងចឆជញដ",
}
# What spreadsheets, quoting and splitting are tried with; none of it may be lost or begin to live.
TRICKS = ["=", "+", "-", "@", "'", '"', ",", ";", "|", "=1+1", "@SUM(A1)", "\u201e", "‘", "（", "＝", "－", "#N", "1,5"]


def lines_in(script: str) -> st.SearchStrategy[str]:
    """A line of this script with some of what is tricky in it, in the form in which it is kept."""
    words = st.text(st.sampled_from(script), min_size=1, max_size=8)
    parts = st.lists(words | st.sampled_from(TRICKS), min_size=1, max_size=5)
    line = st.tuples(parts, st.sampled_from(["", " "])).map(lambda made: tidy_line(made[1].join(made[0])))
    return line.filter(lambda text: any(char.isalpha() for char in text) and not text.startswith('="'))


@st.composite
def people(draw: st.DrawFn) -> list[tuple[str, str]]:
    """(name, institution) of one person in each script."""
    return [(draw(lines_in(script)), draw(lines_in(script))) for script in SCRIPTS.values()]


def nominated(said: list[tuple[str, str]]) -> Edition:
    with unit_of_work() as session:
        edition = make_edition(session)
        for number, (name, institution) in enumerate(said):
            nominee = services.Nominee(
                name=name,
                address=f"{edition.id}.{number}+x@example.org",
                state=("KE", "TZ", "GR", "JO")[number % 4],
                institution=f"{institution} {edition.id}.{number}",
                sector=list(Sector)[number % len(Sector)],
                zone="Africa/Nairobi",
                language=("en", "fr", "es")[number % 3],
            )
            services.nominate(session, edition=edition, nominee=nominee, at=AT, by="c")
    return edition


def facts() -> dict[str, int]:
    """How many rows there are of everything but imports and notes on who looked."""
    tables = (table for table in Base.metadata.sorted_tables if not table.name.startswith(("lms_import", "lms_audit")))
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in tables
        if table.name != "lms_throttle"
    }


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("locale", ["en", "es", "fr", "ar"])
def test_what_is_taken_away_is_found_to_be_the_same(sqlite_app: Flask, form: str, locale: str) -> None:
    client = coordinator(sqlite_app, locale)

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(people())
    def unchanged(said: list[tuple[str, str]]) -> None:
        edition = nominated(said)
        path = f"/editions/{edition.public_id}/people.{form}"
        with sqlite_app.app_context():
            sent = client.get(path, buffered=True).data
        before = facts()
        with unit_of_work() as session:
            found = take_in(session, edition=session.merge(edition), table=table_in(sent), at=AT, by="c")
            rows = session.execute(
                select(ImportRow.verdict, ImportRow.reason, ImportRow.column).where(ImportRow.import_id == found.id)
            ).all()
            assert [tuple(row) for row in rows] == [(Verdict.SAME, None, None)] * len(SCRIPTS)
            save(session, found=found, at=AT, by="c")
        assert facts() == before

    unchanged()


def test_cells_come_back_from_a_workbook_as_they_were_written(sqlite_app: Flask) -> None:
    texts = [f"{trick}{script.strip()[:6]}" for trick in TRICKS for script in SCRIPTS.values()]
    lines = [["Name", "E-mail address", "State", "Ministry or institution"]]
    lines += [[tidy_line(text), f"p{number}@example.org", "KE", "Court"] for number, text in enumerate(texts)]
    book = run_apart("lms.web.workbook:made", _json(lines), name="people", right_to_left=False)
    assert [cells["name"] for _number, cells in table_in(book).rows] == [line[0] for line in lines[1:]]


def _json(lines: list[list[str]]) -> bytes:
    return json.dumps(lines).encode()
