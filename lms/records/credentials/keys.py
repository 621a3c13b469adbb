"""The issuer's keys. Private ones are files that only their owner can read, outside the database; what became of each
is a history outside the database too, so that nobody who can write to the database alone can add a key to believe."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.kernel import lines
from lms.kernel.errors import Refused
from lms.kernel.settings import make_key, present_settings
from lms.records.rules.credential import Issuer, did_of
from lms.records.rules.issuer_keys import BEGINS, Act, IssuerKey, first_number, in_history, news, signing_key, told
from lms.records.rules.multibase import multikey

from . import publishing

FOLDER = "issuer"
NAME = "Raphael Lemkin Seminar for Genocide Prevention"


class LostKey(RuntimeError):
    """The private half of the key that signs is not where it must be."""


def issuer() -> Issuer | None:
    """Who signs here; nobody in production before LMS_ISSUER is set. In development it is for show, and says so."""
    settings = present_settings()
    if settings.development:
        return Issuer(settings.issuer or did_of(settings.public_url), NAME, settings.public_url, demonstration=True)
    return Issuer(settings.issuer, NAME, settings.public_url) if settings.issuer else None


def file() -> Path:
    """The history: one JSON line for everything that happened to a key."""
    return present_settings().home / "anchors" / "issuer-keys.jsonl"


def private_file(key: IssuerKey) -> Path:
    """Where the private half of a key lies."""
    return _private_file(key.number)


def _private_file(number: int) -> Path:
    return present_settings().keys_at / FOLDER / f"key-{number}.key"


def known() -> list[IssuerKey]:
    """Every key there ever was, by number; raises ValueError for a history that contradicts itself."""
    return _told_in(file())


def _history() -> list[dict[str, Any]]:
    return [line.said for line in lines.read(file()) if line.said]


def forgotten(did: str) -> list[int]:
    """The keys of an issuer that were published here, and that the history does not know: it was lost."""
    ours = {key.number for key in known()}
    return sorted(number for number, _public in _published(did) if number not in ours)


def _published(did: str) -> list[tuple[int, str]]:
    try:
        history = json.loads(publishing.read(publishing.HISTORY) or b"{}")
        return list(in_history(history).items()) if history.get("issuer") == did else []
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def in_force(did: str) -> IssuerKey | None:
    """The key that an issuer signs with now."""
    return signing_key(did, known())


def signing(did: str) -> list[IssuerKey]:
    """The keys that have not ended: one, unless a rotation was cut off half-way."""
    return [key for key in known() if key.did == did and key.signs]


def private_half(key: IssuerKey) -> Ed25519PrivateKey:
    """What signs; raises LostKey when the file is not there, can be read by others, or holds another key."""
    path = private_file(key)
    try:
        if path.stat().st_mode & 0o077:
            raise LostKey(f"{path} can be read by others; run chmod 600 on it")
        found = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
    except (FileNotFoundError, ValueError):
        found = None
    if found is None or public_half(found) != key.public:
        raise LostKey(
            f"the private half of key {key.number} is not in {path}; bring it back, or say that it is lost: "
            f"flask lms keys lose {key.number}"
        )
    return found


def public_half(private: Ed25519PrivateKey) -> str:
    """A key as others may know it."""
    return multikey(private.public_key().public_bytes_raw())


def make(did: str, at: dt.datetime, *, used: int = 0) -> IssuerKey:
    """Make the key that an issuer signs with; raises Refused while there is one. Here as below, `used` is the highest
    number under which anything is signed: no number is ever given twice, or what the first key of it signed would be
    taken for a forgery."""
    with _alone():
        present = in_force(did)
        if present:
            raise Refused(f"Key {present.number} signs. To change it: flask lms keys rotate")
        return _make(did, at, used)


def rotate(did: str, at: dt.datetime, *, used: int = 0) -> tuple[IssuerKey, IssuerKey]:
    """Sign with a new key from now on; gives the old one and the new one. The old one's private half is destroyed: what
    it signed stays good, and nobody can sign with it again. So it is with whatever a rotation that was cut off left
    behind. Raises Refused where there is none."""
    with _alone():
        old = in_force(did)
        if old is None:
            raise Refused("No key signs. To make one: flask lms keys make")
        new = _make(did, at, used)
        for key in signing(did):
            if key.number != new.number:
                _end(key, Act.ROTATED, at)
        return old, new


def end(number: int, act: Act, at: dt.datetime) -> IssuerKey:
    """Say that a key is lost, or that others have it; raises Refused for an unknown one, and for one that ended so."""
    with _alone():
        found = next((key for key in known() if key.number == number), None)
        if found is None:
            raise Refused(f"There is no key {number}. To see them: flask lms keys list")
        if not (found.signs or (act is Act.RETIRED and found.believed)):
            raise Refused(f"Key {number} has ended already: {found.ended}.")
        _end(found, act, at)
        return found


def learn(history: Mapping[str, Any]) -> None:
    """Add what a published history of keys tells and ours does not: keys made since, and how keys have ended. Raises
    Refused for that of another issuer, and for one that gives another key under a number of ours; ValueError,
    LookupError or TypeError for what cannot be read. Then nothing is added."""
    with _alone():
        hold_to_issuer(history)
        hold_to(in_history(history))
        found = news(history, known())
        told([*_history(), *found])
        for line in found:
            lines.append(file(), line)
            if line["act"] != Act.MADE:
                _private_file(line["key"]).unlink(missing_ok=True)


def begin(at: dt.datetime) -> None:
    """After a restore: keys made from now on have numbers that none has had. How many were made since the backup, and
    lost, nobody knows; so some are left out, at random, since the same backup may come back twice."""
    with _alone():
        number = max(first_number(_history()), _highest_file()) + 100 + secrets.randbelow(9_900)
        lines.append(file(), {"act": BEGINS, "key": number, "at": at.isoformat()})


def among(history: Path) -> dict[int, str]:
    """The public halves that another file of a history tells of, by number."""
    return {key.number: key.public for key in _told_in(history)}


def _told_in(history: Path) -> list[IssuerKey]:
    return told(line.said for line in lines.read(history) if line.said)


def hold_to_issuer(published: Mapping[str, Any], *more: Path) -> None:
    """Raises Refused where a published history is of another issuer than this site, what it was before, or those of
    these files of a history."""
    here = issuer()
    ours = {key.did for path in (file(), *more) for key in _told_in(path)} | ({here.did} if here else set())
    if published["issuer"] not in ours:
        raise Refused(f"The keys there are those of {published['issuer']}, which LMS_ISSUER does not name.")


def hold_to(keys: Mapping[int, str]) -> None:
    """Raises Refused where one of these keys is another than ours of the same number."""
    ours = {key.number: key.public for key in known()}
    for number, public in keys.items():
        if ours.get(number, public) != public:
            raise Refused(f"Key {number} there is not key {number} here.")


def make_for_show(did: str, at: dt.datetime, *, used: int = 0) -> IssuerKey:
    """The key that an issuer signs with, made where there is none: in development only."""
    with _alone():
        return in_force(did) or _make(did, at, used)


def _highest_file() -> int:
    names = [path.stem.removeprefix("key-") for path in _private_file(0).parent.glob("key-*.key")]
    return max((int(name) for name in names if name.isdecimal()), default=0)


def _make(did: str, at: dt.datetime, used: int) -> IssuerKey:
    taken = max([used, *(number for number, _public in _published(did))])
    # A file without a line in the history is the same key again, whoever made it: it may keep its number.
    number = max(first_number(_history()), taken + 1, _highest_file())
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(make_key(_private_file(number))))
    made = IssuerKey(number, did, public_half(private), at)
    lines.append(file(), {"act": Act.MADE, "key": number, "did": did, "public": made.public, "at": at.isoformat()})
    return made


def _end(key: IssuerKey, act: Act, at: dt.datetime) -> None:
    lines.append(file(), {"act": act, "key": key.number, "at": at.isoformat()})
    private_file(key).unlink(missing_ok=True)


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time decides about keys."""
    path = file().with_name("issuer-keys.lock")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
