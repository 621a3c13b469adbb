"""Credentials and status lists made without a database, and what a static server would give of their issuer."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.records.credentials.proofs import signed
from lms.records.rules.bitstring import status_list
from lms.records.rules.credential import Issuer, Said, document
from lms.records.rules.issuer_keys import IssuerKey, key_document
from lms.records.rules.multibase import multikey

AT = dt.datetime(2026, 5, 21, 10, 0, tzinfo=dt.UTC)
ISSUER = Issuer("did:web:seminar.example.org", "Raphael Lemkin Seminar", "https://seminar.example.org")
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
FOREIGN = Ed25519PrivateKey.from_private_bytes(b"f" * 32)
METHOD = f"{ISSUER.did}#key-1"
SAID = Said(
    credential="8f14e45f-ceea-4a67-9a3d-1b2c3d4e5f60",
    subject="5d41402a-bc4b-4a76-b971-9d911017c592",
    status_list=1,
    status_index=94_567,
    name="Amina “Zuri” Mfanö · أمينة 李",
    programme="Global seminar, May 2026",
    place="Oświęcim",
    starts_on=dt.date(2026, 5, 9),
    ends_on=dt.date(2026, 5, 14),
    course="small",
    version="1.0",
    content_hash="a" * 64,
    rule={"modules": ["pillars", "cases"], "attendance_at_least": 75, "name_confirmed": True},
    issued_at=AT,
    awarded_at=AT,
)


def a_credential(key: Ed25519PrivateKey = KEY, method: str = METHOD, **more: Any) -> dict[str, Any]:
    """A signed credential; `more` are facts that differ from SAID."""
    return signed(document(ISSUER, replace(SAID, **more)), key=key, method=method, at=AT)


def a_list(ended: Iterable[int] = (), key: Ed25519PrivateKey = KEY, method: str = METHOD) -> dict[str, Any]:
    """A signed status list with these places set."""
    bare = status_list(ISSUER, 1, ended, AT)
    return signed(bare, key=key, method=method, at=AT, kind="BitstringStatusListCredential")


def public(key: Ed25519PrivateKey) -> str:
    return multikey(key.public_key().public_bytes_raw())


def published(ended: Iterable[int] = (), *keys: Ed25519PrivateKey, method: str = METHOD) -> dict[str, Any]:
    """The key document and the status list by their addresses, with these keys or KEY; the last one signs."""
    listed = [IssuerKey(n, ISSUER.did, public(key), AT) for n, key in enumerate(keys or (KEY,), 1)]
    return {
        ISSUER.did: key_document(ISSUER.did, listed),
        ISSUER.status_list(1): a_list(ended, (keys or (KEY,))[-1], method),
    }


def mutants(credential: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The document with one leaf altered in one character, emptied, turned, or left out: each once, by its place."""
    for path in leaves(credential):
        for how, change in _changes(_at(credential, path)):
            yield f"{'/'.join(map(str, path))} {how}", _with(credential, path, change)
        yield f"{'/'.join(map(str, path))} left out", _without(credential, path)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of everything that holds nothing further."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if steps is None:
        yield path
        return
    for step, inner in steps:
        yield from leaves(inner, (*path, step))


def _changes(leaf: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(leaf, bool):
        yield "turned", not leaf
        return
    middle = len(leaf) // 2
    other = "a" if leaf[middle] != "a" else "b"
    yield "altered", leaf[:middle] + other + leaf[middle + 1 :]
    yield "longer", leaf + "1"
    yield "emptied", ""


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _with(document: dict[str, Any], path: tuple[Any, ...], leaf: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    _at(changed, path[:-1])[path[-1]] = leaf
    return changed


def _without(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    del _at(changed, path[:-1])[path[-1]]
    return changed
