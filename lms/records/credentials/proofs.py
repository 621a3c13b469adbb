"""Signing and checking: Data Integrity `eddsa-rdfc-2022` (https://www.w3.org/TR/vc-di-eddsa/), Ed25519 (RFC 8032)."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lms.records.rules.credential import instant
from lms.records.rules.multibase import from_base58, to_base58

from .canonical import canonical
from .shape import hold_to_shape

NEVER_SIGNED = frozenset({"jti", "endorsementJwt"})
"""Members whose meaning a published context has changed in place: two copies of it read two different documents."""


class Unsignable(ValueError):
    """The document must not be signed; says why."""


def signed(
    document: dict[str, Any], *, key: Ed25519PrivateKey, method: str, at: dt.datetime, kind: str = "OpenBadgeCredential"
) -> dict[str, Any]:
    """The document with its proof. Equal documents, keys and times give equal proofs.

    Raises Unsignable for a member that must never be signed, Misshapen for anything that is not of our shape.
    """
    forbidden = NEVER_SIGNED & _members(document)
    if forbidden or "proof" in document:
        raise Unsignable(f"has a member {', '.join(sorted(forbidden)) or 'proof'}")
    hold_to_shape(document, kind)
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": instant(at),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    value = "z" + to_base58(key.sign(_to_sign(document, proof)))
    return {**document, "proof": [{**proof, "proofValue": value}]}


def holds(document: dict[str, Any], public: bytes) -> bool:
    """Whether the only proof of a document, of our shape, was made with the private key to `public`."""
    proof = document["proof"][0]
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    bare = {name: value for name, value in document.items() if name != "proof"}
    try:
        signature = from_base58(proof["proofValue"].removeprefix("z"))
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _to_sign(bare, options))
    except (InvalidSignature, ValueError):
        return False
    return True


def _to_sign(document: dict[str, Any], proof: dict[str, Any]) -> bytes:
    options = {"@context": document["@context"], **proof}
    return hashlib.sha256(canonical(options)).digest() + hashlib.sha256(canonical(document)).digest()


def _members(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(_members, value.values()))
    return set().union(*map(_members, value)) if isinstance(value, list) else set()
