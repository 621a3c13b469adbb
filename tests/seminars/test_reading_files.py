"""Files of nominations are read as offices send them, and what cannot be read is refused for a reason."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence

import pytest

from lms.kernel.apart import Rejected, run_apart
from lms.seminars.imports.asked import FOR_FILES, READING
from lms.seminars.imports.days import day_of
from lms.seminars.imports.encodings import decoded
from lms.seminars.imports.reading import table_in
from lms.seminars.imports.table import MORE, place_of
from lms.seminars.spelling import tidy_cell
from tests.seminars.ugly_files import HEAD, NEEMA, REFUSED, SAME, TWO, ZOE, book, rewritten, sheets, text

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


def test_all_sheets_with_the_headings_are_read_and_the_others_named() -> None:
    table = table_in(
        sheets({
            "Read me": [("Fill in the next sheets",)],
            "Tanzania": [HEAD, NEEMA],
            "Côte d’Ivoire": [(), HEAD[::-1], ZOE[::-1]],
            "Nobody": [HEAD],
        })
    )  # fmt: skip
    assert [cells["name"] for _number, cells in table.rows] == [NEEMA[0], ZOE[0]]
    assert [place_of(number) for number, _cells in table.rows] == [(1, 2), (2, 3)]
    assert (table.sheets, table.aside) == (["Tanzania", "Côte d’Ivoire"], ["Read me", "Nobody"])
    one = table_in(sheets({"Notes": [("Name", "E-mail address")], "People": [HEAD, NEEMA]}))
    assert (one.sheets, one.aside, [number for number, _cells in one.rows]) == ([], ["Notes"], [2])
    with pytest.raises(Rejected, match="rows"):
        table_in(sheets({name: [HEAD, *[NEEMA] * 10_001] for name in ("A", "B")}))
    with pytest.raises(Rejected, match="missing"):
        table_in(sheets({"A": [HEAD[:2], NEEMA[:2]], "B": [HEAD[:1], NEEMA[:1]]}))


def test_what_is_merged_over_a_delegation_holds_for_each_of_it_and_for_nobody_else() -> None:
    second, third, alone = (
        (f"{name} Mfano", f"{name.lower()}@example.org", "", "") for name in ("Asha", "Juma", "Zuri")
    )
    file = sheets({"People": [HEAD, NEEMA, second, third, alone]}, merged=[(1, 2, 3), (1, 3, 2)])
    rows = [cells for _number, cells in table_in(file).rows]
    assert [cells.get("state") for cells in rows] == [NEEMA[2], NEEMA[2], NEEMA[2], None]
    assert [cells.get("institution") for cells in rows] == [NEEMA[3], NEEMA[3], None, None]
    nameless = table_in(sheets({"People": [HEAD, NEEMA, ("", *second[1:])]}, merged=[(1, 0, 2)]))
    assert "name" not in nameless.rows[1][1], "a name is one person's"
    file = sheets({"People": [HEAD, NEEMA]}, merged=[(1, 2, 40)])
    assert len(table_in(file).rows) == 1, "rows in which nothing else stands are no rows"


@pytest.mark.parametrize("file", [lambda rows: text(rows).replace('"', "").encode(), lambda rows: book(rows)])
def test_a_row_with_more_cells_than_headings_says_so(file: Callable[[Sequence[Sequence[str]]], bytes]) -> None:
    moved = (*NEEMA[:3], "Ministry of Justice", " Legal Affairs")
    rows = table_in(file([moved, ZOE, (*ZOE, "")])).rows
    assert [MORE in cells for _, cells in rows] == [True, False, False]


def test_a_column_without_a_heading_is_left_aside_where_no_comma_can_have_made_it() -> None:
    rows = [(*NEEMA, "vegetarian"), (*ZOE, "vegetarian"), ZOE]
    assert not any(MORE in cells for _, cells in table_in(book(rows)).rows)
    assert [MORE in cells for _, cells in table_in(text(rows).encode()).rows] == [True, True, False]


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


def test_the_days_of_a_workbook_are_counted_as_it_says_however_it_is_written() -> None:
    rows = [(*NEEMA, (dt.date(2024, 2, 29) - dt.date(1904, 1, 1)).days)]
    plain = book(rows, (*HEAD, "Since"), date_1904=True)
    for old, new in ((b'date1904="1"', b"date1904 = '1'"), (b'date1904="1"', b'date1904\n=\n"true"')):
        file = rewritten(plain, "xl/workbook.xml", old, new)
        assert table_in(file).rows[0][1]["since"] == "2024-02-29"
    zero = rewritten(plain, "xl/workbook.xml", b'date1904="1"', b"date1904='0'")
    assert table_in(zero).rows[0][1]["since"] != "2024-02-29"


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
        ("koi8_u", "имя;страна\nІван Їжак;Міністерство юстиції України\n"),
        ("koi8_u", "имя;страна\nИван Примеров;Министерство иностранных дел\n"),
        ("cp1253", "όνομα;χώρα\nΝίκος Παράδειγμα;Υπουργείο Δικαιοσύνης\n"),
        ("cp1256", "الاسم;الدولة\nنادية مثال;وزارة العدل والحريات\n"),
        ("cp1254", "Ad;Kurum\nAyşe Örneğiğ;Dışişleri Bakanlığı\n"),
        ("cp1254", "name;pays\nGülşen Örnek;Türkiye\nZoë Beispiél;Côte d’Ivoire\n"),
        ("cp1252", "Nafn;Stofnun\nÞóra Sýnishorn;Dómsmálaráðuneytið\nGarðar;Þing\n"),
        (
            "cp1252",
            "Nom;Pays\nZoë Beispiél;Côte d’Ivoire\nÅsa Øster;Norge\nJosé Muñoz;España\nJoão Exemplo;Città\nŠuštar\n",
        ),
        ("cp1250", "Jméno;Země\nJiří Dvořák;Česko\n"),
        ("cp1250", "Név;Ország\nErdős Gergő;Igazságügyi Minisztérium\n"),
        ("cp1250", "Nume;Minister\nIon Popeşcu;Ministerul Justiţiei\n"),
        ("cp1250", "Ime;Zemlja\nŽižić Đorđe;Ministarstvo\n"),
        ("cp1257", "Vardas;Šalis\nJonas Žukauskas;Liepa Šėnaitė\n"),
        ("cp1257", "Vārds\nJānis Bērziņš\n"),
        ("utf-16-le", "姓名;国家\n一一 가가;Tanzania\nNeema Mfano;Kenya\n"),
        ("utf-16-be", "姓名;国家\n一一 가가;Tanzania\nNeema Mfano;Kenya\n"),
    ],
)
def test_an_old_encoding_is_told_by_the_words_it_makes(encoding: str, said: str) -> None:
    assert decoded(said.encode(encoding)) == (said, encoding)


@pytest.mark.parametrize(
    "word", [b"Gar\xf0ar", b"Novotn\xfd", b"\xdeahin", b"D\xf3msm\xe1lar\xe1\xf0uneyti\xf0;G\xfcl\xfeen"]
)
def test_what_two_encodings_make_two_good_names_of_is_not_guessed(word: bytes) -> None:
    with pytest.raises(Rejected, match="encoding"):
        decoded(b"Name\n" + word + b"\n")


def test_a_zero_at_the_end_of_a_text_is_no_letter_of_it() -> None:
    assert decoded(text().encode() + b"\0") == (text(), "utf-8")
    assert decoded(b"\xff\xfe" + (text() + "\0").encode("utf-16-le")) == (text(), "utf-16-le")


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
