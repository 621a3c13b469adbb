"""Sheets as they are set, in every script, without a database."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
from PIL.Image import Image

from lms.records.certificates.faces import language_of, right_to_left
from lms.records.certificates.sheet import Piece, Sheet, Spoken

CODE = "7KQ4-M2XD-9TRB"
SQUARE = f"https://lms.example.org/v/{CODE.replace('-', '')}#" + "aB3_" * 50
NAMES = {
    "latin": "Łucja Ngũgĩ-Ñuñoa Nguyễn",
    "marks": "Ọ́láyínká Àpẹẹrẹ",
    "arabic": "سمير مثال",
    "cyrillic": "Амина Ђорђе Приклад",
    "greek": "Ελπίδα Παράδειγμα",
    "amharic": "አበበ ምሳሌ",
    "khmer": "គំរូ សុខា",
    "chinese": "王小明",
    "sinhala": "ශ්\u200dරී උදාහරණ",
    "nko": "ߡߊߡߊߘߎ ߡߌߛߊߟߌ",
}
OURS = ("latin", "marks", "arabic", "cyrillic", "greek")


def sheet(name: str = "Neema Mfano", lang: str = "en", **more: Any) -> Sheet:
    """A certificate for somebody of that name."""
    said: dict[str, Any] = {
        "lang": lang,
        "rtl": False,
        "dated": (2027, 5, 21),
        "title": "Certificate of completion",
        "owner": "Auschwitz Institute",
        "also": (Spoken("Certificado de finalización", "es"), Spoken("شهادة إتمام", "ar", rtl=True)),
        "name": Spoken(name, language_of(name, lang), right_to_left(name)),
        "latin": "",
        "of": ("Ministry of Constitutional and Legal Affairs", "United Republic of Tanzania"),
        "footnote": "",
        "sentence": (Piece("has completed the "), Piece("Global seminar", strong=True), Piece(", held in Oświęcim.")),
        "ended": "",
        "square": SQUARE,
        "square_says": f"Square code that leads to lms.example.org/v/{CODE}",
        "check": "Check this certificate at",
        "address": "lms.example.org/v",
        "code": CODE,
        "lines": ("Issued 21 May 2027", "Pre-reading: 10 modules", "Attendance: 11 of 12 half-days"),
    }
    return Sheet(**{**said, **more})


def pages(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(pdf))


def text_of(pdf: bytes) -> str:
    """What somebody copies out of the only page."""
    return str(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range())


def drawn(pdf: bytes, scale: float = 1.0) -> Image:
    """The only page as a picture; 72 dots an inch at scale 1."""
    picture: Image = pypdfium2.PdfDocument(pdf)[0].render(scale=scale).to_pil()
    return picture


def as_png(picture: Image) -> bytes:
    """In grey, so that a stored picture is small."""
    written = io.BytesIO()
    picture.convert("L").save(written, "PNG", optimize=True)
    return written.getvalue()
