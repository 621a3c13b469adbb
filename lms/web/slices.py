"""A long list, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from lms.kernel.values import dataclass

T = TypeVar("T")
PAGE = 50


@dataclass(frozen=True)
class Slice:
    """One page of a list: numbers from 1; `first` and `last` are 0 for an empty list."""

    page: int
    pages: int
    first: int
    last: int

    @property
    def numbers(self) -> tuple[int, ...]:
        """The page numbers to offer: the ends and those beside the present one."""
        near = range(max(1, self.page - 2), min(self.pages, self.page + 2) + 1)
        return tuple(sorted({1, *near, self.pages}))


def slice_of(rows: Sequence[object], page: int) -> Slice:
    """The page asked for, or the nearest there is."""
    return slice_among(len(rows), page)


def slice_among(total: int, page: int, size: int = PAGE) -> Slice:
    """The page asked for of a list of so many, or the nearest there is; `size` lines on each."""
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    first = (page - 1) * size
    return Slice(page, pages, min(first + 1, total), min(first + size, total))


def sliced(rows: Sequence[T], part: Slice) -> list[T]:
    """The rows of that page."""
    return list(rows[(part.page - 1) * PAGE : part.page * PAGE])


def page_in(args: Mapping[str, str]) -> int:
    """The page that an address asks for; the first one where it asks for none."""
    asked = args.get("page", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
