"""Sealing, blind look-up and random tokens. One key per purpose, derived from a root by HKDF (RFC 5869).

Ciphertexts are AES-256-GCM (NIST SP 800-38D): one version byte, a random 96-bit nonce, the ciphertext with its tag.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .values import dataclass

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = b"\x01"
# Letters and digits that are not mistaken for one another on paper.
CODE_ALPHABET = "ABCDEFGHJKMNPQRTUVWXYZ2346789"


class Unsealable(Exception):
    """The ciphertext does not belong to this key or place, or was altered."""


class KeyRing(bytes):
    """A key, with those of the entries that were joined into its holder's: what was sealed under them opens too, and
    nothing new is sealed under them."""

    former: tuple[bytes, ...] = ()


def with_former(key: bytes, former: Iterable[bytes]) -> KeyRing:
    """One key that opens what the others opened."""
    ring = KeyRing(key)
    ring.former = tuple(former)
    return ring


def new_key() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(KEY_BYTES)


def new_token() -> str:
    """An unguessable name for something public: 128 random bits, URL-safe."""
    return secrets.token_urlsafe(16)


def new_code(length: int = 8) -> str:
    """A code to be typed by a person, without look-alike characters."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def derive(root: bytes, purpose: str) -> bytes:
    """The key for one purpose; different purposes give unrelated keys."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"lemkin-lms/{purpose}".encode()).derive(root)


def seal(key: bytes, plain: bytes, place: str) -> bytes:
    """Encrypt for one place (table:row:column), so that a ciphertext moved elsewhere cannot be opened."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """The plain bytes; raises Unsealable when key, place or content do not agree."""
    return _unsealed(map(AESGCM, (key, *key.former) if isinstance(key, KeyRing) else (key,)), sealed, place)


def _unsealed(ciphers: Iterable[AESGCM], sealed: bytes, place: str) -> bytes:
    if sealed[:1] != _VERSION or len(sealed) <= 1 + _NONCE_BYTES:
        raise Unsealable("not sealed by us")
    nonce, body, about = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], place.encode()
    for one in ciphers:
        try:
            return one.decrypt(nonce, body, about)
        except InvalidTag:
            continue
    raise Unsealable("altered, moved or sealed with another key")


def digest(text: str) -> str:
    """SHA-256 in hexadecimal: how tokens with full entropy are kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def fold_address(address: str) -> str:
    """The form in which two spellings of one address agree: NFKC, no blanks around it, lower case."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


@dataclass(frozen=True)
class Keyring:
    """The keys from outside the database. `secret` signs cookies and links, `identity` wraps personal keys,
    `ledger` seals completion records."""

    secret: bytes = field(repr=False)
    identity: bytes = field(repr=False)
    ledger: bytes = field(repr=False)

    @cached_property
    def _wrapping(self) -> bytes:
        return derive(self.identity, "wrap")

    @cached_property
    def _unwrapping(self) -> tuple[AESGCM]:
        return (AESGCM(self._wrapping),)  # made once: a list unwraps a key for each of its people

    @cached_property
    def _blinding(self) -> bytes:
        return derive(self.identity, "blind-index")

    @cached_property
    def _logging(self) -> bytes:
        return derive(self.secret, "log")

    @cached_property
    def _stopping(self) -> bytes:
        return derive(self.secret, "stop-letters")

    @cached_property
    def _codes(self) -> bytes:
        return derive(self.secret, "code")

    @cached_property
    def _aliases(self) -> bytes:
        return derive(self.identity, "alias")

    @cached_property
    def sealing(self) -> bytes:
        """The key of the ledger's seals."""
        return derive(self.ledger, "seal")

    @cached_property
    def cookies(self) -> str:
        """The key that signs Flask's session cookie and CSRF tokens."""
        return derive(self.secret, "cookies").hex()

    @cached_property
    def _marking(self) -> bytes:
        return derive(self.ledger, "consent")

    def mark(self, kind: str, *said: object) -> str:
        """An HMAC over what somebody agreed to: what SQL alone puts in opens nothing."""
        told = [_instant(one) if isinstance(one, dt.datetime) else None if one is None else str(one) for one in said]
        return hmac.digest(self._marking, json.dumps([kind, *told]).encode(), "sha256").hex()

    def wrap(self, key: bytes, owner: str) -> bytes:
        """A person's key, sealed under the key from outside the database."""
        return seal(self._wrapping, key, f"key:{owner}")

    def unwrap(self, wrapped: bytes, owner: str) -> bytes:
        """The person's key; raises Unsealable."""
        return _unsealed(self._unwrapping, wrapped, f"key:{owner}")

    def unseal(self, wrapped: bytes, owner: str, sealed: bytes, place: str) -> bytes:
        """What is sealed for a place under a person's wrapped key; raises Unsealable. A list does it line by line."""
        key = _unsealed(self._unwrapping, wrapped, f"key:{owner}")
        return _unsealed((AESGCM(key),), sealed, place)

    def blind(self, address: str) -> str:
        """The blind index of an address: equal addresses agree, nobody without the key can guess."""
        return hmac.new(self._blinding, fold_address(address).encode(), hashlib.sha256).hexdigest()

    def veil(self, text: str) -> str:
        """A short stand-in for a value in logs and throttle counts."""
        return hmac.new(self._logging, text.encode(), hashlib.sha256).hexdigest()[:16]

    def handle(self, subject: str) -> str:
        """What stands for a person in the link that stops digests: it leads to nobody without the database."""
        return hmac.new(self._stopping, subject.encode(), hashlib.sha256).hexdigest()

    def alias(self, reader: str, text: str) -> str:
        """What stands for an id of ours before one reader from outside: steady for that reader, another for every other
        one, so that two of them cannot lay together what they were told."""
        said = f"{reader}:{text}".encode()
        return hmac.new(self._aliases, said, hashlib.sha256).hexdigest()[:32]

    def code(self, text: str) -> str:
        """How a typed code is kept: keyed, since its entropy alone would not stand a search."""
        return hmac.new(self._codes, text.upper().encode(), hashlib.sha256).hexdigest()
