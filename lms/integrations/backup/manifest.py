"""What a backup holds, with a hash of every file and a seal over the whole."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
from pathlib import Path

from flask_babel import gettext as _

from lms.kernel.errors import Refused
from lms.kernel.secrets import Keyring, derive
from lms.kernel.settings import KEY_NAMES
from lms.kernel.values import dataclass

NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Copied:
    """What was copied out of a database: rows of each table, its columns, and the last number of each sequence."""

    migration: tuple[str, ...]
    counts: dict[str, int]
    columns: dict[str, list[str]]
    sequences: dict[str, int]


@dataclass(frozen=True)
class Manifest:
    """The table of contents of a backup."""

    database: str
    made_at: str
    migration: list[str]
    counts: dict[str, int]
    columns: dict[str, list[str]]
    sequences: dict[str, int]
    files: dict[str, str]
    """SHA-256 of each file, by its path below the backup's folder."""
    key_marks: dict[str, str]
    """By which each key is known again without being told."""
    format: int = FORMAT


def key_marks(keys: Keyring) -> dict[str, str]:
    """A short mark of each key, from which the key cannot be found."""
    return {name: derive(getattr(keys, name), "mark").hex()[:16] for name in KEY_NAMES}


def write(folder: Path, manifest: Manifest, keys: Keyring) -> None:
    """Write the manifest with its seal."""
    facts = dataclasses.asdict(manifest)
    text = json.dumps({**facts, "seal": _seal(facts, keys)}, indent=1, sort_keys=True, ensure_ascii=False)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path, keys: Keyring) -> Manifest:
    """The manifest of a whole and unaltered backup; raises Refused with what is wrong."""
    try:
        facts = json.loads((folder / NAME).read_text(encoding="utf-8"))
        seal = str(facts.pop("seal"))
        manifest = Manifest(**facts)
    except FileNotFoundError as error:
        raise Refused(_("There is no backup in %(folder)s.", folder=folder)) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(_("The manifest of this backup cannot be read, or is of another release.")) from error
    _refuse_other_keys(manifest, keys)
    if not hmac.compare_digest(seal, _seal(facts, keys)):
        raise Refused(_("The manifest of this backup was altered."))
    _refuse_altered_files(folder, manifest)
    return manifest


def _refuse_other_keys(manifest: Manifest, keys: Keyring) -> None:
    here = key_marks(keys)
    other = [name for name in KEY_NAMES if manifest.key_marks.get(name) != here[name]]
    if other:
        names = ", ".join(other)
        raise Refused(_("This backup was made with other keys than those in force here: %(names)s.", names=names))


def _refuse_altered_files(folder: Path, manifest: Manifest) -> None:
    for name, digest in manifest.files.items():
        if not (folder / name).is_file():
            raise Refused(_("A file of this backup is missing: %(name)s.", name=name))
        if digest_of(folder / name) != digest:
            raise Refused(_("A file of this backup is damaged or was altered: %(name)s.", name=name))


def digest_of(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(facts: dict[str, object], keys: Keyring) -> str:
    plain = json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()
    return hmac.new(derive(keys.ledger, "backup"), plain, hashlib.sha256).hexdigest()
