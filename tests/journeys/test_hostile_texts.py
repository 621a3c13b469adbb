"""An author's text runs no script and makes no reader's browser call another host, whatever it says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from lms.catalogue.publishing import Publication
from lms.catalogue.render import PageContext, sanitise, source_html
from lms.catalogue.services import course_row, fingerprint
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Person
from lms.people.rules import Role
from tests.authoring.desks import worker
from tests.authoring.drafts import FIRST_PATH, begin, save, workspace
from tests.catalogue import tiny
from tests.hostile_texts import PAYLOADS, hostile_course
from tests.learning.makers import ASKED, FIRST, Reader, make_reader
from tests.people.makers import signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]

MARKDOWN = PageContext("en", {"S001": {"id": "S001", "title": "A source"}}, {})
WATCH = "document.addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"


@dataclass
class Watched:
    """A page in Chromium, and everything it did that no text may make it do."""

    page: Page
    home: str
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("dialog", lambda dialog: (self.told.append("a dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("console", lambda said: self.told.append(said.text) if "policy" in said.text else None)
        self.page.add_init_script(WATCH)

    def _asked(self, url: str) -> None:
        if not url.startswith(self.home):
            self.told.append(f"asked for {url}")

    def look(self, path: str) -> str:
        """Open a page and whatever is folded on it; gives what it did, with the page's name."""
        answer = self.page.goto(self.home + path, wait_until="load")
        assert answer is not None
        assert answer.status < 500, path
        self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        self.page.evaluate("document.querySelectorAll('[popover]').forEach(one => one.showPopover?.())")
        if self.page.evaluate("window.ran"):
            self.told.append("a script ran")
        if not self.page.url.startswith(self.home):
            self.told.append(f"was led to {self.page.url}")
        found, self.told = self.told, []
        return f"{path}: {found}" if found else ""


def test_what_watches_here_sees_what_is_not_cleaned(chromium: Browser) -> None:
    context = chromium.new_context()
    seen = []
    for payload in PAYLOADS[:20]:
        watched = Watched(context.new_page(), "about:")
        watched.page.set_content(payload, wait_until="domcontentloaded")
        watched.page.wait_for_timeout(50)
        seen.append(bool(watched.told or watched.page.evaluate("window.ran")))
        watched.page.close()
    context.close()
    assert sum(seen) > 12, seen


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_rendered_does_nothing_even_where_no_policy_forbids_it(chromium: Browser, payload: str) -> None:
    context = chromium.new_context()
    watched = Watched(context.new_page(), "about:")
    source = {
        "id": "S001",
        "title": payload,
        "author": payload,
        "date": payload,
        "url": f"https://example.org/{payload}",
    }
    html = [
        sanitise(MARKDOWN.prose(payload)),
        sanitise(MARKDOWN.inline(payload)),
        sanitise(payload),
        source_html(source, "en"),
    ]
    assert [sanitise(one) for one in html] == html
    watched.page.set_content("<hr>".join(html), wait_until="load")
    watched.page.evaluate("document.querySelectorAll('a').forEach(a => a.protocol === 'javascript:' && a.click())")
    assert not watched.page.evaluate("window.ran")
    assert watched.told == []
    context.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


FILES = tiny.tiny_files(first=FIRST, asked=ASKED, cases=tiny.CASES.replace("- thought\n", "- thought\n- case\n"))
FILES["modules/02-cases/case.md"] = tiny.CASE


@pytest.fixture
def reader(sqlite_app: Flask) -> Reader:
    """Somebody on an edition of a course whose every text is hostile; it was published past every check."""
    checked = hostile_course(FILES, tiny.KINDS)
    with unit_of_work() as session:
        course = course_row(session, "tiny", now())
        version, _found = Publication(session, checked, tiny.KINDS, course, None, now(), None).publish(
            fingerprint(checked.files)
        )
        version.summary = {"en": " ".join(PAYLOADS)}
    db.session.remove()
    return make_reader(sqlite_app)


@contextmanager
def watched(chromium: Browser, app: Flask, home: str, person_id: int) -> Iterator[Watched]:
    """Somebody's own Chromium, signed in."""
    with unit_of_work() as session:
        person = session.get_one(Person, person_id)
    client = signed_in_client(app, person)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    context = chromium.new_context()
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": home}])
    yield Watched(context.new_page(), home)
    context.close()


def pages_of(app: Flask, **known: list[str]) -> list[str]:
    """Every page that can be asked for with these names."""
    adapter = app.url_map.bind("localhost")
    found = set()
    for rule in app.url_map.iter_rules():
        # A file to keep opens no page.
        page = "GET" in (rule.methods or ()) and not rule.rule.endswith(".zip")
        if page and rule.arguments and rule.arguments <= set(known):
            names = sorted(rule.arguments)
            for values in product(*(known[name] for name in names)):
                found.add(adapter.build(rule.endpoint, dict(zip(names, values, strict=True))))
    return sorted(found)


UNITS = ["first", "asked", "thought", "case"]


def test_no_published_text_does_anything_to_those_who_read_it(chromium: Browser, reader: Reader) -> None:
    app = reader.app
    tried = reader.begin()
    paths = pages_of(app, edition=[reader.edition], unit=UNITS, module=["words", "cases"], term=["state"])
    with served(app) as home, watched(chromium, app, home, reader.person_id) as seen:
        told = [seen.look(path) for path in ("/", *paths)]
        assert reader.check(tried, **reader.right()).status_code == 303
        told.append(seen.look(reader.url("asked")))
        assert seen.page.get_by_text("window.ran=1").count() > 5
    assert len(paths) > 8
    assert [one for one in told if one] == []


def test_no_text_does_anything_to_those_who_work_on_it(chromium: Browser, reader: Reader) -> None:
    app = reader.app
    trainer = worker(app, Role.TRAINER)
    draft = begin(trainer, "A change <script>window.ran=1</script>")
    spoilt = workspace(draft).files.texts[FIRST_PATH]
    save(trainer, draft, spoilt.replace("It ended.", "It began."))
    names = {"slug": ["tiny"], "draft": [draft.public_id], "unit": UNITS, "number": ["1.0"]}
    paths = pages_of(app, **names)
    with served(app) as home, watched(chromium, app, home, trainer.person.id) as seen:
        told = [seen.look(path) for path in ("/courses", *paths)]
        seen.look("/courses/tiny/units/first")
        assert seen.page.get_by_text("window.ran=1").count() > 5
    assert len(paths) > 8
    assert [one for one in told if one] == []
