"""Puts beside the code what credentials need of others: the two JSON-LD contexts their signatures stand on, and the
Ed25519 of the page that verifies offline.

The contexts are taken from the package openbadgeslib because its copies are, byte for byte, those that W3C and 1EdTech
published; the npm packages of the same texts are laid out anew.
"""

from __future__ import annotations

import hashlib
from importlib import metadata, resources
from pathlib import Path

from tools import prepare

ROOT = Path(__file__).resolve().parents[1]
OFFLINE = ROOT / "tools/offline"
NOBLE = OFFLINE / "node_modules/@noble/ed25519"
NOBLE_SHA256 = "a4f631d1876b5d9e43a86cd71194ca27b5e1451edf4ba4db9a418f40a475569a"  # 3.2.0
TARGET = ROOT / "lms/records/credentials/built"
PACKAGE = "openbadgeslib"

CONTEXTS = {
    "credentials-v2.json": (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",  # as W3C publishes it in VCDM 2.0, B.1
    ),
    "open-badges-3.0.3.json": (
        "ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",  # as published after 2026-06-29
    ),
}
NOTICE = """Texts made by others, distributed unchanged:

credentials-v2.json
  https://www.w3.org/ns/credentials/v2, from "Verifiable Credentials Data Model v2.0".
  Copyright World Wide Web Consortium. W3C Software and Document License:
  https://www.w3.org/copyright/software-license-2023/

open-badges-3.0.3.json
  https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json, from "Open Badges Specification 3.0".
  Copyright 1EdTech Consortium, Inc. (IMS Global Learning Consortium). Distributed under its specification document
  licence, unmodified, in a product that implements the specification: https://www.imsglobal.org/speclicense.html

Both were taken from the package {package} {version}.

noble-ed25519.js
  @noble/ed25519, with its licence at its beginning.
"""


class ForeignText(Exception):
    """What others made is not the text that was tested; the message says which."""


def build(target: Path) -> None:
    """Write the texts and their notice; raises ForeignText for one that is not, byte for byte, what was tested."""
    prepare.node_packages("npm-offline", OFFLINE)
    found = {name: _context(*source) for name, source in CONTEXTS.items()} | {"noble-ed25519.js": _ed25519()}
    target.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (target / name).write_bytes(content)
    (target / "NOTICE.txt").write_text(NOTICE.format(package=PACKAGE, version=metadata.version(PACKAGE)))


def _ed25519() -> bytes:
    source, licence = (NOBLE / "index.js").read_bytes(), (NOBLE / "LICENSE").read_bytes()
    if hashlib.sha256(source).hexdigest() != NOBLE_SHA256:
        raise ForeignText("index.js of @noble/ed25519 is not the text that was tested: its hash differs.")
    return b"/*!\n" + licence.strip() + b"\n*/\n" + source


def _context(name: str, sha256: str) -> bytes:
    content = resources.files(PACKAGE).joinpath("ob3/contexts", name).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ForeignText(f"{name} of {PACKAGE} is not the text that was tested: its hash differs.")
    return content
