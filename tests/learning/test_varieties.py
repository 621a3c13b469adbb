"""A language of the interface may be a variety, such as `es_MX`; courses name languages without their region."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lms.catalogue.rules.texts import localised, spoken
from tests import languages
from tests.learning.makers import make_reader, publish
from tests.learning.test_languages import AWAITING, MISSING, language_section


@pytest.fixture(autouse=True)
def catalogues(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(languages, "WORDS", {"es_MX": languages.WORDS["es"]})
    with languages.spoken(tmp_path_factory.mktemp("catalogues")):
        yield


def test_a_reader_of_a_variety_gets_the_texts_of_the_language(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, **languages.translated())
    reader = make_reader(app)
    reader.client.post("/language", data={"language": "es_MX"})
    page = reader.get("first")
    assert '<html lang="es-MX" dir="ltr">' in page
    assert "Primero</bdi></h1>" in page
    assert "Terminó." in page
    assert AWAITING in language_section(page)
    assert MISSING not in page
    outline = reader.client.get(reader.url("first").replace("/units/first", "/modules/words"))
    assert outline.status_code == 200
    original = reader.client.get(reader.url("first") + "?original=1").text
    assert "It ended." in original
    assert "Terminó." not in original


@pytest.mark.parametrize(
    ("language", "found"),
    [("pt_BR", "pt"), ("pt-BR", "pt"), ("pt", "pt"), ("zh_Hant_TW", "en"), ("fr_CA", "en"), ("en_GB", "en")],
)
def test_the_region_is_left_away_before_english_is_taken(language: str, found: str) -> None:
    texts = {"en": "Words", "pt": "Palavras", "fr": ""}
    assert spoken(texts, language) == found
    assert localised(texts, language) == texts[found]


def test_the_variety_itself_comes_first() -> None:
    assert spoken({"pt": "Palavras", "pt_BR": "Palavras daqui"}, "pt_BR") == "pt_BR"


def test_where_a_text_is_empty_english_is_taken() -> None:
    texts = {"fr": "", "en": "Words"}
    assert spoken(texts, "fr") == "en"
    assert localised(texts, "fr") == "Words"
