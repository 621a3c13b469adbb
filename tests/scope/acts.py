"""Acts: the forms that people are shown, filled and sent by them and by others, each in the world as it was before;
what is answered, written, kept and shown afterwards is judged by who may see whom once the act is done."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from lms.kernel import outbox
from lms.kernel.db import db
from lms.kernel.settings import settings_of
from lms.kernel.unit_of_work import reading
from lms.people.models import Person

from .facts import as_it_is
from .filling import Blank, Filled, Form, blanks_of, fill
from .oracle import allowed, coordinates, over_all, revealed, seen_places
from .walk import ENDS_THE_WALK, Walk, shape
from .world import BEGINNING, Kind, Mark, World

Key = tuple[str, ...]
OPEN_TO_OTHERS = frozenset({"seminars.nominate", "seminars.new_edition"})
"""What focal points do in an edition, and what makes a new one."""
BRINGS_INTO_SIGHT = frozenset({"seminars.invite", "seminars.replace"})
"""Whoever is given a place is shown to who coordinates the edition from then on, known before or not."""
GIVES_NAMES_BACK = frozenset({"seminars.sensitive"})
MESSAGES = frozenset({"seminars.answer"})
"""What is written there is for the person whose place it is."""
SENDERS = 2
DONE = (200, 201, 204, 302, 303)


class Before:
    """The world of SQLite as it is now, to come back to."""

    def __init__(self, world: World) -> None:
        db.session.remove()
        self._file, self._kept = sqlite3.connect(str(db.engine.url.database)), sqlite3.connect(":memory:")
        self._file.backup(self._kept)
        self._mail = settings_of(world.app).home / "mail"
        self._letters = set(self._mail.glob("*.eml"))
        self._version = self._told()

    def _told(self) -> int:
        return int(self._file.execute("PRAGMA data_version").fetchone()[0])

    @property
    def changed(self) -> bool:
        """Whether anything was written since."""
        return self._told() != self._version

    def new_letters(self) -> list[Path]:
        """What was sent since."""
        return sorted(set(self._mail.glob("*.eml")) - self._letters)

    def back(self) -> None:
        """As it was."""
        db.session.remove()
        self._kept.backup(self._file)
        for letter in self.new_letters():
            letter.unlink()
        self._version = self._told()

    def close(self) -> None:
        """It is not needed any more."""
        self._file.close()
        self._kept.close()


@dataclass
class Acts:
    """Whoever is shown a form sends it filled; then everybody else sends it too."""

    walk: Walk
    senders: int | None = SENDERS
    """How many of those who are shown a form send it, and how many of those who are not; None for all."""
    each: int = 1
    """How many forms of one kind somebody sends."""
    blanks: dict[str, dict[tuple[str, Key], list[Blank]]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    open: dict[str, dict[str, TestResponse]] = field(default_factory=dict)
    """Pages that look again by themselves whether they are still as they were."""
    misplaced: list[str] = field(default_factory=list)
    told_apart: list[str] = field(default_factory=list)
    handed_on: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

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
            if endpoint and endpoint not in ENDS_THE_WALK:
                same = mine.setdefault((endpoint, blank.key), [])
                if len(same) < self.each:
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
        self.before = Before(self.walk.world)
        with reading() as session:
            self.newest = session.scalar(select(func.max(Person.id)))
        rng, everybody = self.walk.world.rng, list(self.blanks)
        for key in sorted({key for mine in self.blanks.values() for key in mine}):
            shown = [viewer for viewer in everybody if key in self.blanks[viewer]]
            for viewer in self._some(shown):
                for blank in self.blanks[viewer][key]:
                    self.send(viewer, key[0], blank)
            blank = self.blanks[rng.choice(shown)][key][0]
            for viewer in self._some([one for one in everybody if one not in shown]):
                self.send(viewer, key[0], blank, foreign=True)
        self.before.close()

    def _some(self, viewers: list[str]) -> list[str]:
        few = self.senders if self.senders is not None else len(viewers)
        return self.walk.world.rng.sample(viewers, min(few, len(viewers)))

    def send(self, viewer: str, endpoint: str, blank: Blank, *, foreign: bool = False) -> None:
        """One form with each of its buttons, filled wholly, and sparingly where that is refused."""
        form = Form(blank.html)
        for button in (form.buttons or [None])[:1] if foreign else (form.buttons or [None]):
            for sparing in (False, True):
                filled = fill(form, self.walk.world.word, button, sparing=sparing)
                code = self._sent(viewer, endpoint, blank.action, filled)
                if code in DONE or foreign:
                    break
            if not foreign and endpoint not in BRINGS_INTO_SIGHT:
                self._ask_after(viewer, endpoint, blank.action, form, button)

    def _ask_after(self, viewer: str, endpoint: str, path: str, form: Form, button: tuple[str, str] | None) -> None:
        """No answer tells whether an address is known here, but to those who may look behind every code name."""
        world = self.walk.world
        seen = self.walk.allowed_to(viewer)
        foreign = [mark for mark in world.marks if mark.kind is Kind.ADDRESS and mark.text not in seen]
        asks = any(one.type == "email" for one in form.fields.values())
        if not foreign or not asks or over_all(world, viewer):
            return
        told = []
        for words in ([world.word() for _ in range(9)], [mark.text for mark in world.rng.sample(foreign, 2)]):
            others = iter([*words, *(world.word() for _ in range(9))])
            filled = fill(form, world.word, button, sparing=False, addresses=lambda left=others: next(left))
            answer = world.client(viewer).post(path, data=filled.data)
            told.append((answer.status_code, plain(answer, words)))
            if self.before.changed:
                self.before.back()
        if told[0] != told[1]:
            self.told_apart.append(f"{viewer}: {endpoint} tells whether an address is known")

    def _sent(self, viewer: str, endpoint: str, path: str, filled: Filled) -> int:
        walk, world = self.walk, self.walk.world
        where = f"POST {endpoint} filled"
        answer = world.client(viewer).post(path, data=filled.data)
        code = answer.status_code
        said = walk.marks_in(str(filled.data))
        with walk.knowing(self._typed(viewer, endpoint, filled)):
            walk.read(viewer, where, answer, {*said, *filled.typed.values(), *revealed(world, viewer, path)})
            if self.before.changed:
                if code in DONE:
                    self.misplaced += _misplaced(world, viewer, endpoint, path)
                    self._judge(viewer, where, answer, filled)
                self.before.back()
        (self.done if code in DONE else self.refused)[endpoint] += 1
        return code

    def _typed(self, viewer: str, endpoint: str, filled: Filled) -> list[Mark]:
        """What is known again of the words that were written: texts of courses are for everybody."""
        public = endpoint.startswith("authoring.")
        who = self.walk.world.viewers[viewer]
        return [] if public else [Mark(word, Kind.TYPED, who) for word in filled.typed.values()]

    # After an act ---------------------------------------------------------------------------------------------------

    def _judge(self, viewer: str, where: str, answer: TestResponse, filled: Filled) -> None:
        walk, world = self.walk, self.walk.world
        later = as_it_is(world)
        later.marks = [*world.marks, *self._newcomer(filled)]
        walk.judge_by(world, later)
        mine = set(filled.typed.values())
        if answer.status_code in (302, 303):
            walk.read(viewer, f"{where}, then", world.client(viewer).get(answer.headers["Location"]), mine)
        while outbox.run_one("walker"):
            pass
        for letter in self.before.new_letters():
            walk.read_letter(letter.read_bytes(), f" after {where}", mine if where.split()[1] in MESSAGES else ())
        walk.read_what_is_kept(f" after {where}")
        walk.judge_by(later)
        self.handed_on += _handed_on(world, later, viewer, where)
        self._look_again(viewer, where, mine)
        walk.judge_by(world)

    def _look_again(self, viewer: str, where: str, typed: set[str]) -> None:
        """What is open already and is said to be as it was, and some of the files that may be taken away."""
        client, rng = self.walk.world.client(viewer), self.walk.world.rng
        for path, open_already in self.open.get(viewer, {}).items():
            again = client.get(path, headers={"HX-Request": "true", "If-None-Match": open_already.headers["ETag"]})
            shown = open_already if again.status_code == 304 else again
            self.walk.read(viewer, f"{where}, then what is open", shown, typed)
        files = self.files.get(viewer, [])
        for path in rng.sample(files, min(2, len(files))):
            self.walk.read(viewer, f"{where}, then {shape(path)}", client.get(path), typed)

    def _newcomer(self, filled: Filled) -> list[Mark]:
        """The words of a name and an address that were typed are those of whoever was made with them."""
        with reading() as session:
            newest = session.scalar(select(func.max(Person.id))) or 0
        if newest == self.newest:
            return []
        kinds = {"name": Kind.NAME, "address": Kind.ADDRESS}
        return [
            Mark(word, kind, newest)
            for name, word in filled.typed.items()
            for part, kind in kinds.items()
            if name.endswith(part)
        ]


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


def _handed_on(world: World, later: World, viewer: str, where: str) -> list[str]:
    """Nobody comes by an act to see more people than before, nor lets others see whom they do not see themselves."""
    parts = ("places", "held", "companions", "nominators", "introduced")
    if where.split()[1] in GIVES_NAMES_BACK or all(getattr(world, part) == getattr(later, part) for part in parts):
        return []
    known = {mark.text for mark in world.marks if mark.kind in (Kind.NAME, Kind.ADDRESS)}
    own = allowed(world, viewer) & known
    gained = {one: allowed(later, one) & known - allowed(world, one) - own for one in world.viewers}
    return [f"{where} by {viewer}: {one} sees {len(marks)} more" for one, marks in gained.items() if marks]
