"""Words in the order of a language, and found however they are typed, in any script."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.rules.alphabet import ALIKE, MARKS, fold, holds, initial, order

SCRIPT = (Path(__file__).parents[2] / "lms/web/static_src/app.js").read_text(encoding="utf-8")
LETTERS = st.text(st.characters(categories=["L", "M", "N", "P", "Zs"]), max_size=30)
ACCENTS = "\u0300\u0301\u0303\u0308\u0327"

# As it is written, and as somebody in a hurry types it.
FOUND = [
    ("responsabilité de protéger", "RESPONSABILITE proteger"),
    ("communauté d’engagement", "d'engagement"),
    ("obligación", "OBLIGACION"),
    ("Œuvre", "oeuvre"),
    ("Völkermord an den Großen", "volkermord grossen"),
    ("ludobójstwo w Łodzi", "lodzi ludobojstwo"),
    ("soykırım", "SOYKIRIM"),
    ("diskriminasjon på øya", "oya"),
    ("γενοκτονία και προστασίας", "ΠΡΟΣΤΑΣΙΑΣ γενοκτονια"),
    ("геноцид и ещё одно", "ГЕНОЦИД еще"),
    ("مَسْؤُولِيَّة الحِمَاية", "مسؤولية الحماية"),
    ("الإبادة الجماعية", "الاباده"),
    ("مسئولیت حفاظت", "مسئوليت"),
    ("רֶצַח עַם", "רצח עם"),
    ("አርአያ መሆን", "መሆን"),
    ("អំពើប្រល័យពូជសាសន៍", "ពូជសាសន៍"),
    ("जनसंहार और क़ानून", "जनसंहार"),
    ("보호책임", "보호"),
    ("保護する責任", "責任"),
    ("ＵＮ ﬁnding", "un finding"),
    ("tội diệt chủng", "toi diet chung"),
]


@pytest.mark.parametrize(("written", "typed"), FOUND)
def test_a_word_is_found_however_it_is_typed(written: str, typed: str) -> None:
    assert holds(typed, ("something else", written))


@pytest.mark.parametrize(("written", "typed"), [("genocide", "genocides"), ("état", "etats"), ("कि", "कु"), ("ក", "កា")])
def test_another_word_is_not_found(written: str, typed: str) -> None:
    assert not holds(typed, (written,))


def test_every_word_must_be_there_and_nothing_finds_everything() -> None:
    assert holds("two one", ("One", "and two"))
    assert not holds("one three", ("One", "and two"))
    assert holds("", ("anything",))
    assert holds(" – ’ ", ("anything",))


@given(LETTERS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(LETTERS, st.data())
def test_any_piece_of_a_text_finds_it(text: str, data: st.DataObject) -> None:
    words = text.split()
    if words:
        assert holds(data.draw(st.sampled_from(words)), (text,))


@given(LETTERS)
def test_capitals_find_what_small_letters_wrote(text: str) -> None:
    # Not every letter comes back from its capital: a long s becomes a round one.
    if text.upper().lower() == text:
        assert holds(text.upper(), (text,))


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz "), max_size=20), st.lists(st.integers(0, 20)))
def test_accents_never_stand_in_the_way(plain: str, places: list[int]) -> None:
    accented = plain
    for number, place in enumerate(places):
        at = min(place, len(accented))
        if at and accented[at - 1] != " ":
            accented = accented[:at] + ACCENTS[number % len(ACCENTS)] + accented[at:]
    composed = unicodedata.normalize("NFC", accented)
    assert fold(composed) == fold(accented) == " ".join(plain.split())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "ándar anzuelo año nube ñame Obligación ola zona"),
        ("fr", "ándar año anzuelo ñame nube Obligación ola zona"),
        ("fr", "année annuel âpre état Étude œuvre zone"),
        ("sv", "arv zon åtal äga öde"),
        ("da", "arv zone ære øde århus"),
        ("pl", "czas ćma las ława zysk źle życie"),
        ("tr", "cadde çeviri gül suç şiir"),
        ("ru", "идти йод кот"),
        ("uk", "гора ґрунт інше їжа йод кіт"),
        ("de", "Apfel Ärger Straße Strauß Zug"),
        ("ar", "إبادة أمن باب"),
    ],
)
def test_the_alphabet_is_that_of_the_reader(language: str, words: str) -> None:
    keys = [order(word, language) for word in words.split()]
    assert all(one < other for one, other in pairwise(keys))


def test_words_are_ordered_one_by_one_whatever_stands_between_them() -> None:
    keys = [order(name, "en") for name in ("early action", "early-warning", "earlybird")]
    assert all(one < other for one, other in pairwise(keys))


@given(st.lists(LETTERS), st.sampled_from(["en", "es", "fr", "ar", "pl", "pt_BR"]))
def test_capitals_stand_beside_their_small_letters(texts: list[str], language: str) -> None:
    assert all(order(text.upper(), language) == order(text, language) for text in texts if text.upper().lower() == text)


@pytest.mark.parametrize(
    ("text", "language", "letter"),
    [
        ("éTat", "fr", "E"), ("ñame", "es", "Ñ"), ("ñame", "fr", "N"), ("“quoted”", "en", "Q"), ("2PREVENT", "en", "2"),
        ("Œuvre", "fr", "O"), ("åtal", "sv", "Å"), ("الإبادة", "ar", "ا"), ("…", "en", ""), ("геноцид", "ru", "Г"),
    ],
)  # fmt: skip
def test_a_word_stands_under_its_letter(text: str, language: str, letter: str) -> None:
    assert initial(text, language) == letter


def test_the_script_of_the_page_folds_in_the_same_way() -> None:
    marks = re.search(r"const MARKS = /\[(.*)\]/g;", SCRIPT)
    alike = re.search(r"const ALIKE = \{ (.*) \};", SCRIPT)
    assert marks
    assert alike
    assert marks[1] == MARKS
    pairs = re.findall(r'"([^"]+)": "([^"]+)"', alike[1].encode().decode("unicode_escape"))
    assert dict(pairs) == dict(ALIKE)
