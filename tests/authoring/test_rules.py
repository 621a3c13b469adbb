"""Passages and what changed of them, sentences that need a source, and which courses a mandate reaches."""

from __future__ import annotations

import pytest

from lms.authoring.rules.marks import Marked, marks_in
from lms.authoring.rules.reach import Reach, reach_of
from lms.catalogue.files.read import read_unit
from lms.catalogue.kinds.plugin import OURS
from lms.catalogue.rules.confirmation import may_confirm
from lms.catalogue.rules.passages import Changed, Passage, Piece, changes, passages_of
from lms.people.rules import Grant, Role, ScopeKind
from tests.catalogue.tiny import ASKED, FIRST

READING = next(kind for kind in OURS if kind.key == "reading")


def text(*words: str) -> list[Passage]:
    return [Passage("", one) for one in words]


def test_the_passages_of_a_text_are_its_fields_and_paragraphs_each_with_its_place() -> None:
    found = passages_of(read_unit("first", "en", FIRST))
    assert found == [
        Passage("key_points 1", "A point."),
        Passage("Beginning", "Beginning"),
        Passage("Beginning", "In 2012 a [[state|State]] acted. [@S001 p. 3]"),
    ]


def test_the_passages_of_a_quiz_leave_out_what_a_translation_cannot_say() -> None:
    found = passages_of(read_unit("asked", "en", ASKED))
    assert [one.text for one in found] == ["Which one?", "This one", "That one", "This one."]
    assert found[0].where == "questions 1 prompt"


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (text("One.", "Two."), text("One.", "Two."), []),
        (text("One."), text("One.", "Two."), [Changed("", (Piece("ins", "Two."),))]),
        (text("One.", "Two."), text("Two."), [Changed("", (Piece("del", "One."),))]),
        (
            text("It ended then."),
            text("It ended now."),
            [Changed("", (Piece("same", "It ended "), Piece("del", "then"), Piece("ins", "now"), Piece("same", ".")))],
        ),
        (text("One.", "Two."), text("Two.", "One."), None),
    ],
)
def test_what_changed_is_said_passage_by_passage(
    before: list[Passage], after: list[Passage], found: list[Changed] | None
) -> None:
    said = changes(before, after)
    if found is None:
        assert said, "another order is a change"
    else:
        assert said == found


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Nothing here. [@S001]", []),
        ("It was in 2013. [@needs-review]", [Marked("It was in 2013.", "")]),
        ("First. It was in 2013 [@needs-review]. Then.", [Marked("It was in 2013", "")]),
        ("## A {#a}\n\nOne.\n\n## B {#b}\n\n- “Never.” [@S001; @needs-review]", [Marked("“Never.”", "b")]),
        ("A [[state|State]] acted in 2012. [@needs-review]", [Marked("A State acted in 2012.", "")]),
        ("In 2011 it was 5. [@needs-review] In 2012 it was 6. [@needs-review]",
         [Marked("In 2011 it was 5.", ""), Marked("In 2012 it was 6.", "")]),
    ],
)  # fmt: skip
def test_each_mark_comes_with_its_sentence_and_its_heading(body: str, found: list[Marked]) -> None:
    assert marks_in({"body": body}, READING.schema) == found


def test_marks_in_fields_are_found_too() -> None:
    document = {"body": "Text.", "key_points": ["In 2011. [@needs-review]"], "content_note": "[@needs-review] no prose"}
    assert marks_in(document, READING.schema) == [Marked("In 2011.", "")]


def test_only_a_trainers_and_a_reviewers_mandates_reach_over_courses() -> None:
    grants = (
        Grant(Role.TRAINER, ScopeKind.COURSE, "one"),
        Grant(Role.REVIEWER, ScopeKind.COURSE, "two"),
        Grant(Role.TRAINER, ScopeKind.EDITION, "an-edition"),
        Grant(Role.EVALUATOR, ScopeKind.COURSE, "three"),
        Grant(Role.COORDINATOR, ScopeKind.ALL),
    )
    assert reach_of(grants) == Reach(False, frozenset({"one", "two"}), frozenset({"an-edition"}))
    assert reach_of([Grant(Role.TRAINER, ScopeKind.ALL)]).everything


@pytest.mark.parametrize(
    ("grant", "allowed"),
    [
        (Grant(Role.REVIEWER, ScopeKind.ALL), True),
        (Grant(Role.REVIEWER, ScopeKind.COURSE, "one"), True),
        (Grant(Role.REVIEWER, ScopeKind.COURSE, "two"), False),
        (Grant(Role.REVIEWER, ScopeKind.EDITION, "one"), False),
        (Grant(Role.TRAINER, ScopeKind.ALL), False),
        (Grant(Role.ADMINISTRATOR, ScopeKind.ALL), False),
    ],
)
def test_who_may_confirm_a_translation(grant: Grant, allowed: bool) -> None:
    assert may_confirm([grant], "one") is allowed
    assert may_confirm([], "one") is False
