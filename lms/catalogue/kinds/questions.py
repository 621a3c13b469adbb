"""Questions: from the author's fields to values, to what a participant may see, and from answers to points. Pure."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import Any

from lms.kernel.values import dataclass
from lms.plugins.unit_kind import Option, Question, Score

TRUE_FALSE = (("true", True), ("false", False))


@dataclass(frozen=True, slots=True)
class PublicOption:
    """An option as a participant sees it before the try is closed."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class PublicQuestion:
    """A question without anything that tells its answer; options stand in the order of this try.

    For true-false the options' ids are "true" and "false" and their text is the page's to write.
    For matching, `options` are the left sides and `targets` what can be put beside them.
    """

    id: str
    kind: str
    prompt: str
    options: tuple[PublicOption, ...] = ()
    targets: tuple[PublicOption, ...] = ()


def opaque_id(*names: str) -> str:
    """An id that tells neither the author's name for an option nor its place."""
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()[:10]


def question_from(fields: Mapping[str, Any]) -> Question:
    """The question an author's fields describe; they fit the schema already."""
    options, targets, pairs = _parts(fields)
    return Question(
        id=fields["id"],
        kind=fields["kind"],
        substance=fields.get("substance", "s1"),
        prompt=fields["prompt"],
        options=options,
        targets=targets,
        pairs=pairs,
        explanation=fields.get("explanation", ""),
        passage=fields.get("passage", ""),
        cites=tuple(fields.get("cites", ())),
    )


def _parts(fields: Mapping[str, Any]) -> tuple[tuple[Option, ...], tuple[Option, ...], dict[str, str]]:
    name, kind = fields["id"], fields["kind"]
    if kind == "true-false":
        return tuple(Option(key, "", truth is fields["answer"]) for key, truth in TRUE_FALSE), (), {}
    if kind == "ordering":
        return tuple(Option(opaque_id(name, item["id"]), item["text"]) for item in fields["items"]), (), {}
    if kind == "matching":
        left = [Option(opaque_id(name, pair["id"], "left"), pair["left"]) for pair in fields["pairs"]]
        right = [Option(opaque_id(name, pair["id"], "right"), pair["right"]) for pair in fields["pairs"]]
        return tuple(left), tuple(right), {a.id: b.id for a, b in zip(left, right, strict=True)}
    given = fields.get("options", ())
    return tuple(Option(opaque_id(name, o["id"]), o["text"], bool(o.get("correct"))) for o in given), (), {}


def public_question(question: Question, seed: int | str) -> PublicQuestion:
    """What a participant may see; the same seed gives the same order, another seed another shuffle."""
    shuffle = random.Random(f"{seed}\x1f{question.id}")  # noqa: S311 - an order to show, not a secret
    options = [PublicOption(option.id, option.text) for option in question.options]
    targets = [PublicOption(option.id, option.text) for option in question.targets]
    if question.kind != "true-false":
        shuffle.shuffle(options)
        shuffle.shuffle(targets)
    if question.kind == "ordering" and tuple(o.id for o in options) == right_answer(question):
        options.reverse()
    return PublicQuestion(question.id, question.kind, question.prompt, tuple(options), tuple(targets))


def right_answer(question: Question) -> Any:
    """The answer in the form participants give it; None where nothing is scored."""
    right = tuple(option.id for option in question.options if option.correct)
    if question.kind in {"one-of-many", "true-false"}:
        return right[0]
    if question.kind == "many-of-many":
        return right
    if question.kind == "ordering":
        return tuple(option.id for option in question.options)
    return dict(question.pairs) if question.kind == "matching" else None


def read_answer(question: Question, raw: Any) -> Any:
    """An answer in the form it is stored in, or None when it is incomplete or not an answer to this question.

    Text for one-of-many, true-false and reflection; a sorted list for many-of-many; a list for ordering;
    left → right for matching, where a target may be used once only.
    """
    ids = {option.id for option in question.options}
    if question.kind in {"one-of-many", "true-false"}:
        return raw if isinstance(raw, str) and raw in ids else None
    if question.kind == "reflection":
        return (raw.strip() or None) if isinstance(raw, str) else None
    if question.kind == "matching":
        return _matching(question, raw, ids)
    if not isinstance(raw, list | tuple) or not all(isinstance(part, str) for part in raw):
        return None
    chosen = list(raw)
    if len(set(chosen)) != len(chosen) or not set(chosen) <= ids or not chosen:
        return None
    if question.kind == "ordering":
        return chosen if len(chosen) == len(ids) else None
    return sorted(chosen)


def _matching(question: Question, raw: Any, ids: set[str]) -> dict[str, str] | None:
    targets = {option.id for option in question.targets}
    if not isinstance(raw, Mapping) or set(raw) != ids:
        return None
    used = list(raw.values())
    if not all(isinstance(value, str) for value in used) or set(used) != targets:
        return None
    return {key: str(raw[key]) for key in sorted(raw)}


def is_right(question: Question, answer: Any) -> bool:
    """Whether an answer is exactly right: all and only the right options, every pair, the whole order."""
    given, right = read_answer(question, answer), right_answer(question)
    if given is None or right is None:
        return False
    if question.kind == "many-of-many":
        return bool(set(given) == set(right))
    if question.kind == "ordering":
        return bool(tuple(given) == right)
    return bool(given == right)


def score_answers(questions: Sequence[Question], answers: Mapping[str, Any]) -> Score:
    """One point for each scored question that is exactly right."""
    verdicts = {q.id: is_right(q, answers.get(q.id)) for q in questions if q.scored}
    return Score(sum(verdicts.values()), len(verdicts), verdicts)
