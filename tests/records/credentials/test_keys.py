"""Keys of the issuer: made, kept, rotated, lost, and taken by others."""

from __future__ import annotations

import datetime as dt
import stat
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.clock import now
from lms.kernel.errors import Refused
from lms.kernel.models import AuditEntry
from lms.kernel.settings import present_settings
from lms.kernel.unit_of_work import unit_of_work
from lms.records.credentials import keys
from lms.records.rules.issuer_keys import Act, key_document, key_history, signing_key, told

DID = "did:web:seminar.example.org"
AT = "2027-04-12T09:00:00+00:00"
ENDS = (Act.ROTATED, Act.LOST, Act.RETIRED)


def line(act: Act, key: int, did: str = DID) -> dict[str, Any]:
    said = {"act": str(act), "key": key, "at": AT}
    return said | ({"did": did, "public": f"z{key}"} if act is Act.MADE else {})


def run(app: Flask, *words: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["lms", "keys", *words])
    return done.exit_code, done.output


@given(st.lists(st.tuples(st.sampled_from(ENDS), st.integers(1, 3)), max_size=8))
def test_a_key_that_ended_never_signs_again_and_one_in_other_hands_is_never_believed_again(
    ends: list[tuple[Act, int]],
) -> None:
    history = [line(Act.MADE, number) for number in (1, 2, 3)] + [line(act, number) for act, number in ends]
    known = {key.number: key for key in told(history)}
    for number, key in known.items():
        acts = [act for act, about in ends if about == number]
        assert key.signs == (not acts)
        assert key.believed == (Act.RETIRED not in acts)
    listed = key_document(DID, list(known.values()))["assertionMethod"]
    assert listed == [f"{DID}#key-{number}" for number, key in known.items() if key.believed]
    signs = signing_key(DID, known.values())
    assert (signs.number if signs else None) == max((n for n, key in known.items() if key.signs), default=None)


def test_a_history_that_contradicts_itself_is_refused() -> None:
    for wrong in ([line(Act.MADE, 1), line(Act.MADE, 1)], [line(Act.LOST, 1)], [{"act": "sold", "key": 1, "at": AT}]):
        with pytest.raises((ValueError, KeyError)):
            told(wrong)


def test_keys_of_another_issuer_are_not_listed_and_do_not_sign() -> None:
    known = told([line(Act.MADE, 1, "did:web:127.0.0.1%3A8000"), line(Act.MADE, 2)])
    assert key_document(DID, known)["assertionMethod"] == [f"{DID}#key-2"]
    assert [key["id"] for key in key_history(DID, known)["keys"]] == [f"{DID}#key-2"]
    assert signing_key("did:web:other.example.org", known) is None


def test_the_key_document_has_the_form_that_verifiers_read() -> None:
    document = key_document(DID, told([line(Act.MADE, 1)]))
    assert document["@context"] == ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
    assert document["verificationMethod"] == [
        {"id": f"{DID}#key-1", "type": "Multikey", "controller": DID, "publicKeyMultibase": "z1"}
    ]


def test_a_private_key_lies_in_a_file_that_only_its_owner_can_read_and_nowhere_else(sqlite_app: Flask) -> None:
    made = keys.make(DID, now())
    path = keys.private_file(made)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = path.read_text().strip()
    with unit_of_work():
        home = present_settings().home
    holding = [file for file in home.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]
    assert holding == [path]
    assert keys.public_half(keys.private_half(made)) == made.public


def test_a_rotation_that_was_cut_off_is_told_of_and_made_good_by_the_next(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    did = str(getattr(keys.issuer(), "did", ""))
    keys.make(did, now())

    def cut_off(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(keys, "_end", cut_off)
        keys.rotate(did, now())
    check = ["lms", "check"]
    told = sqlite_app.test_cli_runner().invoke(args=check).output
    assert "more than one key that signs; a rotation was cut off: flask lms keys rotate" in told
    code, said = run(sqlite_app, "rotate")
    assert code == 0, said
    assert [key.number for key in keys.signing(did)] == [3]
    assert [keys.private_file(key).exists() for key in keys.known()] == [False, False, True]
    assert all(key.believed for key in keys.known())
    assert "more than one key" not in sqlite_app.test_cli_runner().invoke(args=check).output


def test_a_key_file_that_others_can_read_or_that_holds_another_key_signs_nothing(sqlite_app: Flask) -> None:
    made = keys.make(DID, now())
    path = keys.private_file(made)
    path.chmod(0o640)
    with pytest.raises(keys.LostKey, match="chmod 600"):
        keys.private_half(made)
    path.chmod(0o600)
    path.write_text("11" * 32)
    with pytest.raises(keys.LostKey, match="flask lms keys lose 1"):
        keys.private_half(made)
    path.unlink()
    with pytest.raises(keys.LostKey, match="bring it back"):
        keys.private_half(made)


def test_the_commands_make_rotate_lose_and_retire(sqlite_app: Flask) -> None:
    assert run(sqlite_app, "list") == (0, "There is no key yet. To make one: flask lms keys make\n")
    code, said = run(sqlite_app, "rotate")
    assert (code, "No key signs" in said) == (1, True)
    assert run(sqlite_app, "make")[0] == 0
    code, said = run(sqlite_app, "make")
    assert (code, "signs already" in said) == (0, True)
    assert len(keys.known()) == 1
    first = keys.private_file(keys.known()[0])
    code, said = run(sqlite_app, "rotate")
    assert code == 0, said
    assert "What key 1 signed stays good" in said
    assert not first.exists()
    assert run(sqlite_app, "lose", "2")[0] == 0
    assert run(sqlite_app, "lose", "2")[0] == 1
    assert run(sqlite_app, "lose", "7")[0] == 1
    assert run(sqlite_app, "make")[0] == 0
    assert run(sqlite_app, "retire", "1", "--yes")[0] == 0
    listed = run(sqlite_app, "list")[1].splitlines()
    assert [text[:2] for text in listed] == ["1 ", "2 ", "3 "]
    assert ["believed" in text for text in listed] == [True, False, False]
    assert [key.ended for key in keys.known()] == [Act.RETIRED, Act.LOST, None]
    with unit_of_work() as session:
        acts = [row.act for row in session.query(AuditEntry).order_by(AuditEntry.id) if "issuer-key" in row.act]
    assert acts == [f"issuer-key.{act}" for act in ("made", "rotated", "lost", "made", "retired")]


def test_without_an_issuer_production_has_nobody_who_signs(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = sqlite_app.extensions["lms.settings"]
    monkeypatch.setitem(sqlite_app.extensions, "lms.settings", replace(settings, env="production"))
    assert keys.issuer() is None
    code, said = run(sqlite_app, "make")
    assert code == 1
    assert "LMS_ISSUER is not set" in said
    real = replace(settings, env="production", issuer=DID, public_url="https://seminar.example.org")
    monkeypatch.setitem(sqlite_app.extensions, "lms.settings", real)
    issuer = keys.issuer()
    assert issuer
    assert not issuer.demonstration
    assert (issuer.did, issuer.status_list(3)) == (DID, "https://seminar.example.org/status/3")


def test_two_who_make_the_first_key_at_once_make_one(sqlite_app: Flask) -> None:
    first, second = keys.make_for_show(DID, now()), keys.make_for_show(DID, now() + dt.timedelta(seconds=1))
    assert first == second
    with pytest.raises(Refused):
        keys.make(DID, now())
