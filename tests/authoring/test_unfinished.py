"""A unit in any state can be shown, checked and put together: what is being written is never whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lms.authoring.checking import findings, page_weight, plain_text
from lms.authoring.editing import Sent, edited
from lms.authoring.manuscript import UnitDraft, unit_draft
from lms.authoring.preview import preview
from lms.authoring.queries import DraftFiles
from lms.authoring.rules.announcing import UNIT, announced, following, said_in
from lms.authoring.rules.fields import fields_of, flat_items
from lms.authoring.rules.sittings import sittings
from lms.catalogue.kinds.plugin import OURS
from lms.catalogue.rules.readability import lix
from tests.authoring.generated import values
from tests.catalogue import tiny
from tests.plugins.checklist import Checklist

KINDS = {kind.key: kind for kind in (*OURS, Checklist())}
NOON = dt.datetime(2027, 4, 12, 12, 0, tzinfo=dt.UTC)
BODIES = st.text(st.sampled_from("ab12 \n#*_[]()@{}|>-`!<&:;.\\'\"$~"), max_size=120) | st.sampled_from(
    [
        "{{figure: x}}",
        "[@S001 p. 3] [@S9] [[state]] [[no|one]]",
        "## A {#b}\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        "[x](y#z)",
    ]
)


@cache
def draft(kind: str) -> UnitDraft:
    """A unit of this kind that has its name and nothing else, and a translation of it."""
    files = tiny.tiny_files(words=tiny.WORDS.replace("- first\n", f"- first\n- {kind}\n"))
    front = f"key: {kind}\nkind: {kind}\n"
    suffix = KINDS[kind].suffix
    files[f"modules/01-words/{kind}{suffix}"] = f"---\n{front}---\n" if suffix == ".md" else front
    files[f"modules/01-words/{kind}.es{suffix}"] = "---\nstatus: x\n---\n" if suffix == ".md" else "status: x\n"
    return unit_draft(DraftFiles(files, files, {}), kind)


def unfinished(kind: str) -> st.SearchStrategy[dict[str, str]]:
    """What a form holds when some of its fields have been written and others not."""
    whole = values(KINDS[kind].schema).map(lambda data: flat_items(fields_of(KINDS[kind].schema, data, ("en", "es"))))
    kept = st.tuples(whole, st.randoms(use_true_random=False))
    return kept.map(lambda pair: {name: said if pair[1].random() < 0.6 else "" for name, said in pair[0].items()})


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_half_written_is_shown_and_checked_and_never_fails(kind: str) -> None:
    @settings(
        max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
    )
    @given(
        unfinished(kind), BODIES, st.sampled_from(["", "add:questions:matching", "add:figures:scale", "remove:steps.0"])
    )
    def hold(items: dict[str, str], body: str, act: str) -> None:
        unit = draft(kind)
        made = edited(unit, KINDS[kind], "en", Sent(items, body, act=act))
        now = replace(unit, original=made.text)
        shown = preview(now, made.text.file, KINDS[kind])
        assert shown is not None
        assert page_weight(shown) > 0
        assert lix(plain_text(shown)) >= 0
        assert all(found.what for found in findings(now, KINDS))
        spanish = edited(now, KINDS[kind], "es", Sent(items, body))
        both = replace(now, translations={"es": spanish.text})
        assert preview(both, spanish.text.file, KINDS[kind]) is not None
        assert findings(both, KINDS) is not None

    hold()


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_unit_says_everything_it_lacks(kind: str) -> None:
    said = {finding.what for finding in findings(draft(kind), KINDS)}
    wanted = set(KINDS[kind].schema["required"]) - {"key", "kind"}
    assert {f"“{name}” is missing" for name in wanted} <= said


def test_what_readers_must_know_is_said_once_and_can_be_taken_back() -> None:
    published: dict[str, Any] = {
        "substance": "s1",
        "questions": [{"id": "a", "kind": "x"}, {"id": "b", "substance": "s7"}],
    }
    said = announced(published, published, {UNIT, "b"})
    assert said["substance"] == "s2"
    assert [question.get("substance") for question in said["questions"]] == [None, "s8"]
    assert said_in(said, published) == {UNIT, "b"}
    assert announced(said, published, {UNIT, "b"}) == said
    assert announced(said, published, ()) == published
    first = announced(published, published, {"a"})
    assert first["questions"][0]["substance"] == "s2"
    assert said_in(first, published) == {"a"}
    new = {**published, "questions": [*published["questions"], {"id": "c", "substance": "s3"}]}
    assert announced(new, published, {"c"}) == new


@pytest.mark.parametrize(
    ("old", "new"), [("s1", "s2"), ("s9", "s10"), (None, "s2"), ("first", "first-2"), ("2012-a", "2012-a-2")]
)
def test_the_next_substance_is_another_one(old: str | None, new: str) -> None:
    assert following(old) == new


@dataclass(frozen=True)
class Saved:
    id: int
    person_id: int | None
    at: dt.datetime


def test_what_one_person_wrote_without_a_pause_is_one_line() -> None:
    minutes = [(1, 7, 0), (2, 7, 3), (3, 7, 12), (4, 8, 13), (5, 8, 40), (6, None, 41)]
    states = [Saved(number, who, NOON + dt.timedelta(minutes=at)) for number, who, at in reversed(minutes)]
    lines = [(line.last, line.before, line.states) for line in sittings(states)]
    assert lines == [(6, 5, 1), (5, 4, 1), (4, 3, 1), (3, 0, 3)]
    assert len(list(sittings(states, each=True))) == len(states)
    assert list(sittings([])) == []
