"""The one form of a document that is signed: RDF dataset canonicalization (https://www.w3.org/TR/rdf-canon/) by PyLD.

Heavy: imported by the worker and by processes apart, never by whoever answers requests. Nothing is ever fetched.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from pyld import jsonld

from lms.records.rules.credential import OPEN_BADGES, VERIFIABLE

BUILT = Path(__file__).with_name("built")
PINNED = {
    VERIFIABLE: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    OPEN_BADGES: ("open-badges-3.0.3.json", "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"),
}


class ForeignContext(ValueError):
    """A document names a context that is not among the pinned ones, or a pinned one is not the text it must be."""


@cache
def context(address: str) -> dict[str, Any]:
    """A pinned context; raises ForeignContext for any other address, and for a text that was changed."""
    if address not in PINNED:
        raise ForeignContext(f"{address} is not among the pinned contexts")
    name, sha256 = PINNED[address]
    text = (BUILT / name).read_bytes()
    if hashlib.sha256(text).hexdigest() != sha256:
        raise ForeignContext(f"{name} is not the text that was published")
    found: dict[str, Any] = json.loads(text)
    return found


def canonical(document: dict[str, Any]) -> bytes:
    """The N-Quads of a document in canonical order; raises ForeignContext, or jsonld.JsonLdError for no JSON-LD."""
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load}
    quads: str = jsonld.normalize(document, options)
    return quads.encode()


def _load(address: str, _options: dict[str, Any]) -> dict[str, Any]:
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": address,
        "document": context(address),
        "tag": "static",
    }
