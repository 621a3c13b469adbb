"""Values: dataclasses as in the standard library, which writes six methods for each; ours share five of them.

There are some eight hundred, and the methods that are alike in all of them took 5 MB of every process and a tenth of
its start. What a value is made by, `__init__`, stays its own. See PEP 557 for what each option means.
"""

from __future__ import annotations

import dataclasses
import operator
import reprlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(kind: type | None = None, /, **options: bool) -> Any:
        """As `dataclasses.dataclass`, for type checkers too."""
        return (lambda given: _made(given, options)) if kind is None else _made(kind, options)


def _made(kind: type, options: dict[str, bool]) -> type:
    if options.get("order"):
        return dataclasses.dataclass(**options)(kind)
    if not kind.__doc__:
        kind.__doc__ = kind.__name__  # else its signature is written out, which takes as long as all the rest
    own = dict(kind.__dict__)
    made: Any = dataclasses.dataclass(**{**options, "repr": False, "eq": False})(kind)
    if options.get("repr", True):
        _give(made, own, __repr__=_repr)
    if options.get("eq", True):
        _compare(made, own, frozen=options.get("frozen", False))
    if options.get("frozen"):
        made.__setattr__, made.__delattr__ = _set, _delete
    return cast(type, made)


def _give(made: Any, own: dict[str, Any], **methods: Any) -> None:
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)


def _compare(made: Any, own: dict[str, Any], *, frozen: bool) -> None:
    fields = dataclasses.fields(made)
    made._compared = _getter([field.name for field in fields if field.compare])
    made._hashed = _getter([field.name for field in fields if (field.compare if field.hash is None else field.hash)])
    _give(made, own, __eq__=_equal)
    if own.get("__hash__") is None:  # a class that says what is equal has a None here of Python's own
        made.__hash__ = _hash if frozen else None


def _getter(names: list[str]) -> Callable[[Any], Any]:
    return operator.attrgetter(*names) if names else _nothing


class _Nothing:
    """What a value without fields is compared by. Not a function, since that would become a method of the value."""

    def __call__(self, _value: Any) -> tuple[()]:
        return ()


_nothing = _Nothing()


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self._compared(self) == self._compared(other)


def _hash(self: Any) -> int:
    return hash(self._hashed(self))


@reprlib.recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _set(_self: Any, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(_self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
