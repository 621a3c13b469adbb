"""The texts of the seminar itself: what they must get right whoever edits them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

import pytest

from lms.catalogue.checks import check
from lms.catalogue.cli import packaged_courses
from lms.catalogue.files import disk
from lms.catalogue.publication import published_modules
from lms.catalogue.rules.course_files import UnitFile
from lms.catalogue.rules.translation import text_hash
from lms.report.units import unit_facts

from .tiny import KINDS
from .worlds import MARK, STEMS, names_an_act, speaks_to

CHECKED = check(disk.collect(packaged_courses() / "lemkin-seminar"), KINDS)
assert CHECKED.course is not None
COURSE = CHECKED.course
UNITS = {unit.key: unit for _, unit in COURSE.units()}
BOXED = [unit for unit in UNITS.values() if "for_your_institution" in unit.front]
TEXTS = frozenset({"reading", "case-study"})
# What people read: everything but the titles of other people's works.
TEXT = "\n".join(text for path, text in CHECKED.files.items() if path != "sources.yaml")
VIEW = re.compile(r"holds that|argues|in the view of|in his view|according to", re.IGNORECASE)
HARD = re.compile(r"\bkill|\bmurder|\bmassacre|\btortur|\brape|\bexterminat|\bgas chamber", re.IGNORECASE)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", MARK.sub(" ", text).lower())


def four_grams(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + 4]) for at in range(len(found) - 3)}


def alike(one: str, other: str) -> bool:
    """Whether two texts share more than a third of their runs of four words."""
    a, b = four_grams(one), four_grams(other)
    return len(a & b) * 3 > min(len(a), len(b))


def sentences_with(word: str) -> Iterator[str]:
    yield from (sentence for sentence in re.split(r"(?<=[.?!])\s|\n\n|\n- ", TEXT) if word in sentence)


def translated() -> Iterator[str]:
    """Sentences in Spanish and French: whole texts, and titles, objectives and terms."""
    texts = [text.body for module in COURSE.modules for text in module.translations]
    pairs = [term[part] for term in COURSE.terms for part in ("term", "definition")]
    pairs += [text for module in COURSE.modules for text in (module.fields["title"], *module.fields["objectives"])]
    texts += [pair[code] for pair in pairs for code in ("es", "fr")]
    yield from (sentence for text in texts for sentence in re.split(r"(?<=[.?!])\s|\n\n|\n- ", text))


def numbers(unit: UnitFile) -> list[str]:
    """The figures of a text, thousands separated in any way."""
    text = MARK.sub(" ", unit.body)
    return sorted(re.sub(r"\D", "", found) for found in re.findall(r"\d[\d.,\u00a0\u202f]*", text))


def citations(unit: UnitFile) -> list[str]:
    return sorted(re.findall(r"\[@[^\]]*\]", unit.body))


def test_the_course_is_in_order() -> None:
    assert [str(mistake) for mistake in CHECKED.mistakes] == []


# The shape of the curriculum ---------------------------------------------------------------------------------------


def test_ten_modules_hold_thirty_eight_texts_and_a_quiz_each() -> None:
    assert [module.folder[:2] for module in COURSE.modules] == [f"{number:02}" for number in range(1, 11)]
    texts = [sum(unit.kind in TEXTS for unit in module.units) for module in COURSE.modules]
    assert texts == [4, 4, 4, 4, 5, 4, 3, 3, 3, 4]
    assert all([unit.kind for unit in module.units].count("quiz") == 1 for module in COURSE.modules)


def test_the_first_three_modules_come_in_order_the_next_six_in_any_and_the_last_last() -> None:
    keys = [module.key for module in COURSE.modules]
    after = {entry.key: list(entry.after) for entry in COURSE.entries()}
    assert [after[key] for key in keys[:3]] == [[], keys[:1], keys[1:2]]
    assert all(after[key] == keys[2:3] for key in keys[3:9])
    assert after[keys[9]] == keys[3:9]


def test_fifty_three_questions_are_asked_in_six_ways() -> None:
    quizzes = [unit for unit in UNITS.values() if unit.kind == "quiz"]
    asked = [question for unit in quizzes for question in unit.front["questions"]]
    scored = [question for question in asked if question["kind"] != "reflection"]
    counts = [sum(q["kind"] != "reflection" for q in unit.front["questions"]) for unit in quizzes]
    assert counts == [6, 6, 5, 6, 6, 5, 5, 4, 6, 4]
    assert len(scored) == 53
    assert {question["kind"] for question in asked} == {
        "one-of-many", "many-of-many", "true-false", "matching", "ordering", "reflection"
    }  # fmt: skip


def test_the_right_answer_does_not_stand_out_by_its_length() -> None:
    """Somebody who always takes the longest option should be right about as often as by chance."""
    longest = asked = 0
    for unit in UNITS.values():
        for question in unit.front.get("questions", ()):
            if question["kind"] == "one-of-many":
                asked += 1
                longest += bool(max(question["options"], key=lambda option: len(option["text"])).get("correct"))
    assert longest / asked < 0.5


def test_an_explanation_teaches_in_more_than_a_word() -> None:
    for unit in UNITS.values():
        for question in unit.front.get("questions", ()):
            if question["kind"] != "reflection":
                assert 12 <= len(words(question["explanation"])) <= 90, question["id"]


@pytest.mark.parametrize("unit", [u for u in UNITS.values() if u.kind in TEXTS], ids=lambda u: u.key)
def test_a_text_has_between_four_hundred_and_seven_hundred_words(unit: UnitFile) -> None:
    assert 400 <= len(words(unit.body)) <= 700


@pytest.mark.parametrize("unit", [u for u in UNITS.values() if u.kind in TEXTS], ids=lambda u: u.key)
def test_a_text_begins_with_its_key_points(unit: UnitFile) -> None:
    assert 2 <= len(unit.front["key_points"]) <= 4


@pytest.mark.parametrize("unit", [u for u in UNITS.values() if u.kind == "reading"], ids=lambda u: u.key)
def test_a_text_ends_with_a_question_for_ones_own_ministry(unit: UnitFile) -> None:
    last = unit.body.rpartition("{#your-ministry}")[2].strip()
    assert last.endswith("?")


def test_a_text_can_be_read_by_somebody_whose_first_language_is_another() -> None:
    levels = {facts.unit: facts.reading_level for facts in unit_facts(CHECKED, KINDS) if facts.kind in TEXTS}
    assert max(levels.values()) <= 50, levels
    assert sum(levels.values()) / len(levels) <= 43


def test_every_case_study_is_scored_by_the_same_three_factors() -> None:
    cases = [unit for unit in UNITS.values() if unit.kind == "case-study"]
    rubrics = [unit.front["rubric"] for unit in cases]
    assert len(cases) == 3
    assert [factor["key"] for factor in rubrics[0]] == ["coordination", "funding", "welcome"]
    assert all(rubric == rubrics[0] for rubric in rubrics)


# For your institution ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", BOXED, ids=lambda unit: unit.key)
def test_the_six_paragraphs_for_institutions_truly_differ(unit: UnitFile) -> None:
    boxes = unit.front["for_your_institution"]
    assert len(boxes) == 6
    for one, other in combinations(boxes.values(), 2):
        assert not alike(one, other)
    assert all(25 <= len(words(text)) <= 80 for text in boxes.values())


@pytest.mark.parametrize("unit", BOXED, ids=lambda unit: unit.key)
def test_each_paragraph_names_an_act_of_that_kind_of_institution(unit: UnitFile) -> None:
    for sector, text in unit.front["for_your_institution"].items():
        assert speaks_to(sector, text), f"{sector}: {text}"
        assert names_an_act(text), f"{sector}: {text}"


def test_what_tells_an_act_and_an_institution_would_not_take_any_paragraph_for_one() -> None:
    prose = [text for unit in UNITS.values() for text in unit.body.split("\n\n") if text[:1].isalpha()]
    assert sum(map(names_an_act, prose)) < len(prose) / 3
    others = [
        speaks_to(other, text)
        for unit in BOXED
        for sector, text in unit.front["for_your_institution"].items()
        for other in STEMS
        if other != sector
    ]
    assert sum(others) < len(others) / 5


def test_every_reading_and_case_has_advice_for_six_kinds_of_institution() -> None:
    assert {unit.key for unit in BOXED} == {unit.key for unit in UNITS.values() if unit.kind in TEXTS}


@pytest.mark.parametrize("sector", ["foreign-affairs", "justice", "defence", "interior", "education", "human-rights"])
def test_no_institution_reads_the_same_advice_twice(sector: str) -> None:
    advice = {unit.key: unit.front["for_your_institution"][sector] for unit in BOXED}
    for (one, text), (other, twin) in combinations(advice.items(), 2):
        assert not alike(text, twin), f"{one} and {other}"


# Languages ---------------------------------------------------------------------------------------------------------


def test_titles_and_objectives_stand_in_three_languages() -> None:
    texts = [COURSE.fields["title"], *(unit.front["title"] for unit in UNITS.values())]
    texts += [text for module in COURSE.modules for text in (module.fields["title"], *module.fields["objectives"])]
    assert all({"en", "es", "fr"} <= set(text) for text in texts)


def test_the_glossary_has_its_terms_in_three_languages() -> None:
    assert len(COURSE.terms) == 58
    assert all({"en", "es", "fr"} <= set(term["term"]) for term in COURSE.terms)
    assert all({"en", "es", "fr"} <= set(term["definition"]) for term in COURSE.terms)


def test_the_module_on_the_three_pillars_is_whole_in_spanish() -> None:
    module = next(module for module in COURSE.modules if module.key == "three-pillars")
    for unit in module.units:
        spanish = [text for text in module.translations_of(unit) if text.language == "es"]
        assert len(spanish) == 1, unit.key
        assert spanish[0].front["status"] == "awaiting-native-reader"
        assert spanish[0].front["follows"] == text_hash(unit), "the Spanish follows an older text"
        assert numbers(spanish[0]) == numbers(unit), unit.key
        assert citations(spanish[0]) == citations(unit), unit.key


# The traps ---------------------------------------------------------------------------------------------------------


def test_the_commitment_of_2005_was_affirmed_and_never_signed() -> None:
    signed = [sentence for sentence in sentences_with("signed") if "R2P" in sentence or "2005" in sentence]
    assert all("hears" in sentence for sentence in signed), signed
    assert not re.search(r"(Responsibility to Protect|R2P) (was|is) a treaty", TEXT)
    assert "affirmed" in UNITS["from-never-again-to-2005"].body


def test_translations_step_into_none_of_the_traps_either() -> None:
    found = list(translated())
    assert len(found) > 200
    for sentence in found:
        assert not re.search(r"\bfirm(ó|aron|ad[oa]s?)\b|\bsigné", sentence) or "se oye decir" in sentence, sentence
        assert not re.search(r"[Kk]en[iy]an?.*(condenad|condamn)|(condenad|condamn).*[Kk]en[iy]a", sentence), sentence
        assert not re.search(r"18 (Estados|États)", sentence) or "2012" in sentence, sentence
        assert "seis meses" not in sentence or "entrevista" in sentence, sentence


def test_the_interview_is_dated_by_what_it_says() -> None:
    interview = next(source for source in COURSE.sources if source["id"] == "S192")
    assert interview["date"] == "2014"
    assert interview["note"].startswith("Undated; of 2014 by what it says")


def test_no_page_of_the_institute_is_said_to_ask_for_pre_reading() -> None:
    for sentence in sentences_with("pre-reading"):
        assert not re.search(r"AIP[GR]|Auschwitz Institute|\[@", sentence), sentence


def test_the_toll_of_the_violence_in_kenya_comes_with_its_doubt() -> None:
    found = [unit for unit in UNITS.values() if "350,000" in unit.body]
    assert found
    for unit in found:
        assert re.search("other sources give other figures|[Ee]stimates vary|When figures differ", unit.body), unit.key
        assert re.search("over 1,000", unit.body), unit.key


def test_the_number_of_states_in_the_network_is_dated() -> None:
    found = list(sentences_with("18 states"))
    assert found
    for sentence in found:
        assert re.search("launch", sentence), sentence
        assert "2012" in sentence, sentence


def test_the_six_months_between_meetings_are_told_as_the_interview_has_it() -> None:
    found = [sentence for sentence in sentences_with("every six months") if "Network" in sentence or "meet" in sentence]
    assert any("interview" in sentence.lower() for sentence in found), found


def test_dates_on_which_sources_differ_follow_the_primary_documents() -> None:
    assert "November 2011" not in TEXT
    assert not re.search(r"(March|April) 2011", TEXT)
    assert "February 2013" not in re.sub(r"28 February[^.]*2013", "", TEXT)


def test_nobody_is_said_to_have_been_convicted_for_kenya() -> None:
    body = UNITS["kenya-2007-2013"].body
    assert "The Court convicted no one" in body
    for key in ("kenya-2007-2013", "court-and-complementarity"):
        for stage in ("not confirmed", "withdrawn", "vacated", "presumed innocent"):
            assert stage in UNITS[key].body, f"{key}: {stage}"


def test_the_effect_of_the_court_is_told_as_a_view() -> None:
    for sentence in sentences_with("deterrent"):
        assert VIEW.search(sentence) or sentence.endswith("?"), sentence


def test_the_camp_is_named_as_german_and_nazi() -> None:
    assert not re.search(r"polish (concentration|death|extermination)? ?camp", TEXT, re.IGNORECASE)
    assert not re.search(r"(campos? polac|camps? polonais)", TEXT, re.IGNORECASE)
    for sentence in sentences_with("Auschwitz-Birkenau"):
        named = re.sub("Auschwitz-Birkenau State Museum", "", sentence)
        assert "Auschwitz-Birkenau" not in named or re.search("German Nazi|alemán nazi|allemand nazi", named), sentence


def test_ethnic_cleansing_is_not_called_a_crime_of_its_own() -> None:
    for key in ("from-never-again-to-2005", "other-crimes"):
        assert "not an independent crime in international law" in UNITS[key].body, key
    assert "crime of ethnic cleansing" not in TEXT


def test_what_only_general_knowledge_says_is_left_out_or_marked() -> None:
    for words_ in ("Navy Mechanics", "Escuela de Mec", "resolution 955", "life imprisonment", "block 11", "block 4"):
        for sentence in sentences_with(words_):
            assert "needs-review" in sentence, sentence


def test_the_meetings_of_march_2013_and_the_birth_of_gaamac_are_one() -> None:
    born = [sentence for sentence in sentences_with("GAAMAC") if "created" in sentence]
    assert all("2013" not in sentence or "March 2013" in sentence for sentence in born), born


# Dignity -----------------------------------------------------------------------------------------------------------


def test_hard_material_is_announced_and_can_be_written_about_instead() -> None:
    for unit in UNITS.values():
        if unit.kind in TEXTS and HARD.search(unit.body):
            assert "content_note" in unit.front, unit.key
            assert "written_alternative" in unit.front, unit.key


def test_the_numbers_of_victims_stay_in_sentences() -> None:
    for unit in UNITS.values():
        for line in unit.body.splitlines():
            assert not (line.startswith("|") and re.search(r"\bkilled|\bmurdered|\bdead\b", line)), line


# On the page -------------------------------------------------------------------------------------------------------


def test_a_unit_stays_light_on_the_wire() -> None:
    for module in published_modules(CHECKED, KINDS).values():
        for unit in module.units:
            assert len(unit.text.rendered["html"].encode()) < 30_000, unit.key


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


def test_every_term_is_used_in_some_text() -> None:
    used = {key for unit in UNITS.values() for key in re.findall(r"\[\[([a-z0-9-]+)", CHECKED.files[unit.path])}
    assert sorted({term["key"] for term in COURSE.terms} - used) == []
