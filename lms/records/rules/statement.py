"""The short form of a record: one signed line that fits into the square code on paper, and that no server ever sees.

It is the signature (Ed25519, RFC 8032) and behind it a few fields, in UTF-8 with line ends between them, all of it in
base64url. Nothing is compressed and nothing is written in more than one way, so equal records give equal texts.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import unicodedata
from collections.abc import Callable

from lms.kernel.values import dataclass

VERSION = "1"
DOMAIN = b"lemkin-record-1\n"
"""What is signed before the fields, so that no other text that this key signs can be taken for a statement."""
MOST_BYTES = 400
_SIGNATURE = 64


@dataclass(frozen=True, slots=True)
class Statement:
    """What the paper says: that this record was valid on the day it was issued."""

    key: str
    """The verification method that signed it, without the issuer: `key-1`."""
    code: str
    name: str
    programme: str
    month: str
    """Of the edition: 2027-05."""
    issued_on: dt.date


class NoStatement(ValueError):
    """The text is not a short form."""


def packed(said: Statement, sign: Callable[[bytes], bytes]) -> str:
    """The short form. A name or title that is too long for the code ends in an ellipsis."""
    body = _body(said)
    return base64.urlsafe_b64encode(sign(DOMAIN + body) + body).rstrip(b"=").decode()


def unpacked(text: str) -> tuple[Statement, bytes, bytes]:
    """What is said, what was signed, and the signature; raises NoStatement. Believe nothing of it unverified."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        signature, body = data[:_SIGNATURE], data[_SIGNATURE:]
        version, key, code, name, programme, month, day = body.decode().split("\n")
        if version != VERSION or len(body) > MOST_BYTES:
            raise NoStatement
        said = Statement(key, code, name, programme, month, dt.date.fromisoformat(day))
        return said, DOMAIN + body, signature
    except (binascii.Error, ValueError) as error:
        raise NoStatement from error


def _body(said: Statement) -> bytes:
    fields = (said.key, said.code, _cut(said.name, 120), _cut(said.programme, 100), said.month)
    return "\n".join([VERSION, *fields, said.issued_on.isoformat()]).encode()


def _cut(text: str, most: int) -> str:
    """At most so many bytes, never within a character or before a mark that belongs to it."""
    if len(text.encode()) <= most:
        return text
    kept = text
    while len(kept.encode()) > most - len("…".encode()) or (kept and unicodedata.combining(text[len(kept)])):
        kept = kept[:-1]
    return kept.rstrip() + "…"
