"""The key of an entry that was joined into another is wrapped for both of them, so that SQL alone can give it to nobody
else, nor say that two entries were joined.

What is held as the tables say is wrapped anew; an entry joined before such keys were kept gets one that opens nothing, as
its proof. What is held otherwise is left as it is and opens nothing any more: `people.former-keys` names it.

Locks: the rows of lms_former_key, for a moment.
"""

import secrets

import sqlalchemy as sa
from alembic import op
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

revision = "b7e5d2c90f13"
down_revision = "d7a90c35e4b1"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEYS = sa.table(
    "lms_former_key", sa.column("former_id", BIG), sa.column("person_id", BIG), sa.column("wrapped", sa.LargeBinary)
)
JOINED = sa.text(
    "SELECT f.id, f.subject AS goes, s.id AS holder, s.subject AS stays, k.wrapped FROM lms_person f"
    " JOIN lms_person s ON s.id = f.joined_into_id"
    " LEFT JOIN lms_former_key k ON k.former_id = f.id AND k.person_id = s.id"
    " WHERE f.erased_at IS NOT NULL AND s.erased_at IS NULL"
).columns(id=BIG, holder=BIG, wrapped=sa.LargeBinary)


def upgrade() -> None:
    cipher = _cipher()
    for row in op.get_bind().execute(JOINED).all():
        if row.wrapped is None:
            _insert(row.id, row.holder, _wrap(cipher, secrets.token_bytes(32), f"{row.goes}>{row.stays}"))
        elif key := _unwrap(cipher, row.wrapped, row.goes):
            _change(row.id, _wrap(cipher, key, f"{row.goes}>{row.stays}"))


def downgrade() -> None:
    cipher = _cipher()
    for row in op.get_bind().execute(JOINED).all():
        if row.wrapped and (key := _unwrap(cipher, row.wrapped, f"{row.goes}>{row.stays}")):
            _change(row.id, _wrap(cipher, key, row.goes))


def _cipher() -> AESGCM:
    settings = current_app.extensions["lms.settings"]
    info = b"lemkin-lms/wrap"
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(settings.keys.identity))


def _wrap(cipher: AESGCM, key: bytes, owner: str) -> bytes:
    nonce = secrets.token_bytes(12)
    return b"\x01" + nonce + cipher.encrypt(nonce, key, f"key:{owner}".encode())


def _unwrap(cipher: AESGCM, wrapped: bytes, owner: str) -> bytes | None:
    try:
        return cipher.decrypt(wrapped[1:13], wrapped[13:], f"key:{owner}".encode())
    except (InvalidTag, ValueError):
        return None


def _insert(former_id: int, person_id: int, wrapped: bytes) -> None:
    op.get_bind().execute(KEYS.insert(), {"former_id": former_id, "person_id": person_id, "wrapped": wrapped})


def _change(former_id: int, wrapped: bytes) -> None:
    op.get_bind().execute(KEYS.update().where(KEYS.c.former_id == former_id).values(wrapped=wrapped))
