"""How large a bundle may be, and for which reasons one is not taken."""

from __future__ import annotations

from lms.catalogue.files import disk
from lms.kernel.apart import Rejected

MOST_FILES, MOST_BYTES = disk.MOST_FILES, disk.MOST_BYTES
MOST_PACKED = 16 * 1024 * 1024
MOST_TIMES, TIMES_COUNT_FROM = 100, 1024 * 1024
"""A course unpacks to a few times its size; from one megabyte on, a hundred times is no course."""

REASONS = (
    "no-zip", "other-zip", "encrypted", "too-many", "packed-too-large", "too-large", "bomb",
    "lying", "lying-directory", "damaged", "overlap", "nested", "special", "twice",
    "leads-out", "invisible", "not-utf8", "long-name", "device", "several-folders", "no-course",
)  # fmt: skip


def too_large_packed() -> Rejected:
    """The refusal of what is not even looked into."""
    return Rejected("packed-too-large", most=MOST_PACKED)
