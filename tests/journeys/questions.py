"""What the course's files ask and what they hold to be right, so that nothing is guessed."""

from __future__ import annotations

from functools import lru_cache

import yaml

from lms.catalogue.kinds.questions import question_from
from lms.plugins.unit_kind import Question
from tests.journeys.running import ROOT

COURSE = ROOT / "courses" / "lemkin-seminar"


@lru_cache(maxsize=1)
def quizzes() -> dict[str, tuple[Question, ...]]:
    """The questions of each quiz, by the title people see."""
    found = {}
    for path in sorted(COURSE.glob("modules/*/*.yaml")):
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
        if fields.get("kind") == "quiz":
            found[fields["title"]["en"]] = tuple(question_from(question) for question in fields["questions"])
    return found


def modules() -> int:
    """How many modules the course has."""
    return len(yaml.safe_load((COURSE / "course.yaml").read_text(encoding="utf-8"))["modules"])


def units() -> int:
    """How many units they have together."""
    listed = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in COURSE.glob("modules/*/module.yaml"))
    return sum(len(module["units"]) for module in listed)
