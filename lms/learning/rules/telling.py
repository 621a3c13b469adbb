"""How many people missed a question, told so that nothing can be worked out of fewer than five.

People are taken in the order in which they closed their first try, and told of in batches: a batch ends when it holds
at least five who answered rightly and at least five who did not, and only after every fifth person. Within a batch an
edition is told of by itself where that holds for its people too, and for all those of the batch who are not told of
by themselves. Every number is a sum over such pieces, so whatever is subtracted, between answers, editions, questions
or two moments, what is left is nobody or five people at least. Whoever waits for a batch to end is in no number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from lms.kernel.values import dataclass
from lms.people.rules.groups import SMALLEST, tells_of_no_few


@dataclass(frozen=True, slots=True)
class Answered:
    """What one person answered on their first try; `instead` is a wrong answer, nothing for the right one."""

    edition: int
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """How many people answered rightly, and how many did not."""

    right: int = 0
    wrong: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.right + other.right, self.wrong + other.wrong)

    @property
    def people(self) -> int:
        """Everyone who is counted."""
        return self.right + self.wrong

    @property
    def tellable(self) -> bool:
        """Whether both are groups that may be told of."""
        return self.right >= SMALLEST and self.wrong >= SMALLEST

    @property
    def missed(self) -> float:
        """The share that missed it, from 0 to 1; nobody's share is 0."""
        return self.wrong / self.people if self.people else 0.0


NOBODY = Count()


@dataclass(frozen=True, slots=True)
class Instead:
    """The wrong answer given most often by a stretch of those who missed it: `times` of `wrong` people."""

    answer: str
    times: int
    wrong: int


@dataclass(frozen=True)
class Told:
    """What may be said of one question."""

    everyone: Count = NOBODY
    editions: Mapping[int, Count] = field(default_factory=dict)
    instead: tuple[Instead, ...] = ()

    def count(self, edition: int | None) -> Count | None:
        """The number for one edition or, with None, for all together; None where there is none to be told."""
        found = self.everyone if edition is None else self.editions.get(edition, NOBODY)
        return found if found.people else None

    @property
    def most_given(self) -> Instead | None:
        """The wrong answer that was given most often, where that is certain; `times` is then the least it was."""
        wrong, times = sum(one.wrong for one in self.instead), Counter[str]()
        for one in self.instead:
            times[one.answer] += one.times
        best = max(sorted(times), key=lambda answer: times[answer], default=None)
        if best is None or (len(times) > 1 and 2 * times[best] <= wrong):
            return None
        return Instead(best, times[best], wrong)


def told(answers: Iterable[Answered]) -> Told:
    """What may be told of a question, from the first answers of all people in the order in which they gave them.

    More answers only ever add whole batches: the same beginning always gives the same pieces.
    """
    everyone, editions = NOBODY, dict[int, Count]()
    given, batch, stretch = list[Instead](), list[Answered](), Counter[str]()
    for place, answer in enumerate(answers, 1):
        batch.append(answer)
        if place % SMALLEST or not _count(batch).tellable:
            continue
        everyone += _count(batch)
        for edition, count in _apart(batch).items():
            editions[edition] = editions.get(edition, NOBODY) + count
        stretch.update(one.instead for one in batch if one.instead)
        batch = []
        if (found := _most(stretch)) is not None:
            given.append(found)
            stretch = Counter()
    return Told(everyone, editions, tuple(given))


def _count(batch: Iterable[Answered]) -> Count:
    wrong = [bool(answer.instead) for answer in batch]
    return Count(wrong.count(False), wrong.count(True))


def _apart(batch: Sequence[Answered]) -> dict[int, Count]:
    """The editions of a batch that are told of by themselves: the largest that leave no small group in the rest."""
    counts = {
        edition: _count(answer for answer in batch if answer.edition == edition)
        for edition in sorted({answer.edition for answer in batch})
    }
    apart = {edition: count for edition, count in counts.items() if count.tellable}
    rest = sum((count for edition, count in counts.items() if edition not in apart), NOBODY)
    while rest.people and not rest.tellable:
        smallest = min(apart, key=lambda edition: (apart[edition].people, edition))
        rest += apart.pop(smallest)
    return apart


def _most(stretch: Mapping[str, int]) -> Instead | None:
    """The most frequent wrong answer, if there is one, it is no small group's, and neither are the others together."""
    wrong = sum(stretch.values())
    order = sorted(stretch, key=lambda answer: (-stretch[answer], answer))
    if not order or stretch[order[0]] < SMALLEST or not tells_of_no_few(wrong - stretch[order[0]]):
        return None
    if len(order) > 1 and stretch[order[0]] == stretch[order[1]]:
        return None
    return Instead(order[0], stretch[order[0]], wrong)
