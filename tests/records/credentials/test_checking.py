"""Our own verifying: apart, within bounds, of our own issuer only, with keys from the key document only."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.kernel.apart import Rejected, run_apart
from lms.records.credentials.checking import MOST_BYTES, judged
from lms.records.credentials.proofs import signed
from lms.records.rules.credential import document
from tests.records.credentials.papers import (
    AT,
    FOREIGN,
    ISSUER,
    KEY,
    SAID,
    a_credential,
    a_list,
    mutants,
    public,
    published,
)

DOCUMENTS = {ISSUER.did: published()[ISSUER.did]}


def reason(brought: Any, documents: Any = None) -> str:
    """Why it is rejected; nothing when it is not."""
    data = brought if isinstance(brought, bytes) else json.dumps(brought).encode()
    try:
        judged(data, documents=DOCUMENTS if documents is None else documents)
    except Rejected as no:
        return no.reason
    return ""


def test_a_credential_of_ours_is_read_apart_with_what_it_says() -> None:
    data = json.dumps(a_credential()).encode()
    said = json.loads(run_apart("lms.records.credentials.checking:judged", data, documents=DOCUMENTS))
    assert (said["credential"], said["name"], said["version"]) == (SAID.credential, SAID.name, SAID.version)
    assert (SAID.programme in said["programme"], said["issuer"]) == (True, ISSUER.name)


def test_how_it_is_laid_out_does_not_matter() -> None:
    made = a_credential()
    turned = {name: made[name] for name in reversed(made)}
    assert reason(b"\xef\xbb\xbf" + json.dumps(turned, indent=4, ensure_ascii=False).encode()) == ""


def test_every_mutation_of_one_leaf_is_rejected() -> None:
    accepted = [name for name, mutant in mutants(a_credential()) if not reason(mutant)]
    assert accepted == []


def test_a_key_written_into_the_name_of_a_method_is_never_believed() -> None:
    forged = a_credential(FOREIGN)
    forged["proof"][0]["verificationMethod"] = f"{ISSUER.did}#{public(FOREIGN)}"
    assert reason(forged) == "not-a-record"
    assert reason(a_credential(FOREIGN)) == "not-signed"
    assert reason(a_credential(FOREIGN, f"{ISSUER.did}#key-2")) == "not-signed"


def test_a_key_must_be_listed_for_assertions_and_be_the_issuers_own() -> None:
    keys = DOCUMENTS[ISSUER.did]
    unlisted = {ISSUER.did: {**keys, "assertionMethod": []}}
    others = {
        ISSUER.did: {**keys, "verificationMethod": [{**keys["verificationMethod"][0], "controller": "did:web:x"}]}
    }
    assert reason(a_credential(), unlisted) == "not-signed"
    assert reason(a_credential(), others) == "not-signed"


def test_what_another_issuer_signed_is_not_ours_to_judge() -> None:
    other = replace(ISSUER, did="did:web:other.example.org")
    made = signed(document(other, SAID), key=KEY, method=f"{other.did}#key-1", at=AT)
    assert reason(made) == "not-ours"
    assert reason({**made, "issuer": other.did}) == "not-ours"


def test_a_status_list_and_an_unsigned_document_are_no_records() -> None:
    assert reason({**a_list(), "issuer": {"id": ISSUER.did}}) == "not-a-record"
    assert reason(document(ISSUER, SAID)) == "not-signed"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not-json"),
        (b"\xff\xfe", "not-json"),
        (b"[" * 100_000, "not-json"),
        (b'{"a":1,"a":2}', "not-json"),
        (b"[]", "not-ours"),
        (b"null", "not-ours"),
        (b'{"issuer":[1]}', "not-ours"),
        (b" " * (MOST_BYTES + 1), "too-big"),
    ],
)
def test_what_is_no_document_is_rejected_in_time(data: bytes, why: str) -> None:
    began = time.process_time()
    assert reason(data) == why
    assert time.process_time() - began < 0.5


def test_a_graph_made_to_exhaust_us_is_rejected_before_it_is_worked_out() -> None:
    made: dict[str, Any] = a_credential()
    blanks = [{"type": "Related", "id": f"_:b{n}", "inLanguage": "en"} for n in range(3000)]
    made["credentialSubject"]["achievement"]["related"] = blanks
    data = json.dumps(made).encode()
    assert len(data) < MOST_BYTES
    began = time.process_time()
    assert reason(data) == "not-a-record"
    assert time.process_time() - began < 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = st.sampled_from(sorted(a_credential()))


@settings(max_examples=200)
@given(MEMBERS, JSON)
def test_whatever_stands_in_place_of_a_member_is_rejected_in_words(member: str, value: Any) -> None:
    made = a_credential()
    if value == made[member]:
        return
    assert reason({**made, member: value}) in {"not-ours", "not-a-record", "not-signed"}


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_rejected_in_words(data: bytes) -> None:
    assert reason(data) in {"not-json", "not-ours", "nothing-inside"}
