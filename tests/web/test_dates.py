"""Days, times and the places of time zones are written as each language writes them."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from lms.web.dates import long_day, moment, opening_day, short_day, short_moment, short_weekday, zones, zones_by_area
from lms.web.languages import speaking

SATURDAY = dt.date(2027, 5, 1)
AT = dt.datetime(2027, 4, 23, 16, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("code", "long", "short", "narrow", "opening"),
    [
        ("en", "Saturday 1 May 2027", "1 May 2027", "Sat 1 May", "Saturday 1"),
        ("es", "sábado 1 de mayo de 2027", "1 de mayo de 2027", "sáb 1 may", "sábado 1"),
        ("fr", "samedi 1er mai 2027", "1er mai 2027", "sam. 1er mai", "samedi 1er"),
    ],
)
def test_a_day_is_written_as_its_language_writes_it(
    sqlite_app: Flask, code: str, long: str, short: str, narrow: str, opening: str
) -> None:
    with speaking(code):
        assert (long_day(SATURDAY), short_day(SATURDAY), short_weekday(SATURDAY)) == (long, short, narrow)
        assert opening_day(SATURDAY, dt.date(2027, 5, 7)) == opening


@pytest.mark.parametrize(
    ("code", "whole", "table"),
    [
        ("en", "Friday 23 April 2027, 19:00 (Dar es Salaam, UTC+3)", "23 April 2027, 19:00"),
        ("es", "viernes 23 de abril de 2027, 19:00 (Dar es-Salam, UTC+3)", "23 de abril de 2027, 19:00"),
        ("fr", "vendredi 23 avril 2027, 19:00 (Dar es Salaam, UTC+3)", "23 avril 2027, 19:00"),
    ],
)
def test_a_moment_names_the_place_of_its_zone_in_the_language(
    sqlite_app: Flask, code: str, whole: str, table: str
) -> None:
    with speaking(code):
        assert moment(AT, "Africa/Dar_es_Salaam") == whole
        assert short_moment(AT, "Africa/Dar_es_Salaam") == table


@pytest.mark.parametrize(("code", "place"), [("en", "Warsaw"), ("es", "Varsovia"), ("fr", "Varsovie")])
def test_zones_are_chosen_by_the_name_of_their_place(sqlite_app: Flask, code: str, place: str) -> None:
    with speaking(code):
        groups = zones_by_area()
    assert ("Europe/Warsaw", place) in [pair for pairs in groups.values() for pair in pairs]


def test_every_zone_can_be_chosen_and_no_two_of_an_area_are_called_the_same(sqlite_app: Flask) -> None:
    groups = zones_by_area()
    assert sorted(zone for pairs in groups.values() for zone, _place in pairs) == sorted(zones())
    for pairs in groups.values():
        assert len({place for _zone, place in pairs}) == len(pairs)
