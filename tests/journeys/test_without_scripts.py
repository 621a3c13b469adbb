"""The same way where no script runs: every page and form works by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.journeys import steps
from tests.journeys.questions import units
from tests.journeys.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]


def test_a_participant_comes_to_the_record_without_scripts(house: Running, chromium: Browser) -> None:
    theirs = chromium.new_context(base_url=house.url, java_script_enabled=False).new_page()
    office = chromium.new_context(base_url=house.url, java_script_enabled=False).new_page()
    try:
        steps.sign_in(theirs, "participant")
        assert len(steps.read_everything(theirs, script=False)) == units()
        steps.conditions(theirs, met=2)
        steps.sign_in(office, "coordinator")
        title = steps.close_the_edition(office, "Neema Mfano")
        steps.see_the_record(theirs, title, "Neema Mfano")
    finally:
        theirs.context.close()
        office.context.close()
