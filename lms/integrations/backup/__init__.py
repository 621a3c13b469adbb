"""Backups: everything of ours at one instant, while people work; the keys never beside the data."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from lms.kernel import audit, migrations
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.models import Worker
from lms.kernel.settings import KEY_NAMES, Settings
from lms.kernel.settling import settle, settle_one
from lms.kernel.unit_of_work import unit_of_work
from lms.people import erased
from lms.people.models import MailedToken, SignInSession, TokenPurpose
from lms.people.services import erase_again
from lms.records import anchors, places
from lms.records.credentials import keys as issuer_keys
from lms.records.credentials import publishing
from lms.records.models import PublicRecord
from lms.records.rules.issuer_keys import in_history

from . import manifest as contents
from . import postgresql, sqlite
from .manifest import Manifest

DATA = "data"
ANCHORS = "anchors"
PUBLIC = "public"
_ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


def backup(folder: Path, settings: Settings, *, at: dt.datetime) -> Manifest:
    """Copy the database and the anchors into a new folder; raises Refused when something is there already.

    The folder appears only when it is complete and on the disk.
    """
    _refuse_used(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        made = _gather(part, settings, at)
        _settle(part)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    settle_one(folder.parent)
    return made


def _gather(part: Path, settings: Settings, at: dt.datetime) -> Manifest:
    data = part / DATA
    data.mkdir(mode=0o700)
    kind = db.engine.dialect.name
    # Before the database: a head noted meanwhile would look like a record that the copy has lost.
    (part / ANCHORS).mkdir(mode=0o700)
    for kept in filter(Path.exists, (anchors.file(), erased.file(), issuer_keys.file(), places.file())):
        shutil.copyfile(kept, part / ANCHORS / kept.name)
    for number in publishing.numbers(publishing.folder()):
        place = part / PUBLIC / publishing.list_name(number)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(publishing.folder() / publishing.list_name(number), place)
    copied = _ENGINES[kind].copy_out(db.engine, data)
    made = Manifest(
        database=kind,
        made_at=at.isoformat(),
        migration=list(copied.migration),
        counts=copied.counts,
        columns=copied.columns,
        sequences=copied.sequences,
        files={str(path.relative_to(part)): contents.digest_of(path) for path in _files(part)},
        key_marks=contents.key_marks(settings.keys),
    )
    contents.write(part, made, settings.keys)
    return made


def write_keys(folder: Path, beside: Path, settings: Settings) -> None:
    """Write the three keys, and those that sign records, into a folder of their own; raises Refused for one within the
    backup or around it."""
    keys, data = folder.resolve(), beside.resolve()
    if keys == data or keys in data.parents or data in keys.parents:
        raise Refused(_("The keys go to a place apart from the data: who holds both can read every name."))
    _refuse_used(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in KEY_NAMES:
        handle = os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(getattr(settings.keys, name).hex() + "\n")
    for path in sorted((settings.keys_at / issuer_keys.FOLDER).glob("*.key")):
        place = folder / issuer_keys.FOLDER / path.name
        place.parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(path, place)
    _settle(folder)


def restore(folder: Path, settings: Settings, *, at: dt.datetime, mirror: Path | None = None) -> Manifest:
    """Fill an empty database from a backup; raises Refused and changes nothing unless all of it fits.

    Everybody is signed out, and no code for a password or an address is good any more: what was ended or used up since
    the backup must not come back. Invitations stay, since whoever was invited has nothing else. Whoever was erased
    since the backup, as the list of this home or of the backup tells, is erased again. What has ended in a published
    list, here, in the backup or in a `mirror`, stays ended, and what such a mirror says of the keys is learned. No
    key made from now on has the number of one that was made since the backup and lost.
    """
    found = contents.read(folder, settings.keys)
    kind = db.engine.dialect.name
    if found.database != kind:
        raise Refused(_("This backup is of %(kind)s, and here is %(ours)s.", kind=found.database, ours=kind))
    if found.migration != [migrations.newest()]:
        raise Refused(_("This backup stands at another migration: use the release that made it, then upgrade."))
    published = json.loads(there.read_bytes()) if mirror and (there := mirror / publishing.HISTORY).exists() else None
    history = folder / ANCHORS / issuer_keys.file().name
    issuer_keys.hold_to(issuer_keys.among(history))
    if published:
        issuer_keys.hold_to_issuer(published, history)
        issuer_keys.hold_to(in_history(published))
    _ENGINES[kind].copy_in(db.engine, folder / DATA, found)
    _bring_back(folder / ANCHORS, anchors.file())
    _bring_back(folder / ANCHORS, issuer_keys.file())
    _bring_back(folder / ANCHORS, places.file())
    if published:
        issuer_keys.learn(published)
    issuer_keys.begin(at)
    erased.take_over(folder / ANCHORS / erased.file().name)
    with unit_of_work() as session:
        session.execute(update(SignInSession).where(SignInSession.ended_at.is_(None)).values(ended_at=at))
        open_codes = (MailedToken.purpose != TokenPurpose.INVITATION, MailedToken.void_at.is_(None))
        session.execute(update(MailedToken).where(*open_codes).values(void_at=at))
        session.execute(delete(Worker))
        newest = session.scalar(select(func.max(PublicRecord.status_list)))
        _keep_ended([publishing.folder(), folder / PUBLIC, *([mirror] if mirror else [])], newest, at)
        again = erase_again(session, at=at)
        audit.record(session, at=at, actor=None, act="database.restored", made_at=found.made_at, erased_again=again)
    return found


def _bring_back(saved: Path, place: Path) -> None:
    """Anchors and the history of keys that are here already stay: they may know of what the backup does not hold."""
    if (saved / place.name).exists() and not place.exists():
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(saved / place.name, place)
        place.chmod(0o600)


def _keep_ended(copies: Sequence[Path], newest: int | None, at: dt.datetime) -> None:
    """Of every list all that has ended in any copy of it; and a list of its own for records that are issued from now
    on, because nobody knows which places of the old ones were given away after the backup."""
    numbers = {number for copy in copies for number in publishing.numbers(copy)}
    numbers |= set() if newest is None else {newest}
    for number in numbers:
        ended = [found[0] for copy in copies if (found := publishing.list_in(copy, number))]
        every = frozenset[int]().union(*ended)
        here = publishing.published_list(number)
        if every - (here[0] if here else frozenset()):
            places.remember(number, every, at.isoformat())
    if numbers:
        places.begin(max(*numbers, places.first()) + 1, at.isoformat())


def _refuse_used(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(_("%(folder)s is there already, and nothing is written over.", folder=folder))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _settle(folder: Path) -> None:
    """For nobody else to read, and on the disk."""
    for path in _files(folder):
        path.chmod(0o600)
    settle(folder)
