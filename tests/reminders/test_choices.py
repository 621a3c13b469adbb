"""What people want of letters: one click stops digests, little is said to whoever asks for that."""

from __future__ import annotations

import datetime as dt
import re
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from lms.kernel import worker
from lms.kernel.models import AuditEntry
from lms.kernel.settings import keyring
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.letters import compose, reader_of, writers
from lms.people.models import MailChoice, Person
from lms.people.queries import mail_choices
from tests.integrations.conftest import PostMaker
from tests.integrations.test_mail import set_mail_url
from tests.people.makers import make_person
from tests.reminders.makers import Placed, edition, letters, reader
from tests.reminders.test_preview import send
from tests.seminars.browsing import Browser, coordinator, words

Reminded = tuple[EmailMessage, Placed]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def reminded(app: Flask, post: PostMaker) -> Reminded:
    """A reminder that a real mail server took: the message and the reader."""
    server = post()
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    held = edition()
    placed = reader(held, "Amina Mfano", "amina@example.org", zone="Africa/Dar_es_Salaam")
    assert send(coordinator(app, held.public_id), held.public_id)[1] == 303
    worker.drain()
    (message,) = server.messages
    return message, placed


def link_of(message: EmailMessage) -> str:
    """The path that the header names, as a mail program would call it."""
    found = re.fullmatch(r"<(https?://[^>]+)>", str(message["List-Unsubscribe"]))
    assert found, message["List-Unsubscribe"]
    return urlsplit(found[1]).path


def stopped_at(person_id: int) -> dt.datetime | None:
    with unit_of_work() as session:
        return mail_choices(session, person_id).stopped_at


def test_a_reminder_carries_what_mail_programs_ask_for(reminded: Reminded) -> None:
    message, _placed = reminded
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert re.fullmatch(r"<[\w-]+\.[0-9a-f]{16}@seminar\.example\.org>", str(message["Message-ID"]))
    plain = message.get_body(("plain",))
    assert plain is not None
    assert link_of(message) in plain.get_content()
    assert "img" not in message.get_body(("html",)).get_content()


def test_the_token_is_no_number_of_ours_and_no_public_id(reminded: Reminded) -> None:
    message, placed = reminded
    token = link_of(message).rsplit("/", 1)[1]
    assert re.fullmatch("[0-9a-f]{64}", token)
    with unit_of_work() as session:
        subject = session.get_one(Person, placed.person_id).subject
    assert subject not in link_of(message)
    assert token == keyring().handle(subject)


def test_one_click_without_cookie_sign_in_or_form_token_stops_at_once(app: Flask, reminded: Reminded) -> None:
    message, placed = reminded
    app.config["WTF_CSRF_ENABLED"] = True
    stranger = app.test_client()
    for _time in range(2):
        answer = stranger.post(link_of(message), data=ONE_CLICK)
        assert answer.status_code == 200
        assert "Location" not in answer.headers
        assert "You get no more reminders" in words(answer)
    assert stopped_at(placed.person_id) is not None
    with unit_of_work() as session:
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.act == "digests.stopped")).all()) == 1


def test_it_works_as_the_form_of_many_parts_that_the_rfc_prefers(app: Flask, reminded: Reminded) -> None:
    message, placed = reminded
    answer = app.test_client().post(link_of(message), data=ONE_CLICK, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert stopped_at(placed.person_id) is not None


def test_opening_the_link_changes_nothing(app: Flask, reminded: Reminded) -> None:
    message, placed = reminded
    visitor = app.test_client()
    for method in ("GET", "HEAD"):
        answer = visitor.open(link_of(message), method=method)
        assert answer.status_code == 200
    assert 'method="post"' in visitor.get(link_of(message)).text
    assert stopped_at(placed.person_id) is None
    assert visitor.post(link_of(message)).status_code == 422
    assert stopped_at(placed.person_id) is None


def test_a_link_of_nobody_is_answered_like_anybodys(app: Flask, reminded: Reminded) -> None:
    message, placed = reminded
    nobody = link_of(message)[:-4] + "0000"
    visitor = app.test_client()
    assert words(visitor.post(nobody, data=ONE_CLICK)) == words(visitor.post(link_of(message), data=ONE_CLICK))
    assert visitor.get(nobody).status_code == 200
    assert stopped_at(placed.person_id) is not None


def test_a_reminder_on_its_way_is_not_sent_after_the_click(app: Flask, post: PostMaker) -> None:
    server = post()
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    held = edition()
    placed = reader(held, "Amina Mfano")
    send(coordinator(app, held.public_id), held.public_id)
    with unit_of_work() as session:
        handle = session.scalar(select(MailChoice.handle))
        assert handle is not None
        assert services.stop_digests(session, handle=handle, at=session.get_one(Person, placed.person_id).created_at)
    worker.drain()
    assert server.messages == []


def test_letters_that_people_need_carry_no_such_header_and_come_all_the_same(app: Flask, post: PostMaker) -> None:
    server = post()
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    person = make_person("Amina Mfano")
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        services.choose_mail(session, person=row, says_little=False, digests=False, at=row.created_at)
        services.write_to(session, person_id=person.id, template="people/password-changed")
    worker.drain()
    (message,) = server.messages
    assert message["List-Unsubscribe"] is None
    assert message["List-Unsubscribe-Post"] is None
    assert message["Auto-Submitted"] == "auto-generated"


def test_only_reminders_are_digests(app: Flask) -> None:
    assert [name for name, kind in sorted(writers.items()) if kind.digest] == ["reminders/digest"]


def test_reminders_can_be_had_again_on_the_account_page(app: Flask) -> None:
    person = make_person("Amina Mfano")
    number = person.id
    browser = Browser(app, person)
    assert browser.post("/account/letters").status_code == 303
    assert stopped_at(number) is not None
    page = browser.get("/account").text
    assert re.search(r'<input(?=[^>]*name="digests")(?![^>]*checked)[^>]*>', page)
    assert browser.post("/account/letters", digests="y", says_little="y").status_code == 303
    with unit_of_work() as session:
        chosen = mail_choices(session, number)
    assert (chosen.stopped_at, chosen.says_little) == (None, True)


NEEDED = {"people/invitation": {"link": "x", "code": "ABCD2346", "until": "2027-04-19T09:00:00+00:00",
                               "edition_title": "Genocide Prevention in Tanzania, Ministry of Justice"}}  # fmt: skip


def test_whoever_asks_for_it_gets_letters_that_say_little(app: Flask, post: PostMaker) -> None:
    server = post()
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    held = edition(title="Genocide Prevention in Tanzania, Ministry of Justice")
    placed = reader(held, "Amina Mfano", "amina@example.org")
    with unit_of_work() as session:
        row = session.get_one(Person, placed.person_id)
        services.choose_mail(session, person=row, says_little=True, digests=True, at=row.created_at)
    send(coordinator(app, held.public_id), held.public_id)
    worker.drain()
    (message,) = server.messages
    heads = " ".join(f"{message['From']} {message['To']} {message['Subject']}".split()).lower()
    for word in ("genocid", "lemkin", "tanzania", "ministry", "justice", "mfano", "auschwitz", "prevention"):
        assert word not in heads, word
    body = message.get_body(("plain",)).get_content()
    assert "Mfano" not in body
    assert "Tanzania" not in body
    assert "Friday 23 April 2027" in body
    with unit_of_work() as session:
        quiet = reader_of(session, placed.person_id, template="people/invitation")
        made = compose("people/invitation", quiet, NEEDED["people/invitation"], "amina@example.org")
    assert (made.sender, made.to_name) == ("The office", "")
    assert made.subject == "A message for you"


def test_no_subject_of_a_letter_names_a_state_an_edition_or_the_matter(app: Flask) -> None:
    held = edition(title="Genocide Prevention in Tanzania, Ministry of Justice")
    reader(held, "Amina Mfano", "amina@example.org")
    send(coordinator(app, held.public_id), held.public_id)
    for letter in letters():
        for word in ("genocid", "tanzania", "ministry", "mfano"):
            assert word not in letter.subject.lower()
            assert word not in letter.sender.lower()
