"""Nothing a participant sees measures or rewards them: no points, streaks, badges, ranks, no praise, no clock."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from tests.learning.makers import Reader, make_reader
from tests.learning.test_scoring import WHOLE, publish_scored

REWARDS = re.compile(
    r"\b(?:\d+|your|earn(?:ed)?) points?\b|\bstreaks?\b|\bbadges?\b|\bleader ?boards?\b|\branks?\b|\btroph|\bmedals?\b"
    r"|\blevel \d|\bexperience points\b|\bkudos\b|\bcongratulat|\bwell done\b|\bgreat job\b|\bperfect\b|\bhurray\b"
    r"|\bdays in a row\b|\b(?:faster|better|more) than (?:other|most|\d)|\bof all participants\b"
    r"|\btime spent\b|\bminutes spent\b",
    re.IGNORECASE,
)


def _words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def _everything(reader: Reader) -> dict[str, str]:
    """What every page says that links lead to from home."""
    waiting, seen = ["/"], {}
    while waiting and len(seen) < 80:
        path = waiting.pop(0)
        if path not in seen:
            answer = reader.client.get(path, follow_redirects=True)
            seen[path] = _words(answer.text)
            found = re.findall(r'href="(/[^"#]*)', answer.text)
            waiting += [unescape(link) for link in found if "/static/" not in link and "lang=" not in link]
    return seen


@pytest.mark.parametrize("finished", [False, True], ids=["begun", "finished"])
def test_no_page_of_a_participant_measures_or_rewards(sqlite_app: Flask, tmp_path: Path, finished: bool) -> None:
    publish_scored(tmp_path)
    reader = make_reader(sqlite_app)
    reader.read()
    if finished:
        reader.pass_quiz()
        assert reader.post("case", "instead", text="Mine.").status_code == 303
        assert reader.post("thought", "reflection", **WHOLE).status_code == 303
    pages = _everything(reader)
    assert len(pages) > 12
    assert any("instead" in path for path in pages) is finished
    found = {path: REWARDS.findall(said) for path, said in pages.items() if REWARDS.search(said)}
    assert found == {}


def test_scores_of_cases_are_added_up_nowhere(sqlite_app: Flask, tmp_path: Path) -> None:
    publish_scored(tmp_path)
    reader = make_reader(sqlite_app)
    reader.read()
    reader.pass_quiz()
    reader.post("case", "done")
    scores = {"score.one.coordination": "2", "score.one.funding": "3", "score.two.coordination": "2"}
    assert reader.post("thought", "reflection", **scores).status_code == 303
    page = _words(reader.get("thought"))
    # The sum, the share and the mean of what was chosen, in the ways in which pages would say them.
    assert not re.search(r"\b7 of 12\b|\b58 ?%|\b5 of 6\b|\b2[.,]3\b|\b7 / 12\b", page)
    assert "never added up or compared" in page
