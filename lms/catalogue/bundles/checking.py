"""A bundle unpacked and checked in a process of its own, since reading its texts has a price too."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict

from lms.catalogue.checks import FORMAT, Checked, check
from lms.catalogue.files.read import is_medium_file
from lms.catalogue.kinds.plugin import OURS
from lms.catalogue.rules.mistakes import Mistake
from lms.kernel.apart import run_apart
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import UnitKind

from . import MOST_PACKED, unpack
from .reasons import too_large_packed

# More than anybody reads at once; the first ones are in the first files.
MOST_TOLD = 300
_KINDS: Mapping[str, UnitKind] = {kind.key: kind for kind in OURS}


@dataclass(frozen=True)
class CheckedBundle:
    """A bundle with what the validator says of it. Where its files differ from the canonical form and in nothing else,
    they are in that form now; where there are mistakes, they are as they came."""

    slug: str
    """The course that it says it is; "" where not even that could be read."""
    files: Mapping[str, bytes]
    mistakes: list[Mistake]

    @property
    def texts(self) -> dict[str, str]:
        """The text files; of a bundle without mistakes."""
        return {path: inside.decode() for path, inside in self.files.items() if not is_medium_file(path)}

    @property
    def media(self) -> list[bytes]:
        """The pictures and documents."""
        return [inside for path, inside in self.files.items() if is_medium_file(path)]


def check_apart(packed: bytes, kinds: Mapping[str, UnitKind], elsewhere: Collection[str]) -> CheckedBundle:
    """A bundle that somebody sent. Raises Rejected, also when reading it takes more than a course does.

    The process knows the kinds of unit that come with the house. Where a plugin has others, the files are checked once
    more here, with all of them: what could be read there in time can be read here.
    """
    if len(packed) > MOST_PACKED:
        raise too_large_packed()
    found = _read(run_apart(f"{__name__}:checked", packed, elsewhere=sorted(elsewhere)))
    if set(kinds) == set(_KINDS):
        return found
    return _verdict(found.files, kinds, elsewhere)


def checked(packed: bytes, *, elsewhere: Collection[str]) -> bytes:
    """A CheckedBundle as bytes: what is said of it, then the contents of its files one after another."""
    found = _verdict(unpack(packed).files, _KINDS, elsewhere)
    head = {
        "slug": found.slug,
        "mistakes": [asdict(mistake) for mistake in found.mistakes],
        "files": [(path, len(inside)) for path, inside in found.files.items()],
    }
    return b"".join([json.dumps(head).encode(), b"\n", *found.files.values()])


def _read(answer: bytes) -> CheckedBundle:
    at = answer.index(b"\n") + 1
    head = json.loads(answer[:at])
    files = {}
    for path, size in head["files"]:
        files[path], at = answer[at : at + size], at + size
    return CheckedBundle(head["slug"], files, [Mistake(**mistake) for mistake in head["mistakes"]])


def _verdict(files: Mapping[str, bytes], kinds: Mapping[str, UnitKind], elsewhere: Collection[str]) -> CheckedBundle:
    found = check(files, kinds, elsewhere)
    if found.course is not None and all(mistake.cure == FORMAT for mistake in found.mistakes):
        canonical = {path: text.encode() for path, text in found.files.items()}
        return CheckedBundle(found.course.slug, canonical | found.media, [])
    return CheckedBundle(_slug(found), files, found.mistakes[:MOST_TOLD])


def _slug(found: Checked) -> str:
    return found.course.slug if found.course else ""
