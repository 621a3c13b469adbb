"""Builds lms/web/static/dist from lms/web/static_src and the two npm packages: `python -m tools.assets`.

Every file gets a name with a hash of its content, so that it can be cached for ever; manifest.json maps the name used
in templates to that name. Third-party files are taken only if they are, byte for byte, the ones that were tested.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import posixpath
import re
import shutil
from pathlib import Path

import brotli

from tools import assets_credentials, assets_fonts

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "lms/web/static_src"
TARGET = ROOT / "lms/web/static/dist"
PAPER = ROOT / "lms/records/certificates/faces"
PACKAGES = ROOT / "node_modules"
FONT_PACKAGE = PACKAGES / "@fontsource/gentium-book-plus"

HTMX = PACKAGES / "htmx.org/dist/htmx.min.js"
HTMX_SHA256 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"  # 4.0.1

COMPRESSIBLE = {".css", ".js", ".svg", ".json", ".txt", ".webmanifest"}
CSS_NOISE = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/|\s+""", re.DOTALL)
CSS_TIGHT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\s*([{};,>]|:(?=\s)|!(?=i))\s*""")
CSS_URL = re.compile(r"""url\(\s*(["']?)([^"')]+)\1\s*\)""")

NOTICE = """This software serves files made by others.

htmx {htmx} (htmx.js)
{htmx_licence}

Gentium Book Plus, from @fontsource/gentium-book-plus {font} (fonts/lemkin-text*.woff2, cut and renamed)
The licence is in fonts/OFL.txt.
"""


class AssetError(Exception):
    """An asset is not what it should be; the message says which."""


def build(source: Path, target: Path) -> dict[str, str]:
    """Write everything anew and return the manifest; raises AssetError and then leaves the old files alone."""
    contents = third_party() | own_files(source)
    sheets = {name: contents.pop(name) for name in list(contents) if name.endswith(".css")}
    hashed = {name: hashed_name(name, content) for name, content in contents.items()}
    files = {hashed[name]: content for name, content in contents.items()}
    for name, content in sheets.items():
        sheet = minified(linked(name, content.decode(), hashed)).encode()
        hashed[name] = hashed_name(name, sheet)
        files[hashed[name]] = sheet
    write(target, files | notices(), hashed)
    return hashed


def own_files(source: Path) -> dict[str, bytes]:
    """What people wrote for this project."""
    found = [path for path in sorted(source.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    return {path.relative_to(source).as_posix(): path.read_bytes() for path in found}


def third_party() -> dict[str, bytes]:
    """htmx as it is, and the reading font cut to size."""
    htmx = HTMX.read_bytes()
    if hashlib.sha256(htmx).hexdigest() != HTMX_SHA256:
        raise AssetError(f"{HTMX.name} is not the file that was tested: its hash differs.")
    return {"htmx.js": htmx} | assets_fonts.cut_all(FONT_PACKAGE)


def notices() -> dict[str, bytes]:
    """The licences, under names that do not change."""
    texts = {"htmx": _version("htmx.org"), "font": _version("@fontsource/gentium-book-plus")}
    htmx_licence = (PACKAGES / "htmx.org/LICENSE").read_text().strip()
    return {
        "THIRD-PARTY.txt": NOTICE.format(**texts, htmx_licence=htmx_licence).encode(),
        "fonts/OFL.txt": (FONT_PACKAGE / "LICENSE").read_bytes(),
    }


def _version(package: str) -> str:
    return str(json.loads((PACKAGES / package / "package.json").read_text())["version"])


def hashed_name(name: str, content: bytes) -> str:
    """`fonts/a.woff2` as `fonts/a.0123456789ab.woff2`."""
    stem, extension = posixpath.splitext(name)
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{extension}"


def linked(sheet: str, text: str, hashed: dict[str, str]) -> str:
    """The sheet with each relative url() pointing at the hashed file; raises AssetError for one that is not there."""
    folder = posixpath.dirname(sheet)

    def replace(found: re.Match[str]) -> str:
        address = found[2]
        if address.startswith(("data:", "#")):
            return found[0]
        name = posixpath.normpath(posixpath.join(folder, address))
        if name not in hashed:
            raise AssetError(f"{sheet} asks for {address}, which is not among the files.")
        return f'url("{posixpath.relpath(hashed[name], folder or ".")}")'

    return CSS_URL.sub(replace, text)


def minified(text: str) -> str:
    """Without comments and the spaces nobody needs; strings stay as they are."""
    single_spaced = CSS_NOISE.sub(lambda found: found[1] or " ", text)
    tight = CSS_TIGHT.sub(lambda found: found[1] or found[2], single_spaced)
    return tight.replace(";}", "}").strip() + "\n"


def write(target: Path, files: dict[str, bytes], manifest: dict[str, str]) -> None:
    """Put the files beside the old ones and change places at the end, so that a failure leaves the old ones."""
    fresh, old = target.with_name("dist.new"), target.with_name("dist.old")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    for name, content in files.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        _write_compressed(path, content)
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _write_compressed(path: Path, content: bytes) -> None:
    if path.suffix not in COMPRESSIBLE:
        return
    for extension, smaller in ((".br", brotli.compress(content)), (".gz", gzip.compress(content, 9, mtime=0))):
        if len(smaller) < len(content):
            path.with_name(path.name + extension).write_bytes(smaller)


def build_paper(target: Path) -> None:
    """The faces of certificates, which no browser asks for, with their licence."""
    made = assets_fonts.join_all(FONT_PACKAGE) | {"OFL.txt": (FONT_PACKAGE / "LICENSE").read_bytes()}
    target.mkdir(exist_ok=True)
    for name, content in made.items():
        whole = target / f"{name}.new"
        whole.write_bytes(content)
        whole.replace(target / name)


if __name__ == "__main__":
    build(SOURCE, TARGET)
    build_paper(PAPER)
    assets_credentials.build(assets_credentials.TARGET)
