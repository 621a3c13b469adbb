"""One course in several languages: what is shown, what is said of it, and that nothing is lost between them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.catalogue.models import UnitRevision
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import Answer, QuizTry, TextReport
from lms.people.models import Person
from tests.conftest import statements
from tests.languages import ASKED, FIRST, spoken, translated
from tests.learning.makers import Reader, make_reader, publish
from tests.learning.test_reading import beyond_session

AWAITING, STALE = "This translation is awaiting a native reader.", "The original has changed since it was translated."
MISSING = "This text is not in your language yet. It is shown in"


@pytest.fixture(autouse=True)
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with spoken(tmp_path_factory.mktemp("catalogues")):
        yield


@pytest.fixture
def reader(catalogues: None, app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path, **translated())
    return make_reader(app)


def speak(reader: Reader, language: str) -> None:
    """Press the button of a language on the first unit."""
    sent = {"language": language, "back": reader.url("first")}
    assert reader.client.post("/language", data=sent).location == reader.url("first")


def language_section(page: str) -> str:
    """The words beside the text that are about its language."""
    found = re.search(r'<form class="langs".*?</form>(.*?)</section>', page, re.S)
    assert found
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[1])).split())


def test_a_text_is_shown_in_the_language_of_its_reader_and_the_page_with_it(reader: Reader) -> None:
    assert "It ended." in reader.get("first")
    speak(reader, "es")
    page = reader.get("first")
    assert '<html lang="es" dir="ltr">' in page
    assert "<h1>Primero</h1>" in page
    assert '<div lang="es" dir="ltr">' in page
    assert "Terminó." in page
    assert "Puntos clave" in page
    assert '<h2 id="end">Fin</h2>' in page


def test_what_was_read_and_how_far_is_the_same_in_every_language(reader: Reader) -> None:
    reader.read()
    speak(reader, "es")
    assert "Done at" in reader.get("first")
    assert reader.post("first", "undo").status_code == 303
    speak(reader, "en")
    assert "I have read this" in reader.get("first")


def test_a_translation_that_no_native_reader_confirmed_says_so_with_a_way_to_what_that_means(reader: Reader) -> None:
    speak(reader, "es")
    for unit in ("first", "asked"):
        page = reader.get(unit)
        assert AWAITING in language_section(page)
        assert 'href="/help#translations">What this means</a>' in page
    assert 'id="translations"' in reader.client.get("/help").text
    assert "Translation into inglés" not in reader.get("first")
    assert "Translation into español, awaiting a native reader" in reader.get("first")
    speak(reader, "en")
    assert AWAITING not in reader.get("first")


def test_a_translation_confirmed_in_its_file_says_nothing_and_asks_nothing(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, **translated(status="confirmed"))
    reader = make_reader(app)
    speak(reader, "es")
    assert language_section(reader.get("first")) == "Read the original in inglés"
    assert "confirmed by a native reader" in reader.get("first")
    with statements(app) as sent:
        reader.get("first")
    assert not [one for one in sent if "lms_translation_confirmation" in one]


def test_a_translation_of_an_older_text_says_so(reader: Reader, tmp_path: Path) -> None:
    publish(tmp_path, **translated() | {"first": FIRST.replace("It ended.", "It ended at last.")})
    assert STALE not in reader.get("first")
    speak(reader, "es")
    assert STALE in language_section(reader.get("first"))
    assert STALE not in language_section(reader.get("asked"))
    assert "Terminó." in reader.get("first")


def test_a_text_that_is_missing_in_the_readers_language_says_in_which_it_is_shown(reader: Reader) -> None:
    speak(reader, "fr")
    page = reader.get("first")
    assert f"{MISSING} anglais." in language_section(page)
    assert '<html lang="fr" dir="ltr">' in page
    assert '<div lang="en" dir="ltr">' in page
    assert '<h1><bdi lang="en" dir="ltr">First</bdi></h1>' in page
    assert "original=1" not in page


def test_the_original_is_looked_at_once_without_changing_the_language(reader: Reader) -> None:
    speak(reader, "es")
    assert f'href="{reader.url("first")}?original=1"' in reader.get("first")
    page = reader.client.get(reader.url("first") + "?original=1").text
    assert '<html lang="es"' in page
    assert '<div lang="en" dir="ltr">' in page
    assert "It ended." in page
    assert '<h1><bdi lang="en" dir="ltr">First</bdi></h1>' in page
    assert language_section(page) == "This is the original. Back to the translation"
    assert f'href="{reader.url("first")}">Back to the translation</a>' in page
    assert f'href="{reader.url("first", "report")}?original=1"' in page
    assert "Terminó." in reader.get("first")


def test_an_error_is_reported_about_the_text_that_was_read(reader: Reader) -> None:
    speak(reader, "es")
    form = reader.client.get(reader.url("first", "report") + "?original=1").text
    assert f'action="{reader.url("first", "report")}?original=1"' in form
    assert reader.post("first", "report?original=1", wrong="The year is wrong.").status_code == 303
    assert reader.post("first", "report", wrong="The year is wrong.").status_code == 303
    with unit_of_work() as session:
        reported = select(UnitRevision.language).join(TextReport, TextReport.revision_id == UnitRevision.id)
        assert sorted(session.scalars(reported)) == ["en", "es"]


def test_a_try_begun_in_one_language_goes_on_in_another_with_its_answers(reader: Reader) -> None:
    tried = reader.begin()
    this = reader.right()["which"][0]
    assert reader.save(tried, "which", which=this).status_code == 200
    before = re.findall(r'value="([0-9a-f]{10})"', reader.get("asked"))
    speak(reader, "es")
    page = reader.get("asked")
    assert "¿Cuál?" in page
    assert re.search(rf'value="{this}"[^>]* checked', page)
    assert re.findall(r'value="([0-9a-f]{10})"', page) == before, "the options stand in the same order"
    assert "Which ones?" in page, "what is not translated stays in the course's language"
    assert reader.check(tried, **reader.right()).status_code == 303
    closed = reader.get("asked")
    assert "Porque lo dice." in closed
    speak(reader, "en")
    assert "SECRET-ONE because it says so." in reader.get("asked")
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(QuizTry)) == 1
        assert session.scalar(select(func.count()).select_from(Answer)) == 5, "each answer once"


def test_a_try_begun_before_a_correction_goes_on_in_a_translation_that_asks_the_same(
    reader: Reader, tmp_path: Path
) -> None:
    tried = reader.begin()
    publish(tmp_path, **translated(asked=ASKED.replace("Which one?", "Which one is it?")))
    assert "Which one?" in reader.get("asked"), "the words the try was begun with"
    speak(reader, "es")
    page = reader.get("asked")
    assert "¿Cuál?" in page
    assert f"/tries/{tried}/check" in page
    original = reader.client.get(reader.url("asked") + "?original=1").text
    assert "Which one?" in original
    assert reader.check(tried, **reader.right()).status_code == 303
    assert "Porque lo dice." in reader.get("asked")


def test_the_module_says_which_texts_are_in_another_language(reader: Reader) -> None:
    words, cases = (f"/learn/{reader.edition}/modules/{key}" for key in ("words", "cases"))
    assert "in English" not in reader.client.get(words).text
    speak(reader, "es")
    assert ", in inglés" not in reader.client.get(words).text
    assert "They are shown in inglés." in reader.client.get(cases).text
    speak(reader, "fr")
    page = reader.client.get(words).text
    assert page.count("They are shown in anglais.") == 1
    assert ", in anglais" not in page, "said once, not beside each"


def test_only_some_texts_in_another_language_are_said_one_by_one(app: Flask, tmp_path: Path) -> None:
    files = translated()
    del files["asked_es"]
    publish(tmp_path, **files)
    reader = make_reader(app)
    speak(reader, "es")
    page = reader.client.get(f"/learn/{reader.edition}/modules/words").text
    assert page.count(", in inglés") == 1
    assert "They are shown in" not in page


def test_a_page_of_a_translation_takes_one_more_statement_at_most(reader: Reader) -> None:
    speak(reader, "es")
    reader.get("first")
    with statements(reader.app) as sent:
        reader.get("first")
    assert len(beyond_session(sent)) <= 3, sent


def test_letters_come_in_the_language_that_was_chosen(reader: Reader) -> None:
    speak(reader, "es")
    with unit_of_work() as session:
        assert session.get_one(Person, reader.person_id).locale == "es"
