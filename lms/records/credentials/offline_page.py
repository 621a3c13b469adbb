"""The page that verifies with the network cut: one file, with the keys it believes in it, and nothing it could ask.

Ed25519 is @noble/ed25519, SHA-2 is the browser's own. The rest is ours: it knows the one shape of document that we sign
and its canonical form, and refuses every other, so that it needs no JSON-LD.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale
from markupsafe import Markup

from lms.records.rules.credential import Issuer
from lms.records.rules.issuer_keys import IssuerKey, key_history
from lms.web.languages import choices, own_name, text_direction

from .canonical import BUILT
from .offline_words import WORDS

SOURCE = Path(__file__).with_name("offline")


def page(issuer: Issuer, keys: Sequence[IssuerKey], at: dt.datetime) -> bytes:
    """The page with these keys, in every language there is; on one day it is the same for the same keys."""
    script, style, words = program(), (SOURCE / "page.css").read_text(), _words()
    made = current_app.jinja_env.get_template("lms/records/offline.html").render(
        policy=f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}",
        first=next(iter(words.values())),
        style=Markup(style),  # noqa: S704  our own file
        script=Markup(script),  # noqa: S704  our own files, and one whose hash was asserted
        trust=_json(_trust(issuer, keys, at)),
        words=_json(words),
    )
    return made.encode()


def program(export: str = "") -> str:
    """The script of the page; with `export` instead of the page around it, the values of these names, for tests."""
    ours = (SOURCE / "core.js").read_text() + ("" if export else (SOURCE / "page.js").read_text())
    ed25519 = (BUILT / "noble-ed25519.js").read_text()
    if export:
        return f"{ed25519}\nexport const core = (() => {{\n{ours}\nreturn {{{export}}};\n}})();\n"
    return f"{ed25519}\n(() => {{\n{ours}\n}})();\n"


def _trust(issuer: Issuer, keys: Sequence[IssuerKey], at: dt.datetime) -> dict[str, Any]:
    known = {"id": issuer.did, "name": issuer.shown, "address": issuer.public_url}
    return {"made": at.date().isoformat(), "issuers": [{**known, "keys": key_history(issuer.did, keys)["keys"]}]}


def _words() -> dict[str, dict[str, str]]:
    found = {}
    for code in choices():
        with force_locale(code.replace("-", "_")):
            said = {name: str(text) for name, text in WORDS.items()}
        found[code] = {**said, "dir": text_direction(code), "own": own_name(code)}
    return found


def _json(value: Any) -> Markup:
    """JSON that cannot end the element it stands in."""
    return Markup(json.dumps(value, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
