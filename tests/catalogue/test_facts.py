"""What must cite a source, and what may stand without one."""

from __future__ import annotations

import pytest

from lms.catalogue.rules.facts import stated_fact


@pytest.mark.parametrize(
    ("text", "language", "fact"),
    [
        ("Over 1,000 people were killed.", "en", "1,000"),
        ("It was the 50th state.", "en", "50th"),
        ("They met in September.", "en", "September"),
        ("They called it “prevention”.", "en", "“"),
        ("The Genocide Convention binds its parties.", "en", "Genocide Convention"),
        ("An Act of Parliament created it.", "en", "An Act"),
        ("El Estatuto lo dice.", "es", "El Estatuto"),
        ("Se reunieron en mayo.", "es", "mayo"),
        ("Selon la Charte, les États sont égaux.", "fr", "la Charte"),
        ("L’Accord fut signé.", "fr", "L’Accord"),
        ("Le 1er jour.", "fr", "1er"),
        ("It was so in the 1990s.", "en", "1990s"),
        ("Since the mid-1990s it has grown.", "en", "1990s"),
        ("It cost 3m dollars.", "en", "3m"),
        ("About half a million fled.", "en", "million"),
        ("The Assembly met in May.", "en", "in May"),
        ("He called it ‘a crime without a name’.", "en", "‘"),
        ("The Geneva Conventions forbid it.", "en", "Geneva Conventions"),
        ("Murieron mil personas.", "es", "mil"),
        ("Elle s’est réunie en mai.", "fr", "en mai"),
        ("Waka 2012.", "sw", "2012"),
    ],
)
def test_numbers_months_exact_words_and_named_acts_are_facts(text: str, language: str, fact: str) -> None:
    assert stated_fact(text, language) == fact


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Act early, and say so.", "en"),
        ("May a minister ask?", "en"),
        ("Hundreds of small acts make a habit.", "en"),
        ("It is nobody’s task.", "en"),
        ("Each act counts, and the statute of a body matters.", "en"),
        ("Pillar two is about help.", "en"),
        ("2PREVENT is a network.", "en"),
        ("La ley protege a todos.", "es"),
        ("La loi protège chacun.", "fr"),
    ],
)
def test_plain_words_are_no_facts(text: str, language: str) -> None:
    assert stated_fact(text, language) is None
