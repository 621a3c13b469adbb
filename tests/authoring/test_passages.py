"""The word diff: what changed can be read, no word is cut, and nothing is lost on the way."""

from __future__ import annotations

from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.files.read import read_unit
from lms.catalogue.rules.passages import Changed, Passage, Piece, changes, everything_of, fields_of, found_again
from lms.catalogue.rules.wordwise import MOST_PAIRS, pieces, tokens
from lms.catalogue.wording import names_in, place_in_words, told
from tests.catalogue.tiny import ASKED, FIRST

SOME = "Established in 2012, the mechanism developed curricula for training officials."
OTHER = "The network is supported by eighteen states and meets every six months."
THIRD = "A warning needs an owner: who receives it, who weighs it, who acts."
ORDER = [SOME, OTHER, THIRD]


def text(*words: str) -> list[Passage]:
    return [Passage("", one) for one in words]


def marked(found: tuple[Piece, ...]) -> str:
    sides = {"same": "{}", "del": "[-{}-]", "ins": "[+{}+]"}
    return "".join(sides[piece.kind].format(piece.text) for piece in found)


def side(found: tuple[Piece, ...], kind: str) -> str:
    return "".join(piece.text for piece in found if piece.kind in ("same", kind))


def plain(words: str) -> str:
    return " ".join(words.split())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("It began in 2011, in Argentina.", "It began in 2012, in Argentina.",
         "It began in [-2011-][+2012+], in Argentina."),
        ("curricula for genocide prevention training.", "curricula for training officials.",
         "curricula for [-genocide prevention training-][+training officials+]."),
        ("is processed and forwarded to", "is processed and, where appropriate, forwarded to",
         "is processed and[+, where appropriate,+] forwarded to"),
        ("He said “never” twice.", "He said “ever” twice.", "He said “[-never-][+ever+]” twice."),
        ("The well-known case.", "The well-kept case.", "The [-well-known-][+well-kept+] case."),
        ("It ended. [@S001 p. 3]", "It ended. [@S001 p. 33]", "It ended. [-[@S001 p. 3]-][+[@S001 p. 33]+]"),
        ("A [[state|State]] acted.", "A [[state|state]] acted.", "A [-[[state|State]]-][+[[state|state]]+] acted."),
        ("One line\nof two.", "One line of two.", "One line of two."),
        ("संविधान में लिखा है", "संविधान पर लिखा है", "संविधान [-में-][+पर+] लिखा है"),
        ("防止灭绝种族罪", "防止种族隔离罪", None),
        ("", "New.", "[+New.+]"),
    ],
)  # fmt: skip
def test_what_changed_in_a_passage_is_marked_word_by_word(old: str, new: str, said: str | None) -> None:
    found = pieces(old, new)
    assert (plain(side(found, "del")), plain(side(found, "ins"))) == (plain(old), plain(new))
    if said is not None:
        assert marked(found) == said


WORDS = st.sampled_from(
    ["the", "state", "acted", "in", "2012", "1,200", "well-known", "l’État", "“never”", "[@S001 p. 3]",
     "[[state|State]]", "and,", "(so)", "—", "é\u0301t", "क्षा", "灭绝", "*not*"]
)  # fmt: skip
SENTENCES = st.lists(WORDS, max_size=30).map(" ".join)


@given(SENTENCES, SENTENCES)
def test_both_texts_can_be_read_off_the_pieces_and_no_word_is_cut(old: str, new: str) -> None:
    found = pieces(old, new)
    assert side(found, "ins") == new
    assert side(found, "del") == old
    for words in (old, new):
        assert "".join(tokens(words)) == words
    whole = {*tokens(old), *tokens(new)}
    for piece in found:
        assert set(tokens(piece.text)) <= whole
    kinds = [piece.kind for piece in found]
    assert all(pair not in (("same", "same"), ("ins", "ins"), ("del", "del")) for pair in pairwise(kinds))


@given(st.text(), st.text())
def test_any_text_survives(old: str, new: str) -> None:
    found = pieces(old, new)
    assert (plain(side(found, "del")), plain(side(found, "ins"))) == (plain(old), plain(new))


def test_two_endless_texts_are_not_matched_word_by_word() -> None:
    half = int(MOST_PAIRS**0.5)
    found = pieces("a " * half, "b " * half)
    assert [piece.kind for piece in found] == ["del", "ins"]


@given(st.lists(SENTENCES.filter(bool), max_size=8), st.lists(SENTENCES.filter(bool), max_size=8))
def test_every_passage_is_either_as_it_was_or_said_to_be_changed_once(before: list[str], after: list[str]) -> None:
    found = changes(text(*before), text(*after))
    gone = sorted(plain(side(one.pieces, "del")) for one in found if one.kind != "added")
    come = sorted(plain(side(one.pieces, "ins")) for one in found if one.kind != "removed")
    kept_before, kept_after = sorted(map(plain, before)), sorted(map(plain, after))
    for words in gone:
        kept_before.remove(words)
    for words in come:
        kept_after.remove(words)
    assert kept_before == kept_after


@given(st.lists(SENTENCES.filter(bool), max_size=8))
def test_a_text_is_not_changed_against_itself(words: list[str]) -> None:
    assert changes(text(*words), text(*words)) == []


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ([OTHER, THIRD, SOME], [("moved", SOME)]),
        ([THIRD, SOME, OTHER], [("moved", THIRD)]),
        ([SOME, "Something that nobody has said so far, anywhere.", OTHER, THIRD],
         [("added", "[+Something that nobody has said so far, anywhere.+]")]),
        ([SOME, THIRD], [("removed", f"[-{OTHER}-]")]),
        ([SOME, OTHER.replace("eighteen", "nineteen"), THIRD],
         [("changed", OTHER.replace("eighteen", "[-eighteen-][+nineteen+]"))]),
        ([OTHER, THIRD, SOME.replace("2012", "2013")], [("changed", SOME.replace("2012", "[-2012-][+2013+]"))]),
    ],
)  # fmt: skip
def test_passages_are_found_by_what_they_say_and_not_by_their_place(
    after: list[str], said: list[tuple[str, str]]
) -> None:
    found = changes(text(*ORDER), text(*after))
    assert [(one.kind, marked(one.pieces)) for one in found] == said
    assert [one.moved for one in found] == [after[-1].startswith("Established") or after[0] == THIRD] * len(found)


def test_what_was_taken_out_is_said_where_it_stood() -> None:
    found = changes(text(SOME, OTHER, THIRD), text(SOME.replace("2012", "2013"), THIRD.replace("owner", "office")))
    assert [one.kind for one in found] == ["changed", "removed", "changed"]


def test_a_passage_that_moved_under_another_heading_says_from_where() -> None:
    before = read_unit("first", "en", FIRST + f"\n{SOME}\n\n## Later {{#later}}\n\n{OTHER}\n\n{THIRD}\n")
    moved = read_unit("first", "en", FIRST + f"\n## Later {{#later}}\n\n{OTHER}\n\n{THIRD}\n\n{SOME}\n")
    (found,) = changes(everything_of(before), everything_of(moved))
    assert (found.kind, found.where, found.before) == ("moved", "Later", "Beginning")


def test_one_entry_of_a_list_and_one_line_of_a_table_are_passages_of_their_own() -> None:
    body = "- One thing.\n- Another thing.\n\n| a | b |\n|---|---|\n| c | d |"
    unit = read_unit("first", "en", FIRST + f"\n{body}\n")
    assert [one.text for one in everything_of(unit)][-5:] == [
        "- One thing.", "- Another thing.", "| a | b |", "|---|---|", "| c | d |",
    ]  # fmt: skip


QUIZ_MOVED = ASKED.replace(
    "  - id: this\n    text: This one\n    correct: true\n  - id: that\n    text: That one\n",
    "  - id: that\n    text: That one\n  - id: this\n    text: This one, then\n    correct: true\n",
)


def quiz(text: str) -> list[Passage]:
    return everything_of(read_unit("asked", "en", text))


def test_an_option_is_known_by_its_name_wherever_it_stands_and_whatever_it_says(app: Flask) -> None:
    found = changes(quiz(ASKED), quiz(QUIZ_MOVED))
    names = names_in("en", [], [], {})
    with app.test_request_context():
        said = [(one.where, one.note, marked(one.pieces)) for one in told(found, names)]
    assert said == [
        ("Question 1, option 2", "moved", "This one[+, then+]"),
    ]


def test_the_right_answer_is_named_in_words(app: Flask) -> None:
    other = ASKED.replace("    correct: true\n", "").replace("That one\n", "That one\n    correct: true\n")
    with app.test_request_context():
        said = [
            (one.where, marked(one.pieces))
            for one in told(changes(quiz(ASKED), quiz(other)), names_in("en", [], [], {}))
        ]
    assert said == [
        ("Question 1, option 1, right answer", "[-right answer-]"),
        ("Question 1, option 2, right answer", "[+right answer+]"),
    ]


def test_marks_of_the_files_are_said_in_words(app: Flask) -> None:
    sources = [{"id": "S001", "title": "The first source"}, {"id": "S002", "title": "The second source"}]
    terms = [{"key": "state", "term": {"en": "state"}}]
    names = names_in("en", sources, terms, {"first": "First things"})
    old = "In 2012 a [[state]] acted. [@S001 p. 3]\n\nSee [this](first#beginning).\n\n{{figure: map}}"
    new = "In 2012 a [[state]] acted. [@S002 p. 4]\n\nSee now [this](first#beginning).\n\n{{figure: map}}"
    before, after = (read_unit("x", "en", f"---\nkey: x\n---\n\n{body}\n") for body in (old, new))
    with app.test_request_context():
        said = [marked(one.pieces) for one in told(changes(everything_of(before), everything_of(after)), names)]
    assert said == [
        "In 2012 a state acted. [-[source: The first source, p. 3]-][+[source: The second source, p. 4]+]",
        "See[+ now+] this [link to “First things”].",
    ]


def test_pictures_and_links_are_said_with_their_titles_even_where_only_their_words_changed(app: Flask) -> None:
    names = names_in("en", [], [], {"first": "First things"}, [{"id": "map", "title": "A map"}])
    with app.test_request_context():
        assert names.readable("![Two rivers](media/map)", changed=False) == "[picture “A map”: Two rivers]"
        found = pieces("See [this page](first#end).", "See [that page](first#end).")
        said = "".join(names.readable(piece.text, changed=piece.kind != "same") for piece in found)
    assert said == "See [thisthat page] [link to “First things”]."


def test_a_heading_is_said_without_its_marks_and_a_new_name_of_its_place_is_told(app: Flask) -> None:
    after = FIRST.replace("## Beginning {#beginning}", "## Beginning {#start}")
    before, changed = (everything_of(read_unit("first", "en", one)) for one in (FIRST, after))
    with app.test_request_context():
        (said,) = told(changes(before, changed), names_in("en", [], [], {}))
    assert said.where == "Beginning"
    assert marked(said.pieces) == "Beginning [- [name of this place: beginning]-][+ [name of this place: start]+]"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (("title", "es"), "Title, Spanish"),
        (("questions", 2, "options", 1, "text"), "Question 2, option 1"),
        (("questions", 2, "prompt"), "Question 2"),
        (("questions", 2, "explanation"), "Question 2, explanation"),
        (("key_points", 1), "Key point 1"),
        (
            ("completion", "attendance", "at_least"),
            "Completion rule, attendance, at least, in percent of the half-days",
        ),
        (("made_up", 3, "else"), "Made up 3, else"),
    ],
)
def test_fields_are_named_in_words(app: Flask, place: tuple[str | int, ...], words: str) -> None:
    with app.test_request_context():
        assert place_in_words(place) == words


def test_the_words_of_a_remark_are_found_again_after_edits_and_not_once_they_are_gone() -> None:
    now = [Passage("A", OTHER), Passage("B", SOME.replace("2012", "2013")), Passage("B", THIRD)]
    assert found_again(SOME, "A", now) == 1
    assert found_again(THIRD, "B", now) == 2
    assert found_again("Nobody has ever heard of this anywhere.", "B", now) is None
    twice = [Passage("A", SOME), Passage("B", SOME)]
    assert found_again(SOME, "B", twice) == 1


def test_fields_of_any_file_are_passages_known_by_the_names_of_their_entries() -> None:
    before = fields_of({"sources": [{"id": "S001", "title": "One"}, {"id": "S002", "title": "Two"}]})
    after = fields_of(
        {"sources": [{"id": "S000", "title": "Nought"}, {"id": "S001", "title": "Uno"}, {"id": "S002", "title": "Two"}]}
    )
    found = changes(before, after)
    assert [(one.kind, one.place) for one in found] == [
        ("added", ("sources", 1, "title")), ("changed", ("sources", 2, "title")),
    ]  # fmt: skip
    assert found[-1] == Changed("sources 2 title", (Piece("del", "One"), Piece("ins", "Uno")))
