"""Words that readers propose for a term: kept once, sealed where they are personal, taken back, answered."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Row, func, select
from sqlalchemy.exc import IntegrityError

from lms.catalogue import queries as catalogue
from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.learning import services
from lms.learning.models import Receipt, TermProposal, TermProposalOutcome
from lms.learning.queries import OwnEnrolment, proposed_words
from lms.learning.rules.proposals import LONGEST_WORD, Outcome, WordFault, fault, sameness, tidy
from lms.learning.views.proposals import PROPOSALS_AN_HOUR
from lms.people.models import Person
from lms.people.services import erase
from lms.seminars.models import Edition
from tests.conftest import NOW, statements
from tests.learning.makers import Reader, make_reader, publish
from tests.learning.test_sequences import forge
from tests.people.makers import signed_in_client
from tests.people.test_races import at_once

SWAHILI = {"language": "sw", "word": "dola", "remark": ""}
TRAINER = "a-trainer"


@pytest.fixture
def course(app: Flask, tmp_path: Path) -> Flask:
    publish(tmp_path)
    return app


@pytest.fixture
def reader(course: Flask) -> Reader:
    return make_reader(course)


def send(reader: Reader, key: str = "", term: str = "state", **fields: str):
    sent = {"client_key": key or f"key-{len(rows())}-abcdef", **SWAHILI, **fields}
    return reader.client.post(f"/learn/{reader.edition}/terms/{term}/proposals", data=sent)


def rows() -> list[TermProposal]:
    with unit_of_work() as session:
        return list(session.scalars(select(TermProposal).order_by(TermProposal.id)))


def outcomes() -> list[Row]:
    outcome = TermProposalOutcome
    with unit_of_work() as session:
        return list(session.execute(select(outcome.outcome, outcome.reason, outcome.by)))


def page(reader: Reader) -> str:
    answer = reader.client.get(f"/learn/{reader.edition}/terms/state")
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def take_back(reader: Reader, proposal: str, key: str = "take-back-0001", term: str = "state"):
    path = f"/learn/{reader.edition}/terms/{term}/proposals/{proposal}/withdraw"
    return reader.client.post(path, data={"client_key": key})


def course_of(reader: Reader) -> int:
    return reader.outline().course_id


def answer(reader: Reader, proposal: str, outcome: Outcome, reason: str = "") -> int:
    with unit_of_work() as session:
        return services.answer_proposal(
            session, course_id=course_of(reader), public_id=proposal, outcome=outcome, reason=reason, by=TRAINER,
            at=now(),
        )  # fmt: skip


# What is kept ---------------------------------------------------------------------------------------------------------


def test_a_word_is_kept_in_its_script_and_its_proposer_sees_it(reader: Reader) -> None:
    reply = send(reader, language="am", word=" አገረ   መንግሥት ", remark="As in our law.")
    assert reply.status_code == 303
    assert reply.location.endswith("/terms/state#yours")
    (row,) = rows()
    assert (row.term, row.language, row.word) == ("state", "am", "አገረ መንግሥት")
    assert row.version_id == reader.own().version_id
    assert "Your word was sent" in (said := page(reader))
    assert "አገረ መንግሥት (Amharic) Waits for an answer Proposed on 12 April 2027 Take it back" in said
    assert "Your remark: As in our law." in said


def test_the_remark_is_sealed_wherever_it_is_kept(reader: Reader) -> None:
    send(reader, remark="What only I would say.")
    (row,) = rows()
    assert row.sealed_remark is not None
    assert b"only I" not in row.sealed_remark
    with unit_of_work() as session:
        receipts = session.execute(select(Receipt.body, Receipt.body_hash)).all()
    assert "only I" not in str(receipts)


def test_who_is_erased_leaves_the_word_and_takes_the_remark_along(reader: Reader) -> None:
    send(reader, remark="What only I would say.")
    with unit_of_work() as session:
        erase(session, person=session.get_one(Person, reader.person_id), by=None, at=NOW)
    (word,) = proposed_words(db.session(), 1)
    assert (word.word, word.people, word.remarks) == ("dola", 1, ())


def test_the_same_page_sent_twice_is_kept_once(reader: Reader) -> None:
    for _time in range(2):
        assert send(reader, key="the-same-key", remark="Why.").status_code == 303
    assert len(rows()) == 1


def test_the_same_page_sent_with_something_else_shows_both(reader: Reader) -> None:
    send(reader, key="the-same-key")
    reply = send(reader, key="the-same-key", word="nchi", language="en-x")
    assert reply.status_code == 422
    reply = send(reader, key="the-same-key", word="nchi")
    assert reply.status_code == 409
    assert "<td>dola</td><td>nchi</td>" in reply.text
    assert f'href="/learn/{reader.edition}/terms/state"' in reply.text
    assert [row.word for row in rows()] == ["dola"]


def test_one_may_not_say_the_same_twice_but_something_else(reader: Reader) -> None:
    assert send(reader, key="first-key-1").status_code == 303
    reply = send(reader, key="second-key-2", word="DOLA ")
    assert reply.status_code == 422
    assert "You have proposed this word already." in reply.text
    assert send(reader, key="third-key-3", word="nchi").status_code == 303
    assert send(reader, key="fourth-key-4", language="rw").status_code == 303
    assert len(rows()) == 3


def test_two_windows_at_once_keep_one(course: Flask, reader: Reader) -> None:
    own = reader.own()
    term = catalogue.glossary(db.session(), own.version_id).terms[0]
    db.session.remove()

    def propose(key: str) -> bool:
        with unit_of_work() as session:
            return services.propose_equivalent(
                session, own=own, course_id=1, term=term, language="sw", word="dola", remark="", key=key, at=NOW
            ).fresh

    results = at_once(course, *[lambda number=number: propose(f"window-{number}") for number in range(4)])
    assert results.count(True) == 1
    assert sum(isinstance(result, Refused) for result in results) == 3
    assert len(rows()) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"word": ""}, "Write the word."),
        ({"word": " \u202e \t"}, "There is no word yet."),
        ({"word": "x" * (LONGEST_WORD + 1)}, "in at most 120 characters"),
        ({"word": "1234 …"}, "There are no letters in this."),
        ({"word": "do\x00la"}, "a character in this word that we cannot keep"),
        ({"word": "do\ue000la"}, "a character in this word that we cannot keep"),
        ({"word": "estado ", "language": "es"}, "The glossary has this word already."),
        ({"language": ""}, "Choose a language."),
        ({"language": "en"}, "Not a valid choice."),
        ({"language": "klingon"}, "Not a valid choice."),
        ({"remark": "x" * 1001}, "1000 characters"),
        ({"remark": "nul\x00"}, "There is a character in this text that we cannot keep."),
        ({"client_key": "short"}, "Nothing was saved yet"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words_and_comes_back(
    reader: Reader, fields: dict[str, str], said: str
) -> None:
    reply = send(reader, **{"word": "mwitikio", **fields})
    assert reply.status_code == 422
    assert said in unescape(reply.text)
    assert "<title>Error:" in reply.text
    if "word" not in fields:
        assert 'value="mwitikio"' in reply.text
    if "language" not in fields:
        assert '<option value="sw" selected>Swahili</option>' in reply.text
    assert rows() == []


def test_so_many_words_in_an_hour_are_enough(reader: Reader) -> None:
    for number in range(PROPOSALS_AN_HOUR):
        assert send(reader, key=f"many-{number:04}", word=f"neno {number}").status_code == 303
    reply = send(reader, key="one-too-many", word="neno moja")
    assert reply.status_code == 429
    assert 'value="neno moja"' in reply.text
    assert len(rows()) == PROPOSALS_AN_HOUR
    with unit_of_work() as session:
        person = session.get_one(Person, reader.person_id)
    with frozen(NOW + dt.timedelta(hours=1)):
        reader.client = signed_in_client(reader.app, person)
        assert send(reader, key="an-hour-later", word="neno moja").status_code == 303


# Whose it is ----------------------------------------------------------------------------------------------------------


def test_nobody_but_the_proposer_sees_it_or_takes_it_back(course: Flask, reader: Reader) -> None:
    send(reader, word="nchi yangu", remark="Why.")
    (row,) = rows()
    with unit_of_work() as session:
        edition = session.get_one(Edition, reader.edition_id)
    neighbour = make_reader(course, edition)
    for path in ("terms", "terms/state"):
        assert "nchi yangu" not in neighbour.client.get(f"/learn/{reader.edition}/{path}").text
    for proposal in (row.public_id, "A" * 22):
        assert take_back(neighbour, proposal).status_code == 404
    assert take_back(neighbour, "%00").status_code == 404
    assert outcomes() == []
    assert course.test_client().post(f"/learn/{reader.edition}/terms/state/proposals", data=SWAHILI).status_code == 401


def test_the_page_does_not_promise_more_than_that_the_name_is_not_seen(reader: Reader) -> None:
    said = page(reader)
    assert "They do not see your name, but in a small edition a language alone can tell whose word it is." in said
    assert "They do not see who you are" not in said


def test_what_is_open_can_be_taken_back_once(reader: Reader) -> None:
    send(reader)
    (row,) = rows()
    assert take_back(reader, row.public_id, term="no-such-term").status_code == 404
    for key in ("take-back-0001", "take-back-0001", "take-back-0002"):
        assert take_back(reader, row.public_id, key).status_code == 303
    assert [found.outcome for found in outcomes()] == [Outcome.WITHDRAWN]
    assert "dola (Swahili) Taken back" in page(reader)
    assert proposed_words(db.session(), course_of(reader)) == []
    assert take_back(reader, row.public_id, key="-").status_code == 422
    assert send(reader, key="once-more-1").status_code == 303


def test_what_was_answered_stays_and_says_why(reader: Reader) -> None:
    send(reader)
    (row,) = rows()
    assert answer(reader, row.public_id, Outcome.DECLINED, "  It is the name\nof a dollar. ") == 1
    reply = take_back(reader, row.public_id)
    assert reply.status_code == 422
    assert "It was answered in the meantime" in reply.text
    assert "dola (Swahili) Not taken up Proposed on 12 April 2027 The answer: It is the name of a dollar." in page(
        reader
    )


def test_all_terms_tell_a_reader_what_became_of_their_words(reader: Reader) -> None:
    send(reader)
    answer(reader, rows()[0].public_id, Outcome.TAKEN_UP)
    listed = reader.client.get(f"/learn/{reader.edition}/terms").text
    said = " ".join(unescape(re.sub(r"<[^>]+>", " ", listed)).split())
    assert "Words you have proposed dola Taken up state" in said


# What trainers are asked ----------------------------------------------------------------------------------------------


def test_an_answer_is_for_everyone_who_said_the_same(course: Flask, reader: Reader) -> None:
    others = [make_reader(course) for _other in range(2)]
    send(reader, remark="Mine.")
    send(others[0], word="Dola", remark="Theirs.")
    send(others[1], word="nchi")
    same, other = sorted(proposed_words(db.session(), course_of(reader)), key=lambda word: word.people, reverse=True)
    assert (same.word, same.people, same.remarks) == ("Dola", 2, ("Theirs.", "Mine."))
    assert (other.word, other.people, other.remarks) == ("nchi", 1, ())
    assert not {"person_id", "person", "proposer"} & set(dir(same))
    assert answer(reader, same.public_id, Outcome.TAKEN_UP, "It is what we say.") == 2
    assert "Taken up" in page(others[0])
    assert "Waits for an answer" in page(others[1])
    (left,) = proposed_words(db.session(), course_of(reader))
    assert left.word == "nchi"
    (done,) = proposed_words(db.session(), course_of(reader), answered=True)
    assert (done.people, done.outcome, done.reason) == (2, Outcome.TAKEN_UP, "It is what we say.")


def test_an_answer_sent_twice_is_one_and_another_is_refused(reader: Reader) -> None:
    send(reader)
    (row,) = rows()
    assert answer(reader, row.public_id, Outcome.DECLINED, "No.") == 1
    assert answer(reader, row.public_id, Outcome.DECLINED, "No.") == 0
    with pytest.raises(Conflict, match="in the meantime"):
        answer(reader, row.public_id, Outcome.TAKEN_UP)
    with pytest.raises(Refused, match="Say in a sentence why"):
        answer(reader, row.public_id, Outcome.DECLINED, "  ")
    with pytest.raises(Refused, match="300 characters"):
        answer(reader, row.public_id, Outcome.TAKEN_UP, "x" * 301)
    with pytest.raises(NotFound):
        answer(reader, "A" * 22, Outcome.TAKEN_UP)
    with pytest.raises(ValueError, match="only the proposer"):
        answer(reader, row.public_id, Outcome.WITHDRAWN)
    assert outcomes() == [(Outcome.DECLINED, "No.", TRAINER)]


def test_of_two_trainers_and_the_proposer_at_once_one_has_the_last_word(course: Flask, reader: Reader) -> None:
    send(reader)
    proposal, own = rows()[0].public_id, reader.own()
    db.session.remove()

    def settle(outcome: Outcome) -> int:
        with unit_of_work() as session:
            return services.answer_proposal(
                session, course_id=1, public_id=proposal, outcome=outcome, reason="Because.", by=TRAINER, at=NOW
            )

    results = at_once(
        course,
        lambda: settle(Outcome.TAKEN_UP),
        lambda: settle(Outcome.DECLINED),
        lambda: withdraw(own, proposal),
    )
    assert sum(not isinstance(result, Conflict | Refused) for result in results) == 1
    assert len(outcomes()) == 1


def withdraw(own: OwnEnrolment, proposal: str) -> int:
    with unit_of_work() as session:
        return services.withdraw_proposal(
            session, own=own, course_id=1, public_id=proposal, by="me", key="withdraw-key", at=NOW
        ).id


@pytest.mark.parametrize("crowd", [2, 25])
def test_a_course_with_many_words_is_read_in_as_many_statements(course: Flask, crowd: int) -> None:
    readers = [make_reader(course) for _number in range(crowd)]
    for number, one in enumerate(readers):
        send(one, key=f"crowd-{number:04}", word=f"neno {number}", remark="Why.")
    with statements(course) as sent:
        assert len(proposed_words(db.session(), 1)) == crowd
    assert len([line for line in sent if line.startswith(("SELECT", "WITH"))]) == 2


def test_the_database_declines_nothing_without_a_reason(reader: Reader) -> None:
    send(reader)
    bare = {"outcome": Outcome.DECLINED, "reason": "", "by": TRAINER, "at": NOW, "proposal_id": rows()[0].id}
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.add(TermProposalOutcome(**bare))


def test_the_checks_find_what_was_changed_by_hand(reader: Reader) -> None:
    send(reader)
    take_back(reader, rows()[0].public_id)
    proposal, outcome = TermProposal.__table__.update(), TermProposalOutcome.__table__.update()
    assert "learning.proposals" not in forge(proposal.values(word="nchi"))
    assert forge(proposal.values(term="unheard-of"))["learning.proposals"] == [
        "is for a term that its version does not have"
    ]
    forge(proposal.values(term="state"))
    assert forge(outcome.values(by="somebody"))["learning.proposals"] == ["was taken back by somebody else"]
    with unit_of_work() as session:
        subject = session.scalar(select(Person.subject).where(Person.id == reader.person_id))
    early = {"by": subject, "at": NOW - dt.timedelta(days=1)}
    assert forge(outcome.values(**early))["learning.proposals"] == ["was settled before it came"]


def test_nothing_is_kept_of_a_term_that_is_not_there(reader: Reader) -> None:
    assert send(reader, term="no-such-term").status_code == 404
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(Receipt)) == 0


# What the form offers -------------------------------------------------------------------------------------------------


def test_the_languages_somebody_may_know_stand_first(course: Flask) -> None:
    reader = make_reader(course, state="RW")
    text = reader.client.get(
        f"/learn/{reader.edition}/terms/state", headers={"Accept-Language": "pt-BR, sw;q=0.8, xx;q=0.5"}
    ).text
    assert '<option value="">Choose a language</option>' in text.partition("<optgroup")[0]
    likely, every = re.findall(r'<optgroup label="([^"]+)">(.*?)</optgroup>', text, re.S)
    assert likely[0] == "Perhaps one of these"
    assert re.findall(r'value="(\w*)"', likely[1]) == ["pt", "sw", "rw", "fr"]
    names = re.findall(r'<option[^>]*value="(\w+)">([^<]+)', every[1])
    assert len(names) > 500
    assert ("rom", "Romany") in names
    assert not {"en", "pt", "mul", "und"} & {code for code, _name in names}
    assert [name for _code, name in names][:2] == ["Abkhazian", "Acehnese"]


# Rules ----------------------------------------------------------------------------------------------------------------


@given(st.text(max_size=200))
def test_what_is_kept_is_one_tidy_line(text: str) -> None:
    word = tidy(text)
    assert tidy(word) == word
    if fault(word) is None:
        assert 0 < len(word) <= LONGEST_WORD
        assert "\n" not in word
        assert sameness(f"  {word} ") == sameness(word)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("مسؤولية", None),
        ("می\u200cشود", None),
        ("क्\u200dष", None),
        ("2PREVENT", None),
        ("", WordFault.EMPTY),
        ("?!", WordFault.NO_LETTERS),
        ("a\x07", WordFault.UNKEEPABLE),
        ("\ud800a", WordFault.UNKEEPABLE),
        ("x" * 121, WordFault.LONG),
    ],
)
def test_a_word_of_any_script_is_kept_and_noise_is_not(word: str, found: WordFault | None) -> None:
    assert fault(word) is found


def test_accents_make_another_word_and_capitals_do_not() -> None:
    assert sameness("Côté") == sameness("côté ")
    assert sameness("côté") != sameness("côte")
