"""Text that leaves the house is no formula, and comes back as it was."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.web.cells import bare, guarded
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
    sheet = Sheet("x", ("Name", "Day", "At", "Units", "None"), [('Æsa "Ö", 李', dt.date(2027, 4, 12), noon, 3, None)])
    sent = b"".join(csv_parts(sheet))
    assert sent.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(sent.decode("utf-8-sig"), newline="")))
    assert rows == [["Name", "Day", "At", "Units", "None"], ['Æsa "Ö", 李', "2027-04-12", "2027-04-12 09:05", "3", ""]]


def test_a_list_is_sent_while_it_is_read() -> None:
    read: list[int] = []

    def lines():  # type: ignore[no-untyped-def]
        for number in range(100_000):
            read.append(number)
            yield (f"Person {number}",)

    parts = csv_parts(Sheet("x", ("Name",), lines()))
    next(parts), next(parts)
    assert len(read) < 1000
