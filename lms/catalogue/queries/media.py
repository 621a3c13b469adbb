"""Pictures and documents that are kept, by the hash that names them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.catalogue.files.nodes import read_yaml
from lms.catalogue.models import Medium, MediumSize, VersionMedium
from lms.catalogue.rules import media as rules
from lms.catalogue.rules.media import HEAD, medium_of, path_of
from lms.kernel.errors import NotFound

_NAMED = re.compile(r'sha256: "?([0-9a-f]{64})')
_FACTS = (Medium.kind, Medium.sha256, Medium.size, Medium.width, Medium.height)


def kept(session: Session, hashes: Collection[str]) -> dict[str, rules.Medium]:
    """Those of these that are kept, with their facts; one statement, or none."""
    if not hashes:
        return {}
    rows = session.execute(select(*_FACTS).where(Medium.sha256.in_(set(hashes))))
    return {row.sha256: rules.Medium(*row) for row in rows}


def kept_for(session: Session, files: Mapping[str, bytes] | Mapping[str, str]) -> dict[str, rules.Medium]:
    """Those that a course's files name; one statement, none for a course without any."""
    head = files.get(HEAD, "")
    return kept(session, _NAMED.findall(head if isinstance(head, str) else head.decode("utf-8", "replace")))


def media_files(session: Session, texts: Mapping[str, str]) -> dict[str, bytes]:
    """The pictures and documents that belong to a course's text files, by their paths; one statement, or none. What is
    not kept is left out: a text that is being written may name what is nowhere."""
    hashes = {path_of(entry): medium.sha256 for entry in entries_of(texts) if (medium := medium_of(entry))}
    if not hashes:
        return {}
    rows = session.execute(select(Medium.sha256, Medium.data).where(Medium.sha256.in_(set(hashes.values()))))
    data = {row.sha256: bytes(row.data) for row in rows}
    return {path: data[sha256] for path, sha256 in sorted(hashes.items()) if sha256 in data}


def entries_of(texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The entries of media.yaml as far as it can be read; none where there is no such file."""
    document, _mistakes = read_yaml(HEAD, texts.get(HEAD, ""))
    data = document.data if isinstance(document.data, dict) else {}
    return [entry for entry in data.get("media") or () if isinstance(entry, dict)]


def shown_picture(session: Session, sha256: str, width: int, *, published: bool) -> bytes:
    """A picture at one of its widths; `published` asks only among those of published versions. Raises NotFound."""
    whole = select(Medium.data).where(Medium.width == width)
    narrower = select(MediumSize.data).join(Medium, Medium.id == MediumSize.medium_id).where(MediumSize.width == width)
    for query in (whole, narrower):
        data = session.scalar(_of(query, sha256, rules.PICTURE, published=published))
        if data is not None:
            return bytes(data)
    raise NotFound


def whole_document(session: Session, sha256: str, *, published: bool) -> bytes:
    """A document; otherwise as `shown_picture`."""
    data = session.scalar(_of(select(Medium.data), sha256, rules.DOCUMENT, published=published))
    if data is None:
        raise NotFound
    return bytes(data)


def _of(query: Any, sha256: str, kind: str, *, published: bool) -> Any:
    query = query.where(Medium.sha256 == sha256, Medium.kind == kind)
    return query.where(exists().where(VersionMedium.medium_id == Medium.id)) if published else query
