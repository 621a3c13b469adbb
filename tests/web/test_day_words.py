"""Dates are written from few words, and come out as Babel writes them from all of CLDR."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_date, get_timezone_location
from babel.lists import format_list

from lms.web.dates import zones
from lms.web.day_words import FOLDER, from_cldr, listed, place_of, words_of, written
from lms.web.languages import have_catalogue
from tests.shape.test_arrows import ROOT

PATTERNS = (
    *("EEEE d MMMM y", "EEEE d MMMM", "EEEE d", "EEE d MMM", "d MMMM y", "MMMM y", "LLLL y"),
    *("EEEE d 'de' MMMM 'de' y", "d'er' MMMM y"),
)
DAYS = [dt.date(2027, 1, 1) + dt.timedelta(days=32 * number) for number in range(14)]
WITHOUT_FILE = "pl"
USED = """
import babel.localedata, babel.core, datetime as dt
from lms.web.day_words import listed, place_of, words_of, written
assert listed(["1", "2", "3"], "en") == "1, 2 and 3"
assert written(dt.date(2027, 4, 23), "EEEE d MMMM y", "fr") == "vendredi 23 avril 2027"
assert place_of("Africa/Dar_es_Salaam", "fr")
assert words_of("es").languages["sw"] == "suajili"
print(len(babel.localedata._cache), babel.core._global_data is None)
"""


@pytest.mark.parametrize("code", [*have_catalogue(), WITHOUT_FILE])
def test_a_date_is_written_as_babel_writes_it(code: str) -> None:
    assert (FOLDER / f"{code}.json").is_file() is (code != WITHOUT_FILE), "run python -m tools.day_words"
    for pattern in PATTERNS:
        for day in DAYS:
            assert written(day, pattern, code) == format_date(day, pattern, code)


@pytest.mark.parametrize("code", [*have_catalogue(), WITHOUT_FILE])
def test_names_are_listed_as_babel_lists_them(code: str) -> None:
    for count in range(6):
        names = [f"{{{number}}} d'y" for number in range(count)]
        assert listed(names, code) == format_list(names, locale="en_GB" if code == "en" else code)


@pytest.mark.parametrize("code", have_catalogue())
def test_a_zone_has_the_place_that_babel_gives_it(code: str) -> None:
    locale = Locale.parse(code)
    for zone in zones():
        found = get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True).rsplit("/", 1)[-1]
        assert place_of(zone, code) == found, "run python -m tools.day_words"
    assert words_of(code)._replace(places={}) == from_cldr(code)._replace(places={})


def test_a_date_in_a_language_of_the_interface_reads_nothing_of_cldr() -> None:
    done = subprocess.run([sys.executable, "-c", USED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "True"]
