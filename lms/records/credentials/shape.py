"""The exact shape of what we sign. Whatever is not in it is refused at signing, and no document of ours at verifying:
JSON-LD drops a member that no context defines, and a signature says nothing of what was dropped."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from lms.records.rules.credential import OPEN_BADGES, VERIFIABLE

# No control characters: how canonical N-Quads write them has changed, and no name or title needs them.
_CLEAN = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+$"
_INSTANT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_DID = r"^did:web:[A-Za-z0-9.%_:-]{1,300}$"
# What may stand in an IRI: anything else would be dropped from what is signed, without a word.
_ADDRESS_CHARACTERS = r"[!#-;=?-\[\]_a-z~]"
_ADDRESS = rf"^https?://{_ADDRESS_CHARACTERS}{{1,600}}$"


def _text(most: int = 500) -> dict[str, Any]:
    return {**_written(_CLEAN), "maxLength": most}


def _written(pattern: str) -> dict[str, Any]:
    # Python's $ also matches before a line end that comes last, and other verifiers' does not.
    return {"type": "string", "pattern": pattern.removesuffix("$") + r"\Z"}


def _only(members: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object with exactly these members."""
    needed = [name for name in members if name not in optional]
    return {"type": "object", "additionalProperties": False, "required": needed, "properties": members}


def _one(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "maxItems": 1, "items": item}


def _exactly(value: Any) -> dict[str, Any]:
    return {"const": value}


PROOF = _only(
    {
        "type": _exactly("DataIntegrityProof"),
        "cryptosuite": _exactly("eddsa-rdfc-2022"),
        "created": _written(_INSTANT),
        "verificationMethod": _written(_DID[:-1] + "#key-[1-9][0-9]{0,5}$"),
        "proofPurpose": _exactly("assertionMethod"),
        "proofValue": _written("^z[1-9A-HJ-NP-Za-km-z]{80,90}$"),
    }
)
_ACHIEVEMENT = _only(
    {
        "id": _written(_ADDRESS),
        "type": _exactly(["Achievement"]),
        "achievementType": _exactly("CertificateOfCompletion"),
        "name": _text(),
        "description": _text(1500),
        "version": _text(40),
        "criteria": _only({"narrative": _text(2000)}),
        "otherIdentifier": _one(
            _only(
                {
                    "type": _exactly("IdentifierEntry"),
                    "identifier": _written("^urn:sha256:[0-9a-f]{64}$"),
                    "identifierType": _exactly("ext:courseContent"),
                }
            )
        ),
    }
)
_SUBJECT = _only(
    {
        "id": _written(f"^urn:uuid:{_UUID}$"),
        "type": _exactly(["AchievementSubject"]),
        "activityStartDate": _written(_INSTANT),
        "activityEndDate": _written(_INSTANT),
        "identifier": _one(
            _only(
                {
                    "type": _exactly("IdentityObject"),
                    "hashed": _exactly(False),
                    "identityHash": _text(),
                    "identityType": _exactly("name"),
                }
            )
        ),
        "achievement": _ACHIEVEMENT,
    }
)
_STATUS = _only(
    {
        "id": _written(_ADDRESS),
        "type": _exactly("BitstringStatusListEntry"),
        "statusPurpose": _exactly("revocation"),
        "statusListIndex": _written("^(0|[1-9][0-9]{0,5})$"),
        "statusListCredential": _written(_ADDRESS),
    }
)
CREDENTIAL = _only(
    {
        "@context": _exactly([VERIFIABLE, OPEN_BADGES]),
        "id": _written(f"^https?://{_ADDRESS_CHARACTERS}{{1,500}}/credentials/{_UUID}$"),
        "type": _exactly(["VerifiableCredential", "OpenBadgeCredential"]),
        "issuer": _only({"id": _written(_DID), "type": _exactly(["Profile"]), "name": _text()}),
        "validFrom": _written(_INSTANT),
        "awardedDate": _written(_INSTANT),
        "name": _text(),
        "credentialSubject": _SUBJECT,
        "credentialStatus": _STATUS,
        "proof": _one(PROOF),
    },
    optional=("proof",),
)
STATUS_LIST = _only(
    {
        "@context": _exactly([VERIFIABLE]),
        "id": _written(_ADDRESS),
        "type": _exactly(["VerifiableCredential", "BitstringStatusListCredential"]),
        "issuer": _written(_DID),
        "validFrom": _written(_INSTANT),
        "credentialSubject": _only(
            {
                "id": _written(_ADDRESS),
                "type": _exactly("BitstringStatusList"),
                "statusPurpose": _exactly("revocation"),
                "encodedList": _written("^u[A-Za-z0-9_-]{20,60000}$"),
            }
        ),
        "proof": _one(PROOF),
    },
    optional=("proof",),
)
_validators = {
    "OpenBadgeCredential": Draft202012Validator(CREDENTIAL),
    "BitstringStatusListCredential": Draft202012Validator(STATUS_LIST),
}


class Misshapen(ValueError):
    """A document is not of the shape that we sign; says where, and never what stands there."""


def hold_to_shape(document: Any, kind: str = "OpenBadgeCredential") -> None:
    """Raises Misshapen with the place of what is wrong."""
    found = best_match(_validators[kind].iter_errors(document))
    if found is not None:
        place = "/".join(str(step) for step in found.absolute_path) or "the document"
        raise Misshapen(f"{place}: {found.validator}")
