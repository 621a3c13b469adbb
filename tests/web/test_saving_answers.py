"""The page's script in a real browser under the real policy: answers are saved as chosen, and none is lost silently."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, Route, expect

from lms.web.security import content_policy
from tests import browser

pytestmark = pytest.mark.browser
SCRIPT = Path(__file__).parents[2] / "lms" / "web" / "static_src" / "app.js"
HTML = """<!doctype html><html lang="en"><title>Questions</title><script src="/app.js" defer></script>
<form data-save="/save" method="post" action="/check"
  data-saving="Saving…" data-waiting="Not saved yet." data-refused="Not saved.">
<input type="hidden" name="csrf_token" value="token"><input type="hidden" name="sequence" value="">
<fieldset data-question="pillar"><legend>Which pillar?</legend>
<label><input type="radio" name="a1" value="one"> One</label>
<label><input type="radio" name="a1" value="two"> Two</label>
<p role="status" data-receipt></p></fieldset>
<fieldset data-question="journal"><legend>Your notes</legend>
<label>Notes <textarea name="a2"></textarea></label><p role="status" data-receipt></p></fieldset>
<button>Check my answers</button></form>"""
SAVED = {"text": "Saved at 14:03, receipt 128."}

Answer = Callable[[Route], None]


class Server:
    """Answers each saving request with the next of `answers`, the last one again and again, and keeps what was sent."""

    def __init__(self, page: Page) -> None:
        self.answers: list[Answer] = [reply(200, SAVED)]
        self.sent: list[dict[str, list[str]]] = []
        self.checks = 0
        self.checked: dict[str, list[str]] = {}
        headers = {"Content-Security-Policy": content_policy()}
        page.route("**/*", lambda route: route.fulfill(body=HTML, content_type="text/html", headers=headers))
        page.route("**/app.js", lambda route: route.fulfill(path=SCRIPT, content_type="text/javascript"))
        page.route("**/save", self._save)
        page.route("**/check", self._check)

    def _save(self, route: Route) -> None:
        self.sent.append(parse_qs(route.request.post_data or "", keep_blank_values=True))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer(route)

    def _check(self, route: Route) -> None:
        self.checks += 1
        self.checked = parse_qs(route.request.post_data or "", keep_blank_values=True)
        # 204 leaves the page where it is, as while an answer is slow to come.
        route.fulfill(status=204)


def reply(status: int, body: dict[str, str]) -> Answer:
    return lambda route: route.fulfill(status=status, json=body)


def lost(route: Route) -> None:
    route.abort("internetdisconnected")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.launched() as launched:
        yield launched


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(base_url="http://seminar.test")
    page.clock.install()
    yield page
    page.close()


@pytest.fixture
def server(page: Page) -> Server:
    server = Server(page)
    page.goto("/")
    return server


def receipt(page: Page, question: str = "pillar") -> Locator:
    return page.locator(f"[data-question={question}] [data-receipt]")


def test_a_choice_is_saved_at_once_and_says_so(page: Page, server: Server) -> None:
    page.get_by_label("Two").check()
    expect(receipt(page)).to_have_text("Saved at 14:03, receipt 128.")
    (sent,) = server.sent
    assert (sent["question"], sent["a1"], sent["csrf_token"]) == (["pillar"], ["two"], ["token"])
    assert len(sent["client_key"][0]) >= 32
    assert "a2" not in sent


def test_a_lost_line_is_tried_again_with_the_same_key_and_body(page: Page, server: Server) -> None:
    server.answers = [lost, reply(503, {}), reply(200, SAVED)]
    page.get_by_label("One").check()
    expect(receipt(page)).to_have_text("Not saved yet.")
    for _second in range(30):
        page.clock.run_for(1_000)
    expect(receipt(page)).to_have_text("Saved at 14:03, receipt 128.")
    assert len(server.sent) == 3
    assert server.sent[0] == server.sent[1] == server.sent[2]


def test_the_whole_form_comes_after_every_choice_and_says_which_questions_had_an_answer(
    page: Page, server: Server
) -> None:
    page.get_by_label("One").check()
    page.get_by_label("Two").check()
    expect(receipt(page)).to_have_text("Saved at 14:03, receipt 128.")
    with page.expect_request("**/check"):
        page.get_by_role("button").click()
    page.wait_for_timeout(50)
    assert int(server.checked["sequence"][0]) > max(int(sent["sequence"][0]) for sent in server.sent)
    assert server.checked["had_answer"] == ["pillar"]


def test_a_second_choice_has_a_key_of_its_own_and_a_later_place(page: Page, server: Server) -> None:
    page.get_by_label("One").check()
    expect(receipt(page)).to_have_text("Saved at 14:03, receipt 128.")
    page.clock.run_for(5)
    with page.expect_request("**/save"):
        page.get_by_label("Two").check()
    expect(receipt(page)).to_have_attribute("data-state", "saved")
    first, second = server.sent
    assert first["client_key"] != second["client_key"]
    assert int(first["sequence"][0]) < int(second["sequence"][0])


def test_a_newer_choice_takes_the_place_of_one_that_never_arrived(page: Page, server: Server) -> None:
    server.answers = [lost, reply(200, SAVED)]
    page.get_by_label("One").check()
    expect(receipt(page)).to_have_text("Not saved yet.")
    page.get_by_label("Two").check()
    expect(receipt(page)).to_have_text("Saved at 14:03, receipt 128.")
    page.clock.fast_forward(60_000)
    assert [sent["a1"] for sent in server.sent] == [["one"], ["two"]]


def test_a_refusal_shows_the_servers_sentence_and_keeps_the_choice(page: Page, server: Server) -> None:
    refusal = {"text": "You were signed out.", "url": "/sign-in", "label": "Sign in"}
    server.answers = [reply(401, refusal)]
    page.get_by_label("Two").check()
    expect(receipt(page)).to_have_text("You were signed out. Sign in")
    page.clock.fast_forward(60_000)
    assert len(server.sent) == 1
    expect(page.get_by_label("Two")).to_be_checked()


def test_a_page_in_place_of_a_receipt_is_not_taken_for_one(page: Page, server: Server) -> None:
    server.answers = [lambda route: route.fulfill(body="<h1>Sign in</h1>", content_type="text/html")]
    page.get_by_label("Two").check()
    expect(receipt(page)).to_have_text("Not saved.")


def test_leaving_while_something_is_unsaved_asks_first(page: Page, server: Server) -> None:
    server.answers = [lost]
    page.get_by_label("One").check()
    expect(receipt(page)).to_have_text("Not saved yet.")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    with page.expect_event("dialog"):
        page.evaluate("location.href = '/elsewhere'")
    expect(receipt(page)).to_have_attribute("data-state", "waiting")
    assert asked == ["beforeunload"]


def test_a_text_is_saved_when_the_hand_rests_and_not_twice(page: Page, server: Server) -> None:
    page.get_by_label("Notes").press_sequentially("Who asks?")
    page.clock.run_for(2_500)
    expect(receipt(page, "journal")).to_have_text("Saved at 14:03, receipt 128.")
    page.get_by_label("Notes").blur()
    page.clock.run_for(2_500)
    assert [sent["a2"] for sent in server.sent] == [["Who asks?"]]


def test_a_form_sent_twice_is_sent_once(page: Page, server: Server) -> None:
    button = page.get_by_role("button", name="Check my answers")
    button.click()
    expect(button).to_have_attribute("aria-disabled", "true")
    # Playwright does not press what says aria-disabled; an impatient hand does.
    button.dispatch_event("click")
    assert server.checks == 1
    expect(button).to_have_text("Check my answers")
