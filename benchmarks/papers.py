"""The certificate as the worker sets it, and the page of its code as a stranger opens it."""

from __future__ import annotations

import importlib
import json
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from .probes import Request
from .results import Result
from .seed import Filled

PAGE = "page of a certificate's code"
FIRST, WARM = 500, 20
"""Milliseconds of CPU: the first certificate of a process with everything it loads, and each further one."""
NAMES = ("Neema Mfano", "سمير مثال", "Амина Приклад", "Łucja Przykład", "Ελπίδα Παράδειγμα")
BY_MACHINE = {
    "Khmer": ("គំរូ សុខា", "សុខា គំរូ", "គំរូ ដារ៉ា", "ដារ៉ា គំរូ"),
    "Chinese": ("王小明", "李示例", "张例子", "陈样本", "刘范例"),
}
"""Names in scripts for which the machine's own faces are needed."""
_FEW = 40


def looks(filled: Filled) -> Callable[[int], Request]:
    """A stranger opens the page of one code after the other. Nobody may do so as often as it is measured; so the count
    of tries is forgotten between them."""
    database = Path(filled.env["LMS_HOME"]) / "lms.sqlite"
    with sqlite3.connect(database) as connection:
        codes = [row[0] for row in connection.execute("SELECT code FROM lms_record_public ORDER BY code")]

    def make(number: int) -> Request:
        if number % _FEW == 0:
            with sqlite3.connect(database, timeout=10) as connection:
                connection.execute("DELETE FROM lms_throttle")
        return "GET", f"/v/{codes[number % len(codes)]}", None, {}

    return make


def measure() -> list[Result]:
    """In a process that has done nothing yet."""
    done = subprocess.run([sys.executable, "-m", __name__], capture_output=True, text=True, check=True)
    first, warm, further = json.loads(done.stdout)
    return [
        Result("certificate, the first of a process", first, "ms CPU", FIRST),
        Result("certificate, each further one", warm, "ms CPU", WARM),
        *(Result(f"certificate of a name in {script}", spent, "ms CPU", WARM) for script, spent in further.items()),
    ]


def _spent(make: Callable[[], object]) -> float:
    before = time.process_time()
    make()
    return (time.process_time() - before) * 1000


def main() -> None:
    """Print the figures as JSON."""
    # The imports are part of the first certificate.
    spent = [_spent(partial(_set, name, number)) for number, name in enumerate(NAMES * 8)]
    further = {script: _further(names) for script, names in BY_MACHINE.items() if _has_letters(script)}
    print(json.dumps([spent[0], statistics.median(spent[1:]), further]))


def _has_letters(script: str) -> bool:
    sheets = importlib.import_module("lms.records.certificates.sheet")
    try:
        _set(BY_MACHINE[script][0], 0)
    except sheets.Missing:
        return False
    return True


def _further(names: tuple[str, ...]) -> float:
    return statistics.median(_spent(partial(_set, name, number)) for number, name in enumerate(names * 8))


def _set(name: str, number: int) -> None:
    setting = importlib.import_module("lms.records.certificates.setting")
    sheets = importlib.import_module("lms.records.certificates.sheet")
    setting.pdf_of(
        sheets.Sheet(
            lang="en",
            rtl=False,
            dated=(2027, 5, 21),
            title="Certificate of completion",
            owner="Auschwitz Institute",
            also=(sheets.Spoken("Certificado de finalización", "es"), sheets.Spoken("شهادة إتمام", "ar", True)),
            name=sheets.Spoken(f"{name} {number}", "en"),
            latin="",
            of=("Ministry of Constitutional and Legal Affairs", "United Republic of Tanzania"),
            footnote="",
            sentence=(sheets.Piece("has completed the "), sheets.Piece("Global Raphael Lemkin Seminar", True)),
            ended="",
            square=f"https://lms.example.org/v/7KQ4M2XD9TRB#{'aB3_' * 50}{number}",
            square_says="Square code",
            check="Check this certificate at",
            address="lms.example.org/v",
            code="7KQ4-M2XD-9TRB",
            lines=("Issued 21 May 2027", "Pre-reading: 10 modules"),
        )
    )


if __name__ == "__main__":
    main()
