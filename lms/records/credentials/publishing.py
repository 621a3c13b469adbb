"""What the public needs to verify a record, as plain files: the key document, the history of keys, the status lists.

Any web server can give them, here or from a mirror, with this system switched off. They are written in one step each,
so that nobody ever reads half a file.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from lms.kernel.settings import present_settings
from lms.records.rules.bitstring import NoList, unpacked
from lms.records.rules.issuer_keys import IssuerKey, key_document, key_history

HISTORY = "keys.json"
OFFLINE = "verify/offline.html"
"""A page that verifies by itself, with nothing but what is in it."""
KEY_DOCUMENTS = (".well-known/did.json", "did.json")
"""The second is where verifiers look when the issuer's id has a path: the site is below one, and so is the folder."""


def folder() -> Path:
    """The folder whose files are for everybody."""
    return present_settings().home / "public"


def list_name(number: int) -> str:
    """The file of a status list."""
    return f"status/{number}"


def read(name: str) -> bytes | None:
    """A published file, if it is there."""
    try:
        return (folder() / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def publish(name: str, content: bytes) -> bool:
    """Put a file in its place in one step, unless it is there already; says whether it was not."""
    if read(name) == content:
        return False
    place = folder() / name
    place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=".part-", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(part).chmod(0o644)
        Path(part).replace(place)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    return True


def publish_keys(did: str, keys: list[IssuerKey]) -> None:
    """The key document of an issuer and the history of its keys."""
    for name in KEY_DOCUMENTS:
        publish(name, _text(key_document(did, keys)))
    publish(HISTORY, _text(key_history(did, keys)))


def published_list(number: int) -> tuple[frozenset[int], str] | None:
    """The places set in a published list, and the key that signed it; None where there is no list that can be read."""
    return list_in(folder(), number)


def numbers(place: Path) -> list[int]:
    """The numbers of the lists in such a folder, this one or a copy of it."""
    return sorted(int(path.name) for path in (place / "status").glob("*") if path.name.isdecimal())


def list_in(place: Path, number: int) -> tuple[frozenset[int], str] | None:
    """The same of a list in a copy of the folder."""
    try:
        document = json.loads((place / list_name(number)).read_bytes())
        return unpacked(document["credentialSubject"]["encodedList"]), document["proof"][0]["verificationMethod"]
    except (NoList, OSError, ValueError, KeyError, IndexError, TypeError):
        return None


def _text(document: dict[str, Any]) -> bytes:
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"
