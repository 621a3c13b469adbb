"""The asset build: what pages are served from."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tools import assets, assets_fonts


@pytest.fixture(scope="module")
def cut() -> dict[str, bytes]:
    """The faces, cut once: that is the slow part."""
    return assets_fonts.cut_all(assets.FONT_PACKAGE)


def test_comments_and_spaces_go_and_strings_stay() -> None:
    sheet = """/* note */ a > b ,
      c { content: "/* kept */ ;  }" ; margin: calc(1px + 2px) ; }"""
    assert assets.minified(sheet) == 'a>b,c{content:"/* kept */ ;  }";margin:calc(1px + 2px)}\n'


def test_an_address_in_a_sheet_points_at_the_hashed_file() -> None:
    hashed = {"fonts/a.woff2": "fonts/a.123.woff2"}
    assert assets.linked("x.css", "src: url('fonts/a.woff2')", hashed) == 'src: url("fonts/a.123.woff2")'
    assert assets.linked("css/x.css", "src: url(../fonts/a.woff2)", hashed) == 'src: url("../fonts/a.123.woff2")'
    assert assets.linked("x.css", "url(data:image/png;base64,AA)", hashed) == "url(data:image/png;base64,AA)"


def test_an_address_that_leads_nowhere_stops_the_build() -> None:
    with pytest.raises(assets.AssetError, match=r"x\.css asks for gone\.png"):
        assets.linked("x.css", "url(gone.png)", {})


def test_a_third_party_file_that_changed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "HTMX_SHA256", "0" * 64)
    with pytest.raises(assets.AssetError, match="not the file that was tested"):
        assets.third_party()


def test_a_failed_build_leaves_the_old_files(
    tmp_path: Path, cut: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets_fonts, "cut_all", lambda _package: cut)
    source, target = tmp_path / "src", tmp_path / "dist"
    source.mkdir()
    (source / "a.css").write_text("a { color: red }")
    before = assets.build(source, target)
    (source / "a.css").write_text("a { background: url(gone.png) }")
    with pytest.raises(assets.AssetError):
        assets.build(source, target)
    assert json.loads((target / "manifest.json").read_text()) == before
    assert (target / before["a.css"]).read_text() == "a{color:red}\n"


def test_a_second_cut_gives_the_same_bytes(cut: dict[str, bytes]) -> None:
    assert assets_fonts.cut_all(assets.FONT_PACKAGE) == cut


@pytest.fixture
def faces(cut: dict[str, bytes]) -> dict[str, TTFont]:
    return {name: TTFont(io.BytesIO(content)) for name, content in cut.items()}


@pytest.mark.parametrize(
    ("face", "text"),
    [
        ("fonts/lemkin-text.woff2", "Oświęcim, Łódź, Əliyev, Țară, Ngũgĩ, Víctor «Ñ» – “œuvre\u202f?” … 1948 § 12 €"),
        ("fonts/lemkin-text-italic.woff2", "Oświęcim, Srebrenica, Đorđe, Müller, «\u202ffrançais\u202f», ¿señor?"),
        ("fonts/lemkin-text-bold.woff2", "Oświęcim, Łódź, Víctor, Şırnak, Žižek (1948)\u202f:"),
    ],
)
def test_a_face_has_every_letter_of(faces: dict[str, TTFont], face: str, text: str) -> None:
    letters = set(faces[face].getBestCmap())
    assert [letter for letter in text if ord(letter) not in letters] == []


def test_the_cut_font_does_not_carry_the_reserved_name(faces: dict[str, TTFont]) -> None:
    names = {
        str(record) for font in faces.values() for record in font["name"].names if record.nameID in {1, 3, 4, 6, 16}
    }
    assert not [name for name in names if "gentium" in name.lower()]
    assert "Lemkin Text" in names


def test_the_three_faces_together_stay_within_forty_kilobytes(cut: dict[str, bytes]) -> None:
    assert sum(len(content) for content in cut.values()) <= 40_000


@pytest.fixture(scope="module")
def joined() -> dict[str, bytes]:
    """The faces of certificates."""
    return assets_fonts.join_all(assets.FONT_PACKAGE)


def test_the_faces_of_certificates_have_the_letters_of_four_alphabets_and_marks_at_their_place(
    joined: dict[str, bytes],
) -> None:
    assert joined.keys() == {"lemkin-paper-regular.ttf", "lemkin-paper-bold.ttf"}
    for content in joined.values():
        font = TTFont(io.BytesIO(content))
        letters, name = font.getBestCmap(), "Łucja Ngũgĩ Nguyễn Əliyev Đorđe Ţară Амина Ђорђе Ґалина Ελπίδα Ἀθηνᾶ ŋ"
        assert [letter for letter in name if ord(letter) not in letters] == []
        assert len(letters) > 1600
        assert {record.FeatureTag for record in font["GPOS"].table.FeatureList.FeatureRecord} >= {"kern", "mark"}
        assert font["name"].getDebugName(1) == "Lemkin Paper"
        assert "fvar" not in font


def test_a_second_joining_gives_the_same_bytes(joined: dict[str, bytes]) -> None:
    assert assets_fonts.join_all(assets.FONT_PACKAGE) == joined


def test_the_faces_are_put_in_their_place_with_their_licence(tmp_path: Path) -> None:
    assets.build_paper(tmp_path / "faces")
    there = {path.name for path in (tmp_path / "faces").iterdir()}
    assert there == {"lemkin-paper-regular.ttf", "lemkin-paper-bold.ttf", "OFL.txt"}
    assert "SIL OPEN FONT LICENSE" in (tmp_path / "faces" / "OFL.txt").read_text()
