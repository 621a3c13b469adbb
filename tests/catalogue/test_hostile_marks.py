"""Texts made of marks that begin and never end: whoever renders or reads them is not kept waiting."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from lms.authoring.rules.splitting import _CLOSED
from lms.catalogue.markdown import _ANCHOR
from lms.catalogue.render import _held_together
from lms.catalogue.rules.course_files import UnitFile
from lms.catalogue.rules.passages import everything_of, passages_of
from lms.catalogue.rules.readability import lix
from lms.catalogue.rules.readable import readable
from lms.catalogue.wording import Names
from lms.learning.rules.reports import _UNSEEN

SIGNS = 60_000
MARKS = [
    "[", "[[", "[[a|", "![", "[@", "](", "[a](", "[a](b", "{#", " {#", " ", "**", "*a ", "_a", "`", "«", "(\xa0", "»",
    "{", "__a", "{{figure: ", ".", "`a ", "a](",
]  # fmt: skip


def _names(text: str) -> object:
    return Names("en").readable(text, changed=False)


def _passages(text: str) -> object:
    unit = UnitFile("a", "a.md", "reading", {}, "# a" + text + "b")
    return passages_of(unit), everything_of(unit)


@pytest.mark.parametrize(
    "read",
    [
        readable,
        _names,
        _held_together,
        _passages,
        lix,
        _ANCHOR.search,
        _CLOSED.split,
        lambda text: _UNSEEN.sub("", text),
    ],
    ids=["readable", "names", "held together", "passages", "lix", "anchor", "closed", "unseen"],
)
@pytest.mark.parametrize("mark", MARKS)
def test_a_long_text_of_marks_is_read_within_a_second(read: Callable[[str], object], mark: str) -> None:
    text = (mark * SIGNS)[:SIGNS] + "x"
    began = time.process_time()
    read(text)
    assert time.process_time() - began < 1
