"""Three verifiers of other hands accept what we sign and refuse everything else, with the network cut."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib import baking
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import OB3LdpVerifier, verify_data_integrity_proof

from lms.records.credentials.handing import PICTURES, baked
from lms.records.rules.multibase import from_multikey
from tests.records.credentials.papers import (
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
from tools.prepare import node_environment, node_packages

VERIFIERS = Path(__file__).parents[1] / "verifiers"
NEW_METHOD = f"{ISSUER.did}#key-2"

Documents = Mapping[str, Any]
Cases = Mapping[str, dict[str, Any]]
Verifier = Callable[[Documents, Cases], dict[str, str]]
"""What a verifier says of each case: nothing when it accepts it, else why not."""


@cache
def without_network() -> tuple[str, ...]:
    """What a program is started with to have no network. Where the system allows nobody that, the scripts alone see to
    it: they are given every document, and every fetch of theirs fails."""
    for words in (("unshare", "-n"), ("unshare", "-rn")):
        try:
            if subprocess.run([*words, "true"], check=False, capture_output=True).returncode == 0:
                return words
        except FileNotFoundError:
            break
    return ()


@pytest.fixture(scope="module", autouse=True)
def verifiers() -> None:
    """Their locked packages, which `make test` has brought already."""
    node_packages("npm-verifiers", VERIFIERS)


def node(script: str) -> Verifier:
    def verify(documents: Documents, cases: Cases) -> dict[str, str]:
        asked = [{"name": name, "credential": credential} for name, credential in cases.items()]
        done = subprocess.run(
            [*without_network(), "node", str(VERIFIERS / script)],
            input=json.dumps({"documents": documents, "cases": asked}),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=node_environment(),
        )
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert all(one["accepted"] or one["why"] for one in said.values())
        return {name: "" if one["accepted"] else one["why"] for name, one in said.items()}

    return verify


def key_of(keys: Mapping[str, Any], document: Mapping[str, Any]) -> bytes:
    """The public key that a document says it was signed with, as the issuer publishes it."""
    methods = {method["id"]: method for method in keys["verificationMethod"]}
    raw = from_multikey(methods[document["proof"][0]["verificationMethod"]]["publicKeyMultibase"])
    return Ed25519PublicKey.from_public_bytes(raw).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def openbadges(documents: Documents, cases: Cases) -> dict[str, str]:
    [did] = [address for address in documents if address.startswith("did:")]
    [listed] = [document for address, document in documents.items() if address != did]
    host = did.removeprefix("did:web:").replace("%3A", ":")
    at = {f"https://{host}/.well-known/did.json": documents[did], **documents}

    def download(address: str) -> bytes:
        return json.dumps(at[address]).encode()

    def why_not(credential: dict[str, Any]) -> str:
        verifier = OB3LdpVerifier.for_issuer_did(did, download)
        try:
            verifier.verify(credential, check_status=True, download=download, verify_status_list=False)
            # It knows the proof of a list only as a JWT; this one it verifies as it does any linked data.
            verify_data_integrity_proof(listed, key_of(documents[did], listed))
        except LibOpenBadgesException as no:
            return str(no) or type(no).__name__
        return ""

    return {name: why_not(credential) for name, credential in cases.items()}


def out_of_a_picture(kind: str) -> dict[str, Any]:
    """What code of another hand finds in a picture that we made."""
    picture = baked(json.dumps(a_credential()).encode(), kind)
    if kind == "png":
        found = baking.extract_png(picture, keyword=baking.ITXT_KEYWORD_OB3)
    else:
        found = baking.extract_svg(picture, element=baking.SVG_ELEMENT_OB3, text_fallback=True)
    made: dict[str, Any] = json.loads(found or "")
    return made


ALL: dict[str, Verifier] = {
    "Digital Bazaar": node("verify_db.mjs"),
    "Digital Credentials Consortium": node("verify_dcc.mjs"),
    "openbadgeslib": openbadges,
}


@pytest.fixture(params=ALL)
def verify(request: pytest.FixtureRequest) -> Verifier:
    return ALL[request.param]


def test_the_node_verifiers_have_no_network_where_the_system_allows_it() -> None:
    script = "fetch('https://example.org').then(() => process.exit(0), () => process.exit(7))"
    if without_network():
        done = subprocess.run([*without_network(), "node", "-e", script], check=False, env=node_environment())
        assert done.returncode == 7
    loader = (VERIFIERS / "offline.mjs").read_text()
    assert "http" not in loader, "the loader reads what it is given, and nothing else"


def test_a_credential_is_accepted(verify: Verifier) -> None:
    cases = {
        "as it is": a_credential(),
        "another name": a_credential(name="لينا مثال"),
        "corrected": a_credential(credential=SAID.credential.replace("8", "9", 1), status_index=0),
        "the last place": a_credential(status_index=131_071),
        **{f"out of a picture ({kind})": out_of_a_picture(kind) for kind in PICTURES},
    }
    assert verify(published(), cases) == dict.fromkeys(cases, "")


def test_every_mutation_of_one_leaf_is_refused(verify: Verifier) -> None:
    cases = dict(mutants(a_credential()))
    assert len(cases) > 120
    said = verify(published(), cases)
    assert [name for name, why in said.items() if not why] == []


def test_what_was_added_and_no_context_defines_is_refused(verify: Verifier) -> None:
    good = a_credential()
    subject, achievement = good["credentialSubject"], good["credentialSubject"]["achievement"]
    cases = {
        "on top": {**good, "unsignedField": "more"},
        "in the subject": {**good, "credentialSubject": {**subject, "rank": "first"}},
        "in the achievement": {
            **good,
            "credentialSubject": {**subject, "achievement": {**achievement, "grade": "excellent"}},
        },
        "defined, and not signed": {**good, "description": "With honours"},
    }
    said = verify(published(), cases)
    assert all(said[name] for name in cases), said


def test_a_revoked_record_is_refused_and_its_neighbours_are_not(verify: Verifier) -> None:
    cases = {"it": a_credential(), "before": a_credential(status_index=SAID.status_index - 1)}
    said = verify(published([SAID.status_index]), cases)
    assert said["it"]
    assert said["before"] == ""


def test_a_status_list_that_another_key_signed_is_not_believed(verify: Verifier) -> None:
    documents = published([SAID.status_index]) | {ISSUER.status_list(1): a_list([], FOREIGN)}
    assert verify(documents, {"it": a_credential()})["it"]


def test_a_foreign_key_is_refused_whatever_it_calls_itself(verify: Verifier) -> None:
    cases = {
        "under our method": a_credential(FOREIGN),
        "under a method of its own": a_credential(FOREIGN, f"{ISSUER.did}#key-7"),
    }
    inside = a_credential()
    inside["proof"] = [{**inside["proof"][0], "verificationMethod": f"{ISSUER.did}#{public(FOREIGN)}"}]
    cases["under itself, written in its name"] = inside
    said = verify(published(), cases)
    assert all(said[name] for name in cases), said


def test_after_a_rotation_old_and_new_credentials_are_accepted(verify: Verifier) -> None:
    cases = {"old": a_credential(), "new": a_credential(FOREIGN, NEW_METHOD)}
    assert verify(published([], KEY, FOREIGN, method=NEW_METHOD), cases) == {"old": "", "new": ""}
