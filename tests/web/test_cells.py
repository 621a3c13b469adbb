"""Text that leaves the house is no formula, and comes back as it was."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import subprocess
import sys
import zipfile

import pytest
import python_calamine as calamine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.apart import run_apart
from lms.kernel.errors import Refused
from lms.web import sheets
from lms.web.cells import bare, guarded, none_live
from lms.web.sheets import Sheet, csv_parts

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\t\r\n\0"
# Letters that matter to whoever splits, quotes or computes, beside any others.
TEXTS = st.text(
    st.sampled_from("'\";,|=+-@ \t\r\n\u00a0\u3000\uff1d\uff0baZ") | st.characters(exclude_categories=["Cs"])
)


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", " ", "  ", "\u00a0", "\u3000", "'", "' "])
def test_no_cell_begins_with_what_makes_a_formula(sign: str, before: str) -> None:
    text = f"{before}{sign}cmd|' /C calc'!A0"
    assert guarded(text) == f"'{text}"
    assert bare(guarded(text)) == text


@pytest.mark.parametrize("separator", [";", ",", "\t", "|", "\n"])
def test_nor_does_a_piece_of_one_for_a_program_that_splits_at_another_sign(separator: str) -> None:
    assert guarded(f"Ministry{separator}=1+1{separator}x") == f"Ministry{separator}'=1+1{separator}x"


@pytest.mark.parametrize(
    "text", ["Amina Mfano", "'Abd al-Karim", "O'Brien; the elder", "Ministry of Justice, Nairobi", "", "a-b", "1 + 1"]
)
def test_common_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text == bare(text)


@given(TEXTS)
def test_every_text_comes_back_as_it_was(text: str) -> None:
    assert bare(guarded(text)) == text


def test_a_list_has_the_mark_of_utf8_and_days_and_times_that_are_read_as_such() -> None:
    noon = dt.datetime.fromisoformat("2027-04-12T09:05")
    line = ('Æsa "Ö", 李', dt.date(2027, 4, 12), noon, 3, None)
    sent = b"".join(csv_parts(("Name", "Day", "At", "Units", "None"), [line]))
    assert sent.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(sent.decode("utf-8-sig"), newline="")))
    assert rows == [["Name", "Day", "At", "Units", "None"], ['Æsa "Ö", 李', "2027-04-12", "2027-04-12 09:05", "3", ""]]


def test_a_list_is_sent_while_it_is_read() -> None:
    read: list[int] = []

    def lines():  # type: ignore[no-untyped-def]
        for number in range(100_000):
            read.append(number)
            yield (f"Person {number}",)

    parts = csv_parts(("Name",), lines())
    next(parts), next(parts)
    assert len(read) < 1000


def workbook(*lines: list[object], right_to_left: bool = False) -> bytes:
    options = {"name": "people", "right_to_left": right_to_left}
    return run_apart("lms.web.workbook:made", json.dumps(lines).encode(), **options)


def part(book: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return parts.read(name).decode()


FORMULAS = [f"{sign}1+1" for sign in SIGNS.replace("\0", "")]


def test_a_workbook_has_texts_as_texts_days_as_days_and_no_formula_or_link() -> None:
    moment, day = {"moment": "2027-04-12T09:05:00"}, {"day": "2027-04-12"}
    texts = [*FORMULAS, "https://example.org", "007", "mailto:a@example.org", "1,5"]
    book = workbook(["Name", "Day", "At", "Units", ""], *([text, day, moment, 3, None] for text in texts))
    rows = calamine.load_workbook(io.BytesIO(book)).get_sheet_by_name("people").to_python()
    assert [row[0] for row in rows[1:]] == texts
    assert rows[1][1:4] == [dt.date(2027, 4, 12), dt.datetime.fromisoformat("2027-04-12T09:05"), 3.0]
    sheet = part(book, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert 'state="frozen"' in sheet
    assert 'ySplit="1"' in sheet


def test_a_workbook_runs_from_right_to_left_where_its_language_does() -> None:
    line = ["الاسم", "نادية مثال"]
    assert 'rightToLeft="1"' in part(workbook(line, line, right_to_left=True), "xl/worksheets/sheet1.xml")
    assert "rightToLeft" not in part(workbook(line, line), "xl/worksheets/sheet1.xml")


def test_a_list_too_long_for_a_workbook_is_refused_in_words(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_IN_A_WORKBOOK", 2)
    with sqlite_app.test_request_context(), pytest.raises(Refused, match="Take it as CSV"):
        sheets.as_xlsx(Sheet("people", ("Name",), lambda _session: [("A",), ("B",), ("C",)]))


def test_no_server_has_the_library_for_workbooks_in_memory() -> None:
    code = "import sys, lms.app; sys.exit('xlsxwriter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.lists(TEXTS, max_size=4))
def test_a_line_that_is_sent_as_it_is_has_nothing_to_guard(texts: list[str]) -> None:
    if none_live(texts):
        assert [guarded(text) for text in texts] == texts
