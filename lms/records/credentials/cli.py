"""`flask lms keys ...`: the keys that records are signed with."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from lms.kernel import audit, outbox
from lms.kernel.clock import now
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import own_reading, own_transaction, unit_of_work
from lms.records.certificates.services import forget_all
from lms.records.rules.credential import Issuer
from lms.records.rules.issuer_keys import Act, IssuerKey

from . import keys as issuer_keys
from . import publishing, queries
from .holding import believed
from .jobs import PUBLISH, SIGN

keys = AppGroup("keys", help="The keys that completion records are signed with.")

_SAID = {
    None: "signs",
    Act.ROTATED: "signed; what it signed is good",
    Act.LOST: "lost; what it signed is good",
    Act.RETIRED: "nothing it signed is believed",
}


@keys.command("list")
def listing() -> None:
    """Print every key there ever was, its number, days and state."""
    found = issuer_keys.known()
    for key in found:
        ended = f"–{key.ended_at:%Y-%m-%d}" if key.ended_at else ""
        click.echo(f"{key.number} {key.did} {key.made_at:%Y-%m-%d}{ended} {_SAID[key.ended]}")
    unknown = _unknown(issuer.did) if (issuer := issuer_keys.issuer()) else []
    for number in unknown:
        click.echo(f"{number} signed here, and the history in {issuer_keys.file()} does not know it")
    if not found and not unknown:
        click.echo("There is no key yet. To make one: flask lms keys make")


@keys.command("make")
@click.option("--anew", is_flag=True, help="The history of keys is lost for good: sign everything anew.")
def make(*, anew: bool) -> None:
    """Make the key that signs; while there is one, nothing is done."""
    try:
        did = _issuer().did
        if issuer_keys.in_force(did) is not None:
            click.echo("A key signs already. To change it: flask lms keys rotate")
            return
        unknown = _unknown(did)
        if unknown and not anew:
            raise Refused(
                f"Key {unknown[-1]} signed here, and anchors/issuer-keys.jsonl does not know it: is LMS_HOME the right "
                "one? Bring that file back, or learn it from a copy of the public folder: flask lms keys learn FOLDER. "
                "If it is nowhere any more: flask lms keys make --anew"
            )
        made = issuer_keys.make(did, now(), used=_used())
    except Refused as no:
        raise click.ClickException(str(no)) from None
    _note("issuer-key.made-anew" if unknown else "issuer-key.made", made)
    if unknown:
        with own_transaction() as session:
            forget_all(session)
        click.echo("Everything is signed anew. Tell the holders to take their signed files and certificates again.")
    click.echo(f"Key {made.number} signs from now on. Keep a copy of {issuer_keys.private_file(made)} elsewhere.")


@keys.command("rotate")
def rotate() -> None:
    """Sign with a new key from now on; what the old one signed stays good."""
    try:
        old, new = issuer_keys.rotate(_issuer().did, now(), used=_used())
    except Refused as no:
        raise click.ClickException(str(no)) from None
    _note("issuer-key.rotated", new)
    click.echo(f"Key {new.number} signs from now on. What key {old.number} signed stays good.")
    click.echo(f"Keep a copy of {issuer_keys.private_file(new)} elsewhere, and destroy the copies of key {old.number}.")


@keys.command("lose")
@click.argument("number", type=int)
def lose(number: int) -> None:
    """Say that nobody has the private half of key NUMBER any more; what it signed stays good."""
    _end(number, Act.LOST, "issuer-key.lost")
    click.echo(f"Key {number} signs nothing more. What it signed stays good. To go on: flask lms keys make")


@keys.command("retire")
@click.argument("number", type=int)
@click.confirmation_option(prompt="Nothing that this key signed will be believed any more. Go on?")
def retire(number: int) -> None:
    """Say that others may have key NUMBER: everything it signed is signed anew with the next key."""
    _end(number, Act.RETIRED, "issuer-key.retired")
    with own_transaction() as session:
        forget_all(session)
    click.echo(f"Nothing that key {number} signed is believed any more. It is signed anew with the key that signs now;")
    click.echo("if none does: flask lms keys make. Tell the holders to take their signed files and certificates again.")


@keys.command("learn")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def learn(folder: Path) -> None:
    """Add what FOLDER, a copy of the public folder that you trust, tells of keys and the history here does not."""
    before = len(issuer_keys.known())
    try:
        issuer_keys.learn(json.loads((folder / publishing.HISTORY).read_bytes()))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, Refused) as no:
        raise click.ClickException(f"Nothing was learned from {folder}. {no}") from None
    found = issuer_keys.known()
    for key in found[-1:]:
        _note("issuer-key.learned", key)
    click.echo(f"{len(found) - before} keys were not known here. To see all: flask lms keys list")


def _unknown(did: str) -> list[int]:
    numbers = [key.number for key in issuer_keys.known()]
    with own_reading() as session:
        signed = queries.signed_by_unknown(session, known=numbers, believed=believed())
    return sorted({*signed, *issuer_keys.forgotten(did)})


def _used() -> int:
    with own_reading() as session:
        return queries.highest_key(session)


def _issuer() -> Issuer:
    found = issuer_keys.issuer()
    if found is None:
        raise Refused("LMS_ISSUER is not set, so nobody signs here.")
    return found


def _end(number: int, act: Act, said: str) -> None:
    try:
        ended = issuer_keys.end(number, act, now())
    except Refused as no:
        raise click.ClickException(str(no)) from None
    _note(said, ended)


def _note(act: str, key: IssuerKey) -> None:
    """In the audit; and what waits for a key, or must be told of it, need not wait for the clock."""
    with unit_of_work() as session:
        audit.record(session, at=now(), actor=None, act=act, about=f"key-{key.number}")
        for kind in (SIGN, PUBLISH):
            outbox.enqueue(session, kind, key=kind)
