"""The sentences shown to a reader before the tests, each with what it cites."""

from __future__ import annotations

import subprocess
import sys

from tests.catalogue.tiny import checked
from tests.learning.makers import ASKED, FIRST
from tools.citations import ROOT, Pair, pairs


def test_a_sentence_stands_with_each_source_it_cites() -> None:
    text = FIRST.replace(
        "In 2012 a [[state|State]] acted. [@S001 p. 3]", "So it was. A [[state]] acted in 2012. [@S001 p. 3]"
    )
    course = checked(first=text).course
    assert course is not None
    path = "modules/01-words/first.md"
    source = "S001 The first source, 2012"
    assert [pair for pair in pairs(course) if pair.path == path] == [
        Pair(path, "A state acted in 2012.", f"{source}, p. 3"),
        Pair(path, "It ended.", source),
    ]


def test_the_command_prints_as_many_as_asked() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.citations", "3"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("→") == 3
    assert done.stdout.startswith("3 sentences and what they cite")


def test_explanations_and_definitions_are_shown_with_their_sources_too() -> None:
    course = checked(asked=ASKED).course
    assert course is not None
    found = {(pair.path, pair.sentence) for pair in pairs(course)}
    assert ("modules/01-words/asked.yaml", "SECRET-ONE because it says so.") in found
    assert ("glossary.yaml", "state: A member or observer of the United Nations.") in found
