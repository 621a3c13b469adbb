"""What is sealed opens in its place with its key alone; addresses are found without being readable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel import secrets
from lms.kernel.secrets import Keyring, Unsealable
from tests.conftest import KEYS

KEY = b"k" * secrets.KEY_BYTES


@given(st.binary(max_size=400), st.text(max_size=40).filter(lambda text: text.isprintable()))
def test_what_was_sealed_opens_again(plain: bytes, place: str) -> None:
    assert secrets.unseal(KEY, secrets.seal(KEY, plain, place), place) == plain


def test_a_ciphertext_moved_to_another_row_is_refused() -> None:
    sealed = secrets.seal(KEY, b"Amina Mfano", "identity:1:name")
    with pytest.raises(Unsealable):
        secrets.unseal(KEY, sealed, "identity:2:name")


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unsealable):
        secrets.unseal(b"x" * secrets.KEY_BYTES, secrets.seal(KEY, b"Amina Mfano", "here"), "here")


@pytest.mark.parametrize("position", [0, 1, 12, 13, 20, -1])
def test_one_altered_byte_is_noticed(position: int) -> None:
    sealed = bytearray(secrets.seal(KEY, b"Amina Mfano", "here"))
    sealed[position] ^= 1
    with pytest.raises(Unsealable):
        secrets.unseal(KEY, bytes(sealed), "here")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01short", b"\x02" + b"0" * 40])
def test_what_is_no_ciphertext_is_refused_in_the_same_way(sealed: bytes) -> None:
    with pytest.raises(Unsealable):
        secrets.unseal(KEY, sealed, "here")


def test_the_same_text_never_gives_the_same_ciphertext() -> None:
    assert len({secrets.seal(KEY, b"same", "here") for _ in range(50)}) == 50


def test_a_persons_key_opens_for_that_person_alone() -> None:
    wrapped = KEYS.wrap(KEY, "ana")
    assert KEYS.unwrap(wrapped, "ana") == KEY
    with pytest.raises(Unsealable):
        KEYS.unwrap(wrapped, "ben")


@pytest.mark.parametrize(
    "spelling", ["Amina@Example.ORG", " amina@example.org ", "ａmina@example.org", "AMINA@EXAMPLE.ORG"]
)
def test_spellings_of_one_address_have_one_blind_index(spelling: str) -> None:
    assert KEYS.blind(spelling) == KEYS.blind("amina@example.org")


def test_a_blind_index_says_nothing_without_the_key() -> None:
    other = Keyring(secret=KEYS.secret, identity=b"o" * 32, ledger=KEYS.ledger)
    assert KEYS.blind("amina@example.org") != other.blind("amina@example.org")
    assert KEYS.blind("amina@example.org") != KEYS.blind("amina@example.com")
    assert "amina" not in KEYS.blind("amina@example.org")


def test_each_purpose_has_a_key_of_its_own() -> None:
    purposes = ("wrap", "blind-index", "log", "code", "seal", "cookies")
    assert len({secrets.derive(KEY, purpose) for purpose in purposes}) == len(purposes)


def test_the_three_root_keys_do_not_stand_in_for_each_other() -> None:
    swapped = Keyring(secret=KEYS.identity, identity=KEYS.ledger, ledger=KEYS.secret)
    assert KEYS.sealing != swapped.sealing
    assert KEYS.cookies != swapped.cookies
    with pytest.raises(Unsealable):
        swapped.unwrap(KEYS.wrap(KEY, "ana"), "ana")


def test_a_keyring_does_not_show_its_keys_when_printed() -> None:
    assert "ssss" not in repr(KEYS)
    assert "iiii" not in repr(KEYS)


def test_codes_are_typed_in_any_case_and_have_no_look_alikes() -> None:
    assert KEYS.code("abcd2346") == KEYS.code("ABCD2346")
    codes = "".join(secrets.new_code() for _ in range(200))
    assert set(codes) <= set(secrets.CODE_ALPHABET)
    assert not set(codes) & set("O0I1LS5")


def test_tokens_do_not_repeat_and_fit_into_an_address() -> None:
    tokens = {secrets.new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) == 22 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)


def test_a_veil_is_short_stable_and_keyed() -> None:
    assert KEYS.veil("203.0.113.7") == KEYS.veil("203.0.113.7")
    assert KEYS.veil("203.0.113.7") != Keyring(b"z" * 32, KEYS.identity, KEYS.ledger).veil("203.0.113.7")
    assert len(KEYS.veil("203.0.113.7")) == 16
