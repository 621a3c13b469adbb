"""Passwords as Argon2id hashes (RFC 9106), with the second parameter set that OWASP recommends."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l

from lms.kernel.errors import Refused

from .rules.passwords import LONGEST, PasswordMistake, mistake_in_password, normal

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# The hash of a random text nobody has: checked where there is no account, so that both answers take as long.
DUMMY = "$argon2id$v=19$m=19456,t=2,p=1$ErZCH/LCYd5lSMlgog4hug$V3k7RpTaW+ZQ6eyAImL+QhtqYB2HlPpYuxj3GqYHHnQ"


@cache
def common_passwords() -> frozenset[str]:
    """The passwords that are tried first."""
    lines = files("lms.people").joinpath("data", "common-passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def check_new(password: str, own_words: Iterable[str] = ()) -> None:
    """Raises Refused with the reason why a password cannot be taken."""
    mistake = mistake_in_password(password, common=common_passwords(), own_words=own_words)
    if mistake is not None:
        raise Refused(str(SENTENCES[mistake]))


SENTENCES = {
    PasswordMistake.SHORT: _l("The password needs at least 12 characters. Several words in a row are easy to keep."),
    PasswordMistake.LONG: _l("The password may have at most 512 characters."),
    PasswordMistake.COMMON: _l("This password is among the first that are guessed. Choose another."),
    PasswordMistake.CONTEXT: _l("This password is made of words from this site or from your name. Add other words."),
}


def hash_password(password: str) -> str:
    """The hash to keep; takes some hundredths of a second on purpose, so never inside a change."""
    return HASHER.hash(normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one of the hash; without a hash it takes as long and is never right."""
    try:
        right = HASHER.verify(kept or DUMMY, normal(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return HASHER.check_needs_rehash(kept)
