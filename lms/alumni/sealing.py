"""Where what is sealed belongs."""

from __future__ import annotations


def words_place(public_id: str) -> str:
    """What a member says of themselves."""
    return f"lms_directory_words:sealed:{public_id}"
