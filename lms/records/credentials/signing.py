"""Signing, in the worker: records after they are issued, and the lists that say which of them have ended."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.kernel.secrets import seal
from lms.kernel.values import dataclass
from lms.records.certificates.services import make_again
from lms.records.models import RecordCredential
from lms.records.rules.bitstring import status_list
from lms.records.rules.credential import Issuer, document
from lms.records.rules.issuer_keys import IssuerKey
from lms.records.rules.statement import Statement, packed

from . import keys, queries
from .holding import believed
from .proofs import signed
from .queries import Unsigned

AT_A_TIME = 50


@dataclass(frozen=True, slots=True)
class Signer:
    """An issuer with the key it signs with."""

    issuer: Issuer
    key: IssuerKey
    private: Ed25519PrivateKey

    def credential(self, waiting: Unsigned, at: dt.datetime) -> bytes:
        """The signed credential, as its holder gets it."""
        made = signed(document(self.issuer, waiting.said), key=self.private, method=self.key.id, at=at)
        return json.dumps(made, ensure_ascii=False, indent=2).encode() + b"\n"

    def statement(self, waiting: Unsigned) -> str:
        """The short form."""
        said, shown = waiting.said, document(self.issuer, waiting.said)["credentialSubject"]
        name, month = shown["achievement"]["name"], said.starts_on.strftime("%Y-%m")
        fields = Statement(f"key-{self.key.number}", waiting.code, said.name, name, month, waiting.dated)
        return packed(fields, self.private.sign)

    def status_list(self, number: int, ended: Iterable[int], at: dt.datetime) -> bytes:
        """A signed status list, as the public gets it."""
        bare = status_list(self.issuer, number, ended, at)
        made = signed(bare, key=self.private, method=self.key.id, at=at, kind="BitstringStatusListCredential")
        return json.dumps(made).encode() + b"\n"


def signer(session: Session, at: dt.datetime) -> Signer | None:
    """Who signs now: None without an issuer, or before its key is made; in development the key is made. Raises LostKey
    when the private half of the key is gone."""
    issuer = keys.issuer()
    if issuer is None:
        return None
    key = keys.in_force(issuer.did)
    if key is None and issuer.demonstration:
        key = keys.make_for_show(issuer.did, at, used=queries.highest_key(session))
    return Signer(issuer, key, keys.private_half(key)) if key else None


def sign_waiting(session: Session, found: Signer, at: dt.datetime) -> int:
    """Sign the records that have waited longest; says how many: more may be waiting when they were AT_A_TIME."""
    waiting = queries.unsigned(session, believed=believed(), most=AT_A_TIME)
    rows = [_row(found, one, at) for one in waiting]
    if rows:
        session.execute(insert(RecordCredential), rows)
        make_again(session, records=[one.record for one in waiting])
    return len(rows)


def _row(found: Signer, waiting: Unsigned, at: dt.datetime) -> dict[str, Any]:
    record, number, holder = waiting.record, found.key.number, waiting.holder_key
    statement = found.statement(waiting).encode()
    return {
        "record": record,
        "key": number,
        "sealed_document": seal(holder, found.credential(waiting, at), queries.document_place(record, number)),
        "sealed_statement": seal(holder, statement, queries.statement_place(record, number)),
        "signed_at": at,
    }
