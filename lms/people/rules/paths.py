"""Where a person may be sent after signing in: to a page of ours, and nowhere else."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

LONGEST_PATH = 500


def local_path(text: str) -> str | None:
    """The path if it stays with us, however it is read by a browser or encoded; None otherwise."""
    if not text or len(text) > LONGEST_PATH:
        return None
    readings = (text, unquote(text), unquote(unquote(text)))
    return text if all(_stays(reading) for reading in readings) and not _climbs(text) else None


def _stays(text: str) -> bool:
    if not text.startswith("/") or text[1:2] in ("/", "\\") or "\\" in text.split("?")[0]:
        return False
    if any(ord(char) < 0x21 or ord(char) == 0x7F for char in text.split("?")[0]) or any(ord(c) < 0x20 for c in text):
        return False
    parts = urlsplit(text)
    return not parts.scheme and not parts.netloc


def _climbs(text: str) -> bool:
    """Whether a browser would resolve a part of the path against the others, and so leave where we are mounted."""
    path = text.partition("?")[0].partition("#")[0]
    return any(
        part in (".", "..") for reading in (path, unquote(path), unquote(unquote(path))) for part in reading.split("/")
    )
