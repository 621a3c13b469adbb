"""Each language has every text of the interface, whole, in its own typography, as an update would store it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tools.catalogues import KEYWORDS, ROOT, forms, language_of, messages, missing, read, sources, updated

SOURCES = sources()
PARTS = re.compile(r"%\(\w+\)[sd]|%%|<[^>]*>")
ADDRESS = re.compile(r"<[^>]*>|https?://|%\(\w+\)[sd]")
# The same in both languages, each with its reason.
SAME = {
    "es": {
        "2PREVENT": "a name",
        "Actor": "the same word",
        "Actor %(number)s": "the same word",
        "Asia": "the same word",
        "Australia": "the same word",
        "Editorial": "the same word",
        "Error:": "the same word",
        "Factor": "the same word",
        "Factor %(number)s": "the same word",
        "Interior": "the same word",
        "No": "the same word",
        "Tokens": "the same word",
        "Regional": "the same word",
        "Sector": "the same word",
        "factor": "the same word",
        "interior": "the same word",
        "no": "the same word",
    },
    "fr": {
        "Code": "the same word",
        "Conditions": "the same word",
        "Contact": "the same word",
        "Correction": "the same word",
        "Message": "the same word",
        "Organisation": "the same word",
        "(correction)": "the same word",
        "Invitation": "the same word",
        "%(num)s minute": "the same word",
        "%(num)s minute.": "the same word",
        "%(num)s module": "the same word",
        "%(num)s note": "the same word",
        "%(num)s question": "the same word",
        "%(num)s source": "the same word",
        "2PREVENT": "a name",
        "Date": "the same word",
        "Document": "the same word",
        "Document, PDF": "the same word",
        "Europe": "the same word",
        "Figure": "the same word",
        "Figure %(number)s": "the same word",
        "Figures": "the same word",
        "Justice": "the same word",
        "Licence": "the same word",
        "Minutes": "the same word",
        "Module": "the same word",
        "Module %(number)s": "the same word",
        "Modules": "the same word",
        "Moment": "the same word",
        "Note": "the same word",
        "Note %(number)s": "the same word",
        "Page %(number)s": "the same word",
        "Pages": "the same word",
        "Programme": "the same word",
        "Question": "the same word",
        "Question %(number)s": "the same word",
        "Questions": "the same word",
        "Situation": "the same word",
        "Source": "the same word",
        "Source %(key)s": "the same word",
        "Source %(number)s": "the same word",
        "Sources": "the same word",
        "Version": "the same word",
        "Version %(number)s": "the same word",
        "Versions": "the same word",
        "date": "the same word",
        "description": "the same word",
        "justice": "the same word",
        "licence": "the same word",
        "minutes": "the same word",
        "modules": "the same word",
        "note": "the same word",
        "option %(number)s": "the same word",
        "question": "the same word",
        "situation": "the same word",
        "source %(number)s": "the same word",
    },
}
NO_BREAK = "\u00a0"
NARROW = "\u202f"


@pytest.fixture(scope="module")
def wanted() -> list[Message]:
    return messages()


@pytest.fixture(params=SOURCES, ids=language_of)
def source(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture
def catalogue(source: Path) -> Catalog:
    return read(source)


def pairs(catalogue: Catalog) -> Iterator[tuple[tuple[str, ...], str]]:
    """(the English text in each of its forms, a form of its translation) for everything in a catalogue."""
    for one in catalogue:
        if one.id:
            english = (one.id,) if isinstance(one.id, str) else tuple(one.id)
            yield from ((english, text) for text in forms(one))


def test_every_text_that_the_code_marks_is_found(wanted: list[Message]) -> None:
    found = {one.id if isinstance(one.id, str) else one.id[0] for one in wanted}
    hidden = []
    for path in sorted((ROOT / "lms").rglob("*.py")):
        if path == ROOT / "lms/web/languages.py":
            continue  # it defines what the others call
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and called(call) in KEYWORDS:
                said = call.args[0]
                if not isinstance(said, ast.Constant) or said.value not in found:
                    hidden.append(f"{path.relative_to(ROOT)}:{call.lineno}: {ast.unparse(said)}")
    assert hidden == []


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def test_a_catalogue_is_stored_as_an_update_would_store_it(source: Path, wanted: list[Message]) -> None:
    assert source.read_bytes().decode() == updated(source, wanted).decode(), "run `make catalogues`"


def test_every_text_is_translated_in_every_form_and_nothing_is_guessed(source: Path, catalogue: Catalog) -> None:
    assert missing(source) == 0
    assert [one.id for one in catalogue if one.id and one.fuzzy] == []
    short = [one.id for one in catalogue if one.pluralizable and len(forms(one)) != catalogue.num_plurals]
    assert short == []
    assert not catalogue.obsolete


def test_placeholders_tags_and_the_blanks_around_a_text_are_kept(catalogue: Catalog) -> None:
    wrong = [text for english, text in pairs(catalogue) if parts(text) not in [parts(form) for form in english]]
    assert wrong == []
    edges = [text for english, text in pairs(catalogue) if edge(text) != edge(english[0])]
    assert edges == []


def parts(text: str) -> list[str]:
    return sorted(PARTS.findall(text))


def edge(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def test_no_text_was_left_in_english(source: Path, catalogue: Catalog) -> None:
    same = {
        english[0] for english, text in pairs(catalogue) if text in english and re.search(r"[A-Za-z]{2}", words(text))
    }
    assert same == set(SAME.get(language_of(source), ()))


def words(text: str) -> str:
    return PARTS.sub(" ", text)


def test_nobody_is_shouted_at_and_quotation_marks_are_those_of_the_language(source: Path, catalogue: Catalog) -> None:
    for _english, text in pairs(catalogue):
        plain = ADDRESS.sub("", text)
        assert "!" not in plain, text
        assert not re.search(r"[\"“”]", plain), text
        assert plain.count("«") == plain.count("»"), text


@pytest.mark.parametrize("source", [path for path in SOURCES if language_of(path) == "es"], ids=language_of)
def test_spanish_opens_its_questions_and_keeps_its_percent_signs_near(catalogue: Catalog) -> None:
    for _english, text in pairs(catalogue):
        assert text.count("¿") == text.count("?"), text
        assert not re.search(f"[^{NO_BREAK}]%%", text), text
        assert not re.search(r"«\s|\s»", text), text


@pytest.mark.parametrize("source", [path for path in SOURCES if language_of(path) == "fr"], ids=language_of)
def test_french_keeps_its_signs_at_a_narrow_distance(catalogue: Catalog) -> None:
    for _english, text in pairs(catalogue):
        plain = ADDRESS.sub("x", text)
        assert "'" not in plain, text
        assert not re.search(rf"[^{NARROW}][;?!»]", plain), text
        assert not re.search(rf"[^{NARROW}\d]:|:(?!\d)(?<=[^{NARROW}]:)", plain), text
        assert not re.search(rf"«[^{NARROW}]", plain), text
        assert not re.search(rf"[^{NARROW}{NO_BREAK}]%%", plain), text
