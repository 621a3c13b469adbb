"""One vocabulary for the lists that leave and enter."""

from __future__ import annotations

import pytest

from lms.people.models import Sector
from lms.seminars.cells import language_of, sector_of, sector_words, zone_of
from lms.seminars.columns import HEADINGS, LANGUAGES, NEEDED, TAKEN, Column, column_of, heading


@pytest.mark.parametrize("column", Column)
@pytest.mark.parametrize("locale", LANGUAGES)
def test_what_we_write_as_a_heading_is_read_as_the_same_column(column: Column, locale: str) -> None:
    assert column_of(heading(column, locale)) is column
    assert column_of(heading(column, locale).upper()) is column
    assert set(HEADINGS[column]) == set(LANGUAGES)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("  E-MAIL  ", Column.ADDRESS),
        ("Correo electronico", Column.ADDRESS),
        ("courriel :", Column.ADDRESS),
        ("PAYS", Column.STATE),
        ("Member\nState", Column.STATE),
        ("etat", Column.STATE),
        ("Ministère / Institution", Column.INSTITUTION),
        ("Apellidos", Column.FAMILY),
        ("Prénom(s)", Column.GIVEN),
        ("Nom", Column.NAME),
        ("Ｎａｍｅ", Column.NAME),
        ("Time\u00a0zone", Column.ZONE),
    ],
)
def test_a_heading_is_known_however_an_office_writes_it(text: str, column: Column) -> None:
    assert column_of(text) is column


@pytest.mark.parametrize("text", ["", "No.", "Passport number", "Dietary needs", "姓名"])
def test_a_column_of_somebody_elses_is_not_taken_for_ours(text: str) -> None:
    assert column_of(text) is None


def test_a_heading_in_a_language_we_do_not_write_is_in_english() -> None:
    assert heading(Column.NAME, "ar") == "Name"
    assert heading(Column.NAME, "fr_CA") == "Nom"


def test_what_is_needed_is_taken() -> None:
    assert set(NEEDED) < set(TAKEN)


@pytest.mark.parametrize("sector", Sector)
def test_a_sector_is_read_by_its_key_and_by_its_words(sector: Sector) -> None:
    assert sector_of(sector.value) is sector
    assert {sector_of(sector_words(sector, locale)) for locale in LANGUAGES} == {sector}


@pytest.mark.parametrize(
    ("text", "code"),
    [("fr", "fr"), ("FR", "fr"), ("français", "fr"), ("French", "fr"), ("Francés", "fr"), ("العربية", "ar")],
)
def test_a_language_is_read_by_its_code_and_by_its_names(text: str, code: str) -> None:
    assert language_of(text) == code


def test_what_is_no_language_zone_or_sector_is_none() -> None:
    assert (language_of("Klingonish"), zone_of("Atlantis"), sector_of("Sports")) == (None, None, None)
    assert zone_of("africa/dar es salaam") == "Africa/Dar_es_Salaam"
