"""The uploaded cells under the key of their import, which is wrapped by a key from outside the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lms.kernel.errors import Gone
from lms.kernel.secrets import seal, unseal
from lms.kernel.settings import keyring
from lms.web.languages import gettext as _

from .judging import address_in, called_in
from .models import Import

Cells = dict[str, str]


def key_of(found: Import) -> bytes:
    """The key of an import; raises Gone when the import has come to its end."""
    if found.wrapped_key is None:
        raise Gone(_("This import has ended; what was uploaded is erased."))
    return keyring().unwrap(found.wrapped_key, found.public_id)


def sealed_cells(key: bytes, found: Import, number: int, cells: Mapping[str, str]) -> bytes:
    """The cells of one row as they are kept."""
    return seal(key, _json(cells), _place(found, number))


def cells_in(key: bytes, found: Import, number: int, sealed: bytes | None) -> Cells:
    """The cells of one row; none once they are erased."""
    said: Cells = json.loads(unseal(key, sealed, _place(found, number))) if sealed else {}
    return said


def sealed_head(key: bytes, public_id: str, head: Mapping[str, Any]) -> bytes:
    """How a file was read, as it is kept of the import with this public id."""
    return seal(key, _json(head), f"lms_import:head:{public_id}")


def head_in(key: bytes, found: Import) -> dict[str, Any]:
    """How a file was read."""
    said: dict[str, Any] = json.loads(unseal(key, found.sealed_head or b"", f"lms_import:head:{found.public_id}"))
    return said


def blind_in(cells: Mapping[str, str]) -> str | None:
    """The blind index of a row's address; nothing where it has none."""
    address = address_in(cells)
    return keyring().blind(address) if address else None


def name_blind_in(edition: str, cells: Mapping[str, str]) -> str | None:
    """The blind index of a row's name, state and institution within an edition; nothing where one is missing."""
    called = called_in(cells)
    return name_blind(edition, *called) if called else None


def name_blind(edition: str, state: str, institution: str, name: str) -> str:
    """The blind index of somebody within an edition who has no address, by what is folded already."""
    return keyring().blind("\x1f".join((edition, state, institution, name)))


def row_blind(edition: str, cells: Mapping[str, str]) -> str | None:
    """By what the rows of one person find each other: the address, or without one what stands for it."""
    return blind_in(cells) or name_blind_in(edition, cells)


def before_place(public_id: str, number: int) -> str:
    """Where that which a row of this import changed is sealed, under the key of the person concerned."""
    return f"lms_import_row:before:{public_id}:{number}"


def _json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _place(found: Import, number: int) -> str:
    return f"lms_import_row:cells:{found.public_id}:{number}"
