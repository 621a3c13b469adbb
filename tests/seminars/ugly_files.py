"""Files of nominations as offices send them, made here byte by byte. Each says the same of two people, unless named."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter

HEAD = ("Name", "E-mail address", "State", "Ministry or institution")
NEEMA = ("Neema Mfano", "n.mfano@example.org", "United Republic of Tanzania", "Ministry of Justice")
ZOE = ("Zoë Beispiél", "z.b@example.org", "Côte d’Ivoire", "Ministère de la Défense")
TWO = (NEEMA, ZOE)


def text(rows: Sequence[Sequence[str]] = TWO, head: Sequence[str] = HEAD, by: str = ",", line: str = "\r\n") -> str:
    """A table with separated cells, quoted where they must be."""
    quoted = ((f'"{cell}"' if set(cell) & {by, "\n", '"'} else cell for cell in row) for row in (head, *rows))
    return line.join(by.join(row) for row in quoted) + line


def book(rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD, **options: Any) -> bytes:
    """A workbook with one sheet."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, options) as work:
        sheet = work.add_worksheet("Nominations")
        days = work.add_format({"num_format": "dd/mm/yyyy"})
        for at, row in enumerate((head, *rows)):
            for column, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(at, column, dt.datetime.combine(cell, dt.time()), days)
                else:
                    sheet.write(at, column, cell)
    return made.getvalue()


def sheets(pages: Mapping[str, Sequence[Sequence[str]]], merged: Sequence[tuple[int, int, int]] = ()) -> bytes:
    """A workbook with these sheets; `merged` are the cells of the first that go on downwards: (row, column, last row)
    from 0."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as work:
        for name, rows in pages.items():
            sheet = work.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, [cell or None for cell in row])
            for top, column, last in merged:
                sheet.merge_range(top, column, last, column, [*rows][top][column])
    return made.getvalue()


def rewritten(file: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The same workbook, with other bytes in one of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            said = before.read(name)
            assert name != part or old in said
            after.writestr(name, said.replace(old, new) if name == part else said)
    return made.getvalue()


def _two_sheets() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as work:
        notes = work.add_worksheet("Read me")
        notes.write(0, 0, "Fill in the second sheet")
        people = work.add_worksheet("People")
        people.merge_range(1, 1, 1, 4, "Nominations 2027")
        for at, row in enumerate((HEAD, *TWO), 4):
            people.write_row(at, 2, row)
        work.add_worksheet("Old").hide()
    return made.getvalue()


def bomb(size: int = 400 * 1024 * 1024) -> bytes:
    """A workbook of some hundred kilobytes that unpacks to `size`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", "<workbook/>")
        with parts.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(size // (1024 * 1024)):
                part.write(b" " * 1024 * 1024)
    return made.getvalue()


def _ods() -> bytes:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in (HEAD, *TWO)
    )
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}:office:1.0" '
        f'xmlns:table="{names}:table:1.0" xmlns:text="{names}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="People">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0"/>')
        parts.writestr("content.xml", content)
    return made.getvalue()


SAME: dict[str, Callable[[], bytes]] = {
    "plain UTF-8": lambda: text().encode(),
    "UTF-8 with its mark": lambda: text().encode("utf-8-sig"),
    "UTF-16 little-endian": lambda: b"\xff\xfe" + text(by="\t").encode("utf-16-le"),
    "UTF-16 big-endian": lambda: b"\xfe\xff" + text(by="\t").encode("utf-16-be"),
    "UTF-16 without its mark": lambda: text(by=";").encode("utf-16-le"),
    "UTF-16 big-endian without its mark": lambda: text(by=";").encode("utf-16-be"),
    "Windows-1252": lambda: text(by=";").encode("cp1252"),
    "an old Macintosh": lambda: text(by=";", line="\r").encode("mac_roman"),
    "semicolons": lambda: text(by=";").encode(),
    "tabs": lambda: text(by="\t").encode(),
    "bars": lambda: text(by="|", line="\n").encode(),
    "a first line for the spreadsheet": lambda: ("sep=;\r\n" + text(by=";")).encode(),
    "a first line with a mark before it": lambda: ("sep=,\n" + text()).encode("utf-8-sig"),
    "blank lines between": lambda: text().replace("\r\n", "\r\n\r\n,,,\r\n").encode(),
    "a title above the headings": lambda: ("Nominations to the seminar\n\nSent on 3 March,,\n" + text()).encode(),
    "capitals and accents lost": lambda: text(head=("NOM", "COURRIEL", "ETAT", "MINISTERE")).encode(),
    "Spanish headings in another order": lambda: text(
        [(row[2], row[1], row[3], row[0]) for row in TWO],
        ("País", "Correo electrónico", "Institución", "Nombre y apellidos"),
    ).encode(),
    "blanks that are none": lambda: text(
        [[f"\u00a0{cell.replace(' ', chr(0xA0))}\u200b" for cell in row] for row in TWO]
    ).encode(),
    "a soft hyphen and marks of direction": lambda: text(
        [("Nee\u00adma\u200e Mfano", *NEEMA[1:]), ("\u202aZoë Beispiél\u202c", *ZOE[1:])]
    ).encode(),
    "letters in two parts": lambda: text([NEEMA, ("Zoe\u0308 Beispie\u0301l", *ZOE[1:])]).encode(),
    "line breaks within cells": lambda: text(
        [NEEMA, ("Zoë\nBeispiél", *ZOE[1:3], "Ministère de\r\nla Défense")]
    ).encode(),
    "more columns than we know": lambda: text(
        [("1", *NEEMA, "A12345", "none"), ("2", *ZOE, "B67890", "vegetarian")], ("No.", *HEAD, "Passport", "Meals")
    ).encode(),
    "headings repeated on each printed page": lambda: text([NEEMA, HEAD, ZOE]).encode(),
    "given name and surname apart": lambda: text(
        [("Neema", "Mfano", *NEEMA[1:]), ("Zoë", "Beispiél", *ZOE[1:])], ("First name", "Surname", *HEAD[1:])
    ).encode(),
    "nom and prénom apart": lambda: text(
        [("Mfano", "Neema", *NEEMA[1:]), ("Beispiél", "Zoë", *ZOE[1:])],
        ("Nom", "Prénom", "Courriel", "Pays", "Ministère"),
    ).encode("cp1252"),
    "nombre and apellidos apart": lambda: text(
        [("Neema", "Mfano", *NEEMA[1:]), ("Zoë", "Beispiél", *ZOE[1:])],
        ("Nombre", "Apellidos", "Correo", "País", "Ministerio"),
    ).encode(),
    "a row that ends early": lambda: (text() + "\r\n").replace("Défense\r\n", "Défense,,,\r\n").encode(),
    "the last line without an end": lambda: text().rstrip().encode(),
    "a workbook": lambda: book(TWO),
    "a workbook with its table elsewhere": _two_sheets,
    "an OpenDocument sheet": _ods,
    "mistakes that a spreadsheet shows": lambda: text(
        [(*NEEMA, "#REF!"), (*ZOE, "#N/A")], (*HEAD, "Function")
    ).encode(),
}
"""What each of these files says, all alike: `TWO`."""

OLD_PROTECTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b" \r\n", "empty"),
    "a PDF": (lambda: b"%PDF-1.7 and so on", "not-a-table"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n and so on", "not-a-table"),
    "any bytes": (lambda: bytes(range(256)) * 40, "not-a-table"),
    "a web page called a spreadsheet": (lambda: b"<html><table><tr><td>Name</td></tr></table>", "web-page"),
    "a letter in a text processor": (lambda: _archive("word/document.xml"), "not-a-table"),
    "half a workbook": (lambda: book(TWO)[:3000], "broken"),
    "a workbook with a password": (lambda: OLD_PROTECTED, "locked"),
    "a bomb": (bomb, "too-heavy"),
    "an empty workbook": (lambda: book([], ()), "empty"),
    "headings alone": (lambda: text([]).encode(), "no-people"),
    "no headings": (lambda: b"Neema Mfano;n.mfano@example.org;Tanzania\n", "no-headings"),
    "no column of states": (lambda: text([NEEMA[:2]], HEAD[:2]).encode(), "missing"),
    "more rows than are taken": (lambda: text([NEEMA] * 20_001).encode(), "rows"),
    "a workbook of more rows than are taken": (lambda: book([NEEMA] * 20_001, constant_memory=True), "rows"),
    "more columns than are taken": (lambda: text([[*NEEMA, *"x" * 200]]).encode(), "columns"),
    "a cell without an end": (lambda: (text() + '"' + "x" * 200_000).encode(), "cell-length"),
    "a quotation mark without an end": (lambda: text([NEEMA, ZOE]).replace("Neema", '"Neema').encode(), "quote"),
    "letters between escapes": (lambda: text([("山田太郎", *NEEMA[1:])]).encode("iso2022_jp"), "encoding"),
    "a cell of a whole page": (lambda: text([("Neema " * 300, *NEEMA[1:])]).encode(), "cell"),
    "letters that nobody can tell": (lambda: text().encode().replace(b"\xc3", b"\x81\x8d"), "encoding"),
    "too many bytes": (lambda: b"x" * (10 * 1024 * 1024 + 1), "bytes"),
}
"""Files that are not taken, and why."""


def _archive(name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        parts.writestr(name, "x")
    return made.getvalue()
