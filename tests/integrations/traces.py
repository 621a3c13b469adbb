"""Looking for words wherever a system leaves something: in files as bytes, in every column of every table, in logs."""

from __future__ import annotations

import base64
import html
import json
import quopri
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text
from sqlalchemy.orm import Session

from lms.kernel.db import db
from lms.kernel.unit_of_work import own_transaction

SQLITE = "SELECT t.name, c.name, c.type FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'"
LOG_PAGE = 8192
_LOG_HEADER, _LONG_LOG_HEADER = 24, 40
POSTGRESQL = (
    "SELECT table_name, column_name, data_type FROM information_schema.columns "
    "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
)


def forms(word: str) -> set[bytes]:
    """How a word may be written down: letters small and large, composed or not, in three encodings, escaped for JSON,
    HTML and addresses, as a letter writes it, and in base64 wherever in it the word begins."""
    spelt = {word, word.lower(), word.upper(), word.casefold()}
    spelt |= {unicodedata.normalize(form, one) for one in set(spelt) for form in ("NFC", "NFD", "NFKC")}
    plain = {one.encode(encoding) for one in spelt for encoding in ("utf-8", "utf-16-le", "utf-16-be")}
    escaped = {json.dumps(one)[1:-1].encode() for one in spelt} | {quote(one).encode() for one in spelt}
    escaped |= {html.escape(one).encode("ascii", "xmlcharrefreplace") for one in spelt}
    escaped |= {quopri.encodestring(one.encode()) for one in spelt}
    return plain | escaped | {part for one in plain for part in _in_base64(one)} | {one.hex().encode() for one in plain}


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """The part of the text that depends on the word alone, for each place in a group of three bytes."""
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + plain)
        head = (shift * 8 + 5) // 6
        yield whole[head : head + (len(plain) * 8 - (head * 6 - shift * 8)) // 6]


def in_bytes(found: bytes, words: Iterable[str]) -> set[str]:
    """Which of the words stand in these bytes, however they are written."""
    return {word for word in words if any(form in found for form in forms(word))}


def in_files(folder: Path, words: Iterable[str]) -> list[str]:
    """Every file below a folder, by name and content, in which a word stands."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        seen = in_bytes(path.read_bytes() + str(path.relative_to(folder)).encode(), words)
        found += [f"{path.relative_to(folder)}: {word}" for word in sorted(seen)]
    return found


def in_tables(words: Iterable[str]) -> list[str]:
    """Every column of the database in which a word stands."""
    words, found = list(words), []
    with own_transaction() as session:
        for name, whole in _columns_read(session):
            found += [f"{name}: {word}" for word in sorted(in_bytes(whole, words))]
    return found


def _columns_read(session: Session) -> Iterator[tuple[str, bytes]]:
    """Every column that there is, with all its values as one."""
    for table, column, kind in _columns():
        cast = f'"{column}"' if kind == "bytes" else f'CAST("{column}" AS TEXT)'
        rows = session.execute(text(f'SELECT {cast} FROM "{table}" WHERE "{column}" IS NOT NULL')).scalars()
        values = (bytes(row) if isinstance(row, bytes | memoryview) else str(row).encode() for row in rows)
        yield f"{table}.{column}", b"\n".join(values)


def _columns() -> list[tuple[str, str, str]]:
    """Of every table, ours and others', as the database itself tells."""
    known = SQLITE if db.engine.dialect.name == "sqlite" else POSTGRESQL
    with db.engine.connect() as connection:
        rows = connection.execute(text(known)).all()
    return [(table, column, "bytes" if kind.lower() in ("blob", "bytea") else "text") for table, column, kind in rows]


def told(question: str, **values: object) -> list[tuple[Any, ...]]:
    """What PostgreSQL answers, each question in a transaction of its own."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        answer = connection.execute(text(question), values)
        return [tuple(row) for row in answer.all()] if answer.returns_rows else []


def log_ends_at() -> int:
    """Where PostgreSQL writes next in its write-ahead log; what runs meanwhile in other databases is in it too.
    SQLite's log is a file beside its database."""
    if db.engine.dialect.name == "sqlite":
        return 0
    return int(told("SELECT pg_current_wal_insert_lsn() - '0/0'")[0][0])


def log_since(start: int) -> bytes:
    """The write-ahead log from a position on. It is a row of pages with a header each, which is taken out, so that
    nothing hides by running from one page over to the next."""
    if db.engine.dialect.name == "sqlite":
        return b""
    told("CHECKPOINT")
    [(size,)] = told("SELECT CAST(setting AS bigint) FROM pg_settings WHERE name = 'wal_segment_size'")
    end, found = log_ends_at(), bytearray()
    for segment in range(start // size * size, end, size):
        [(whole,)] = told(f"SELECT pg_read_binary_file('pg_wal/' || pg_walfile_name('{_position(segment + 1)}'))")
        for at in range(max(start, segment) // LOG_PAGE * LOG_PAGE, min(end, segment + size), LOG_PAGE):
            header = _LOG_HEADER if at % size else _LONG_LOG_HEADER
            found += bytes(whole)[at - segment + header : at - segment + LOG_PAGE]
    return bytes(found)


def _position(at: int) -> str:
    return f"{at >> 32:X}/{at & 0xFFFFFFFF:X}"


def log_files() -> Iterator[bytes]:
    """Every file of the write-ahead log as it lies there, those kept for later among them."""
    for (name,) in told("SELECT name FROM pg_ls_waldir()"):
        found = told("SELECT pg_read_binary_file('pg_wal/' || :name, true)", name=name)
        yield bytes(found[0][0] or b"")


def table_files() -> Iterator[tuple[str, bytes]]:
    """Every file of the tables and indexes of this database on the disk, where PostgreSQL has written all it holds."""
    told("CHECKPOINT")
    for name, path in told("SELECT relname, pg_relation_filepath(oid) FROM pg_class WHERE relfilenode <> 0"):
        yield name, bytes(told("SELECT pg_read_binary_file(:path, true)", path=path)[0][0] or b"")


class Sealing:
    """Everything that is sealed meanwhile, with its key: to see whether a key that is left opens a word.

    Looking for words as they are written finds none that is sealed, under whichever key; so what erasure forgot to
    destroy would not be found by looking alone."""

    def __init__(self) -> None:
        self._made: list[tuple[bytes, bytes, bytes, str]] = []

    def __call__(self, key: bytes) -> _Watched:
        """In the place of AESGCM."""
        return _Watched(self, key)

    def note(self, key: bytes, plain: bytes, body: bytes, place: bytes) -> None:
        """That something was sealed."""
        self._made.append((key, plain, body, place.decode()))

    def person_keys(self) -> set[bytes]:
        """The keys of people, as they open something: those that were wrapped."""
        return {plain for _key, plain, _body, place in self._made if place.startswith("key:")}

    def opens(self, words: Iterable[str]) -> set[str]:
        """The places in the database whose key is still there and under which a word is sealed."""
        kept, words = _everything(), list(words)
        wrapped = self.person_keys()
        there = {plain for _key, plain, body, place in self._made if place.startswith("key:") and _stands(body, kept)}
        return {
            place
            for key, plain, body, place in self._made
            if (key not in wrapped or key in there) and in_bytes(plain, words) and _stands(body, kept)
        }


class _Watched:
    def __init__(self, watch: Sealing, key: bytes) -> None:
        self._watch, self._key = watch, key

    def encrypt(self, nonce: bytes, plain: bytes, place: bytes) -> bytes:
        body = AESGCM(self._key).encrypt(nonce, plain, place)
        self._watch.note(self._key, plain, body, place)
        return body

    def decrypt(self, nonce: bytes, body: bytes, place: bytes) -> bytes:
        return AESGCM(self._key).decrypt(nonce, body, place)


def _everything() -> bytes:
    """Every value of every column of the database, one after another."""
    with own_transaction() as session:
        return b"\n".join(whole for _name, whole in _columns_read(session))


def _stands(body: bytes, kept: bytes) -> bool:
    return body in kept or body.hex().encode() in kept
