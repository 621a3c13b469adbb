"""What is somebody else's is answered like what does not exist: every route, walked from the url map."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from lms.alumni.feed.models import FeedPartner
from lms.alumni.models import Introduction, Member, Network
from lms.alumni.services.membership import withdraw_all
from lms.authoring.models import Draft, DraftComment
from lms.authoring.rules.remarks import Anchor
from lms.authoring.services import Words, open_draft, remark
from lms.catalogue.models import Course
from lms.demo.cast import cast
from lms.kernel.clock import now
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.learning.models import QuizTry, TermProposal, TextReport
from lms.people.models import IdentityKind, IdentityRow, Institution, Mandate, Person, SignInSession
from lms.people.queries import person_by_address, viewer_for_person
from lms.records.models import RecordSubject
from lms.reminders.models import ReminderSending
from lms.seminars.imports.models import Import, ImportState
from lms.seminars.models import Edition, Enrolment, ParticipantRequest
from tests.conftest import demonstrated, running
from tests.people.makers import signed_in_client

# Ending what is not there any more, or never was, is done already: the same answer, and nothing happens.
DONE_ALREADY = {"people.end_session"}
# Parts of addresses that are nobody's.
NOT_IDS = {"language": "en"}
NOBODY = "AAAAAAAAAAAAAAAAAAAAAA"
# What changes from answer to answer without telling anything: the reference of the log line and the form tokens.
_NOISE = re.compile(r'<span class="mono">[0-9a-f]{8}</span>|name="(csrf_token|client_key)"[^>]*value="[^"]*"')


@dataclass(frozen=True)
class Walker:
    """A signed-in person and the ids that are not theirs."""

    client: FlaskClient
    foreign: dict[str, str]

    def answers(self, rule: Rule, method: str) -> tuple[tuple[int, str], tuple[int, str]]:
        """The answer for ids of others, and for ids of nobody."""
        return self._ask(rule, method, self.foreign), self._ask(
            rule, method, dict.fromkeys(self.foreign, NOBODY) | NOT_IDS
        )

    def _ask(self, rule: Rule, method: str, ids: dict[str, str]) -> tuple[int, str]:
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: ids[part[1]], rule.rule)
        self.client.get("/help")  # shows what an earlier answer had to say, so that it is not said in this one
        answer = self.client.open(path, method=method, data={"client_key": "walker-0001"} if method == "POST" else None)
        text = answer.text
        for name in set(ids.values()) - set(NOT_IDS.values()):
            text = text.replace(name, "ID")
        return answer.status_code, _NOISE.sub("", text)


@pytest.fixture(scope="module")
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demonstration, and beside it something of each kind that it has none of."""
    folder = tmp_path_factory.mktemp("filled")
    with demonstrated("sqlite", request, folder) as (made, _said):
        _add()
        return Path(made.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))


@pytest.fixture
def filled(template: Path, tmp_path: Path) -> Iterator[Flask]:
    """The same for one test."""
    shutil.copy(template, tmp_path / "filled.sqlite")
    with running(f"sqlite:///{tmp_path / 'filled.sqlite'}", tmp_path) as made:
        yield made


def _add() -> None:
    with unit_of_work() as session:
        draft = open_draft(session, slug="lemkin-seminar", title="A change", by=None, at=now())
        person = person_by_address(session, next(who.address for who in cast().staff if who.key == "trainer"))
        by = viewer_for_person(session, person.id, now()) if person else None
        assert by is not None
        anchor = Anchor("course.yaml", "", "A seminar")
        remark(session, draft=draft, anchor=anchor, words=Words("Is this so?", "a-first-remark"), by=by, at=now())
        silent = session.scalars(select(Member.person_id).order_by(Member.since.desc())).first()
        withdraw_all(session, person_id=silent or 0, at=now())  # whom no member sees
        for number in session.scalars(select(Edition.id)).all():
            session.add(_import(number))
            session.add(ReminderSending(edition_id=number, client_key="walker-0001", letters=1, by="-", at=now()))


def _import(edition_id: int) -> Import:
    """A file that was sent for an edition and waits for its coordinator."""
    state = ImportState.REHEARSED
    return Import(public_id=new_token(), edition_id=edition_id, by="nobody", at=now(), state=state, size=0)


def _walker(app: Flask, key: str) -> Walker:
    who = next(who for who in (*cast().participants, *cast().alumni, *cast().staff) if who.key == key)
    with reading() as session:
        person = person_by_address(session, who.address)
        assert person is not None
        # The edition the person has no place in, and everything in it or beside it that is not theirs.
        mine = select(Enrolment.edition_id).where(Enrolment.person_id == person.id)
        edition = session.scalars(select(Edition).where(Edition.id.not_in(mine)).order_by(Edition.id)).first()
        assert edition is not None
        other = session.scalars(select(Enrolment).where(Enrolment.edition_id == edition.id)).first()
        assert other is not None
        subject = session.scalar(select(Person.subject).where(Person.id == other.person_id))
        foreign = {
            "edition": edition.public_id,
            "enrolment": other.public_id,
            "record": session.scalar(select(RecordSubject.record).where(RecordSubject.person_id != person.id)),
            "mandate": session.scalar(select(Mandate.public_id).where(Mandate.person_id != person.id)),
            "request": session.scalar(select(ParticipantRequest.public_id)),
            "sending": session.scalar(select(ReminderSending.public_id)),
            "tried": session.scalar(select(QuizTry.public_id).where(QuizTry.enrolment_id != other.id)),
            "sign_in": session.scalar(select(SignInSession.public_id)) or NOBODY,
            "address": session.scalar(
                select(IdentityRow.place).where(
                    IdentityRow.kind == IdentityKind.ADDRESS, IdentityRow.person_id != person.id
                )
            ),
            "person": subject,
            "other": session.scalar(select(Person.subject).where(Person.id.not_in([other.person_id, person.id]))),
            "module": "three-pillars",
            "unit": "pillar-two",
            "term": "genocide",
            "proposal": session.scalar(select(TermProposal.public_id).where(TermProposal.person_id != person.id)),
            "report": session.scalar(select(TextReport.public_id).where(TextReport.person_id != person.id)),
            "link": NOBODY,
            "source": "S001",
            "save": 987654321,
            "draft": session.scalar(select(Draft.public_id)),
            "remark": session.scalar(select(DraftComment.public_id)),
            "number": "1.0",
            **NOT_IDS,
            # A trainer of the demonstration works on every course there is.
            "slug": NOBODY if key == "trainer" else session.scalar(select(Course.slug)),
            "name": NOBODY,
            "sha256": NOBODY,
            "medium": "court",
            "make_up": NOBODY,
            "member": session.scalar(select(Member.public_id).order_by(Member.since.desc())),
            "introduction": session.scalar(select(Introduction.public_id).where(Introduction.asked_id != person.id)),
            "nomination": NOBODY,
            "network": session.scalar(select(Network.public_id)),
            "institution": session.scalar(select(Institution.public_id)),
            "feed_partner": session.scalar(select(FeedPartner.public_id)),
            "feed_token": NOBODY,
            "listing": session.scalar(select(Import.public_id).where(Import.edition_id == edition.id)),
        }
    assert all(foreign.values()), foreign
    return Walker(signed_in_client(app, person), {name: str(value) for name, value in foreign.items()})


def _other_person() -> Person:
    with reading() as session:
        person = person_by_address(session, next(who.address for who in cast().staff if who.key == "evaluator"))
    assert person is not None
    return person


def _guarded(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if "<" in rule.rule and app.view_functions[rule.endpoint].lms_access is not None:  # type: ignore[attr-defined]
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


@pytest.mark.parametrize("key", ["reader", "alumna", "trainer"])
def test_what_is_not_ones_own_is_answered_like_what_is_not_there(filled: Flask, key: str) -> None:
    signed_in_client(filled, _other_person())
    walker, told = _walker(filled, key), []
    theirs = walker.foreign["sign_in"]
    walked = list(_guarded(filled))
    for rule, method in walked:
        foreign, missing = walker.answers(rule, method)
        if foreign != missing:
            told.append(f"{method} {rule.rule}: {foreign[0]} for another's, {missing[0]} for nobody's")
        if rule.endpoint not in DONE_ALREADY:
            assert foreign[0] not in {200, 303}, f"{method} {rule.rule} was done or shown"
    assert len(walked) > 30
    assert not told, "\n".join(told)
    with reading() as session:
        assert session.scalar(select(SignInSession.ended_at).where(SignInSession.public_id == theirs)) is None
