"""A record inside a picture: others read what we bake, we read what others bake, and hostile files are refused."""

from __future__ import annotations

import io
import json
import zlib
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib import baking as theirs
from PIL import Image, ImageChops

from lms.kernel.worker import drain
from lms.records.credentials.handing import PICTURES, baked
from lms.records.rules.baking import KEYWORD, PNG, NothingInside, baked_svg, carried
from lms.records.rules.credential import MOST_BYTES, MOST_OF_A_PICTURE
from tests.people.makers import make_person, signed_in_client
from tests.records.credentials.papers import FOREIGN, a_credential
from tests.records.credentials.test_checking import reason
from tests.records.credentials.test_public_files import holder
from tests.records.credentials.test_signing import issue
from tools import badge

MADE = json.dumps(a_credential(), ensure_ascii=False).encode()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
NAMED = {"element": theirs.SVG_ELEMENT_OB3, "namespace": theirs.SVG_NS_OB3}


def read_by_them(picture: bytes, kind: str) -> str | None:
    if kind == "png":
        return theirs.extract_png(picture, keyword=theirs.ITXT_KEYWORD_OB3)
    return theirs.extract_svg(picture, element=theirs.SVG_ELEMENT_OB3, text_fallback=True)


def text_chunks(picture: bytes) -> list[bytes]:
    found, at = [], len(PNG)
    while at < len(picture):
        size = int.from_bytes(picture[at : at + 4])
        if picture[at + 4 : at + 8] in (b"iTXt", b"tEXt", b"zTXt"):
            found.append(picture[at + 4 : at + 8 + size])
        at += 12 + size
    return found


def with_chunk(content: bytes, picture: bytes | None = None, kind: bytes = b"iTXt") -> bytes:
    """A picture of ours without a record, with a chunk of this content before its end."""
    bare = picture or badge.FOLDER.joinpath("badge.png").read_bytes()
    chunk = len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)
    return bare[:-12] + chunk + bare[-12:]


def element(inside: str, attributes: str = "") -> bytes:
    open_svg = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">'
    return f"{open_svg}<openbadges:credential{attributes}>{inside}</openbadges:credential></svg>".encode()


@pytest.mark.parametrize("kind", PICTURES)
def test_code_of_another_hand_reads_what_we_bake_and_the_same_document_makes_the_same_bytes(kind: str) -> None:
    picture = baked(MADE, kind)
    assert read_by_them(picture, kind) == MADE.decode()
    assert carried(picture) == MADE
    assert reason(picture) == ""
    assert picture == baked(MADE, kind)
    assert len(picture) < MOST_OF_A_PICTURE / 10


def test_a_png_has_one_uncompressed_text_and_shows_what_it_showed(tmp_path: Any) -> None:
    picture = baked(MADE, "png")
    assert text_chunks(picture) == [b"iTXt" + KEYWORD + b"\0\0\0\0\0" + MADE]
    drawn, bare = Image.open(io.BytesIO(picture)), Image.open(badge.FOLDER / "badge.png")
    assert drawn.text == {KEYWORD.decode(): MADE.decode()}  # type: ignore[attr-defined]
    assert drawn.tobytes() == bare.tobytes()


def test_an_svg_has_the_record_first_and_nothing_that_runs_or_is_fetched() -> None:
    text = baked(MADE, "svg").decode()
    assert text.startswith("<svg ")
    head = f'xmlns:openbadges="{theirs.SVG_NS_OB3}"><openbadges:credential><![CDATA[{MADE.decode()}]]>'
    assert head in text
    around = text.replace(MADE.decode(), "").lower()
    assert not [word for word in ("<script", "<foreignobject", "<image", "<style", "<a ", " on") if word in around]
    assert around.count("://") == around.count("http://www.w3.org/") + 1


def test_a_name_cannot_end_the_part_of_the_svg_that_it_stands_in() -> None:
    made = json.dumps(a_credential(name="Amina ]]> <script>&amp;")).encode()
    picture = baked_svg(SVG.replace(b"/>", b"></svg>"), made)
    assert carried(picture) == made
    assert read_by_them(picture, "svg") == made.decode()
    assert reason(picture) == ""


def test_what_others_bake_is_read() -> None:
    bare = badge.FOLDER.joinpath("badge.png").read_bytes()
    text = MADE.decode()
    for picture in (
        theirs.bake_png(bare, text, keyword=theirs.ITXT_KEYWORD_OB3, text_comment="a comment"),
        theirs.bake_svg(badge.FOLDER.joinpath("badge.svg").read_bytes(), text, as_text=True, **NAMED),
        theirs.bake_svg(SVG, text, comment="a comment", **NAMED),
        b"\xef\xbb\xbf" + baked(MADE, "svg"),
    ):
        assert json.loads(carried(picture)) == json.loads(MADE)
        assert reason(picture) == ""
    foreign = json.dumps(a_credential(FOREIGN)).encode()
    assert {reason(baked(foreign, kind)) for kind in PICTURES} == {"not-signed"}


def hostile() -> dict[str, bytes]:
    """Files that want more of a reader than to find one document."""
    picture, begun = baked(MADE, "png"), KEYWORD + b"\0"
    swollen = zlib.compress(b"[" * (20 * MOST_BYTES), 9)
    laughs = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return {
        "nothing inside": badge.FOLDER.joinpath("badge.png").read_bytes(),
        "two records": with_chunk(begun + b"\0\0\0\0" + MADE, picture),
        "compressed": with_chunk(begun + b"\1\0\0\0" + zlib.compress(MADE)),
        "a compressed bomb": with_chunk(begun + b"\1\0\0\0" + swollen),
        "another method": with_chunk(begun + b"\0\1\0\0" + MADE),
        "no language": with_chunk(begun + b"\0\0" + MADE.replace(b"\0", b"")),
        "nothing but the keyword": with_chunk(begun),
        "another kind of text": with_chunk(begun + MADE, kind=b"tEXt"),
        "cut off": picture[:-30],
        "a chunk without an end": picture[:33] + b"\xff\xff\xff\xff" + picture[37:],
        "a wrong checksum": picture.replace(b"Raphael", b"Rafhael"),
        "only the signature of a picture": PNG,
        "no document type is read": laughs.encode() + element("&b;"),
        "no file is read": outside.encode() + element("&a;"),
        "an unknown entity": element("&a;"),
        "a document type alone": b'<!DOCTYPE svg SYSTEM "http://127.0.0.1/x.dtd">' + element(MADE.decode()),
        "an element inside": element("<b/>{}"),
        "a record inside a record": element(element("{}").decode()),
        "twice in one": element("{}", " verify='{}'"),
        "two of them": element("{}</openbadges:credential><openbadges:credential>{}"),
        "empty": element(" "),
        "not closed": element("{}")[:-6],
        "no picture": element("{}").replace(b"2000/svg", b"1999/xhtml"),
        "another namespace": element("{}").replace(b"ob/v3p0", b"ob/v2p0"),
        "another encoding": b'<?xml version="1.0" encoding="utf-16"?>' + element("\xff").decode().encode("latin-1"),
        "deep": b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g>" * 100_000,
    }


@pytest.mark.parametrize("name", hostile())
def test_a_hostile_picture_is_refused(name: str) -> None:
    with pytest.raises(NothingInside):
        carried(hostile()[name])
    assert reason(hostile()[name]) == "nothing-inside"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PICTURES)), st.data())
def test_whatever_becomes_of_a_picture_it_carries_our_words_or_is_refused(kind: str, data: st.DataObject) -> None:
    picture = bytearray(baked(MADE, kind))
    for _ in range(data.draw(st.integers(1, 3))):
        picture[data.draw(st.integers(0, len(picture) - 1))] = data.draw(st.integers(0, 255))
    at = data.draw(st.integers(0, len(picture)))
    brought = bytes(picture[:at] if data.draw(st.booleans()) else picture)
    assert reason(brought) in {"nothing-inside", "not-json", "not-ours", "not-a-record", "not-signed"} or json.loads(
        carried(brought)
    ) == json.loads(MADE)


def test_what_is_too_big_is_refused_before_it_is_read() -> None:
    whole = with_chunk(KEYWORD + b"\0\0\0\0\0" + b"[" * (MOST_BYTES + 1))
    assert reason(whole) == "too-big"
    assert reason(whole + b"\0" * MOST_OF_A_PICTURE) == "too-big"
    assert reason(element("[" * 40)) == "not-json"


def test_the_picture_is_the_one_that_its_source_makes_and_names_nobody() -> None:
    assert badge.FOLDER.joinpath("badge.svg").read_text() == badge.svg()
    kept, made = Image.open(badge.FOLDER / "badge.png"), Image.open(io.BytesIO(badge.png()))
    differing = ImageChops.difference(kept.convert("L"), made.convert("L")).getextrema()
    assert kept.size == made.size
    assert differing == (0, 0)
    assert kept.info.keys() <= {"transparency", "gamma"}


@pytest.mark.parametrize("kind", PICTURES)
def test_its_holder_takes_it_where_the_file_is_and_nobody_else_does(app: Flask, kind: str) -> None:
    [record] = issue()
    path, theirs_alone = f"/records/{record}/badge.{kind}", holder(app, record)
    assert theirs_alone.get(path).status_code == 404
    drain()
    assert path in theirs_alone.get(f"/records/{record}").text
    file, picture = theirs_alone.get(f"/records/{record}/credential").data, theirs_alone.get(path)
    assert picture.data == baked(file, kind)
    assert picture.mimetype == PICTURES[kind][0]
    assert picture.headers["Content-Disposition"] == f'attachment; filename="completion-record.{kind}"'
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in picture.headers["Cache-Control"]
    stranger = signed_in_client(app, make_person("Ester Esempio", "ester@example.org"))
    assert stranger.get(path).status_code == 404
    assert app.test_client().get(path).status_code == 303
    sent = {"file": (io.BytesIO(picture.data), f"x.{kind}")}
    answer = app.test_client().post("/verify/file", data=sent, content_type="multipart/form-data")
    assert "This file is genuine, and its record is valid" in answer.text
    sent = {"file": (io.BytesIO(picture.data[:-40]), f"x.{kind}")}
    answer = app.test_client().post("/verify/file", data=sent, content_type="multipart/form-data")
    assert (answer.status_code, "This picture carries no record" in answer.text) == (422, True)
