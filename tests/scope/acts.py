"""Acts: the forms that people are shown, filled and sent by them and by others, each in the world as it was before;
what is answered, written, kept and shown afterwards is judged by who may see whom once the act is done."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from lms.kernel import outbox
from lms.kernel.unit_of_work import reading
from lms.people.models import Person

from .answers import say
from .before import Before
from .facts import as_it_is
from .filling import Blank, Filled, Form, blanks_of, fill
from .letters import letters_with_links
from .oracle import coordinates, over_all, revealed, seen_places, watches
from .walk import Walk, shape
from .world import BEGINNING, Kind, Mark, World

Key = tuple[str, ...]
Page = tuple[str, TestResponse]
"""An answer, and where it stands."""
OPEN_TO_OTHERS = frozenset({"seminars.nominate", "seminars.new_edition"})
"""What focal points do in an edition, and what makes a new one."""
BRINGS_INTO_SIGHT = frozenset({"seminars.invite", "seminars.replace"})
"""Whoever is given a place is shown to who coordinates the edition from then on, known before or not."""
GIVES_NAMES_BACK = frozenset({"seminars.sensitive"})
MESSAGES = frozenset({"seminars.answer"})
"""What is written there is for the person whose place it is."""
SENDERS = 2
PATIENT = 6
"""So many forms of one kind are sent one after the other until one of them is taken."""
DEEP = 3
"""So many acts follow one upon the other, where each brings up a form that nobody was shown before."""
SECONDS = 3
"""So many others look at what follows an act."""
DONE = (200, 201, 204, 302, 303)


@dataclass
class Acts:
    """Whoever is shown a form sends it filled; then everybody else sends it too."""

    walk: Walk
    senders: int | None = SENDERS
    """How many of those who are shown a form send it, and how many of those who are not; None for all."""
    blanks: dict[str, dict[tuple[str, Key], list[Blank]]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    open: dict[str, dict[str, TestResponse]] = field(default_factory=dict)
    """Pages that look again by themselves whether they are still as they were."""
    misplaced: list[str] = field(default_factory=list)
    told_apart: list[str] = field(default_factory=list)
    handed_on: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    depth: int = 0

    def __post_init__(self) -> None:
        self.world = self.later = self.walk.world
        self.at_first: set[str] = set()

    def note(self, viewer: str, path: str, answer: TestResponse) -> None:
        """Remember the forms of a page that was opened, and which files somebody may take away."""
        if answer.status_code != 200:
            return
        if "ETag" in answer.headers and len(self.open.setdefault(viewer, {})) < 3 and "/editions/" in path:
            self.open[viewer][path] = answer
        if answer.mimetype != "text/html":
            self.files.setdefault(viewer, []).append(path)
            return
        mine = self.blanks.setdefault(viewer, {})
        for blank in blanks_of(path, answer.text):
            endpoint = self.endpoint(blank.action)
            same = mine.setdefault((endpoint, blank.key), []) if endpoint else [blank] * PATIENT
            if len(same) < PATIENT:
                same.append(blank)

    def endpoint(self, path: str) -> str:
        """What an address is sent to; "" for none of ours."""
        try:
            found, _values = self.walk.world.app.url_map.bind("localhost").match(urlsplit(path).path, "POST")
        except HTTPException:
            return ""
        return str(found)

    def send_everything(self) -> None:
        """Everybody sends what they are shown, then what others are shown."""
        while outbox.run_one("walker"):
            pass
        self.before = Before(self.world)
        self.newest = _newest()
        self.noted_before = self.walk.read_what_is_kept()
        rng, everybody = self.world.rng, list(self.blanks)
        keys = sorted({key for mine in self.blanks.values() for key in mine})
        self.at_first = {endpoint for endpoint, _names in keys}
        for key in keys:
            self.shown = shown = [viewer for viewer in everybody if key in self.blanks[viewer]]
            for viewer in self._some(shown):
                self._send_one(viewer, key[0], self.blanks[viewer][key])
            blank = self.blanks[rng.choice(shown)][key][0]
            for viewer in self._some([one for one in everybody if one not in shown]):
                self.send(viewer, key[0], blank, foreign=True)
        self.before.close()

    def _send_one(self, viewer: str, endpoint: str, blanks: list[Blank]) -> None:
        """One form of a kind; the next one where that is refused, until one has been taken."""
        for blank in blanks:
            if self.send(viewer, endpoint, blank) or endpoint in self.done:
                return

    def _some(self, viewers: list[str]) -> list[str]:
        few = self.senders if self.senders is not None else len(viewers)
        return self.world.rng.sample(viewers, min(few, len(viewers)))

    def send(self, viewer: str, endpoint: str, blank: Blank, *, foreign: bool = False) -> bool:
        """One form with each of its buttons, filled wholly, and sparingly where that is refused; whether any was
        taken."""
        form, taken = Form(blank.html), False
        for button in (form.buttons or [None])[:1] if foreign else (form.buttons or [None]):
            for sparing in (False, True):
                filled = fill(form, self.world.word, button, sparing=sparing)
                say(self.world, viewer, endpoint, blank.action, filled)
                done = self._sent(viewer, endpoint, blank.action, filled)
                taken |= done
                if done or foreign:
                    break
            if not foreign and endpoint not in BRINGS_INTO_SIGHT:
                self._ask_after(viewer, endpoint, blank.action, form, button)
        return taken

    def _ask_after(self, viewer: str, endpoint: str, path: str, form: Form, button: tuple[str, str] | None) -> None:
        """No answer tells whether an address is known here, but to those who may look behind every code name."""
        world = self.world
        seen = self.walk.allowed_to(viewer)
        foreign = [mark for mark in world.marks if mark.kind is Kind.ADDRESS and mark.text not in seen]
        asks = any(one.type == "email" for one in form.fields.values())
        if not foreign or not asks or over_all(world, viewer):
            return
        told, client = [], world.client(viewer)
        cookies = copy.copy(client._cookies)
        for words in ([world.word() for _ in range(9)], [mark.text for mark in world.rng.sample(foreign, 2)]):
            others = iter([*words, *(world.word() for _ in range(9))])
            filled = fill(form, world.word, button, sparing=False, addresses=lambda left=others: next(left))
            answer = client.post(path, data=filled.data)
            told.append((answer.status_code, plain(answer, words)))
            client._cookies = copy.copy(cookies)
            if self.before.changed:
                self.before.back()
        if told[0] != told[1]:
            self.told_apart.append(f"{viewer}: {endpoint} tells whether an address is known")

    def _sent(self, viewer: str, endpoint: str, path: str, filled: Filled) -> bool:
        walk, world = self.walk, self.world
        where, client = f"POST {endpoint} filled", world.client(viewer)
        cookies = copy.copy(client._cookies)
        answer = client.post(path, data=filled.data)
        done = answer.status_code in DONE
        who = (done and filled.becomes) or viewer
        said = walk.marks_in(str(filled.data)) | filled.told | {*filled.typed.values()}
        page = (path, answer)
        with world.seen_through(who, client):
            with walk.knowing(self._typed(who, endpoint, filled)):
                walk.read(who, where, answer, said | revealed(world, viewer, path))
                if done and self.before.changed:
                    self.misplaced += _misplaced(world, who, endpoint, path)
                    page = self._judge(who, where, page, filled)
                elif done:
                    page = self._then(who, where, page, {*filled.typed.values()} | filled.told)
            (self.done if done else self.refused)[endpoint] += 1
            if done:
                self._go_on(who, endpoint, *page)
        if self.before.changed:
            self.before.back()
        client._cookies = cookies
        return done

    def _typed(self, viewer: str, endpoint: str, filled: Filled) -> list[Mark]:
        """What is known again of the words that were written: texts of courses are for everybody."""
        public = endpoint.startswith("authoring.")
        who = self.world.viewers[viewer]
        return [] if public else [Mark(word, Kind.TYPED, who) for word in filled.typed.values()]

    # After an act ---------------------------------------------------------------------------------------------------

    def _judge(self, viewer: str, where: str, page: Page, filled: Filled) -> Page:
        walk, world = self.walk, self.world
        later = self.later = as_it_is(world)
        later.marks = [*world.marks, *self._newcomer(filled)]
        walk.judge_by(world, later)
        mine = {*filled.typed.values()} | filled.told
        page = self._then(viewer, where, page, mine)
        while outbox.run_one("walker"):
            pass
        for letter in self.before.new_letters():
            walk.read_letter(letter.read_bytes(), f" after {where}", mine if where.split()[1] in MESSAGES else ())
        walk.read_what_is_kept(f" after {where}", self.noted_before)
        walk.judge_by(later)
        self.handed_on += _handed_on(walk, world, later, viewer, where)
        self._look_again(viewer, where, mine)
        walk.judge_by(world)
        return page

    def _then(self, viewer: str, where: str, page: Page, mine: set[str]) -> Page:
        """The page to which an answer leads, read; or the answer itself."""
        _path, answer = page
        if answer.status_code not in (302, 303):
            return page
        path = answer.headers["Location"]
        answer = self.world.client(viewer).get(path)
        self.walk.read(viewer, f"{where}, then", answer, mine)
        return path, answer

    def _look_again(self, viewer: str, where: str, typed: set[str]) -> None:
        """What is open already and is said to be as it was, and some of the files that may be taken away."""
        client, rng = self.world.client(viewer), self.world.rng
        for path, open_already in self.open.get(viewer, {}).items():
            again = client.get(path, headers={"HX-Request": "true", "If-None-Match": open_already.headers["ETag"]})
            shown = open_already if again.status_code == 304 else again
            self.walk.read(viewer, f"{where}, then what is open", shown, typed)
        files = self.files.get(viewer, [])
        for path in rng.sample(files, min(2, len(files))):
            self.walk.read(viewer, f"{where}, then {shape(path)}", client.get(path), typed)

    def _newcomer(self, filled: Filled) -> list[Mark]:
        """The words of a name and an address that were typed are those of whoever was made with them."""
        newest = _newest()
        if newest == self.newest:
            return []
        kinds = {"name": Kind.NAME, "address": Kind.ADDRESS}
        return [
            Mark(word, kind, newest)
            for name, word in filled.typed.items()
            for part, kind in kinds.items()
            if name.endswith(part)
        ]

    # What an act brings up ------------------------------------------------------------------------------------------

    def _go_on(self, viewer: str, endpoint: str, path: str, page: TestResponse) -> None:
        """Send the forms that nobody was shown before: on the page that follows, to whoever did it and to others
        who could have, and behind the links of letters."""
        if self.depth == DEEP:
            return
        world, later = self.world, self.later
        self.walk.judge_by(later)
        self.world = later
        with letters_with_links(later, self.before.new_letters()) as letters:
            pages = [(viewer, path, page), *self._seconds(viewer, endpoint, path)]
            pages += [(who, link, self._opened(who, link)) for who, link in letters if self._is_new(link)]
            fresh = [
                (who, blank)
                for who, where, shown in pages
                if shown.status_code == 200 and shown.mimetype == "text/html"
                for blank in blanks_of(where, shown.text)
                if self._is_new(blank.action)
            ]
            if fresh:
                self._send_fresh(fresh)
        self.world = self.later = world
        self.walk.judge_by(world)

    def _send_fresh(self, fresh: list[tuple[str, Blank]]) -> None:
        """Each in the world as it is after the act that brought it up."""
        outer, newest = self.before, self.newest
        self.before, self.newest, self.depth = Before(self.world), _newest(), self.depth + 1
        for who, blank in fresh:
            if self._is_new(blank.action):
                self.send(who, self.endpoint(blank.action), blank)
        self.before.close()
        self.before, self.newest, self.depth = outer, newest, self.depth - 1

    def _is_new(self, path: str) -> bool:
        """Whether a form was shown to nobody at first, or has not been taken yet from anybody; and not tried enough."""
        endpoint = self.endpoint(path)
        tried = self.done[endpoint] + self.refused[endpoint]
        if endpoint in self.at_first:
            return tried > 0 and not self.done[endpoint] and tried < 4 * PATIENT
        return bool(endpoint) and self.done[endpoint] < SENDERS and tried < 4 * PATIENT

    def _seconds(self, viewer: str, endpoint: str, path: str) -> list[tuple[str, str, TestResponse]]:
        """Some others who were shown the same form open the page that follows."""
        client = self.world.client
        others = [other for other in self.shown if client(other) is not client(viewer)]
        if self.done[endpoint] > SENDERS or not others:
            return []
        return [(other, path, self._opened(other, path)) for other in others[:SECONDS]]

    def _opened(self, viewer: str, path: str) -> TestResponse:
        page = self.world.client(viewer).get(path)
        self.walk.read(viewer, f"GET {shape(path)} after an act", page)
        return page


def _newest() -> int:
    with reading() as session:
        return session.scalar(select(func.max(Person.id))) or 0


def plain(answer: TestResponse, words: Iterable[str]) -> str:
    """What an answer says, without what differs from one to the next in any case."""
    text = f"{answer.headers.get('Location', '')} {answer.text}"
    for word in words:
        text = text.lower().replace(word, "*")
    return re.sub(rf"{BEGINNING}[a-z]{{7}}|[\w.-]{{22,}}", "*", text)


def _misplaced(world: World, viewer: str, endpoint: str, path: str) -> list[str]:
    """What was done where somebody has nothing to do: in an edition they do not coordinate, to a place not theirs."""
    followed = {place.public_id for place in seen_places(world, viewer, fully=True)}
    mine = [place for place in world.places if place.person_id == world.viewers[viewer]]
    own = {place.public_id for place in mine}
    wrong = [one for one in world.places if f"/{one.public_id}" in path and one.public_id not in followed | own]
    if path.startswith("/editions/") and endpoint not in OPEN_TO_OTHERS:
        there = [edition for edition in world.editions if f"/{edition}/" in f"{path}/"]
        wrong_there = [edition for edition in there if not coordinates(world, viewer, edition)]
    else:
        wrong_there = []
    return [f"{viewer} has done {endpoint} elsewhere"] if wrong or wrong_there else []


def _handed_on(walk: Walk, world: World, later: World, viewer: str, where: str) -> list[str]:
    """Nobody comes by an act to see more people than before, nor lets others see whom they do not see themselves; but
    whoever's affairs are shown to another one from then on is told to whom."""
    parts = ("places", "held", "companions", "nominators", "introduced")
    if where.split()[1] in GIVES_NAMES_BACK or all(getattr(world, part) == getattr(later, part) for part in parts):
        return []
    known = {mark.text: mark.person_id for mark in world.marks if mark.kind in (Kind.NAME, Kind.ADDRESS)}
    before, since = walk.seen_in(world), walk.seen_in(later)
    gained = {
        one: {
            text
            for text in (since[one] - before[one] - before[viewer]) & known.keys()
            if not watches(later, world.viewers[one], known[text])
        }
        for one in world.viewers
    }
    return [f"{where} by {viewer}: {one} sees {len(marks)} more" for one, marks in gained.items() if marks]
