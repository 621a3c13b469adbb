"""What a nomination says: sealed under a key of its own, later under that of its person."""

from __future__ import annotations

import json
from collections.abc import Mapping

from lms.kernel.secrets import new_key, seal, unseal
from lms.kernel.settings import keyring
from lms.seminars.models import Nomination
from lms.seminars.rules.nominations import nomination_place

Cells = dict[str, str]


def sealed_anew(public_id: str, cells: Mapping[str, str]) -> tuple[bytes, bytes]:
    """A key, wrapped, and the words under it."""
    key = new_key()
    return keyring().wrap(key, public_id), sealed_under(key, public_id, cells)


def sealed_under(key: bytes, public_id: str, cells: Mapping[str, str]) -> bytes:
    """The words under a key that is at hand."""
    said = json.dumps(cells, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return seal(key, said.encode(), nomination_place(public_id))


def cells_of(found: Nomination, keys: Mapping[int, bytes]) -> Cells:
    """What a nomination says; nothing once its words are erased. `keys` are those of the people it may be under."""
    if found.wrapped_key is not None:
        key: bytes | None = keyring().unwrap(found.wrapped_key, found.public_id)
    else:
        key = keys.get(found.person_id or 0)
    if key is None or found.sealed_words is None:
        return {}
    said: Cells = json.loads(unseal(key, found.sealed_words, nomination_place(found.public_id)))
    return said
