"""The tiny course with a picture and a document."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lms.catalogue.media.apart import Made, converted

from . import media_corpus as corpus
from .tiny import FIRST, encoded, tiny_files, written

PICTURE_PATH, DOCUMENT_PATH = "media/court.webp", "media/report.pdf"
SHOWN = """\

![The court room, empty: benches, a lamp](media/court)
The room in 1946. [@S001]

It is told in [the report of the court](media/report).
"""
ILLUSTRATED = FIRST + SHOWN
ENTRIES = """\
media:
- id: court
  kind: picture
  title: The court room
  licence: CC BY-SA 4.0
  provenance: Jane Roe, 1946; archive of the city
{court}- id: report
  kind: document
  title: The report of the court
  licence: Public domain
  provenance: The court, 1948
{report}"""


@cache
def picture() -> Made:
    """A photograph in the form in which it is kept."""
    return converted(corpus.photograph())


@cache
def drawing() -> Made:
    """A small one, which needs no narrower sizes."""
    return converted(corpus.drawing(300, 200))


@cache
def report() -> Made:
    """A document in that form."""
    return converted(corpus.document())


def facts(made: Made) -> str:
    """The lines of an entry that follow from its file."""
    lines = {"sha256": _quoted(made.medium.sha256), "bytes": made.medium.bytes}
    lines |= {"width": made.medium.width, "height": made.medium.height} if made.medium.width else {}
    return "".join(f"  {name}: {value}\n" for name, value in lines.items())


def _quoted(sha256: str) -> str:
    return f'"{sha256}"' if sha256[0].isdigit() else sha256


def entries() -> str:
    """media.yaml, whole."""
    return ENTRIES.format(court=facts(picture()), report=facts(report()))


def illustrated_files(**changed: str) -> dict[str, bytes]:
    """The files of the course; a keyword replaces a text, and `media` media.yaml."""
    head = changed.pop("media", None) or entries()
    files = encoded(tiny_files(**{"first": ILLUSTRATED, **changed}))
    return {**files, "media.yaml": head.encode(), PICTURE_PATH: picture().data, DOCUMENT_PATH: report().data}


def written_with_media(folder: Path, **changed: str) -> Path:
    """The course on the disk, in folder/tiny."""
    files = illustrated_files(**changed)
    target = written(folder)
    for path, data in files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(data)
    return target
