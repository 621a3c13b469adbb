"""A value behaves as a dataclass of the standard library does, and shares the methods that all values have alike."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from lms.kernel.values import dataclass

SHARED = ("__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__")


@dataclass(frozen=True)
class Place:
    """A value with a part of each kind."""

    name: str
    secret: str = dataclasses.field(default="", repr=False)
    seen: int = dataclasses.field(default=0, compare=False)
    notes: list[str] = dataclasses.field(default_factory=list, hash=False)


@dataclass(frozen=True, slots=True)
class Narrow:
    """A value without a dict."""

    name: str
    within: Narrow | None = None


@dataclass(frozen=True)
class Nothing:
    """A value without parts."""


@dataclass
class Open:
    """What can be changed."""

    parts: list[Any]


@dataclass(order=True, frozen=True)
class Step:
    """What has an order."""

    number: int


@dataclass(frozen=True, eq=False)
class Itself:
    """What is equal to itself alone."""

    name: str


@dataclass(frozen=True)
class Own:
    """What says itself how it is compared and shown."""

    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own) and self.name.lower() == other.name.lower()

    def __hash__(self) -> int:
        return hash(self.name.lower())

    def __repr__(self) -> str:
        return "own"


def test_values_are_equal_and_alike_by_the_parts_that_count() -> None:
    first, second = Place("a", seen=1, notes=["x"]), Place("a", seen=2, notes=["x"])
    assert (first, hash(first)) == (second, hash(second))
    other = Place("a", notes=["y"])
    assert first != other
    assert hash(first) == hash(other)
    assert Place("a") != Narrow("a")
    assert (Nothing(), hash(Nothing())) == (Nothing(), hash(Nothing()))
    assert len({Narrow("a", Narrow("b")), Narrow("a", Narrow("b")), Narrow("b")}) == 2
    assert Itself("a") != Itself("a")
    assert (Own("a"), hash(Own("a")), repr(Own("a"))) == (Own("A"), hash(Own("A")), "own")


def test_a_value_shows_its_parts_but_not_what_is_kept_back() -> None:
    assert repr(Place("a", "hidden")) == "Place(name='a', seen=0, notes=[])"
    circle = Open([])
    circle.parts.append(circle)
    assert repr(circle) == "Open(parts=[...])"


def test_a_frozen_value_stays_as_it_was_made() -> None:
    for value in (Place("a"), Narrow("a"), Step(1)):
        part = dataclasses.fields(value)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, part, "b")
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(value, part)
    changed = Open([])
    changed.parts = [1]
    assert changed == Open([1])
    with pytest.raises(TypeError, match="unhashable"):
        hash(changed)


def test_values_are_copied_replaced_ordered_and_taken_apart() -> None:
    value = Narrow("a", Narrow("b"))
    assert copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == value  # noqa: S301
    assert dataclasses.replace(value, name="c") == Narrow("c", Narrow("b"))
    assert dataclasses.asdict(value) == {"name": "a", "within": {"name": "b", "within": None}}
    assert sorted([Step(2), Step(1)]) == [Step(1), Step(2)]
    assert not hasattr(value, "__dict__")


@pytest.mark.parametrize("name", SHARED)
def test_the_methods_that_are_alike_are_the_same(name: str) -> None:
    assert getattr(Place, name) is getattr(Narrow, name) is getattr(Nothing, name)
    assert getattr(Place, "__init__") is not getattr(Nothing, "__init__")  # noqa: B009
