"""A signed record inside a picture, as Open Badges 3.0 bakes it: in a PNG one uncompressed iTXt chunk, in an SVG one
element (https://www.imsglobal.org/spec/ob/v3p0/#baking). What somebody brings is read within the same rules and no
others; whoever calls bounds its size.
"""

from __future__ import annotations

import struct
import zlib
from xml.parsers.expat import ExpatError, ParserCreate

PNG = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_SVG = "http://www.w3.org/2000/svg"
_CHUNK = struct.Struct(">I4s")
_FRAME = 12
"""Bytes of a chunk beside what is in it: its length, its kind, its checksum."""
_UNCOMPRESSED = b"\0\0"
_MARK = "\ufeff".encode()


class NothingInside(ValueError):
    """A picture that carries no record in the one way in which we take it."""


def baked_png(picture: bytes, document: bytes) -> bytes:
    """The picture with the document in it, behind its first chunk, where every reader of pictures looks."""
    begins = len(PNG) + _FRAME + int.from_bytes(picture[len(PNG) : len(PNG) + 4])
    # Neither a language nor a translated keyword.
    text = KEYWORD + b"\0" + _UNCOMPRESSED + b"\0\0" + document
    return picture[:begins] + _chunk(b"iTXt", text) + picture[begins:]


def baked_svg(picture: bytes, document: bytes) -> bytes:
    """The picture, an `<svg>` and nothing before it, with the document as its first element."""
    opened, _, rest = picture.partition(b">")
    text = document.replace(b"]]>", b"]]]]><![CDATA[>")
    element = b"<openbadges:credential><![CDATA[" + text + b"]]></openbadges:credential>"
    return opened + b' xmlns:openbadges="' + NAMESPACE.encode() + b'">' + element + rest


def _chunk(kind: bytes, content: bytes) -> bytes:
    return _CHUNK.pack(len(content), kind) + content + zlib.crc32(kind + content).to_bytes(4)


def carried(data: bytes) -> bytes:
    """The document that a PNG or an SVG carries; whatever is neither is the document itself.

    Raises NothingInside for a picture that is broken, that carries none or several, or one that is compressed.
    """
    if data.startswith(PNG):
        return _in_png(data)
    if data.removeprefix(_MARK).lstrip().startswith(b"<"):
        return _in_svg(data)
    return data


def _in_png(data: bytes) -> bytes:
    found, at, kind = [], len(PNG), b""
    while kind != b"IEND":
        if at + _FRAME > len(data):
            raise NothingInside
        size, kind = _CHUNK.unpack_from(data, at)
        end = at + _FRAME + size
        content = data[at + _CHUNK.size : end - 4]
        if end > len(data) or zlib.crc32(kind + content) != int.from_bytes(data[end - 4 : end]):
            raise NothingInside
        if kind == b"iTXt" and content.startswith(KEYWORD + b"\0"):
            found.append(content)
        at = end
    if len(found) != 1:
        raise NothingInside
    return _text_of(found[0])


def _text_of(content: bytes) -> bytes:
    """What a text chunk says behind its keyword; a compressed one breaks the rules, and could swell in reading."""
    rest = content[len(KEYWORD) + 1 :]
    language, first, rest = (
        rest[len(_UNCOMPRESSED) :].partition(b"\0") if rest.startswith(_UNCOMPRESSED) else (b"",) * 3
    )
    _translated, second, text = rest.partition(b"\0")
    if not first or not second or not language.isascii():
        raise NothingInside
    return text


def _in_svg(data: bytes) -> bytes:
    reader = _Svg()
    try:
        reader.parser.Parse(data, True)
    except ExpatError:
        raise NothingInside from None
    said = [text for text in ("".join(reader.texts).strip(), reader.attribute) if text]
    if reader.records != 1 or len(said) != 1:
        raise NothingInside
    return said[0].encode()


class _Svg:
    """Reads an SVG in one go. A document type is refused at its first letter, and with it every entity."""

    def __init__(self) -> None:
        self.parser = ParserCreate("utf-8", " ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._begins
        self.parser.EndElementHandler = self._ends
        self.parser.CharacterDataHandler = self._says
        self.depth, self.inside, self.records = 0, False, 0
        self.texts: list[str] = []
        self.attribute = ""

    def _refuse(self, *_declared: object) -> None:
        raise NothingInside

    def _begins(self, name: str, attributes: dict[str, str]) -> None:
        if self.inside or (self.depth == 0 and name != f"{_SVG} svg"):
            raise NothingInside
        self.depth += 1
        if name == f"{NAMESPACE} credential":
            self.inside, self.attribute = True, attributes.get("verify", "")
            self.records += 1

    def _ends(self, _name: str) -> None:
        self.depth, self.inside = self.depth - 1, False

    def _says(self, text: str) -> None:
        if self.inside:
            self.texts.append(text)
