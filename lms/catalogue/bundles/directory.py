"""The directory of a .zip, read with distrust: each entry is where it says, of the size it says, and alone there.

Source: PKWARE's APPNOTE.TXT 6.3.10, 4.3 and 4.4. Read here and not by `zipfile`, which believes sizes, cuts names at a
NUL, and builds the whole directory before anybody can count it.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from itertools import pairwise

from lms.kernel.apart import Rejected
from lms.kernel.values import dataclass

from .names import shown
from .reasons import MOST_BYTES, MOST_FILES, MOST_TIMES, TIMES_COUNT_FROM

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END_MARK, _ENTRY_MARK, _LOCAL_MARK = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_LONGEST_COMMENT = 0xFFFF
_ENCRYPTED, _SIZES_FOLLOW = 0x0001 | 0x0040 | 0x2000, 0x0008
_STORED, _DEFLATED = 0, 8
_UNSAID = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the directory, as it says."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    offset: int


def directory(archive: bytes) -> list[Entry]:
    """Every entry, none of them read yet. Raises Rejected."""
    entries = list(_entries(archive))
    for entry in entries:
        _refuse_kind(entry)
    size, packed = sum(entry.size for entry in entries), sum(entry.packed for entry in entries)
    if size > TIMES_COUNT_FROM and size > MOST_TIMES * max(packed, 1):
        raise Rejected("bomb", most=MOST_TIMES)
    if size > MOST_BYTES:
        raise Rejected("too-large", most=MOST_BYTES)
    ends = sorted((entry.offset, _begin(archive, entry) + entry.packed) for entry in entries)
    if any(end > following for (_, end), (following, _) in pairwise(ends)):
        raise Rejected("overlap")
    return entries


def content(archive: bytes, entry: Entry, name: str) -> bytes:
    """What an entry holds; never more is unpacked than it said. Raises Rejected, by `name`."""
    begin = _begin(archive, entry)
    packed = archive[begin : begin + entry.packed]
    found = packed if entry.method == _STORED else _inflated(packed, entry.size, name)
    if len(found) != entry.size:
        raise Rejected("lying", name=name)
    if zlib.crc32(found) != entry.crc:
        raise Rejected("damaged", name=name)
    return found


def _inflated(packed: bytes, size: int, name: str) -> bytes:
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = unpacking.decompress(packed, size + 1)
    except zlib.error:
        raise Rejected("damaged", name=name) from None
    if not unpacking.eof or unpacking.unused_data:
        raise Rejected("lying", name=name)
    return found


def _entries(archive: bytes) -> Iterator[Entry]:
    at = archive.rfind(_END_MARK, max(0, len(archive) - _END.size - _LONGEST_COMMENT))
    if at < 0 or len(archive) < at + _END.size or archive[:4] not in (_LOCAL_MARK, _END_MARK):
        raise Rejected("no-zip")
    _, disk, first_disk, here, total, length, offset, comment = _END.unpack_from(archive, at)
    if total > MOST_FILES:
        raise Rejected("too-many", most=MOST_FILES)
    if disk or first_disk or here != total or offset == _UNSAID:
        raise Rejected("other-zip")
    if offset + length != at or at + _END.size + comment != len(archive):
        raise Rejected("lying-directory")
    for _number in range(total):
        entry, offset = _entry(archive, offset, at)
        yield entry
    if offset != at:
        raise Rejected("lying-directory")


def _entry(archive: bytes, offset: int, end: int) -> tuple[Entry, int]:
    """The entry that stands at `offset`, and where the next one does."""
    if offset + _ENTRY.size > end or archive[offset : offset + 4] != _ENTRY_MARK:
        raise Rejected("lying-directory")
    fields = _ENTRY.unpack_from(archive, offset)
    _, _, _, flags, method, _, _, crc, packed, size, name, extra, comment, _, _, outside, local = fields
    begin = offset + _ENTRY.size
    following = begin + name + extra + comment
    if following > end:
        raise Rejected("lying-directory")
    raw_name = archive[begin : begin + name]
    return Entry(raw_name, flags, method, crc, packed, size, outside >> 16, local), following


def _refuse_kind(entry: Entry) -> None:
    if entry.flags & _ENCRYPTED:
        raise Rejected("encrypted")
    if entry.method not in (_STORED, _DEFLATED) or _UNSAID in (entry.packed, entry.size, entry.offset):
        raise Rejected("other-zip")
    if stat.S_IFMT(entry.mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Rejected("special", name=shown(entry.raw_name.decode("utf-8", "replace")))
    is_folder = entry.raw_name.endswith(b"/")
    if (is_folder and entry.size) or (stat.S_ISDIR(entry.mode) and not is_folder):
        raise Rejected("lying-directory")


def _begin(archive: bytes, entry: Entry) -> int:
    """Where an entry's bytes begin; what stands before them says the same as the directory."""
    if entry.offset + _LOCAL.size > len(archive) or archive[entry.offset : entry.offset + 4] != _LOCAL_MARK:
        raise Rejected("lying-directory")
    _, _, flags, method, _, _, _, packed, size, name, extra = _LOCAL.unpack_from(archive, entry.offset)
    at = entry.offset + _LOCAL.size
    begin = int(at + name + extra)
    same = archive[at : at + name] == entry.raw_name and method == entry.method
    told = flags & _SIZES_FOLLOW or (packed in (entry.packed, _UNSAID) and size in (entry.size, _UNSAID))
    if not same or not told or flags & _ENCRYPTED or begin + entry.packed > len(archive):
        raise Rejected("lying-directory")
    return begin
