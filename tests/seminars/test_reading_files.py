"""Files of nominations are read as offices send them, and what cannot be read is refused for a reason."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from lms.kernel.apart import Rejected, run_apart
from lms.seminars.imports.asked import FOR_FILES, READING
from lms.seminars.imports.days import day_of
from lms.seminars.imports.encodings import decoded
from lms.seminars.imports.reading import table_in
from lms.seminars.spelling import tidy_cell
from tests.seminars.ugly_files import HEAD, NEEMA, REFUSED, SAME, TWO, ZOE, book, text

SAID = [dict(zip(("name", "address", "state", "institution"), row, strict=True)) for row in TWO]


@pytest.mark.parametrize("name", SAME)
def test_each_of_these_files_says_the_same(name: str) -> None:
    assert [cells for _, cells in table_in(SAME[name]()).rows] == SAID


@pytest.mark.parametrize("name", REFUSED)
def test_each_of_these_is_refused_for_its_reason(name: str) -> None:
    made, reason = REFUSED[name]
    with pytest.raises(Rejected) as refused:
        table_in(made())
    assert refused.value.reason == reason


def test_the_process_apart_reads_the_same() -> None:
    read = json.loads(run_apart(READING, SAME["a workbook"](), limits=FOR_FILES))
    assert [cells for _, cells in read["rows"]] == SAID


def test_a_bomb_that_lies_about_its_size_ends_only_the_process_that_reads_it() -> None:
    made = REFUSED["a bomb"][0]()
    lying = made.replace((400 * 1024 * 1024).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != made
    with pytest.raises(Rejected) as refused:
        run_apart(READING, lying, limits=FOR_FILES)
    assert refused.value.reason in {"too-heavy", "broken"}


def test_rows_have_the_number_that_a_spreadsheet_shows_beside_them() -> None:
    file = "Nominations\r\n\r\n" + text([NEEMA, ("Zoë\nBeispiél", *ZOE[1:])]).replace("Justice\r\n", "Justice\r\n\r\n")
    assert [number for number, _ in table_in(file.encode()).rows] == [4, 6]
    assert [number for number, _ in table_in(b"sep=,\r\n" + text().encode()).rows] == [2, 3]
    assert [number for number, _ in table_in(SAME["a workbook with its table elsewhere"]()).rows] == [6, 7]


def test_what_was_made_of_the_columns_is_told() -> None:
    table = table_in(SAME["more columns than we know"]())
    assert table.ignored == ["No.", "Passport", "Meals"]
    assert table.taken["institution"] == "Ministry or institution"
    assert (table.encoding, table.separator) == ("utf-8", ",")


def test_what_is_missing_is_named_with_what_was_found() -> None:
    with pytest.raises(Rejected) as refused:
        table_in(text([NEEMA[:2]], ("Full name", "Courriel")).encode())
    assert refused.value.values == {"columns": ["state", "institution"], "found": ["Full name", "Courriel"]}


def test_of_two_columns_of_one_meaning_the_first_counts() -> None:
    table = table_in(text([(*NEEMA, "other@example.org")], (*HEAD, "Mail")).encode())
    assert table.rows[0][1]["address"] == NEEMA[1]
    assert table.ignored == ["Mail"]


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_days_of_a_workbook_are_the_days_it_shows(options: dict[str, bool]) -> None:
    day = dt.date(2024, 2, 29)
    serial = (day - (dt.date(1904, 1, 1) if options else dt.date(1899, 12, 30))).days
    table = table_in(book([(*NEEMA, day), (*ZOE, serial)], (*HEAD, "Since"), **options))
    assert [cells["since"] for _, cells in table.rows] == ["2024-02-29", "2024-02-29"]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2027-04-05", dt.date(2027, 4, 5)),
        ("2027/4/5", dt.date(2027, 4, 5)),
        ("2027-04-05 00:00:00", dt.date(2027, 4, 5)),
        ("5.4.2027", dt.date(2027, 4, 5)),
        ("25/04/2027", dt.date(2027, 4, 25)),
        ("04/25/2027", dt.date(2027, 4, 25)),
        ("05/05/2027", dt.date(2027, 5, 5)),
        ("04/05/2027", None),
        ("31/02/2027", None),
        ("46480", dt.date(2027, 4, 3)),
        ("soon", None),
        ("", None),
    ],
)
def test_a_day_is_read_where_it_can_mean_only_one(written: str, day: dt.date | None) -> None:
    assert day_of(written) == day


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1252", "nom;pays\nJosé Muñoz;Côte d’Ivoire\n"),
        ("cp1250", "nazwa;kraj\nŁukasz Przykład;Świętokrzyskie, Łódź\n"),
        ("mac_roman", "nombre;país\nJosé Muñoz Peña;México\n"),
        ("cp1251", "имя;страна\nИван Примеров;Министерство иностранных дел\n"),
        ("koi8_r", "имя;страна\nИван Примеров;Министерство иностранных дел\n"),
        ("cp1253", "όνομα;χώρα\nΝίκος Παράδειγμα;Υπουργείο Δικαιοσύνης\n"),
        ("cp1256", "الاسم;الدولة\nنادية مثال;وزارة العدل والحريات\n"),
    ],
)
def test_an_old_encoding_is_told_by_the_words_it_makes(encoding: str, said: str) -> None:
    assert decoded(said.encode(encoding)) == (said, encoding)


@pytest.mark.parametrize(
    "name",
    [
        "Người Mẫu",
        "محمد مثال",
        "مثال\u200cنمونه",
        "例田 太郎",
        "예시 김",
        "Пример Иванов",
        "ตัวอย่าง",
        "ꦠꦸꦭꦢ",
        "O’Mfano-Ejemplo",
    ],
)
def test_a_name_in_any_script_is_read_letter_by_letter(name: str) -> None:
    for file in (
        text([(name, *NEEMA[1:])]).encode(),
        text([(name, *NEEMA[1:])]).encode("utf-16"),
        book([(name, *NEEMA[1:])]),
    ):
        assert table_in(file).rows[0][1]["name"] == name


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ('="0123"', "0123"),
        (" a  b\t", "a b"),
        ("a\u200cb", "ab"),
        ("\ufeffa", "a"),
        ("#REF!", ""),
        ("\u3000例\u3000", "例"),
    ],
)
def test_a_cell_is_what_can_be_seen_of_it(written: str, cell: str) -> None:
    assert tidy_cell(written) == cell
