"""The reading level: the same sum as in the book, for any language with spaces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.rules.readability import count_words, lix

WORD = st.text("abcdefghij", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("", 0),
        ("…", 0),
        ("One two three four.", 4),
        # Eight words in two sentences, one of them long: 8/2 + 100 * 1/8.
        ("The state must act. It has a responsibility.", 16),
        ("First line\nSecond line", 2),
        ("La responsabilidad de proteger: un deber.", 3 + 33),
    ],
)
def test_words_per_sentence_and_the_share_of_long_words_are_added(text: str, level: int) -> None:
    assert abs(lix(text) - level) <= 1


@given(st.lists(st.lists(WORD, min_size=1, max_size=9), min_size=1, max_size=6))
def test_longer_sentences_never_read_more_easily(sentences: list[list[str]]) -> None:
    apart = " ".join(" ".join(words) + "." for words in sentences)
    together = " ".join(" ".join(words) for words in sentences) + "."
    assert lix(together) >= lix(apart)
    assert count_words(apart) == sum(map(len, sentences))
