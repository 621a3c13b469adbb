"""CPU of signing a record, of signing the list of those that have ended, and of verifying a file apart."""

from __future__ import annotations

import datetime as dt
import json
import resource
import statistics
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.kernel.apart import run_apart
from lms.records.credentials.queries import Unsigned
from lms.records.credentials.signing import Signer
from lms.records.rules.credential import Issuer, Said
from lms.records.rules.issuer_keys import IssuerKey, key_document
from lms.records.rules.multibase import multikey

from .results import Result

MOST = 30.0
ROUNDS, RECORDS = 5, 40
ENDED = range(0, 131_072, 31)
AT = dt.datetime(2026, 11, 28, 9, 0, tzinfo=dt.UTC)


def measure() -> list[Result]:
    """Medians over rounds, after one that warms up; every record says something else."""
    signer = _signer()
    waiting = [_waiting(number) for number in range(RECORDS)]
    signed = _cpu(lambda: [(signer.credential(one, AT), signer.statement(one)) for one in waiting]) / RECORDS
    listed = _cpu(lambda: [signer.status_list(0, ENDED, AT)])
    return [
        Result("signing a record and its short form", signed, "ms CPU", MOST),
        Result(f"signing the list with {len(ENDED):,} ends", listed, "ms CPU"),
        Result("verifying a file in a process of its own", _verifying(signer, waiting[0]), "ms CPU"),
    ]


def _signer() -> Signer:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    did = "did:web:seminar.example.org"
    key = IssuerKey(1, did, multikey(private.public_key().public_bytes_raw()), AT)
    return Signer(Issuer(did, "Raphael Lemkin Seminar", "https://seminar.example.org"), key, private)


def _waiting(number: int) -> Unsigned:
    said = Said(
        credential=f"8f14e45f-ceea-4a67-9a3d-{number:012x}",
        subject=f"5d41402a-bc4b-4a76-b971-{number:012x}",
        status_list=0,
        status_index=number,
        name=f"Amina Mfano {number}",
        programme="Global seminar, November 2026",
        place="Oświęcim",
        starts_on=AT.date(),
        ends_on=AT.date(),
        course="small",
        version="1.0",
        content_hash=f"{number:064x}",
        rule={"modules": ["one", "two"], "attendance_at_least": 75, "name_confirmed": True},
        issued_at=AT,
        awarded_at=AT,
    )
    return Unsigned(f"record{number}", "ABCDEFGHJKMN", AT.date(), said, bytes(32))


def _cpu(work: Callable[[], object]) -> float:
    spent = []
    for _round in range(ROUNDS + 1):
        before = time.process_time()
        work()
        spent.append((time.process_time() - before) * 1000)
    return statistics.median(spent[1:])


def _verifying(signer: Signer, waiting: Unsigned) -> float:
    """Of the process that verifies, its start and its imports included: what each look at a pasted file costs."""
    document = signer.credential(waiting, AT)
    documents = {signer.issuer.did: key_document(signer.issuer.did, [signer.key])}
    spent = []
    for _round in range(ROUNDS + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = json.loads(run_apart("lms.records.credentials.checking:judged", document, documents=documents))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if said["credential"] != waiting.said.credential:
            raise AssertionError("another record was verified")
        spent.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
    return statistics.median(spent[1:])
