"""The keys an issuer has signed with: which of them sign, which verify, and the documents that say so to the public."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lms.kernel.values import dataclass

from .credential import instant
from .multibase import from_multikey

CONTEXTS = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")


BEGINS = "begins"
"""The act of a line that is about no key there is: none made after it has a lower number."""


class Act(enum.StrEnum):
    """What the history says of a key. Nothing is ever taken back: a key that ended stays ended."""

    MADE = "made"
    ROTATED = "rotated"
    """Signs no more; what it signed stays good."""
    LOST = "lost"
    """As rotated: nobody has it any more."""
    RETIRED = "retired"
    """Others may have it: nothing that it signed can be believed any more."""


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """One key by its number; `public` is a Multikey."""

    number: int
    did: str
    public: str
    made_at: dt.datetime
    ended: Act | None = None
    ended_at: dt.datetime | None = None

    @property
    def id(self) -> str:
        """The verification method that proofs name."""
        return f"{self.did}#key-{self.number}"

    @property
    def believed(self) -> bool:
        """Whether what it signed is good."""
        return self.ended is not Act.RETIRED

    @property
    def signs(self) -> bool:
        """Whether new documents may be signed with it."""
        return self.ended is None


def told(history: Iterable[Mapping[str, Any]]) -> list[IssuerKey]:
    """The keys that a history tells of, by number; raises ValueError for one that contradicts itself."""
    keys: dict[int, IssuerKey] = {}
    for line in history:
        if line["act"] == BEGINS:
            continue
        number, act, at = int(line["key"]), Act(line["act"]), dt.datetime.fromisoformat(line["at"])
        if act is Act.MADE:
            if number in keys:
                raise ValueError(f"key {number} was made twice")
            keys[number] = IssuerKey(number, line["did"], line["public"], at)
            continue
        if number not in keys:
            raise ValueError(f"key {number} ended and was never made")
        # A key that was rotated or lost may turn out to be in other hands later; nothing else may follow an end.
        if keys[number].signs or act is Act.RETIRED:
            keys[number] = replace(keys[number], ended=act, ended_at=at)
    return [keys[number] for number in sorted(keys)]


def first_number(history: Iterable[Mapping[str, Any]]) -> int:
    """The lowest number that a history leaves for the next key."""
    return max((int(line["key"]) + (line["act"] != BEGINS) for line in history), default=1)


def in_history(published: Mapping[str, Any]) -> dict[int, str]:
    """The public halves that a published history tells of, by number."""
    return {int(said["id"].rpartition("#key-")[2]): said["publicKeyMultibase"] for said in published["keys"]}


def news(published: Mapping[str, Any], ours: Iterable[IssuerKey]) -> list[dict[str, Any]]:
    """The lines by which a published history goes beyond these keys. Raises ValueError, LookupError or TypeError where
    it cannot be read."""
    known, found = {key.number: key for key in ours}, list[dict[str, Any]]()
    for (number, public), said in zip(in_history(published).items(), published["keys"], strict=True):
        mine, how = known.get(number), said.get("how")
        if mine is None:
            from_multikey(public)
            made = {"act": Act.MADE, "key": number, "did": published["issuer"], "public": public, "at": said["made"]}
            found.append(made)
        if how and (mine is None or mine.signs or (Act(how) is Act.RETIRED and mine.believed)):
            found.append({"act": Act(how), "key": number, "at": said["ended"]})
    return found


def signing_key(did: str, keys: Iterable[IssuerKey]) -> IssuerKey | None:
    """The key that an issuer signs with: the newest that has not ended."""
    return max((key for key in keys if key.did == did and key.signs), key=lambda key: key.number, default=None)


def key_document(did: str, keys: Sequence[IssuerKey]) -> dict[str, Any]:
    """The DID document (https://www.w3.org/TR/did-core/): every key whose signatures are good, for ever."""
    good = [key for key in keys if key.did == did and key.believed]
    return {
        "@context": list(CONTEXTS),
        "id": did,
        "verificationMethod": [
            {"id": key.id, "type": "Multikey", "controller": did, "publicKeyMultibase": key.public} for key in good
        ],
        "assertionMethod": [key.id for key in good],
    }


def key_history(did: str, keys: Sequence[IssuerKey]) -> dict[str, Any]:
    """The same with dates, and with the keys that cannot be believed any more."""
    return {
        "issuer": did,
        "keys": [
            {
                "id": key.id,
                "publicKeyMultibase": key.public,
                "made": instant(key.made_at),
                **({"ended": instant(key.ended_at), "how": str(key.ended)} if key.ended and key.ended_at else {}),
                "believed": key.believed,
            }
            for key in keys
            if key.did == did
        ],
    }
