"""Keys and signatures as text: base58btc (https://www.w3.org/TR/controller-document/#multibase-0) and Multikey."""

from __future__ import annotations

_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = b"\xed\x01"


def to_base58(data: bytes) -> str:
    """The bytes in base58; each zero byte at the front is a 1."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _DIGITS[digit] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def from_base58(text: str) -> bytes:
    """The bytes of a base58 text; raises ValueError for a character that is not one of its digits."""
    number = 0
    for digit in text:
        number = number * 58 + _DIGITS.index(digit)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def multikey(public: bytes) -> str:
    """A public Ed25519 key as key documents write it."""
    return "z" + to_base58(_ED25519 + public)


def from_multikey(text: str) -> bytes:
    """The 32 bytes of a public Ed25519 key; raises ValueError for any other kind of key."""
    data = from_base58(text[1:]) if text[:1] == "z" else b""
    if data[:2] != _ED25519 or len(data) != 34:
        raise ValueError("not a public Ed25519 key")
    return data[2:]
