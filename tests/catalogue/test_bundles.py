"""A course as one file: the same bytes for the same files, and nothing hostile comes in by it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lms.authoring.refusals import sentence
from lms.catalogue.bundles import REASONS, Bundle, pack, unpack
from lms.catalogue.bundles.checking import CheckedBundle, check_apart
from lms.catalogue.kinds.reading import Reading
from lms.kernel.apart import TOO_HEAVY, Rejected
from tests.conftest import running

from .hostile_archives import HOSTILE, NAMES, course
from .tiny import KINDS, encoded, tiny_files

ROOT = Path(__file__).parents[2]
SECONDS, MEMORY = 2.0, 150 * 1024 * 1024
FILES = encoded(tiny_files())


def test_a_course_is_packed_and_unpacked_whole() -> None:
    assert unpack(pack(FILES, "tiny")) == Bundle("tiny", dict(sorted(FILES.items())))


def test_the_same_files_give_the_same_bytes() -> None:
    backwards = dict(reversed(FILES.items()))
    assert pack(FILES, "tiny") == pack(backwards, "tiny")
    with zipfile.ZipFile(io.BytesIO(pack(FILES, "tiny"))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(f"tiny/{path}" for path in FILES)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o100644}


def test_files_may_stand_at_the_top_and_in_any_one_folder() -> None:
    at_the_top = io.BytesIO()
    with zipfile.ZipFile(at_the_top, "w") as archive:
        for path, inside in FILES.items():
            archive.writestr(path, inside)
    assert unpack(at_the_top.getvalue()) == Bundle("", dict(sorted(FILES.items())))
    assert unpack(pack(FILES, "tiny-main")).folder == "tiny-main"


def test_what_computers_add_by_themselves_is_left_out() -> None:
    made = course()
    for name in ("tiny/", "__MACOSX/tiny/._course.yaml", "tiny/.DS_Store", "tiny/.git/config"):
        made.add(name, b"" if name.endswith("/") else b"added")
    assert set(unpack(made.made()).files) == {"course.yaml"}


@pytest.mark.parametrize("folder", ["stored", "deflated", "streamed"])
def test_what_other_programs_pack_is_read(folder: str) -> None:
    made = io.BytesIO()
    target = made if folder != "streamed" else _Unseekable(made)
    method = zipfile.ZIP_STORED if folder == "stored" else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "w", method) as archive:  # type: ignore[arg-type]
        archive.mkdir("tiny")
        for path, inside in FILES.items():
            archive.writestr(f"tiny/{path}", inside)
        archive.comment = b"packed by somebody else"
    assert unpack(made.getvalue()) == Bundle("tiny", dict(sorted(FILES.items())))


class _Unseekable:
    """A pipe, to which sizes can only be written behind the content."""

    def __init__(self, to: io.BytesIO) -> None:
        self.write, self.flush = to.write, to.flush


TEXTS = st.from_regex(r"(modules/[0-9]{2}-[a-z]{1,8}/)?[a-z][a-z0-9-]{0,12}(\.es)?\.(md|yaml)", fullmatch=True)
MEDIA = st.from_regex(r"media/[a-z][a-z0-9-]{0,12}\.(png|jpg|pdf)", fullmatch=True)
INSIDE = st.one_of(st.binary(max_size=400).map(lambda some: b"\x89PNG" + some), st.text(max_size=300).map(str.encode))


@given(st.dictionaries(st.one_of(TEXTS, MEDIA), INSIDE, max_size=8))
@hypothesis_settings(max_examples=150, deadline=None)
def test_any_files_come_back_as_they_were(files: dict[str, bytes]) -> None:
    given_files = {**files, "course.yaml": b"slug: tiny\n"}
    assert unpack(pack(given_files, "tiny")).files == given_files
    assert list(unpack(pack(given_files, "tiny")).files) == sorted(given_files)


@given(st.data())
@hypothesis_settings(max_examples=300, deadline=None)
def test_an_archive_with_any_bytes_changed_is_read_the_same_or_refused(data: st.DataObject) -> None:
    whole = bytearray(pack(FILES, "tiny"))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Rejected):
        # A name, a date or a mode may have changed; no content did.
        assert set(unpack(bytes(whole)).files.values()) <= set(FILES.values())


@pytest.fixture(scope="module")
def words(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An app whose language the sentences are in."""
    with running(f"sqlite:///{sqlite_template}", tmp_path_factory.mktemp("words")):
        yield


@pytest.mark.parametrize("name", HOSTILE)
def test_each_hostile_archive_is_refused_with_its_sentence(name: str, words: None) -> None:
    reason, build = HOSTILE[name]
    with pytest.raises(Rejected) as caught:
        unpack(build())
    assert caught.value.reason == reason
    said = sentence(caught.value)
    assert said.endswith(".")
    assert "%(" not in said
    assert said.isprintable()


def test_there_are_at_least_fourteen_of_them_and_each_reason_has_one() -> None:
    assert len(HOSTILE) >= 14
    assert {reason for reason, _ in HOSTILE.values()} == set(REASONS)


@pytest.mark.parametrize("name", [name for name, (reason, _) in HOSTILE.items() if reason not in NAMES])
def test_refusing_takes_little_time_and_memory_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.catalogue.unpacking_program"]
    env = {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(program, input=HOSTILE[name][1](), capture_output=True, check=True, cwd=tmp_path, env=env)
    assert not list(tmp_path.iterdir())
    found = json.loads(done.stdout)
    assert found["reason"] == HOSTILE[name][0]
    assert found["seconds"] <= SECONDS
    assert found["memory"] <= MEMORY


def test_every_reason_has_a_sentence(words: None) -> None:
    for reason in (*REASONS, TOO_HEAVY):
        assert sentence(Rejected(reason, name="a.md", most=2000))


def check_it(packed: bytes) -> CheckedBundle:
    return check_apart(packed, KINDS, frozenset())


@pytest.mark.parametrize("name", ["a_link_to_the_passwords", "four_gigabytes_of_zeros", "no_stream_at_all"])
def test_a_bundle_is_refused_from_a_process_of_its_own(name: str, words: None) -> None:
    reason, build = HOSTILE[name]
    with pytest.raises(Rejected) as caught:
        check_it(build())
    assert caught.value.reason == reason


def test_a_bundle_is_checked_in_a_process_of_its_own() -> None:
    found = check_it(pack(FILES, "tiny"))
    assert (found.slug, dict(found.files), found.mistakes) == ("tiny", dict(sorted(FILES.items())), [])


def test_a_bundle_that_only_lacks_the_canonical_form_is_put_into_it() -> None:
    path = "modules/01-words/first.md"
    untidy = {**FILES, path: FILES[path].replace(b"key: first", b"key:   'first'").replace(b"\n", b"\r\n")}
    assert untidy[path] != FILES[path]
    found = check_it(pack(untidy, "tiny"))
    assert (dict(found.files), found.mistakes) == (dict(sorted(FILES.items())), [])


def test_the_mistakes_of_a_bundle_come_with_file_line_and_cure() -> None:
    path = "modules/01-words/first.md"
    found = check_it(pack({**FILES, path: FILES[path].replace(b"minutes: 5", b"minuts: 5"), "notes.txt": b"x"}, "tiny"))
    said = [str(mistake) for mistake in found.mistakes]
    assert "modules/01-words/first.md:6: “minuts” is not a field here — did you mean “minutes”?" in said
    assert any(line.startswith("notes.txt:1: this file has no place in a course") for line in said)


def test_texts_that_take_too_long_to_read_are_refused_and_nobody_waits(words: None) -> None:
    terms = "".join(f"- key: k{number * 7919 % 100003}\n" for number in range(16000))
    many = {f"modules/01-words/u{number}.yaml": f"terms:\n{terms}".encode() for number in range(60)}
    begun = time.monotonic()
    with pytest.raises(Rejected) as caught:
        check_it(pack({**FILES, **many}, "tiny"))
    assert caught.value.reason == TOO_HEAVY
    assert time.monotonic() - begun < 15
    assert sentence(caught.value)


class Checklist(Reading):
    """A kind of unit that a plugin brings."""

    key = "checklist"


def test_a_bundle_with_units_of_a_plugin_is_checked_with_its_kinds() -> None:
    path = "modules/01-words/first.md"
    schema = {
        **KINDS["reading"].schema,
        "properties": {**KINDS["reading"].schema["properties"], "kind": {"const": "checklist"}},
    }
    kind = Checklist()
    kind.schema = schema
    files = {**FILES, path: FILES[path].replace(b"kind: reading", b"kind: checklist")}
    assert any("is no kind of unit" in mistake.what for mistake in check_it(pack(files, "tiny")).mistakes)
    assert check_apart(pack(files, "tiny"), {**KINDS, "checklist": kind}, frozenset()).mistakes == []
