"""The sheet as a PDF: every script copies out as it was written, looks as it did, and is the same every time."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageStat

from lms.records.certificates import faces, setting
from lms.records.certificates.sheet import Missing, Piece, Spoken
from tests.records.sheets import CODE, NAMES, OURS, SQUARE, as_png, drawn, pages, sheet, text_of

PICTURES = Path(__file__).with_name("pictures")
SCALE = 0.45
MOST_DIFFERENT = 1.0
"""Of 255, the mean over a picture; a name of other letters, or a box in place of one, is beyond it."""


def in_every_script(also: tuple[str, ...] = ()) -> Any:
    return pytest.mark.parametrize("script", [*NAMES, *also])


def needed(script: str) -> None:
    """Whoever runs these tests without the machine's faces is told so; a build server has them (.ci/run)."""
    if script not in OURS:
        installed = setting.setter(setting._TEMPLATE).installed
        lacking = faces.beyond_ours([NAMES[script]])
        if not any(set(faces.faces_for(NAMES[script], installed)) & set(faces._noto(one)) for one in lacking):
            pytest.skip(f"this machine has no letters for {lacking}: install {faces.package_for(lacking[0])}")


@in_every_script()
def test_the_name_is_copied_out_as_it_was_written(script: str) -> None:
    needed(script)
    pdf = setting.pdf_of(sheet(NAMES[script]))
    assert pages(pdf) == 1
    assert NAMES[script] in text_of(pdf)


JOINED = ("سیده\u200cزهرا نمونه", "علی\u200cرضا", "شیرین\u200cجان نمونه")
"""Persian names, in which a sign without width keeps two letters apart."""


@pytest.mark.parametrize("name", JOINED)
def test_in_a_name_written_from_right_to_left_pdfium_alone_puts_what_keeps_letters_apart_behind_the_next(
    name: str,
) -> None:
    """The file says the text in its order, and other readers copy it so. PDFium turns round what stands for one glyph
    together with the line; when it does not any more, this test and a line in the documentation go."""
    pdf = setting.pdf_of(sheet(name))
    others = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert all(word in others for word in name.split())
    before, after = name.split("\u200c")
    assert f"{before}{after[0]}\u200c{after[1:]}" in text_of(pdf)


def without_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = setting.setter(setting._TEMPLATE, with_machines=False)
    monkeypatch.setattr(setting, "setter", lambda _template, **_with: ours)


MANY = ("Ɓalarabe Ɗanmisali", "Ḥasan ʿAbd al-Mithāl", "Jean-Élie D’Exemple", "Ṣọlá Tẹ́ẹ̀sì", "Þórdís Dæmi")


@pytest.mark.parametrize("name", MANY)
def test_names_of_many_countries_need_no_fonts_of_the_machine(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without_machines(monkeypatch)
    assert name in text_of(setting.pdf_of(sheet(name)))


@in_every_script()
def test_the_page_looks_as_it_did(script: str) -> None:
    needed(script)
    picture, kept = drawn(setting.pdf_of(sheet(NAMES[script])), SCALE).convert("L"), PICTURES / f"{script}.png"
    if not kept.exists():
        kept.write_bytes(as_png(picture))
    assert difference(picture, Image.open(kept)) < MOST_DIFFERENT


def test_the_comparison_notices_a_letter_a_size_and_a_missing_line() -> None:
    kept = Image.open(PICTURES / "latin.png")
    name = NAMES["latin"]
    for other in (sheet(name.replace("Łucja", "Lucy")), sheet(name, lines=()), sheet(name, square=SQUARE[:-9])):
        assert difference(drawn(setting.pdf_of(other), SCALE).convert("L"), kept) > MOST_DIFFERENT


def difference(picture: Image.Image, kept: Image.Image) -> float:
    """The root mean square of a part of the page: the one that differs most."""
    other = kept.convert("L")
    if picture.size != other.size:
        return 255.0
    both = ImageChops.difference(picture, other)
    width, height = both.size
    parts = [
        both.crop((x * width // 6, y * height // 6, (x + 1) * width // 6, (y + 1) * height // 6))
        for x in range(6)
        for y in range(6)
    ]
    return float(max(ImageStat.Stat(part).mean[0] for part in parts))


@pytest.mark.parametrize("script", OURS)
def test_the_same_sheet_gives_the_same_bytes_here_and_in_another_process(script: str) -> None:
    made = setting.pdf_of(sheet(NAMES[script]))
    assert setting.pdf_of(sheet(NAMES[script])) == made
    program = (
        "import hashlib, json, sys; from tests.records.sheets import sheet;"
        "from lms.records.certificates import setting;"
        "print(hashlib.sha256(setting.pdf_of(sheet(json.loads(sys.argv[1])))).hexdigest())"
    )
    root = Path(__file__).parents[2]
    other = subprocess.run(
        [sys.executable, "-c", program, json.dumps(NAMES[script])], capture_output=True, text=True, check=True, cwd=root
    )
    assert other.stdout.strip() == hashlib.sha256(made).hexdigest()


@in_every_script()
def test_two_programs_of_other_hands_find_nothing_wrong_with_its_tags(script: str, tmp_path: Path) -> None:
    needed(script)
    path = tmp_path / "certificate.pdf"
    path.write_bytes(setting.pdf_of(sheet(NAMES[script], ended="This record was withdrawn by its holder.")))
    for command in (["outloud", "--fail-on", "warning"], ["pdfua", "check"]):
        program = Path(sys.executable).with_name(command[0])
        done = subprocess.run([program, *command[1:], path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert "PASS" in done.stdout


def test_it_says_what_it_is_in_which_language_and_when_it_was_issued() -> None:
    made = pypdf.PdfReader(io.BytesIO(setting.pdf_of(sheet(lang="fr", title="Certificat d’achèvement"))))
    assert made.root_object["/Lang"] == "fr"
    assert made.metadata is not None
    assert made.metadata.title == "Certificat d’achèvement"
    assert "Mfano" not in str(made.metadata)
    assert str(made.metadata["/CreationDate"]).startswith("D:20270521")
    width, height = made.pages[0].mediabox.width, made.pages[0].mediabox.height
    assert (round(float(width) / 72 * 25.4), round(float(height) / 72 * 25.4)) == (297, 210)


def test_a_phone_reads_the_square_which_is_large_enough_and_described() -> None:
    pdf = setting.pdf_of(sheet())
    found = zxingcpp.read_barcodes(drawn(pdf, 2.0))
    assert [one.text for one in found] == [SQUARE]
    corners = found[0].position
    assert (corners.top_right.x - corners.top_left.x) / 2 / 72 * 25.4 >= 30
    assert found[0].ec_level.startswith("M")
    tree: Any = pypdf.PdfReader(io.BytesIO(pdf)).root_object["/StructTreeRoot"]
    assert _figures(tree["/K"]) == [f"Square code that leads to lms.example.org/v/{CODE}"]


def test_a_phone_reads_the_square_of_the_longest_short_form() -> None:
    longest = SQUARE.split("#")[0] + "#" + "aB3_" * 108 + "aB"
    found = zxingcpp.read_barcodes(drawn(setting.pdf_of(sheet(square=longest)), 3.0))
    assert [one.text for one in found] == [longest]


def _figures(node: Any) -> list[str]:
    """What the figures of the page are described with."""
    found = node.get_object()
    if isinstance(found, list):
        return [text for kid in found for text in _figures(kid)]
    if not isinstance(found, dict):
        return []
    return ([str(found["/Alt"])] if found.get("/S") == "/Figure" else []) + _figures(found.get("/K", []))


@pytest.mark.parametrize(
    "hostile", ["{{7*7}} #import *x* $y$ \\n _z_", "#eval(1) <b>*Bold*</b>", "]#[ // /* \" ' @x ~"]
)
def test_what_somebody_typed_is_shown_as_typed(hostile: str) -> None:
    made = setting.pdf_of(
        sheet(hostile, of=(hostile, hostile), sentence=(Piece(hostile), Piece(hostile, strong=True)), ended=hostile)
    )
    copied = "".join(text_of(made).split())
    assert copied.count("".join(hostile.split())) == 6


@pytest.mark.parametrize("length", [60, 130, 200])
def test_long_names_and_institutions_stay_on_one_page_and_nothing_leaves_it(length: int) -> None:
    name = ("Maria da Conceição " * 20)[: length - 7] + "Exemplo"
    made = setting.pdf_of(
        sheet(
            name,
            latin=name,
            of=(("Ministry of Very Long Affairs " * 20)[:200], "United Kingdom of Great Britain and Northern Ireland"),
            footnote="* A note on the designation of the state. " * 4,
            sentence=(Piece("has completed the "), Piece("Long title " * 18, strong=True), Piece("." * 60)),
            ended="This record was revoked. This was on 3 June 2027.",
        )
    )
    assert pages(made) == 1
    copied = " ".join(text_of(made).split())
    assert copied.count(" ".join(name.split())) == 2
    assert "This was on 3 June 2027." in copied
    edge = drawn(made).convert("L")
    width, height = edge.size
    quiet = (edge.crop((0, int(height * 0.93), width, height)), edge.crop((int(width * 0.97), 0, width, height)))
    assert all(part.getextrema() == (255, 255) for part in quiet)


def test_a_word_without_an_end_becomes_small_rather_than_leave_the_page() -> None:
    made = setting.pdf_of(sheet("A" * 200, latin="B" * 200, of=("C" * 200,), sentence=(Piece("D" * 120, strong=True),)))
    assert pages(made) == 1
    right = drawn(made).convert("L")
    assert "".join(text_of(made).split()).count("A" * 200) == 1
    assert right.crop((int(right.width * 0.97), 0, *right.size)).getextrema() == (255, 255)


def test_a_letter_that_nobody_has_is_refused_and_never_a_box(monkeypatch: pytest.MonkeyPatch) -> None:
    without_machines(monkeypatch)
    for name, package in (("王小明", "fonts-noto-cjk"), ("អ", "fonts-noto-core"), ("ᛗ", "fonts-noto-core")):
        with pytest.raises(Missing) as caught:
            setting.pdf_of(sheet(name))
        assert faces.package_for(caught.value.script) == package
    with pytest.raises(Missing, match="Khmer"):
        setting.pdf_of(replace(sheet(), of=("ក្រសួង", "Kingdom of Cambodia")))


@pytest.mark.parametrize(
    ("letter", "face"),
    [
        ("\u07de", "Noto Sans NKo"), ("\u1455", "Noto Sans Canadian Aboriginal"), ("\u1c5f", "Noto Sans Ol Chiki"),
        ("\uabc0", "Noto Sans Meetei Mayek"), ("\u1955", "Noto Sans Tai Le"), ("\u1985", "Noto Sans New Tai Lue"),
        ("\u2d30", "Noto Sans Tifinagh"), ("\U0001e100", "Noto Serif Hmong Nyiakeng"), ("\ua842", "Noto Sans PhagsPa"),
        ("\U0001e900", "Noto Sans Adlam"), ("\U00010d00", "Noto Sans Hanifi Rohingya"),
    ],
)  # fmt: skip
def test_every_script_leads_to_the_face_that_is_called_otherwise(letter: str, face: str) -> None:
    assert face in faces.faces_for(letter, (face, "Noto Sans"))


def test_from_right_to_left_the_sheet_is_mirrored() -> None:
    arabic = sheet(NAMES["arabic"], lang="ar", rtl=True, title="شهادة إتمام", also=(Spoken("Certificate", "en"),))
    picture = drawn(setting.pdf_of(arabic)).convert("L")
    ribbon = picture.height // 4
    assert picture.getpixel((picture.width - 70, ribbon)) < 100
    assert picture.getpixel((70, ribbon)) == 255


def test_no_web_worker_carries_typst() -> None:
    program = (
        "import sys, tempfile; from pathlib import Path;"
        "from lms.app import create_app; from tests.conftest import settings;"
        "home = Path(tempfile.mkdtemp()); create_app(settings(f'sqlite:///{home}/x.sqlite', home));"
        "print([name for name in ('typst', 'segno', 'fontTools') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_scripts_are_told_by_their_letters() -> None:
    assert faces.scripts_in("Neema 2 Mfano-Ọ́") == ["Latin"]
    assert faces.scripts_in("王小明 カタ 김") == ["Han"]
    assert faces.beyond_ours(["سمير", "សុខា", "Ελπίδα"]) == ["Khmer"]
    assert faces.language_of("សុខា", "en") == "km"
    assert faces.language_of("Neema", "es") == "es"


@pytest.mark.parametrize(
    ("name", "otherwise", "language"),
    [
        ("김철수", "en", "ko"),
        ("タロウ", "en", "ja"),
        ("佐々木 太郎", "en", "ja"),
        ("山田 たろう", "zh", "ja"),
        ("王小明", "en", "zh"),
        ("山田太郎", "ja", "ja"),
        ("محمد رضا یزدانی", "en", "fa"),
        ("سمير مثال", "fr", "ar"),
        ("پرویز مثالي", "en", "ar"),
        ("طاہرہ بٹ", "en", "ur"),
        ("زرغونه ښکلې", "en", "ps"),
    ],
)
def test_a_name_is_read_aloud_in_the_language_whose_letters_it_has(name: str, otherwise: str, language: str) -> None:
    assert faces.language_of(name, otherwise) == language
    assert faces.right_to_left("(سمير)")
    assert not faces.right_to_left("12 Neema سمير")
