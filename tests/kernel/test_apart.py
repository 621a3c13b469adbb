"""What is read apart cannot exhaust, reach or stop whoever asked for it."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from lms.kernel import apart
from lms.kernel.apart import Failed, Limits, Rejected, run_apart
from lms.kernel.errors import TooMany

PROGRAMS = "tests.kernel.apart_programs"


def test_bytes_go_in_and_come_out() -> None:
    data = bytes(range(256)) * 8000
    assert run_apart(f"{PROGRAMS}:turned", data) == data[::-1]
    assert run_apart(f"{PROGRAMS}:turned", b"a\nb", times=2) == b"b\nab\na"
    assert run_apart(f"{PROGRAMS}:turned", b"") == b""


def test_a_no_reaches_the_caller_with_its_values() -> None:
    with pytest.raises(Rejected) as caught:
        run_apart(f"{PROGRAMS}:refusing", "naïve.zip".encode())
    assert (caught.value.reason, caught.value.values) == ("not-this", {"name": "naïve.zip", "size": 10})


def test_so_many_run_at_once_and_one_more_waits_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    places = threading.BoundedSemaphore(1)
    monkeypatch.setattr(apart, "_places", places)
    with places, pytest.raises(TooMany):
        run_apart(f"{PROGRAMS}:turned", b"ab", limits=Limits(patience=0.1))
    for _again in range(2):
        assert run_apart(f"{PROGRAMS}:turned", b"ab") == b"ba"


def test_a_fault_of_ours_is_no_no() -> None:
    with pytest.raises(Failed, match="a mistake of ours"):
        run_apart(f"{PROGRAMS}:at_fault", b"")


@pytest.mark.parametrize(
    ("program", "limits"),
    [
        ("hungry", Limits()),
        ("busy", Limits(processor=1)),
        ("idle", Limits(patience=0.5)),
        ("killed", Limits()),
        ("turned", Limits(answer=3)),
    ],
)
def test_what_runs_into_a_limit_is_too_heavy_and_the_caller_lives(program: str, limits: Limits) -> None:
    begun = time.monotonic()
    with pytest.raises(Rejected) as caught:
        run_apart(f"{PROGRAMS}:{program}", b"four", limits=limits)
    assert caught.value.reason == "too-heavy"
    assert time.monotonic() - begun < 10
    assert run_apart(f"{PROGRAMS}:turned", b"ab") == b"ba"


def test_the_process_is_bound_at_half_a_gibibyte_and_five_seconds() -> None:
    assert (Limits().memory, Limits().processor) == (512 * 1024 * 1024, 5)


def test_it_sees_none_of_our_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_IDENTITY_KEY", "canary")
    monkeypatch.setenv("DATABASE_URL", "postgresql://canary")
    seen = json.loads(run_apart(f"{PROGRAMS}:surroundings", b""))
    assert "canary" not in json.dumps(seen)
    assert set(seen) <= {"PYTHONPATH", "PATH", "LD_LIBRARY_PATH", "LC_CTYPE"}


def test_it_can_write_no_file(tmp_path: Path) -> None:
    target = tmp_path / "left"
    with pytest.raises(Failed, match="File too large"):
        run_apart(f"{PROGRAMS}:writing", str(target).encode())
    assert not target.exists() or target.read_bytes() == b""
