"""The one bit that says of each record whether it still holds (https://www.w3.org/TR/vc-bitstring-status-list/)."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import gzip
import io
from collections.abc import Iterable
from typing import Any

from .credential import VERIFIABLE, Issuer, instant
from .public import LIST_LENGTH


class NoList(ValueError):
    """The text is not a status list of the length that we write."""


def packed(ended: Iterable[int]) -> str:
    """The list with the bits of these places set, as documents carry it: first place in the highest bit, gzip,
    base64url with `u` before it. The same bits always give the same text."""
    bits = bytearray(LIST_LENGTH // 8)
    for place in ended:
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), 9, mtime=0)).rstrip(b"=").decode()


def unpacked(text: str) -> frozenset[int]:
    """The places whose bit is set; raises NoList. Reads no more than a list is long, whatever the text unpacks to."""
    try:
        code = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True)
        with gzip.GzipFile(fileobj=io.BytesIO(code)) as file:
            bits = file.read(LIST_LENGTH // 8 + 1)
    except (binascii.Error, EOFError, OSError, ValueError) as error:
        raise NoList from error
    if text[:1] != "u" or len(bits) != LIST_LENGTH // 8:
        raise NoList
    return frozenset(8 * at + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte & 0x80 >> bit)


def status_list(issuer: Issuer, number: int, ended: Iterable[int], at: dt.datetime) -> dict[str, Any]:
    """The unsigned document of one list. It has no end: what it says must hold when nobody is left to sign it again."""
    address = issuer.status_list(number)
    return {
        "@context": [VERIFIABLE],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did,
        "validFrom": instant(at),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": packed(ended),
        },
    }
