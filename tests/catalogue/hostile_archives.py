"""Archives made to harm whoever unpacks them, each built here and none kept, with the reason why it is refused."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from lms.catalogue.bundles import MOST_BYTES, MOST_FILES, MOST_PACKED

TOP = "tiny/course.yaml"
HEX, FOUR = b"0123456789abcdef", b"acgtacgtacgtacgt"
Archive = Callable[[], bytes]
HOSTILE: dict[str, tuple[str, Archive]] = {}


def hostile(reason: str) -> Callable[[Archive], Archive]:
    """An archive of the corpus, refused for `reason`."""

    def kept(build: Archive) -> Archive:
        HOSTILE[build.__name__] = (reason, build)
        return build

    return kept


class Raw:
    """A .zip written field by field, so that any of them can lie."""

    def __init__(self) -> None:
        self.body, self.directory, self.count = bytearray(), bytearray(), 0

    def local(self, name: bytes, packed: bytes, size: int, method: int = 0, flags: int = 0, crc: int = 0) -> int:
        """A file with its own header; gives where it stands."""
        at = len(self.body)
        self.body += struct.pack("<4s5H3L2H", b"PK\3\4", 20, flags, method, 0, 33, crc, len(packed), size, len(name), 0)
        self.body += name + packed
        return at

    def listed(self, name: bytes, packed: int, size: int, at: int, **more: Any) -> None:
        """A line of the directory."""
        flags, method, crc, mode = (more.get(field, 0) for field in ("flags", "method", "crc", "mode"))
        fields = (0x0314, 20, flags, method, 0, 33, crc, packed, size, len(name), 0, 0, 0, 0, mode << 16, at)
        self.directory += struct.pack("<4s6H3L5H2L", b"PK\1\2", *fields) + name
        self.count += 1

    def add(self, name: str | bytes, inside: bytes = b"x", *, says: int | None = None, **more: Any) -> Raw:
        """A file, packed where `method` is 8; `says` is the size it claims."""
        raw = name if isinstance(name, bytes) else name.encode()
        packed = _deflated(inside) if more.get("method") == 8 else inside
        size, crc = len(inside) if says is None else says, zlib.crc32(inside)
        at = self.local(raw, packed, size, more.get("method", 0), more.get("flags", 0), crc)
        self.listed(raw, len(packed), size, at, crc=crc, **more)
        return self

    def made(self, count: int | None = None, comment: bytes = b"") -> bytes:
        """The whole; `count` is how many files it claims."""
        number = min(self.count if count is None else count, 0xFFFF)
        end = (0, 0, number, number, len(self.directory), len(self.body), len(comment))
        return bytes(self.body + self.directory) + struct.pack("<4s4H2LH", b"PK\5\6", *end) + comment


def course() -> Raw:
    """An archive with a course.yaml, to add what is wrong."""
    return Raw().add(TOP, b"slug: tiny\n")


def _deflated(inside: bytes) -> bytes:
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packing.compress(inside) + packing.flush()


def _of_zeros(megabytes: int) -> bytes:
    """So many zeros, deflated: one megabyte, again and again."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packing.compress(bytes(1024 * 1024)) + packing.flush(zlib.Z_FULL_FLUSH)
    return block * megabytes + packing.flush()


def _added(archive: Raw, packed: bytes, size: int) -> Raw:
    at = archive.local(b"tiny/zeros.md", packed, size, 8)
    archive.listed(b"tiny/zeros.md", len(packed), size, at, method=8)
    return archive


@hostile("no-zip")
def a_text_that_is_called_zip() -> bytes:
    return b"slug: tiny\n" * 100


@hostile("no-zip")
def nothing_at_all() -> bytes:
    return b""


@hostile("no-zip")
def cut_off_in_the_middle() -> bytes:
    whole = course().add("tiny/glossary.yaml", b"terms: []\n" * 50).made()
    return whole[: len(whole) // 2]


@hostile("no-zip")
def a_picture_that_is_also_a_zip() -> bytes:
    return b"GIF89a" + course().made()


@hostile("no-zip")
def a_page_behind_the_archive() -> bytes:
    # What stands behind the end is longer than any comment may be, so the end is not found.
    return course().made() + b"<script>" * 10000


@hostile("lying-directory")
def a_few_words_behind_the_archive() -> bytes:
    return course().made() + b"<script>alert(1)</script>"


@hostile("no-course")
def an_empty_archive() -> bytes:
    return Raw().made()


@hostile("other-zip")
def in_several_parts() -> bytes:
    whole = bytearray(course().made())
    struct.pack_into("<H", whole, whole.rfind(b"PK\5\6") + 4, 3)
    return bytes(whole)


@hostile("other-zip")
def packed_by_a_method_of_its_own() -> bytes:
    return course().add("tiny/a.md", b"abc", method=14).made()


@hostile("encrypted")
def locked_with_a_password() -> bytes:
    return course().add("tiny/a.md", b"abc", flags=1).made()


@hostile("too-many")
def twenty_thousand_files() -> bytes:
    archive = course()
    for number in range(20000):
        archive.add(f"tiny/{number}.md")
    return archive.made()


@hostile("lying-directory")
def more_files_than_it_says() -> bytes:
    archive = course()
    for number in range(MOST_FILES + 3000):
        archive.add(f"tiny/{number}.md")
    return archive.made(count=2)


@hostile("lying-directory")
def fewer_files_than_it_says() -> bytes:
    return course().made(count=50)


@hostile("packed-too-large")
def as_large_as_nobody_packs() -> bytes:
    return course().add("tiny/a.md", random.Random(4).randbytes(MOST_PACKED)).made()


@hostile("too-large")
def too_large_when_unpacked() -> bytes:
    # Letters of four kinds: about a quarter of their size when packed.
    letters = random.Random(4).randbytes(512 * 1024).hex().encode().translate(bytes.maketrans(HEX, FOUR))
    packed, archive = _deflated(letters), course()
    for number in range(MOST_BYTES // len(letters)):
        name = f"tiny/{number}.md".encode()
        at = archive.local(name, packed, len(letters), 8)
        archive.listed(name, len(packed), len(letters), at, method=8)
    return archive.made()


@hostile("bomb")
def four_gigabytes_of_zeros() -> bytes:
    return _added(course(), _of_zeros(4095), 4095 * 1024 * 1024).made()


@hostile("lying")
def a_gigabyte_of_zeros_that_says_it_is_little() -> bytes:
    return _added(course(), _of_zeros(1024), 1000).made()


@hostile("lying")
def a_file_that_says_it_is_larger() -> bytes:
    return course().add("tiny/a.md", b"abc" * 100, method=8, says=4000).made()


@hostile("lying-directory")
def two_headers_of_two_minds() -> bytes:
    archive = course()
    at = archive.local(b"tiny/a.md", b"abc", 3)
    archive.listed(b"tiny/b.md", 3, 3, at, crc=zlib.crc32(b"abc"))
    return archive.made()


@hostile("damaged")
def another_sum_than_it_says() -> bytes:
    archive = course()
    at = archive.local(b"tiny/a.md", b"abc", 3)
    archive.listed(b"tiny/a.md", 3, 3, at, crc=7)
    return archive.made()


@hostile("damaged")
def no_stream_at_all() -> bytes:
    archive = course()
    at = archive.local(b"tiny/a.md", b"\xff" * 40, 300, 8)
    archive.listed(b"tiny/a.md", 40, 300, at, method=8)
    return archive.made()


@hostile("overlap")
def two_hundred_names_for_one_file() -> bytes:
    archive = course()
    packed = _deflated(b"abcdefgh" * 500)
    at = archive.local(b"tiny/a.md", packed, 4000, 8)
    for _number in range(200):
        archive.listed(b"tiny/a.md", len(packed), 4000, at, method=8)
    return archive.made()


@hostile("overlap")
def a_file_within_a_file() -> bytes:
    inner = Raw()
    inner.local(b"tiny/b.md", b"abc", 3)
    archive = course()
    at = archive.local(b"tiny/a.md", bytes(inner.body), len(inner.body))
    archive.listed(b"tiny/a.md", len(inner.body), len(inner.body), at, crc=zlib.crc32(inner.body))
    archive.listed(b"tiny/b.md", 3, 3, at + 30 + len(b"tiny/a.md"), crc=zlib.crc32(b"abc"))
    return archive.made()


@hostile("nested")
def an_archive_within_the_archive() -> bytes:
    return course().add("tiny/more.zip", course().made()).made()


@hostile("nested")
def an_archive_that_is_called_a_text() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(1024 * 1024))
    return course().add("tiny/a.md", inner.getvalue()).made()


@hostile("special")
def a_link_to_the_passwords() -> bytes:
    return course().add("tiny/a.md", b"/etc/passwd", mode=0o120777).made()


@hostile("special")
def a_device() -> bytes:
    return course().add("tiny/a.md", b"", mode=0o020666).made()


@hostile("special")
def a_pipe() -> bytes:
    return course().add("tiny/a.md", b"", mode=0o010666).made()


@hostile("lying-directory")
def a_folder_with_something_in_it() -> bytes:
    return course().add("tiny/modules/", b"something").made()


@hostile("twice")
def the_same_name_twice() -> bytes:
    return course().add(TOP, b"slug: other\n").made()


@hostile("twice")
def the_same_name_in_capitals() -> bytes:
    return course().add("tiny/COURSE.yaml").made()


@hostile("twice")
def the_same_name_composed_otherwise() -> bytes:
    return course().add("tiny/caf\u00e9.md").add("tiny/cafe\u0301.md").made()


@hostile("twice")
def a_file_that_is_also_a_folder() -> bytes:
    return course().add("tiny/modules").add("tiny/modules/a.md").made()


@hostile("not-utf8")
def a_name_in_latin_1() -> bytes:
    return course().add("tiny/caf\u00e9.md".encode("latin-1")).made()


@hostile("long-name")
def a_name_of_three_hundred_letters() -> bytes:
    return course().add("tiny/" + "a" * 300 + ".md").made()


@hostile("several-folders")
def two_folders() -> bytes:
    return course().add("other/course.yaml", b"slug: other\n").made()


@hostile("several-folders")
def a_file_beside_the_folder() -> bytes:
    return course().add("notes.txt").made()


@hostile("no-course")
def a_folder_without_a_course() -> bytes:
    return Raw().add("tiny/glossary.yaml", b"terms: []\n").made()


@hostile("no-course")
def a_course_too_deep_within() -> bytes:
    return Raw().add("a/tiny/course.yaml", b"slug: tiny\n").made()


# Names that some system understands as another place, as a device, or shows as another name.
NAMES: dict[str, tuple[str, ...]] = {
    "leads-out": (
        "../evil.md", "tiny/../../evil.md", "tiny/modules/../../../etc/cron.d/evil", "/etc/passwd", "//host/share/a.md",
        "tiny//a.md", "./tiny/a.md", "tiny/./a.md", "..\\evil.md", "tiny\\..\\evil.md", "C:/evil.md", "c:evil.md",
        "C:\\evil.md", "\\\\host\\share\\a.md", "..",
    ),
    "invisible": (
        "tiny/a.md\0.png", "tiny/\u202egnp.md", "tiny/a\u2066b.md", "tiny/a\r\nSet-Cookie: x.md", "tiny/a\u200b.md",
        "tiny/\ufeffa.md", "tiny/a\u2028b.md", "tiny/a\x1b[2J.md",
    ),
    "device": (
        "tiny/con", "tiny/CON.md", "tiny/aux.yaml", "tiny/NUL", "tiny/modules/COM1.txt", "tiny/lpt9.md",
        "tiny/prn/a.md", "tiny/a.md.", "tiny/a.md ", "tiny/a.md:hidden",
    ),
}  # fmt: skip


def _named(name: str) -> Archive:
    return lambda: course().add(name).made()


HOSTILE |= {ascii(name): (reason, _named(name)) for reason, names in NAMES.items() for name in names}
