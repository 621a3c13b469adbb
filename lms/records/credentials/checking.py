"""Verifying a credential that somebody brings: in a process apart, since nobody knows what was brought.

Only documents of our own issuer are verified: no foreign key document is ever asked for, and no key that a document
itself carries is ever believed. The shape is checked before the signature, because working out the canonical form of
a document made to exhaust us takes for ever, and ours have one shape.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lms.kernel.apart import Rejected
from lms.records.rules.baking import NothingInside, carried
from lms.records.rules.credential import MOST_BYTES, MOST_OF_A_PICTURE
from lms.records.rules.multibase import from_multikey

from .proofs import holds
from .shape import Misshapen, hold_to_shape

MOST_DEPTH = 32


def judged(data: bytes, *, documents: Mapping[str, Mapping[str, Any]]) -> bytes:
    """What the document says, as JSON, when an issuer of ours signed it; `documents` are our key documents by id.

    A picture is read for the document that it carries. Raises Rejected with the reason: too-big, nothing-inside,
    not-json, not-ours, not-a-record, not-signed.
    """
    document = _read(_carried(data))
    if _issuer(document) not in documents:
        raise Rejected("not-ours")
    try:
        hold_to_shape(document)
    except Misshapen:
        raise Rejected("not-a-record") from None
    if "proof" not in document:
        raise Rejected("not-signed")
    public = _key(document, documents[document["issuer"]["id"]])
    if public is None or not holds(document, public):
        raise Rejected("not-signed")
    return json.dumps(_said(document)).encode()


def _carried(data: bytes) -> bytes:
    if len(data) > MOST_OF_A_PICTURE:
        raise Rejected("too-big")
    try:
        return carried(data)
    except NothingInside:
        raise Rejected("nothing-inside") from None


def _read(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise Rejected("too-big")
    try:
        text = data.decode("utf-8-sig")
        if _depth(text) > MOST_DEPTH:
            raise ValueError
        return json.loads(text, object_pairs_hook=_each_once)
    except ValueError:
        raise Rejected("not-json") from None


def _depth(text: str) -> int:
    """At least how deep the brackets go; those inside texts count too, which does no harm to a document of ours."""
    deepest = depth = 0
    for char in text:
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a member that is there twice, one reader would take the first and another the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _issuer(document: Any) -> Any:
    issuer = document.get("issuer") if isinstance(document, dict) else None
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    return found if isinstance(found, str) else None


def _key(document: dict[str, Any], keys: Mapping[str, Any]) -> bytes | None:
    """The key the document names, if its issuer's key document lists it for assertions and as the issuer's own."""
    method, issuer = document["proof"][0]["verificationMethod"], document["issuer"]["id"]
    if method not in keys["assertionMethod"]:
        return None
    found = [key for key in keys["verificationMethod"] if key["id"] == method and key["controller"] == issuer]
    return from_multikey(found[0]["publicKeyMultibase"]) if found else None


def _said(document: dict[str, Any]) -> dict[str, Any]:
    subject = document["credentialSubject"]
    return {
        "credential": document["id"].rpartition("/")[2],
        "name": subject["identifier"][0]["identityHash"],
        "programme": subject["achievement"]["name"],
        "version": subject["achievement"]["version"],
        "issuer": document["issuer"]["name"],
    }
