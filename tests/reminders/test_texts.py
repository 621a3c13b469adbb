"""Texts of reminders: checked when they are saved, kept one after the other, never markup."""

from __future__ import annotations

import email
import re
from email import policy
from email.message import EmailMessage

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.integrations.mail.message import compose
from lms.kernel.models import AuditEntry
from lms.kernel.settings import present_settings
from lms.kernel.unit_of_work import unit_of_work
from lms.people.letters import Letter
from lms.reminders.models import ReminderText
from lms.reminders.rules import LONGEST_BODY, Mistake, Text, filled, mistakes, tidy, unknown_places
from lms.reminders.wording import house_text
from lms.web.languages import choices
from tests.conftest import NOW
from tests.hostile_texts import PAYLOADS
from tests.reminders.makers import edition, letters, reader
from tests.reminders.test_preview import send
from tests.seminars.browsing import Browser, coordinator, words

GOOD = "Hello {name}, due {deadline}, {units left} left.\n\n{link}"


@pytest.mark.parametrize(
    ("subject", "body", "wrong"),
    [
        ("Due {deadline}", GOOD, []),
        ("Due", "{ Link }", []),
        ("Due", "{UNITS  LEFT} {link}", []),
        ("Due", "Hello {name}", [Mistake.LINK_MISSING]),
        ("Due", "{link} {surname}", [Mistake.UNKNOWN_PLACE]),
        ("Due", "{} {link}", [Mistake.UNKNOWN_PLACE]),
        ("For {name}", "{link}", [Mistake.NAME_IN_SUBJECT]),
        ("At {link}", "{link}", [Mistake.LINK_IN_SUBJECT]),
        ("Two\nlines", "{link}", [Mistake.LINES_IN_SUBJECT]),
        ("Bcc: x\r", "{link}", []),
        ("A\x00b", "{link}", [Mistake.LINES_IN_SUBJECT]),
        ("{x}", "y", [Mistake.UNKNOWN_PLACE, Mistake.LINK_MISSING]),
    ],
)
def test_what_is_wrong_with_a_text_is_found(subject: str, body: str, wrong: list[Mistake]) -> None:
    assert mistakes(tidy(Text(subject, body))) == wrong


def test_places_are_filled_once_and_what_they_are_filled_with_is_left_alone() -> None:
    values = {"name": "{link} {deadline}", "link": "https://x"}
    assert filled("{name}: {Link} {unknown}", values) == "{link} {deadline}: https://x {unknown}"


@given(st.text(alphabet="{}ab \n{link}", max_size=40))
def test_a_text_without_mistakes_leaves_no_brace_behind_once_filled(body: str) -> None:
    text = tidy(Text("s", body))
    if mistakes(text):
        return
    assert unknown_places(text) == []
    done = filled(text.body, {"name": "n", "deadline": "d", "units left": "u", "link": "l"})
    assert "{link}" not in done


def path(public_id: str, language: str = "en") -> str:
    return f"/editions/{public_id}/reminders/text/{language}"


def write(browser: Browser, public_id: str, subject: str, body: str, language: str = "en") -> int:
    return browser.post(path(public_id, language), subject=subject, body=body).status_code


def test_a_text_of_the_edition_is_sent_and_the_house_text_comes_back(app: Flask) -> None:
    held = edition()
    reader(held, "Amina Mfano")
    browser = coordinator(app, held.public_id)
    assert write(browser, held.public_id, "Time: {deadline}", GOOD) == 303
    assert "Hello Radosław Przykład, due Friday 23 April 2027" in words(browser.get(path(held.public_id)))
    send(browser, held.public_id)
    (letter,) = letters()
    assert letter.subject.startswith("Time: Friday 23 April 2027")
    assert "Hello Amina Mfano, due Friday 23 April 2027" in letter.body_text
    assert "0 texts left." in letter.body_text
    assert browser.post(f"{path(held.public_id)}/reset").status_code == 303
    assert browser.post(f"{path(held.public_id)}/reset").status_code == 303
    assert "The house's text is in force." in words(browser.get(path(held.public_id)))
    with unit_of_work() as session:
        kept = [(row.language, row.body) for row in session.scalars(select(ReminderText).order_by(ReminderText.id))]
        acts = [row.act for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id)) if "text" in row.act]
    assert kept == [("en", GOOD), ("en", "")]
    assert acts == ["reminder-text.written", "reminder-text.reset"]


def test_the_first_page_of_reminders_lists_texts_and_what_was_sent(app: Flask) -> None:
    held = edition()
    reader(held, "Amina Mfano")
    browser = coordinator(app, held.public_id)
    index = f"/editions/{held.public_id}/reminders"
    assert "No reminder has been sent in this edition." in words(browser.get(index))
    write(browser, held.public_id, "Due", GOOD, "es")
    send(browser, held.public_id)
    text = words(browser.get(index))
    assert "Reminders were last sent on 12 April 2027." in text
    assert "1 reminder 12 April 2027, 11:00, by Radosław Przykład" in text
    assert "a text of this edition" in text
    assert "The weekly reminder is off" in text
    assert index in browser.get(f"/editions/{held.public_id}").text


def test_saving_the_same_text_twice_keeps_it_once(app: Flask) -> None:
    held = edition()
    browser = coordinator(app, held.public_id)
    for _time in range(2):
        assert write(browser, held.public_id, "Due", GOOD) == 303
    with unit_of_work() as session:
        assert len(session.scalars(select(ReminderText)).all()) == 1


def test_a_text_that_cannot_be_sent_is_refused_in_words_and_kept_on_the_form(app: Flask) -> None:
    held = edition()
    browser = coordinator(app, held.public_id)
    answer = browser.post(path(held.public_id), subject="Due", body="Dear {surname}, hurry")
    assert answer.status_code == 422
    assert "This stands in braces and is no place that we can fill in: {surname}." in words(answer)
    assert "The text needs {link}" in words(answer)
    assert "Dear {surname}, hurry" in answer.text
    assert write(browser, held.public_id, "", "") == 422
    with unit_of_work() as session:
        assert session.scalars(select(ReminderText)).all() == []


def test_another_language_and_another_edition_keep_the_house_text(app: Flask) -> None:
    held, other = edition(), edition()
    browser = coordinator(app)
    write(browser, held.public_id, "Due", GOOD, "es")
    with unit_of_work() as session:
        rows = session.scalars(select(ReminderText)).all()
        assert [(row.edition_id, row.language) for row in rows] == [(held.id, "es")]
    assert "The house's text is in force." in words(browser.get(path(other.public_id, "es")))
    assert "The house's text is in force." in words(browser.get(path(held.public_id, "fr")))


@pytest.mark.parametrize("address", ["text/xx", "text/xx/reset"])
def test_a_language_that_is_not_offered_has_no_text(app: Flask, address: str) -> None:
    held = edition()
    browser = coordinator(app, held.public_id)
    act = browser.post if address.endswith("reset") else browser.get
    assert act(f"/editions/{held.public_id}/reminders/{address}").status_code == 404


def test_the_house_text_has_no_mistakes_in_any_language(app: Flask) -> None:
    for language in choices():
        assert mistakes(house_text(language)) == []
        assert "genocid" not in house_text(language).subject.lower()


def html_of(letter: Letter) -> tuple[EmailMessage, str]:
    sent = compose(letter, present_settings(), "x", NOW)
    message = email.message_from_bytes(sent.as_bytes(), policy=policy.default)
    part = message.get_body(("html",))
    assert part is not None
    return message, part.get_content()


def test_hostile_words_of_an_author_or_in_a_name_are_words_in_the_letter(sqlite_app: Flask) -> None:
    held = edition()
    reader(held, "<b>Amina</b> {link}")
    browser = coordinator(sqlite_app, held.public_id)
    evil = [payload.replace("{", "(").replace("}", ")") for payload in PAYLOADS]
    body = "\n\n".join([*evil, 'https://x.example/"onmouseover="a', "{name}", "{link}"])
    assert write(browser, held.public_id, "</title><b>Due</b>", body[:LONGEST_BODY]) == 303
    send(browser, held.public_id)
    (letter,) = letters()
    message, html = html_of(letter)
    assert message["Bcc"] is None
    tags = set(re.findall(r"<\s*/?\s*([a-zA-Z][\w-]*)", html))
    assert tags == {"html", "head", "meta", "title", "body", "div", "p", "a"}
    assert set(re.findall(r"<[^>]*?\s(on\w+|src|srcset|action|formaction)=", html)) == set()
    assert all(address.startswith(("https://", "http://")) for address in re.findall(r'href="([^"]*)"', html))
    assert "&lt;b&gt;Amina&lt;/b&gt; {link}" in html
