"""Pictures and documents on their way in: what is left of them, and what is not taken."""

from __future__ import annotations

import io
import subprocess
import sys
import time

import pytest
from PIL import Image
from pypdf import PdfReader

from lms.catalogue.media.apart import converted, judged, sized
from lms.catalogue.media.html import attribute, mounted
from lms.catalogue.render import sanitise
from lms.catalogue.rules.media import LARGEST_PICTURE, Medium, is_address, medium_of, widths_of
from lms.kernel.apart import Rejected

from . import media_corpus as corpus


def pixels(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_of_a_photograph_the_pixels_stay_and_nothing_else() -> None:
    photograph = corpus.photograph()
    assert Image.open(io.BytesIO(photograph)).getexif().get_ifd(0x8825)[2] == corpus.LATITUDE
    made = converted(photograph)
    image = Image.open(io.BytesIO(made.data))
    assert (image.format, image.size) == ("WEBP", (1600, 1200))
    assert not image.getexif()
    assert not {"exif", "xmp", "icc_profile", "comment"} & image.info.keys()
    for data in (made.data, *made.narrower.values()):
        assert data[12:16] == b"VP8 "
        assert corpus.CANARY not in data
    assert made.medium == Medium("picture", made.medium.sha256, len(made.data), 1600, 1200)
    assert len(made.data) <= LARGEST_PICTURE


def test_a_picture_is_there_in_the_widths_that_phones_need() -> None:
    made = converted(corpus.photograph())
    assert {width: pixels(data).size for width, data in made.narrower.items()} == {480: (480, 360), 960: (960, 720)}
    assert converted(corpus.drawing(300, 100)).narrower == {}
    assert [widths_of(width) for width in (300, 480, 700, 1600)] == [[300], [480], [480, 700], [480, 960, 1600]]


def test_a_picture_stands_upright_as_the_camera_said() -> None:
    made = converted(corpus.photograph(200, 100, turned=6))
    image = pixels(made.data)
    assert image.size == (100, 200)
    red, blue = image.getpixel((50, 20)), image.getpixel((50, 180))
    assert red[0] > 150 > red[2]
    assert blue[2] > 150 > blue[0]


def test_what_is_clear_becomes_white_so_that_it_can_be_seen_by_night() -> None:
    image = pixels(converted(corpus.drawing()).data)
    assert min(image.getpixel((600, 200))) > 245
    assert image.getpixel((100, 200))[1] > 60


def test_of_a_moving_picture_the_first_frame_stays() -> None:
    red = pixels(converted(corpus.moving()).data).getpixel((30, 20))
    assert red[0] > 150 > red[2]


@pytest.mark.parametrize("make", [corpus.gif_and_script, corpus.jpeg_and_zip, corpus.pdf_and_page])
def test_a_file_of_two_meanings_keeps_one(make: object) -> None:
    given = make()  # type: ignore[operator]
    data = converted(given).data
    assert corpus.SCRIPT not in data
    assert b"PK\x03\x04" not in data
    assert data.startswith((b"RIFF", b"%PDF-"))


def test_what_is_in_the_form_stays_as_it_is_byte_for_byte() -> None:
    picture, document = converted(corpus.photograph()), converted(corpus.document())
    assert judged([picture.data, document.data]) == [picture.medium, document.medium]
    assert sized([picture.data, document.data]) == [picture, document]
    assert converted(document.data) == document
    assert sized([]) == judged([]) == []


def test_what_is_not_in_the_form_is_found_whatever_it_is() -> None:
    bare = converted(corpus.drawing()).data
    given = [corpus.photograph(), corpus.wide_webp(), corpus.document(), bare + b"x", bare[:-9], b"RIFF", b"", b"%PDF-"]
    verdicts = judged([*given, bare])
    assert all(isinstance(verdict, Rejected) for verdict in verdicts[:-1])
    assert isinstance(verdicts[-1], Medium)


def test_a_pdf_loses_author_and_metadata_and_the_photographs_in_it_theirs() -> None:
    given = corpus.document(corpus.with_photograph)
    assert given.count(corpus.CANARY) >= 4
    made = converted(given)
    assert corpus.CANARY not in made.data
    reader = PdfReader(io.BytesIO(made.data))
    assert not reader.metadata
    assert len(reader.pages) == 1
    shown = reader.pages[0]["/Resources"]["/XObject"]["/Photo"]
    assert pixels(shown._data).size == (40, 30)
    assert made.medium == Medium("document", made.medium.sha256, len(made.data))


def test_links_of_a_pdf_stay() -> None:
    made = converted(corpus.document(corpus.with_link)).data
    (link,) = PdfReader(io.BytesIO(made)).pages[0]["/Annots"]
    assert link.get_object()["/A"]["/URI"] == "https://www.un.org/"


@pytest.mark.parametrize("name", list(corpus.hostile()))
def test_what_is_hostile_is_refused_with_a_reason(name: str) -> None:
    make, reasons = corpus.hostile()[name]
    data = make()
    begun = time.monotonic()
    with pytest.raises(Rejected) as caught:
        converted(data)
    assert caught.value.reason in reasons
    assert time.monotonic() - begun < 20
    assert isinstance(judged([data])[0], Rejected)


def test_no_web_worker_loads_what_decodes_files() -> None:
    program = "import sys, lms.app; print([name for name in sys.modules if name.split('.')[0] in ('PIL', 'pypdf')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


HASH = "0123456789abcdef" * 4


def test_only_our_own_pictures_survive_sanitising() -> None:
    ours = f"/media/{HASH}/480.webp"
    assert sanitise(f'<img src="{ours}" alt="A">') == f'<img src="{ours}" alt="A">'
    for address in (
        "https://evil.example/x.webp", "//evil.example/x.webp", "/media/../logout", f"{ours}?x",
        "data:image/webp;base64,AA",
        f"//evil.example{ours}", f"{ours} 480w, https://evil.example/x 960w", "javascript:alert(1)", "", "x.webp",
    ):  # fmt: skip
        assert sanitise(f'<img src="{address}" srcset="{address}">') == "", address
    wild = '<img src=x onerror="alert(1)" style="x" class="y" width="1e9" sizes="1px" loading="eager" alt="a>b">'
    assert sanitise(wild) == ""
    assert not is_address("/media/short/480.webp")


def test_addresses_get_the_prefix_of_a_host_and_words_do_not() -> None:
    ours = f"/media/{HASH}/"
    page = f'<img src="{ours}9.webp" srcset="{ours}4.webp 4w, {ours}9.webp 9w"> see {ours}9.webp <a href="{ours}a.pdf">'
    shown = mounted(page, "/seminar")
    assert shown.count(f"/seminar{ours}") == 4
    assert f"see {ours}" in shown
    assert mounted(page, "") == page


def test_an_entry_says_all_of_its_file_or_nothing() -> None:
    entry = {"kind": "picture", "sha256": HASH, "bytes": 9, "width": 3, "height": 2}
    assert medium_of(entry) == Medium("picture", HASH, 9, 3, 2)
    for name in entry:
        assert medium_of({key: value for key, value in entry.items() if key != name}) is None
        assert medium_of({**entry, name: ["x"]} if name != "kind" else {**entry, name: "film"}) is None
    assert medium_of({"kind": "document", "sha256": HASH, "bytes": 9}) == Medium("document", HASH, 9)
    assert attribute("width", "12") == "12"
