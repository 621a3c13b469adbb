"""The texts of the seminar itself: what they must get right whoever edits them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

import brotli
import pytest

from lms.catalogue.checks import check
from lms.catalogue.cli import packaged_courses
from lms.catalogue.files import disk
from lms.catalogue.publication import published_modules
from lms.catalogue.rules.course_files import UnitFile

from .tiny import KINDS

CHECKED = check(disk.collect(packaged_courses() / "lemkin-seminar"), KINDS)
assert CHECKED.course is not None
COURSE = CHECKED.course
UNITS = {unit.key: unit for _, unit in COURSE.units()}
BOXED = [unit for unit in UNITS.values() if "for_your_institution" in unit.front]
EVERYTHING = "\n".join(CHECKED.files.values())
_MARK = re.compile(r"\[@[^\]]*\]|\[\[[^\]|]*\|?|\]\]")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", _MARK.sub(" ", text).lower())


def four_grams(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + 4]) for at in range(len(found) - 3)}


def sentences_with(word: str) -> Iterator[str]:
    yield from (sentence for sentence in re.split(r"(?<=[.?!])\s", EVERYTHING) if word in sentence)


def test_the_course_is_in_order() -> None:
    assert [str(mistake) for mistake in CHECKED.mistakes] == []


@pytest.mark.parametrize(
    "unit", [u for u in UNITS.values() if u.kind in {"reading", "case-study"}], ids=lambda u: u.key
)
def test_a_text_has_between_four_hundred_and_seven_hundred_words(unit: UnitFile) -> None:
    assert 400 <= len(words(unit.body)) <= 700


@pytest.mark.parametrize("unit", [u for u in UNITS.values() if u.kind == "reading"], ids=lambda u: u.key)
def test_a_text_ends_with_a_question_for_ones_own_ministry(unit: UnitFile) -> None:
    last = unit.body.rpartition("{#your-ministry}")[2].strip()
    assert last.endswith("?")


@pytest.mark.parametrize("unit", BOXED, ids=lambda unit: unit.key)
def test_the_six_paragraphs_for_institutions_truly_differ(unit: UnitFile) -> None:
    boxes = unit.front["for_your_institution"]
    assert len(boxes) == 6
    for one, other in combinations(boxes.values(), 2):
        shared = four_grams(one) & four_grams(other)
        assert len(shared) * 3 <= min(len(four_grams(one)), len(four_grams(other)))
    assert all(25 <= len(words(text)) <= 80 for text in boxes.values())


def test_titles_and_objectives_stand_in_three_languages() -> None:
    texts = [COURSE.fields["title"], *(unit.front["title"] for unit in UNITS.values())]
    texts += [text for module in COURSE.modules for text in (module.fields["title"], *module.fields["objectives"])]
    assert all({"en", "es", "fr"} <= set(text) for text in texts)


def test_the_glossary_has_its_terms_in_three_languages() -> None:
    assert len(COURSE.terms) == 58
    assert all({"en", "es", "fr"} <= set(term["term"]) for term in COURSE.terms)


def test_the_commitment_of_2005_was_affirmed_and_never_signed() -> None:
    signed = [sentence for sentence in sentences_with("signed") if "R2P" in sentence or "2005" in sentence]
    assert all("hears" in sentence for sentence in signed), signed
    assert "affirmed" in UNITS["from-never-again-to-2005"].body


def test_the_camp_is_named_as_german_and_nazi() -> None:
    assert not re.search(r"polish (concentration|death|extermination)? ?camp", EVERYTHING, re.IGNORECASE)
    for sentence in sentences_with("Auschwitz-Birkenau"):
        assert re.search("German Nazi|alemán nazi|allemand nazi", sentence), sentence


def test_the_toll_of_the_violence_in_kenya_comes_with_its_doubt() -> None:
    for unit in UNITS.values():
        if "350,000" in unit.body:
            assert re.search("other sources give other figures|When figures differ", unit.body), unit.key


def test_nobody_is_said_to_have_been_convicted_for_kenya() -> None:
    body = UNITS["kenya-2007-2013"].body
    assert "The Court convicted no one" in body
    for stage in ("not confirmed", "withdrawn", "vacated", "presumed innocent"):
        assert stage in body


def test_the_effect_of_the_court_is_told_as_a_view() -> None:
    for sentence in sentences_with("deterrent"):
        assert "holds that" in sentence, sentence


def test_the_number_of_states_in_the_network_is_dated() -> None:
    for sentence in sentences_with("18 states"):
        assert "launched in 2012" in sentence, sentence


def test_ethnic_cleansing_is_not_called_a_crime_of_its_own() -> None:
    assert "not an independent crime in international law" in UNITS["from-never-again-to-2005"].body


def test_hard_material_is_announced() -> None:
    for unit in UNITS.values():
        if re.search(r"\bkill", unit.body):
            assert "content_note" in unit.front, unit.key


def test_a_unit_stays_light_on_the_wire() -> None:
    for module in published_modules(CHECKED, KINDS).values():
        for unit in module.units:
            assert len(brotli.compress(unit.text.rendered["html"].encode())) < 6_000, unit.key


def test_paragraph_138_speaks_of_incitement_and_not_only_of_the_offence() -> None:
    unit = next(
        unit
        for module in published_modules(CHECKED, KINDS).values()
        for unit in module.units
        if unit.key == "pillar-one"
    )
    assert "including prevention of their incitement." in re.sub(r"<[^>]*>", "", unit.text.rendered["html"])


def test_definitions_hold_no_notes_between_editors() -> None:
    for term in COURSE.terms:
        assert not re.search("Attested|French page", term["definition"]["en"]), term["key"]
