"""The walk: a viewer opens everything, and what comes back is read for the marks of people they may not see."""

from __future__ import annotations

import email
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from html import unescape
from urllib.parse import parse_qsl, unquote, urlsplit

from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.kernel import outbox
from lms.kernel.models import AuditEntry, Job
from lms.kernel.settings import settings_of
from lms.kernel.unit_of_work import reading

from .happenings import HOMES
from .oracle import allowed, near, revealed, tells_where
from .routes import Ids, asked_of, ids_of, routes
from .world import BEGINNING, Kind, Mark, World

ENDS_THE_WALK = frozenset({"people.sign_out", "people.end_session", "people.end_other_sessions"})
REFUSED = (401, 403, 404)
PATIENCE = 6
_MARK = re.compile(f"{BEGINNING}[a-z]{{7}}")
ZIPPED = b"PK\x03\x04"
_LINK = re.compile(r'(?:href|src|action)="(/[^"#]*\?[^"#]*)')
_OFFERED = re.compile(r"<optgroup[^>]*>|<option(?![^>]*\bselected)[^>]*>[^<]*")
_TITLE = re.compile(r"<title>(.*?)</title>", re.S)


@dataclass(frozen=True)
class Leak:
    """A mark that stood where it must not."""

    viewer: str
    where: str
    kind: Kind
    part: str

    def __str__(self) -> str:
        return f"{self.viewer}: {self.where} shows a foreign {self.kind} in its {self.part}"


@dataclass
class Walk:
    """What was opened and what was found."""

    world: World
    ids: Ids
    patience: int | None = PATIENCE
    """After so many refusals one after the other a route is left; None for never."""
    leaks: list[Leak] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    opened: Counter[str] = field(default_factory=Counter)
    """How many answers with status 200 each viewer got."""
    shown: dict[str, set[str]] = field(default_factory=dict)
    """The marks that stood in these, rightly."""

    noted: Callable[[str, str, TestResponse], None] | None = None
    """Who else is told of every page that was opened."""

    def __post_init__(self) -> None:
        self._marks = {mark.text: mark for mark in self.world.marks}
        self._typed: set[str] = set()
        self._worlds: tuple[World, ...] = ()
        self._here = {viewer: allowed(self.world, viewer) for viewer in self.world.viewers}
        self.judge_by(self.world)

    def judge_by(self, *worlds: World) -> None:
        """From now on a viewer may see what they may see in one of these."""
        self._worlds, self._allowed = worlds, {}
        for mark in worlds[-1].marks[len(self.world.marks) :]:
            self._marks[mark.text] = mark

    def allowed_to(self, viewer: str) -> set[str]:
        """The marks that this viewer may see."""
        if len(self._worlds) == 1 and self._worlds[0] is self.world and viewer in self._here:
            return self._here[viewer]
        if viewer not in self._allowed:
            self._allowed[viewer] = set[str]().union(*(allowed(world, viewer) for world in self._worlds))
        return self._allowed[viewer]

    def seen_in(self, world: World) -> dict[str, set[str]]:
        """The marks that every viewer may see in a world."""
        here = self._here if world is self.world else {}
        return {viewer: here[viewer] if viewer in here else allowed(world, viewer) for viewer in world.viewers}

    @contextmanager
    def knowing(self, typed: Iterable[Mark]) -> Iterator[None]:
        """Within the block these words, which somebody has just written, are known again."""
        before = self._marks
        self._marks = before | {mark.text: mark for mark in typed}
        try:
            yield
        finally:
            self._marks = before

    # Reading -------------------------------------------------------------------------------------------------------

    def marks_in(self, text: str) -> set[str]:
        """The marks that stand in a text, however it is written."""
        return set(_MARK.findall(text.lower())) & self._marks.keys()

    def _foreign(self, viewer: str, text: str) -> set[str]:
        """The marks in a text that are not for this viewer."""
        found = self.marks_in(text) - self.allowed_to(viewer)
        if any(self._marks[one].kind is Kind.HOME for one in found):
            offered = found - self.marks_in(_OFFERED.sub("", text))
            found -= {one for one in offered if self._marks[one].kind is Kind.HOME}
        return found

    def homes_in(self, viewer: str, texts: Iterable[str]) -> set[str]:
        """The states of those who are not to be named, where a text tells one of them. What a form offers tells
        nothing, since it is the same for all; what is chosen in it does."""
        told = " ".join(_OFFERED.sub("", text).lower() for text in texts)
        return {
            state
            for state, words in HOMES.items()
            if any(word in told for word in words)
            and not any(tells_where(world, viewer, state) for world in self._worlds)
        }

    def read(self, viewer: str, where: str, answer: TestResponse, more: Collection[str] = ()) -> None:
        """Look through an answer: headers with redirect and file name, title, body and whatever is packed in it.
        `more` is what may stand in this one's body beside what the viewer may see anywhere."""
        if answer.status_code >= 500:
            self.broken.append(f"{viewer}: {where} answers {answer.status_code}")
        headers = unquote(str(answer.headers))
        self._must_not(viewer, where, "header", self.marks_in(headers))
        texts = list(texts_in(answer.data))
        for title in _TITLE.findall(texts[0]):
            self._must_not(viewer, where, "title", self.marks_in(title))
        for state in self.homes_in(viewer, [headers, *texts]):
            self.leaks.append(Leak(viewer, where, Kind.HOME, state))
        own, found = self.allowed_to(viewer), set[str]().union(*(self.marks_in(text) for text in texts))
        foreign = set[str]().union(*(self._foreign(viewer, text) for text in texts))
        self._must_not(viewer, where, "body", foreign.difference(more))
        self.shown.setdefault(viewer, set()).update(found & own)
        self.opened[viewer] += answer.status_code == 200

    def _must_not(self, viewer: str, where: str, part: str, found: Iterable[str]) -> None:
        self.leaks += [Leak(viewer, where, self._marks[text].kind, part) for text in found]

    # Walking -------------------------------------------------------------------------------------------------------

    def get_everything(self, viewer: str, rules: Iterable[Rule]) -> None:
        """Open every route with every id, and every address with a query that these pages lead to."""
        asked = Counter[str]()
        waiting: list[tuple[str, str]] = []
        for rule in rules:
            refused = 0
            for path, is_near in self._in_turn(viewer, rule):
                if refused == self.patience and not is_near:
                    break
                answer = self._get(viewer, rule.rule, path)
                waiting += links_of(answer)
                refused = refused + 1 if answer.status_code in REFUSED and not is_near else 0
        while waiting:
            where, path = waiting.pop(0)
            asked[where] += 1
            if asked[where] <= 2:
                waiting += links_of(self._get(viewer, where, path))

    def _in_turn(self, viewer: str, rule: Rule) -> list[tuple[str, bool]]:
        """First what is about editions, places, records and mandates of which a viewer sees something, which is never
        left out; then as the lot says."""
        own, paths = near(self.world, viewer), self.paths(rule)
        drawn = self.world.rng.sample(paths, len(paths))
        told = [(len(own.intersection(path.split("/"))), path) for path in drawn]
        enough = max(1, min(2, len(asked_of(rule))))
        return [(path, number >= enough) for number, path in sorted(told, key=lambda one: -one[0])]

    def _get(self, viewer: str, where: str, path: str) -> TestResponse:
        answer = self.world.client(viewer).get(path)
        self.read(viewer, f"GET {where}", answer)
        if self.noted:
            self.noted(viewer, path, answer)
        return answer

    def post_everything(self, viewer: str, rules: Iterable[Rule]) -> None:
        """Send every form without a word in it, about something drawn by lot: what is refused comes back as a page."""
        client = self.world.client(viewer)
        for rule in rules:
            if rule.endpoint in ENDS_THE_WALK:
                continue
            path = self.world.rng.choice(self.paths(rule))
            answer = client.post(path, data={"client_key": "walker-0001"})
            self.read(viewer, f"POST {rule.rule}", answer, revealed(self.world, viewer, path))

    def paths(self, rule: Rule) -> list[str]:
        """The addresses of a route; raises CannotWalk."""
        adapter = self.world.app.url_map.bind("localhost")
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        fixed = dict(rule.defaults or {})
        return [adapter.build(rule.endpoint, {**fixed, **values}, method=method) for values in self.ids.values(rule)]

    # What is sent and kept -----------------------------------------------------------------------------------------

    def read_letters(self) -> int:
        """Let the worker send everything that waits, and read every letter as whoever got it; says how many."""
        while outbox.run_one("walker"):
            pass
        found = 0
        for file in sorted((settings_of(self.world.app).home / "mail").glob("*.eml")):
            self.read_letter(file.read_bytes())
            found += 1
        return found

    def read_letter(self, data: bytes, after: str = "", more: Collection[str] = ()) -> None:
        """A letter tells nothing but what its reader may see, and nobody in its subject; `more` was written to them."""
        message = email.message_from_bytes(data, policy=policy.default)
        to = self.marks_in(str(message["To"]))
        mine = set[str]().union(*(self._letters_of(self._marks[text].person_id) for text in to))
        where = f"letter “{message['Subject']}”{after}"
        self._must_not("a reader", where, "title", self.marks_in(str(message["Subject"])))
        headers = "\n".join(f"{name}: {value}" for name, value in message.items())
        parts = [str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"]
        for text in (headers, *parts):
            self._must_not("a reader", where, "body", self.marks_in(text).difference(mine, to, more))

    def _letters_of(self, person_id: int) -> set[str]:
        viewer = next((name for name, number in self.world.viewers.items() if number == person_id), None)
        if viewer:
            return self.allowed_to(viewer)
        return {mark.text for mark in self._marks.values() if mark.person_id == person_id}

    def read_logs(self, lines: Iterable[object]) -> None:
        """What the logs said meanwhile names nobody."""
        self._must_not("the machine", "the log", "lines", self.marks_in("\n".join(map(str, lines))))

    def read_what_is_kept(self, after: str = "", since: int = 0) -> int:
        """Jobs and the audit trail name nobody, whoever may read them; of the trail what came since the entry with this
        id. Gives that of the last one."""
        with reading() as session:
            jobs = [f"{job.kind} {job.payload} {job.key} {job.error}" for job in session.scalars(select(Job))]
            noted = session.scalars(select(AuditEntry).where(AuditEntry.id > since).order_by(AuditEntry.id)).all()
            audit = [f"{one.act} {one.about} {one.details}" for one in noted]
            last = noted[-1].id if noted else since
        for where, lines in (("the queue", jobs), ("the audit trail", audit)):
            self._must_not("the machine", where + after, "rows", self.marks_in("\n".join(lines)))
        return last


def texts_in(data: bytes) -> Iterator[str]:
    """A body as text; of an archive or a spreadsheet every member with its name."""
    if not data.startswith(ZIPPED):
        yield data.decode("utf-8", "replace")
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            yield name
            yield from texts_in(archive.read(name))


def links_of(answer: TestResponse) -> list[tuple[str, str]]:
    """The addresses with a query to which a page leads, each with its shape."""
    if answer.mimetype != "text/html" or answer.status_code != 200:
        return []
    return [(shape(found), unescape(found)) for found in sorted(set(_LINK.findall(answer.text)))]


def shape(address: str) -> str:
    """An address with every id taken out and the names of what it asks for."""
    parts = urlsplit(unescape(address))
    path = re.sub(r"/[A-Za-z0-9_-]{20,24}(?=/|$)", "/*", parts.path)
    return path + "?" + "&".join(sorted({name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}))


def walk_of(world: World) -> Walk:
    """A walk through a world that has not begun yet."""
    with reading() as session:
        return Walk(world, ids_of(session, {"token": world.tokens}))


def gets(world: World) -> list[Rule]:
    """Every route that shows something."""
    return list(routes(world.app, "GET"))


def posts(world: World) -> list[Rule]:
    """Every route that takes a form."""
    return list(routes(world.app, "POST"))
