"""Two officers with one form before them: whoever is later is told what stands there now, beside what they typed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.alumni.models import Network
from lms.alumni.services.networks import add_network
from lms.kernel.clock import frozen, now
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Role, ScopeKind
from lms.people.services.mandates import propose
from lms.seminars.rules import RequestKind
from lms.seminars.services import ask
from lms.web.access import Permission
from lms.web.clicks import ONE_CLICK
from tests.people.makers import give_mandate
from tests.people.makers import make_person as somebody
from tests.scope.filling import Form, blanks_of
from tests.seminars.browsing import Browser, words
from tests.seminars.makers import AT, enrol_person, make_edition, make_institution, make_person
from tests.seminars.submissions import PERSON

FIRST, SECOND = "What the first one wrote of it.", "What the second one wrote of it."
OFFICERS = {Permission.COORDINATE, Permission.OVERSEE, Permission.ADMINISTER}
Fields = Mapping[str, str]


class World:
    """An edition with somebody in it who asks for more time, a later one, and officers who may do everything."""

    def __init__(self, app: Flask) -> None:
        with unit_of_work() as session:
            edition = make_edition(session)
            later = make_edition(session, starts_on=dt.date(2027, 11, 8), ends_on=dt.date(2027, 11, 9))
            place = enrol_person(session, edition, institution=(ministry := make_institution(session)))
            asked = ask(session, enrolment=place, kind=RequestKind.MORE_TIME, message="Please.", at=AT, by="p")
            self.ids = {"edition": edition.public_id, "later": later.public_id, "place": place.public_id}
            self.ids["request"], self.ids["institution"] = asked, ministry.public_id
        people = [somebody(f"Officer Mfano {number}") for number in range(3)]
        for one in people:
            give_mandate(one, Role.COORDINATOR)
            give_mandate(one, Role.ADMINISTRATOR)
        with unit_of_work() as session:
            made = propose(
                session, person=make_person(session), role=Role.OBSERVER, scope=ScopeKind.ALL, scope_id=None,
                since=now().date(), until=None, by=people[2].id, at=now(),
            )  # fmt: skip
            self.ids["mandate"] = made.public_id
            self.ids["network"] = self._network(session)
        self.ids["held"] = give_mandate(somebody("Holder Mfano"), Role.OBSERVER).public_id
        self.first, self.second = Browser(app, people[0]), Browser(app, people[1])

    def _network(self, session: Session) -> str:
        add_network(session, name="A network", states=["KE", "UG"], at=AT, by="c")
        return session.scalars(select(Network.public_id)).one()

    def note_contact_in(self, browser: Browser) -> None:
        """The entry that can be corrected, if there is one."""
        found = re.search(r"correct=([\w-]+)", browser.get(self.of(f"{_PERSON}/contacts")).text)
        self.ids["contact"] = found[1] if found else ""

    def of(self, text: str) -> str:
        """With the ids of this world in it."""
        return text.format(**self.ids)

    def fields(self, said: Fields) -> dict[str, str]:
        """The same of a form."""
        return {self.of(name): self.of(value) for name, value in said.items()}


@dataclass(frozen=True)
class Case:
    """Where a form stands, what each of the two sends with it, what the second one then reads of the first one's, and
    whether the form is there to be sent again."""

    page: str
    first: Fields
    second: Fields
    there: str
    action: str = ""
    first_action: str = ""
    """Where the first one acts by another form than the second."""
    again: bool = True
    second_page: str = ""
    """Where the second one's form stands, if it is elsewhere."""
    before: Fields = field(default_factory=dict)
    before_action: str = ""
    """What was said before either looked at it, and by which form."""
    windows: str = ""
    """Where nobody else may change it, one officer does: in "two" windows, or with a page gone "back" to."""


_PERSON = "/editions/{edition}/people/{place}"
_LINES = {"title_1": "Director", "name_2": "", "title_2": ""}
_DEADLINE = {"deadline_policy": "instant", "deadline_time": "10:00"}
CASES: Mapping[str, Case] = {
    "seminars.edit_edition": Case(
        "/editions/{edition}/edit", {"title": FIRST}, {"title": SECOND}, f"There stands now: {FIRST}"
    ),
    "seminars.change_deadline": Case(
        "/editions/{edition}/deadline?deadline_policy=instant&deadline_day=2027-05-03&deadline_time=10:00",
        {"deadline_day": "2027-05-03"},
        {"deadline_day": "2027-05-04"},
        "The pre-reading is due on Monday 3 May 2027, 10:00",
        action="/editions/{edition}/deadline",
        second_page="/editions/{edition}/deadline?deadline_policy=instant&deadline_day=2027-05-04&deadline_time=10:00",
    ),
    "reminders.text": Case(
        "/editions/{edition}/reminders/text/en", {"subject": FIRST}, {"subject": SECOND}, f"There stands now: {FIRST}"
    ),
    "reminders.reset": Case(
        "/editions/{edition}/reminders/text/en",
        {"subject": FIRST},
        {},
        FIRST,
        action="/editions/{edition}/reminders/text/en/reset",
        first_action="/editions/{edition}/reminders/text/en",
        before={"subject": "Before."},
        before_action="/editions/{edition}/reminders/text/en",
    ),
    "seminars.note_calls": Case(
        "/editions/{edition}/nominations/letters",
        {"states": "Kenya", "places": "2"},
        {"states": "Uganda\nKenya", "places": "47"},
        "There stands now: Kenya: Places asked 2",
    ),
    "seminars.sessions": Case(
        "/editions/{edition}/sessions",
        {"day": "2027-05-09", "half": "morning", "title": FIRST},
        {"day": "2027-05-09", "half": "morning", "title": SECOND},
        f"There stands now: {FIRST}",
    ),
    "seminars.attest": Case(
        f"{_PERSON}/attendance",
        {"half_day": "2027-05-09-morning", "mark": "present", "reason": FIRST},
        {"half_day": "2027-05-09-morning", "mark": "excused", "reason": SECOND},
        FIRST,
    ),
    "signatories.of_edition": Case(
        "/editions/{edition}/signatories",
        {"name_1": "Ester Zqesempio", **_LINES},
        {"name_1": "Jan Voorbeeld", **_LINES},
        "There stands now: Ester Zqesempio, Director",
    ),
    "signatories.everywhere": Case(
        "/signatories",
        {"name_1": "Ester Zqesempio", **_LINES},
        {"name_1": "Jan Voorbeeld", **_LINES},
        "There stands now: Ester Zqesempio, Director",
    ),
    "alumni.change_network": Case(
        "/alumni/networks/{network}", {"name": FIRST}, {"name": SECOND}, f"There stands now: {FIRST}"
    ),
    "institutions.correct": Case(
        "/institutions/{institution}", {"name": FIRST}, {"name": SECOND}, f"There stands now: {FIRST}"
    ),
    "seminars.leave": Case(
        _PERSON, {"leave-reason": FIRST, "how": "withdrawn"}, {"leave-reason": SECOND, "how": "withdrawn"}, FIRST,
        action=f"{_PERSON}/leave", again=False,
    ),
    "seminars.extend": Case(
        _PERSON,
        {"extend-day": "2027-05-04", "extend-time": "10:00"},
        {"extend-day": "2027-05-05", "extend-time": "11:00"},
        "Tuesday 4 May 2027, 10:00",
        action=f"{_PERSON}/extension",
    ),
    "seminars.answer": Case(
        _PERSON,
        {"{request}-words": FIRST, "answer": "no"},
        {"{request}-words": SECOND, "answer": "no"},
        FIRST,
        action=f"{_PERSON}/requests/{{request}}",
        again=False,
    ),
    "seminars.defer": Case(
        f"{_PERSON}/defer", {"later": "{later}", "reason": FIRST}, {"later": "{later}", "reason": SECOND},
        "Deferred to a later edition", again=False,
    ),
    "seminars.replace": Case(
        f"{_PERSON}/replace",
        {**PERSON, "reason": FIRST},
        {**PERSON, "name": "Asha Mfano", "address": "asha@example.org", "reason": SECOND},
        "Replaced by another person",
        again=False,
    ),
    "seminars.take_back": Case(
        _PERSON, {}, {}, "Accepted", action=f"{_PERSON}/take-back", again=False,
        before={"leave-reason": "ill", "how": "withdrawn"}, before_action=f"{_PERSON}/leave",
    ),
    "seminars.send_invitation": Case(
        _PERSON, {"leave-reason": FIRST, "how": "withdrawn"}, {}, FIRST,
        action=f"{_PERSON}/invite", first_action=f"{_PERSON}/leave",
    ),
    "seminars.note_contact": Case(
        f"{_PERSON}/contacts?correct={{contact}}", {"words": FIRST}, {"words": SECOND}, FIRST,
        action=f"{_PERSON}/contacts", again=False, before={"words": "Before.", "day": "2027-04-10"},
        before_action=f"{_PERSON}/contacts", windows="two",
    ),
    "people.decline_mandate": Case(
        "/mandates/{mandate}", {"reason": FIRST}, {"reason": SECOND}, FIRST, action="/mandates/{mandate}/decline",
        again=False,
    ),
    "people.confirm_mandate": Case(
        "/mandates/{mandate}", {"reason": FIRST}, {}, FIRST, action="/mandates/{mandate}/confirm",
        first_action="/mandates/{mandate}/decline", again=False,
    ),
    "people.end_mandate": Case(
        "/mandates/{held}", {"reason": FIRST}, {"reason": SECOND}, FIRST, action="/mandates/{held}/end", again=False
    ),
    "seminars.invite": Case(
        "/editions/{edition}/invite", PERSON, {**PERSON, "name": "Asha Mfano", "address": "asha@example.org"},
        "See what was sent first", windows="back",
    ),
    "seminars.companions": Case(
        "/editions/{edition}/companions", {"name": "Neema Mfano", "address": "neema@example.org"},
        {"name": "Asha Mfano", "address": "asha@example.org"}, "Neema Mfano", windows="back",
    ),
}  # fmt: skip
"""By the name of the view: every form that shows what is there and is refused where that is another thing by now."""


SAID_TWICE: Mapping[str, Case] = {
    "seminars.attest with work": Case(
        f"{_PERSON}/attendance",
        {
            "half_day": "2027-05-09-morning", "mark": "excused", "reason": FIRST, "words": SECOND,
            "due_on": "2027-05-20",
        },
        {}, "",
    ),
    "seminars.remove_session": Case(
        "/editions/{edition}/sessions", {"half": "2027-05-09-morning"}, {}, "",
        action="/editions/{edition}/sessions/remove",
    ),
    "people.successor": Case(
        "/mandate/{held}/successor", {"address": "asha@example.org", "name": "Asha Mfano"}, {}, "",
    ),
}  # fmt: skip
"""What one officer sends twice, beside the cases above."""


CHOSEN = frozenset({"how", "answer", "mark", "half", "half_day", "later"})
"""What nobody types."""


def sent(page: TestResponse, path: str, action: str, said: Fields) -> dict[str, str]:
    """What a browser sends of the form on a page that leads to `action`, with what is `said` in it: of several forms
    the one whose hidden fields say the same."""
    found = [Form(one.html).fields for one in blanks_of(path, page.text) if unescape(one.action) == action]
    for form in found:
        fixed = {name: one.value for name, one in form.items() if one.type == "hidden"}
        if all(fixed[name] == value for name, value in said.items() if name in fixed):
            kept = {name: one.value for name, one in form.items() if not one.options}
            chosen = {name: one.chosen[0] for name, one in form.items() if one.chosen}
            chosen |= {name: one.options[0] for name, one in form.items() if one.type == "select" and not one.chosen}
            return {**kept, **chosen, **said}
    raise AssertionError(f"no such form on {path} leads to {action}")


def do(browser: Browser, world: World, page: str, action: str, said: Fields) -> None:
    """Open a page, fill its form and send it; it is done."""
    path, to = world.of(page), world.of(action)
    assert browser.post(to, **sent(browser.get(path), path, to, world.fields(said))).status_code == 303


_OWN = "held to it by tests of its own: what was shown is a list of people, told by its fingerprint"
_MORE = "adds something, and changes nothing that stands there"
_SAME = "says one thing alone: said by two, it is said once"
_TWO = "one officer proposes, another answers what was shown by a button; the next page says what there is to say"
_OUT = "sends or shows what is there"
ELSEWHERE: Mapping[str, str] = {
    **dict.fromkeys(("records.close", "records.move", "reminders.send", "seminars.join", "seminars.mark"), _OWN),
    **dict.fromkeys(("seminars.save_import", "seminars.undo_import", "seminars.mend_import"), _OWN),
    **dict.fromkeys(
        ("seminars.new_edition", "seminars.imports", "seminars.nominate", "seminars.duplicates", "people.propose"),
        _MORE,
    ),
    **dict.fromkeys(("alumni.propose_past", "alumni.add_network", "feed.name_partner", "feed.make_token"), _MORE),
    **dict.fromkeys(
        (
            "seminars.accept", "seminars.confirm_make_up", "seminars.confirm_name", "seminars.discard_import",
            "seminars.remove_companion", "seminars.remove_session", "seminars.sensitive", "seminars.try_address_again",
            "reminders.turn", "attention.seen", "attention.seen_everywhere", "alumni.handled", "feed.end_partner",
            "feed.end_token", "seminars.take_over_nomination", "seminars.leave_nomination",
        ),
        _SAME,
    ),
    **dict.fromkeys(
        (
            "alumni.propose_mailbox", "alumni.confirm_mailbox", "alumni.decline_mailbox", "alumni.confirm_past",
            "alumni.decline_past", "lives.propose_revocation", "lives.confirm_revocation", "lives.decline_revocation",
            "lives.grant_correction", "lives.refuse_correction", "people.confirm_mandate_alone",
            "people.confirm_successor", "people.decline_successor", "feed.confirm_partner",
            "credentials.approve_export",
        ),
        _TWO,
    ),
    **dict.fromkeys(
        ("reminders.send_focal_letter", "reminders.trial", "seminars.behind", "alumni.invite_past"), _OUT
    ),
}  # fmt: skip
"""The other forms of officers, and why."""


@pytest.mark.parametrize("view", CASES)
def test_whoever_is_later_reads_both_and_nothing_is_lost(sqlite_app: Flask, view: str) -> None:
    case, world = CASES[view], World(sqlite_app)
    mine, other = world.second, world.second if case.windows else world.first
    if case.before:
        do(other, world, case.page.partition("?")[0], case.before_action, case.before)
    world.note_contact_in(mine)
    path, to, said = (
        world.of(case.second_page or case.page),
        world.of(case.action or case.page),
        world.fields(case.second),
    )
    shown = mine.get(path)
    form = sent(shown, path, to, said)
    if case.windows == "back":
        assert other.post(to, **sent(shown, path, to, world.fields(case.first))).status_code == 303
    else:
        do(other, world, case.page, case.first_action or case.action or case.page, case.first)
    answer = mine.post(to, **form)
    assert answer.status_code == 409
    assert case.there in words(answer)
    lost = {name for name, value in said.items() if name not in CHOSEN and value not in unescape(answer.text)}
    assert not lost
    if case.again:
        assert mine.post(to, **sent(answer, path, to, said)).status_code == 303


def test_a_day_and_an_hour_of_the_first_one_stand_in_the_page_after_it_and_stay(sqlite_app: Flask) -> None:
    world = World(sqlite_app)
    path = world.of("/editions/{edition}/edit")
    shown = world.second.get(path)
    do(
        world.first,
        world,
        "/editions/{edition}/edit",
        "/editions/{edition}/edit",
        {"title": FIRST, "morning_from": "08:17"},
    )
    answer = world.second.post(path, **sent(shown, path, path, {"title": SECOND}))
    assert answer.status_code == 409
    assert 'value="08:17"' in answer.text
    assert world.second.post(path, **sent(answer, path, path, {"title": SECOND})).status_code == 303
    after = world.first.get(path).text
    assert SECOND in after
    assert 'value="08:17"' in after


def test_what_is_compared_of_a_deadline_is_alike_for_no_two_places(sqlite_app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        places = [enrol_person(session, edition).public_id for _ in range(2)]
        path = f"/editions/{edition.public_id}/people/"
    officer = somebody("Officer Mfano")
    give_mandate(officer, Role.COORDINATOR)
    pages = [Browser(sqlite_app, officer).get(path + place).text for place in places]
    marks = [re.findall(r"until:([0-9a-zA-Z_-]+)", page)[0] for page in pages]
    assert marks[0] != marks[1]


@pytest.mark.parametrize("view", [*CASES, *SAID_TWICE])
def test_a_click_made_twice_is_answered_twice_as_if_it_had_been_made_once(sqlite_app: Flask, view: str) -> None:
    case, world = {**CASES, **SAID_TWICE}[view], World(sqlite_app)
    mine = world.second
    if case.before:
        do(mine, world, case.page.partition("?")[0], case.before_action, case.before)
    world.note_contact_in(mine)
    path, to = world.of(case.page), world.of(case.first_action or case.action or case.page)
    form = sent(mine.get(path), path, to, world.fields(case.first))
    done = [mine.post(to, **form) for _click in range(2)]
    assert [one.status_code for one in done] == [303, 303]
    assert done[0].location == done[1].location


def test_what_was_done_a_while_ago_or_by_another_is_no_click_made_twice(sqlite_app: Flask) -> None:
    world = World(sqlite_app)
    path, to = world.of(_PERSON), world.of(f"{_PERSON}/leave")
    form = sent(world.first.get(path), path, to, {"leave-reason": FIRST, "how": "withdrawn"})
    assert world.first.post(to, **form).status_code == 303
    assert world.second.post(to, **form).status_code == 409
    with frozen(now() + ONE_CLICK):
        assert world.first.post(to, **form).status_code == 409


def test_every_form_of_officers_is_held_to_it_or_says_why_not(sqlite_app: Flask) -> None:
    views = sqlite_app.view_functions
    forms = {rule.endpoint for rule in sqlite_app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    theirs = {name for name in forms if getattr(views[name], "lms_access", None) in OFFICERS}
    assert theirs == CASES.keys() | ELSEWHERE.keys()
    assert not CASES.keys() & ELSEWHERE.keys()
