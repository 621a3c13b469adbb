"""What a credential says, what is never signed, and that nothing is ever fetched."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from lms.records.credentials import canonical as canonical_module
from lms.records.credentials.canonical import PINNED, ForeignContext, canonical, context
from lms.records.credentials.proofs import Unsignable, holds, signed
from lms.records.credentials.shape import Misshapen, hold_to_shape
from lms.records.rules.bitstring import NoList, packed, unpacked
from lms.records.rules.credential import DEMONSTRATION, did_of, document, narrative
from lms.records.rules.multibase import from_base58, from_multikey, multikey, to_base58
from lms.records.rules.public import LIST_LENGTH
from tests.records.credentials.papers import AT, FOREIGN, ISSUER, KEY, METHOD, SAID, a_credential, leaves
from tools import assets_credentials

PUBLIC = KEY.public_key().public_bytes_raw()
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1, max_size=40)


def test_the_pinned_contexts_are_the_published_texts_and_no_other_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for address, (_name, sha256) in PINNED.items():
        assert context(address)["@context"]
        assert sha256 in {pinned for _file, pinned in assets_credentials.CONTEXTS.values()}

    def no_network(*_: object) -> None:
        raise AssertionError("something reached for the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    for address in ("https://example.org/context", "https://w3id.org/security/multikey/v1", "file:///etc/passwd"):
        with pytest.raises(ForeignContext, match="not among the pinned"):
            context(address)
        with pytest.raises(jsonld.JsonLdError):
            canonical({"@context": address, "name": "x"})


def test_a_context_that_was_changed_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, _sha256 in PINNED.values():
        (tmp_path / name).write_bytes((canonical_module.BUILT / name).read_bytes() + b" ")
    monkeypatch.setattr(canonical_module, "BUILT", tmp_path)
    context.cache_clear()
    try:
        with pytest.raises(ForeignContext, match="not the text"):
            context(next(iter(PINNED)))
    finally:
        context.cache_clear()


def test_the_build_refuses_a_context_of_another_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assets_credentials.build(tmp_path)
    for name, (_source, sha256) in assets_credentials.CONTEXTS.items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == sha256
    assert "W3C Software and Document License" in (tmp_path / "NOTICE.txt").read_text()
    monkeypatch.setattr(assets_credentials, "CONTEXTS", {"a.json": ("credentials-v2.json", "0" * 64)})
    with pytest.raises(assets_credentials.ForeignText, match="not the text that was tested"):
        assets_credentials.build(tmp_path)


def test_a_credential_names_its_holder_and_tells_nothing_else_about_them() -> None:
    made = document(ISSUER, SAID)
    hold_to_shape(made)
    text = json.dumps(made, ensure_ascii=False)
    assert made["credentialSubject"]["id"] == f"urn:uuid:{SAID.subject}"
    assert made["credentialSubject"]["identifier"][0]["identityHash"] == SAID.name
    assert text.count(SAID.name) == 1
    assert "@" not in text.replace("@context", "")
    assert DEMONSTRATION not in text
    assert made["awardedDate"] == "2026-05-21T10:00:00Z"


def test_a_demonstration_says_so_in_the_document() -> None:
    made = document(replace(ISSUER, demonstration=True), SAID)
    said = [made["issuer"]["name"], made["name"], made["credentialSubject"]["achievement"]["name"]]
    assert all(text.endswith(DEMONSTRATION) for text in said)
    assert DEMONSTRATION in made["credentialSubject"]["achievement"]["description"]


def test_what_completed_meant_is_said_in_words() -> None:
    assert narrative(SAID.rule) == (
        "All 2 modules of the pre-reading were passed. At least 75 of 100 half-days on site were attended or made up"
        " for. The name was confirmed."
    )
    assert narrative({"modules": ["one"], "attendance_at_least": None, "name_confirmed": False}) == (
        "The pre-reading was passed."
    )


@pytest.mark.parametrize("name", ["jti", "endorsementJwt"])
@pytest.mark.parametrize("place", ["top", "subject", "achievement"])
def test_members_that_contexts_have_changed_are_never_signed(name: str, place: str) -> None:
    made = document(ISSUER, SAID)
    subject = made["credentialSubject"]
    {"top": made, "subject": subject, "achievement": subject["achievement"]}[place][name] = "x"
    with pytest.raises(Unsignable, match=name):
        signed(made, key=KEY, method=METHOD, at=AT)


def test_a_member_that_no_context_defines_is_refused_at_signing_wherever_it_stands() -> None:
    places = {path[:-1] for path in leaves(document(ISSUER, SAID)) if isinstance(path[-1], str)}
    assert len(places) >= 8
    for place in places:
        made = document(ISSUER, SAID)
        inner = made
        for step in place:
            inner = inner[step]
        inner["unsignedField"] = "x"
        with pytest.raises(Misshapen, match="additionalProperties"):
            signed(made, key=KEY, method=METHOD, at=AT)


@pytest.mark.parametrize("name", ["", "a\n", "a\nb", "a\tb", "a\x00b", "\ud800", "x" * 501, "a\u2028b", "a\x85b"])
def test_a_name_that_canonical_forms_differ_about_is_refused(name: str) -> None:
    with pytest.raises(Misshapen, match="identityHash"):
        a_credential(name=name)


@pytest.mark.parametrize("name", ["id", "validFrom"])
def test_no_value_ends_with_a_line_end(name: str) -> None:
    made = document(ISSUER, SAID)
    made[name] += "\n"
    with pytest.raises(Misshapen, match=name):
        signed(made, key=KEY, method=METHOD, at=AT)


def test_a_signed_document_is_not_signed_again() -> None:
    with pytest.raises(Unsignable, match="proof"):
        signed(a_credential(), key=KEY, method=METHOD, at=AT)


def test_equal_facts_give_equal_bytes_and_one_key_does_not_stand_for_another() -> None:
    made = a_credential()
    assert json.dumps(made) == json.dumps(a_credential())
    assert holds(made, PUBLIC)
    assert not holds(made, FOREIGN.public_key().public_bytes_raw())
    assert not holds({**made, "name": "Another"}, PUBLIC)


@given(TEXTS, TEXTS, st.integers(0, LIST_LENGTH - 1), st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)))
def test_whatever_is_said_is_signed_and_holds(name: str, programme: str, index: int, day: dt.date) -> None:
    said = a_credential(name=name, programme=programme, status_index=index, starts_on=day)
    assert holds(json.loads(json.dumps(said)), PUBLIC)


@given(st.sets(st.integers(0, LIST_LENGTH - 1), max_size=50))
def test_a_list_gives_back_the_places_that_were_set(ended: set[int]) -> None:
    assert unpacked(packed(ended)) == ended
    assert packed(ended) == packed(sorted(ended, reverse=True))


def test_the_first_place_is_the_highest_bit_and_the_list_has_its_length() -> None:
    text = packed([0, 15])
    assert text[0] == "u"
    bits = gzip.decompress(base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4)))
    assert bits[:2] == b"\x80\x01"
    assert len(bits) * 8 == 131_072


def test_what_is_no_list_of_ours_is_said_to_be_none_and_a_bomb_is_not_unpacked() -> None:
    bomb = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(50_000_000))).rstrip(b"=").decode()
    short = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(100))).rstrip(b"=").decode()
    for text in ("", "u", "uAAAA", "z" + packed([])[1:], short, bomb, "u€"):
        with pytest.raises(NoList):
            unpacked(text)


@given(st.binary(max_size=80))
def test_base58_gives_back_the_bytes(data: bytes) -> None:
    assert from_base58(to_base58(data)) == data


def test_keys_are_written_as_the_standard_writes_them() -> None:
    # The Ed25519 key of the did:key specification's first test vector.
    text = "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
    raw = "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29"
    assert multikey(bytes.fromhex(raw)) == text
    assert from_multikey(text).hex() == raw
    for wrong in ("", "z", text[1:], "z" + to_base58(b"\xec\x01" + bytes(32)), "z0"):
        with pytest.raises(ValueError):
            from_multikey(wrong)


@pytest.mark.parametrize(
    ("address", "did"),
    [
        ("https://seminar.example.org", "did:web:seminar.example.org"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
        ("https://host.example/seminar", "did:web:host.example:seminar"),
    ],
)
def test_an_address_has_its_did(address: str, did: str) -> None:
    assert did_of(address) == did
