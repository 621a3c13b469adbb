"""Letters as their readers take them up: whose one is, the link in it, and the code that opens it."""

from __future__ import annotations

import email
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from email import policy
from pathlib import Path
from urllib.parse import urlsplit

from .world import BEGINNING, Kind, World

_LINK = re.compile(r"https?://\S+")
_CODE = re.compile(r"Type this code there: (\S{4} \S{4})")
_MARK = re.compile(f"{BEGINNING}[a-z]{{7}}")


@contextmanager
def letters_with_links(world: World, files: Iterable[Path]) -> Iterator[list[tuple[str, str]]]:
    """Who was written to, with each address in the letter. Whoever of them does not look otherwise does so within the
    block, in a browser where nobody is signed in; the codes lie ready."""
    with ExitStack() as stack:
        found = []
        for number, file in enumerate(files):
            message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
            body = message.get_body(("plain",))
            text = str(body.get_content()) if body else ""
            person_id = _reader(world, str(message["To"]))
            links = [_path(link) for link in _LINK.findall(text)]
            if person_id is None or not links:
                continue
            who = next((name for name, other in world.viewers.items() if other == person_id), None)
            if who is None:
                who = f"reader of letter {number}"
                stack.enter_context(world.also_seen_by(who, person_id))
            code = _CODE.search(text)
            world.codes |= dict.fromkeys(links, code[1]) if code else {}
            found += [(who, link) for link in links]
        yield found


def _path(link: str) -> str:
    return urlsplit(link).path


def _reader(world: World, to: str) -> int | None:
    words = {*_MARK.findall(to.lower())}
    return next((mark.person_id for mark in world.marks if mark.text in words and mark.kind is Kind.ADDRESS), None)
