"""From `make run` to the certificate, by visible names and roles only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from playwright.sync_api import Browser, expect

from tests.journeys import steps
from tests.journeys.conftest import FirstRun
from tests.journeys.questions import units
from tests.journeys.running import Running, programs_of
from tests.records.sheets import drawn, text_of

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
TRIED_OUT = ("participant", "finisher", "coordinator", "focal-point", "observer", "evaluator", "alumna",
             "administrator")  # fmt: skip


@pytest.fixture
def made(first_run: FirstRun, new_home: Callable[[], Path]) -> Iterator[Running]:
    """A second `make run`, on the data of the first and the port that the letters of the first speak of."""
    running = Running(new_home(), first_run.port)
    try:
        running.make_run()
        yield running
    finally:
        running.stop()


def test_the_first_run_prints_its_address_and_accounts_and_stops_cleanly(first_run: FirstRun) -> None:
    assert f"Open http://127.0.0.1:{first_run.port}/" in first_run.output
    for key in TRIED_OUT:
        assert re.search(rf"{key}@lemkin\.example +{steps.PASSWORD}$", first_run.output, re.M), key
    assert "Traceback" not in first_run.output
    assert first_run.code == 0
    assert first_run.left_over == ()


def test_a_newcomer_comes_from_the_invitation_to_the_completion_record(made: Running, chromium: Browser) -> None:
    theirs = chromium.new_context(base_url=made.url, locale="en-GB", reduced_motion="no-preference").new_page()
    office = chromium.new_context(base_url=made.url, locale="en-GB").new_page()
    try:
        steps.accept_the_invitation(theirs)
        expect(theirs.get_by_text("Not yet met")).to_have_count(2)
        assert len(steps.read_everything(theirs, script=True)) == units()
        steps.conditions(theirs, met=2)
        steps.sign_in(office, "coordinator")
        title = steps.close_the_edition(office, steps.NEWCOMER)
        steps.see_the_record(theirs, title, steps.NEWCOMER)
        strangers_check(chromium, made, steps.take_the_certificate(theirs))
    finally:
        theirs.context.close()
        office.context.close()
    checked = made.command("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    _stop(made)


def strangers_check(chromium: Browser, made: Running, pdf: bytes) -> None:
    """What a phone reads from the paper, on the phone of a stranger, with scripts and without."""
    square = zxingcpp.read_barcodes(drawn(pdf, 3.0))[0].text
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", text_of(pdf))
    assert code
    assert square.startswith(f"{made.url.rstrip('/')}/v/{code[0].replace('-', '')}#")
    size = {"width": 360, "height": 740}
    for script in (True, False):
        told = chromium.new_context(
            base_url=made.url,
            viewport=size,
            java_script_enabled=script,
            locale="en-GB",  # type: ignore[arg-type]
        )
        phone = told.new_page()
        try:
            steps.check_the_paper(phone, square, steps.NEWCOMER, "Juma Sampuli")
            steps.type_the_code(phone, code[0])
        finally:
            told.close()


def _stop(running: Running) -> None:
    """As Ctrl-C or an operator does: it ends by itself, and nothing of it is left."""
    program = running.programs[0]
    program.terminate()
    assert program.wait(30) == 0
    assert not programs_of(running.home)
    assert not running.answers()
