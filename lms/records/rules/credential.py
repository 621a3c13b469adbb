"""The credential of a completion record: Open Badges 3.0 on the Verifiable Credentials Data Model 2.0, not signed yet.

What is said here is signed for ever, so it holds nothing that a holder would not hand over with the file: their name
as they confirmed it, the programme, when and where it was held, what "completed" meant, which text was read. No
address, no ministry, no state, and random ids (https://www.imsglobal.org/spec/ob/v3p0/, https://www.w3.org/TR/vc-data-model-2.0/).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from lms.kernel.values import dataclass

VERIFIABLE = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
DEMONSTRATION = "(demonstration)"
MOST_BYTES = 256 * 1024
"""Of a signed file that is brought to be checked; ours have a few thousand."""
MOST_OF_A_PICTURE = 1024 * 1024
"""Bytes of a picture that carries one; ours have less than a tenth of them."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: a `did:web` id, the name that goes with it, and where status lists and records are found."""

    did: str
    name: str
    public_url: str
    demonstration: bool = False

    @property
    def shown(self) -> str:
        """The name in documents; what is signed for show says so."""
        return f"{self.name} {DEMONSTRATION}" if self.demonstration else self.name

    def status_list(self, number: int) -> str:
        """The address of a status list."""
        return f"{self.public_url}/status/{number}"


@dataclass(frozen=True, slots=True)
class Said:
    """What a credential says of one record, in plain values."""

    credential: str
    subject: str
    """A uuid each: of the document, and of its holder as far as this place goes: what corrects the record has the same
    one, a record of another edition has another."""
    status_list: int
    status_index: int
    name: str
    """The holder's name as it was confirmed."""
    programme: str
    place: str
    starts_on: dt.date
    ends_on: dt.date
    course: str
    version: str
    content_hash: str
    rule: Mapping[str, Any]
    issued_at: dt.datetime
    awarded_at: dt.datetime
    """Of the first issue; a corrected record keeps it."""


def document(issuer: Issuer, said: Said) -> dict[str, Any]:
    """The unsigned document; equal facts give equal documents."""
    programme = f"{said.programme} {DEMONSTRATION}" if issuer.demonstration else said.programme
    return {
        "@context": [VERIFIABLE, OPEN_BADGES],
        "id": f"{issuer.public_url}/credentials/{said.credential}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer.did, "type": ["Profile"], "name": issuer.shown},
        "validFrom": instant(said.issued_at),
        "awardedDate": instant(said.awarded_at),
        "name": f"Completion record: {programme}",
        "credentialSubject": {
            "id": f"urn:uuid:{said.subject}",
            "type": ["AchievementSubject"],
            "activityStartDate": _day(said.starts_on),
            "activityEndDate": _day(said.ends_on),
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": said.name, "identityType": "name"}
            ],
            "achievement": _achievement(issuer, said, programme),
        },
        "credentialStatus": _status(issuer.status_list(said.status_list), said.status_index),
    }


def _achievement(issuer: Issuer, said: Said, programme: str) -> dict[str, Any]:
    return {
        "id": f"{issuer.public_url}/achievements/{said.course}/{said.version}",
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": programme,
        "description": f"Completed the {programme}, held in {said.place} from {said.starts_on} to {said.ends_on}.",
        "version": said.version,
        "criteria": {"narrative": narrative(said.rule)},
        "otherIdentifier": [
            {
                "type": "IdentifierEntry",
                "identifier": f"urn:sha256:{said.content_hash}",
                "identifierType": "ext:courseContent",
            }
        ],
    }


def _status(address: str, index: int) -> dict[str, Any]:
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def narrative(rule: Mapping[str, Any]) -> str:
    """What "completed" meant, in plain words of one language: this text is part of what is signed."""
    modules = len(rule["modules"])
    said = [f"All {modules} modules of the pre-reading were passed." if modules != 1 else "The pre-reading was passed."]
    if rule.get("attendance_at_least") is not None:
        said.append(f"At least {rule['attendance_at_least']} of 100 half-days on site were attended or made up for.")
    if rule.get("name_confirmed"):
        said.append("The name was confirmed.")
    return " ".join(said)


def instant(at: dt.datetime) -> str:
    """An instant as documents write it: UTC, whole seconds."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def did_of(public_url: str) -> str:
    """The `did:web` id whose key document is found below an address (https://w3c-ccg.github.io/did-method-web/)."""
    parts = urlsplit(public_url)
    return ":".join(["did:web", parts.netloc.replace(":", "%3A"), *filter(None, parts.path.split("/"))])
