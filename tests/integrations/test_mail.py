"""Letters leave through the outbox, reach the right person, and say the same in both of their forms."""

from __future__ import annotations

import datetime as dt
import os
import re
import ssl
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import lms.integrations.mail as mail
from lms.integrations.mail.message import UnfitForAHeader, compose
from lms.integrations.mail.smtp import MailFailed, deliver, server_of
from lms.kernel import outbox, worker
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.models import Job, JobState
from lms.kernel.settings import Settings
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.people.letters import Letter
from tests.conftest import KEYS, NOW
from tests.integrations.conftest import PostMaker, only

BODY = (
    "Dear Amina Mfano,\n\nOpen this page:\nhttps://seminar.example.org/invitation/abc_DEF-1\n\n"
    "Type this code there: ABCD 2346\n\nA < B & C\n\nRaphael Lemkin Seminar\n"
)
LETTER = Letter(
    to_address="amina.mfano@example.org",
    to_name="Amina Mfano",
    subject="Raphael Lemkin Seminar: your invitation",
    body_text=BODY,
    paragraphs=(),
    locale="en",
    rtl=False,
)
IN_PRODUCTION = Settings(
    env="production",
    public_url="https://seminar.example.org",
    mail_from="seminar@example.org",
    support_address="help@example.org",
    keys=KEYS,
)


def set_mail_url(app: Flask, url: str) -> None:
    app.extensions["lms.settings"] = replace(
        IN_PRODUCTION, env="testing", home=app.extensions["lms.settings"].home, mail_url=url
    )


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> dict[int, Letter]:
    """What people's letters would be, by the number in the payload."""
    known: dict[int, Letter] = {}

    def letter_for(_session: Session, payload: dict[str, Any]) -> Letter | None:
        return known.get(payload["number"])

    monkeypatch.setattr(mail, "letter_for", letter_for)
    return known


def ask(number: int) -> None:
    with unit_of_work() as session:
        outbox.enqueue(session, "mail.send", {"number": number})


def job() -> Job:
    with own_transaction() as session:
        return session.scalars(select(Job)).one()


def test_a_letter_asked_for_reaches_its_reader_alone(app: Flask, letters: dict[int, Letter], post: PostMaker) -> None:
    server = post()
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    letters[1] = LETTER
    ask(1)
    worker.drain()
    (envelope,) = server.envelopes
    assert envelope.rcpt_tos == ["amina.mfano@example.org"]
    assert envelope.mail_from == "seminar@example.org"
    (message,) = server.messages
    assert str(message["To"]) == "Amina Mfano <amina.mfano@example.org>"
    assert str(message["From"]) == "Raphael Lemkin Seminar <seminar@example.org>"
    assert str(message["Reply-To"]) == "help@example.org"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert job().state == JobState.DONE


def test_nothing_is_sent_when_the_reason_for_a_letter_is_gone(
    app: Flask, letters: dict[int, Letter], post: PostMaker
) -> None:
    server = post()
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    ask(404)
    worker.drain()
    assert server.envelopes == []
    assert job().state == JobState.DONE


def test_both_forms_say_the_same_and_load_nothing(sqlite_app: Flask) -> None:
    message = compose(LETTER, IN_PRODUCTION, "job-1", NOW)
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == BODY
    page = html.get_content()
    words = re.sub(r"<[^>]+>", " ", page[page.index("<body") :])
    words = words.replace("&lt;", "<").replace("&amp;", "&")
    assert words.split() == BODY.split()
    assert re.findall(r'href="([^"]+)"', page) == ["https://seminar.example.org/invitation/abc_DEF-1"]
    assert not re.search(r"<(img|link|script|style|iframe|object)|src=|url\(", page)


@pytest.mark.parametrize(
    ("name", "subject", "locale"),
    [
        ("أمينة مثال", "ندوة رافائيل ليمكين: دعوتك", "ar"),
        ("Амина Пример", "Семинар имени Рафаэля Лемкина: ваше приглашение", "ru"),
        ("Zażółć Przykład", "Séminaire Raphael Lemkin : votre invitation", "fr"),
        ('O"Neill, Ejemplo (x)', "Un asunto, con: signos", "es"),
    ],
)
def test_names_and_subjects_of_every_script_arrive_as_written(
    sqlite_app: Flask, post: PostMaker, name: str, subject: str, locale: str
) -> None:
    server = post()
    settings = replace(IN_PRODUCTION, mail_url=f"smtp://127.0.0.1:{server.port}")
    letter = replace(LETTER, to_name=name, subject=subject, locale=locale, rtl=locale == "ar", body_text=f"{name}\n")
    mail.send(letter, settings, "job-1")
    (message,) = server.messages
    assert message["To"].addresses[0].display_name == name
    assert message["To"].addresses[0].addr_spec == "amina.mfano@example.org"
    assert str(message["Subject"]) == subject
    html = message.get_body(("html",))
    assert html is not None
    assert f'lang="{locale}" dir="{"rtl" if locale == "ar" else "ltr"}"' in html.get_content()


def test_an_address_at_a_domain_in_its_own_script_is_written_to(sqlite_app: Flask, post: PostMaker) -> None:
    server = post()
    settings = replace(IN_PRODUCTION, mail_url=f"smtp://127.0.0.1:{server.port}")
    mail.send(replace(LETTER, to_address="amina@министерство.example"), settings, "job-1")
    assert server.envelopes[0].rcpt_tos == [f"amina@{'министерство'.encode('idna').decode()}.example"]


@pytest.mark.parametrize(
    "change",
    [
        {"to_name": "Amina\r\nBcc: everyone@example.org"},
        {"to_name": "Amina\nMfano"},
        {"to_name": "Amina\x00"},
        {"to_address": "amina@example.org\nBcc: everyone@example.org"},
        {"to_address": "amina@example.org\r\n\r\nDear all"},
        {"subject": "Invitation\r\nBcc: everyone@example.org"},
        {"subject": "Invitation\u2028Bcc: everyone@example.org"},
    ],
)
def test_a_line_break_cannot_become_a_header(sqlite_app: Flask, change: dict[str, str]) -> None:
    with pytest.raises(UnfitForAHeader):
        compose(replace(LETTER, **change), IN_PRODUCTION, "job-1", NOW)  # type: ignore[arg-type]


def test_a_text_cannot_break_out_of_the_html(sqlite_app: Flask) -> None:
    letter = replace(LETTER, body_text='<script>x</script>\n\nhttps://example.org/"onclick="x\n', subject="</title><b>")
    html = compose(letter, IN_PRODUCTION, "job-1", NOW).get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "<b>" not in html.get_content()
    assert '"onclick' not in html.get_content()


def test_the_message_id_is_of_our_host_stable_and_different_for_another_letter(sqlite_app: Flask) -> None:
    first, later = (compose(LETTER, IN_PRODUCTION, "job-7", at)["Message-ID"] for at in (NOW, NOW + dt.timedelta(1)))
    other = compose(replace(LETTER, to_address="juan@example.org"), IN_PRODUCTION, "job-7", NOW)["Message-ID"]
    assert first == later != other
    assert re.fullmatch(r"<job-7\.[0-9a-f]{16}@seminar\.example\.org>", first)


def test_a_letter_taken_by_a_worker_that_died_is_sent_again_under_the_same_id(
    app: Flask, letters: dict[int, Letter], post: PostMaker
) -> None:
    server = post()
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    letters[1] = LETTER
    ask(1)
    taken = outbox.claim("killed after the server had taken it")
    assert taken is not None
    mail.send_from_outbox(taken.payload, f"job-{taken.id}")
    with frozen(NOW + outbox.LEASE + dt.timedelta(seconds=1)):
        worker.drain()
    first, second = server.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert job().state == JobState.DONE


def test_a_server_that_says_later_is_asked_again(app: Flask, letters: dict[int, Letter], post: PostMaker) -> None:
    server = post()
    server.answers = ["451 4.7.1 amina.mfano@example.org: come back later"]
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    letters[1] = LETTER
    ask(1)
    worker.drain()
    assert job().state == JobState.WAITING
    with frozen(NOW + dt.timedelta(seconds=10)):
        worker.drain()
    assert job().state == JobState.DONE
    assert len(server.envelopes) == 2


def test_what_went_wrong_is_kept_without_the_persons_address(
    app: Flask, letters: dict[int, Letter], post: PostMaker
) -> None:
    server = post()
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    letters[1] = replace(LETTER, to_address="amina@nowhere.example")
    ask(1)
    worker.drain()
    assert "550" in (job().error or "")
    assert "amina" not in (job().error or "")
    assert "nowhere" not in (job().error or "")


def test_no_transaction_is_open_while_the_server_is_spoken_to(
    app: Flask, letters: dict[int, Letter], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_then: list[bool] = []
    set_mail_url(app, "smtp://127.0.0.1:9")
    letters[1] = LETTER
    monkeypatch.setattr(mail, "deliver", lambda _server, _message: open_then.append(db.session().in_transaction()))
    ask(1)
    worker.drain()
    assert open_then == [False]


@pytest.mark.parametrize(
    ("env", "url", "must_encrypt"),
    [
        ("production", "smtp://mail.example.org", True),
        ("production", "smtp://mail.example.org:25", True),
        ("production", "smtp://user:pw@192.0.2.1", True),
        ("production", "smtp://127.0.0.1:25", False),
        ("production", "smtp://localhost", False),
        ("production", "smtp://[::1]:25", False),
        ("production", "smtps://mail.example.org", False),
        ("development", "smtp://mail.example.org", False),
        ("development", "smtp://user:pw@mail.example.org", True),
    ],
)
def test_what_leaves_the_machine_is_encrypted(env: str, url: str, must_encrypt: bool) -> None:
    server = server_of(replace(IN_PRODUCTION, env=env, mail_url=url))
    assert server.must_encrypt is must_encrypt
    assert server.tls_from_the_start is url.startswith("smtps")


def test_the_parts_of_the_mail_url_are_read(sqlite_app: Flask) -> None:
    server = server_of(replace(IN_PRODUCTION, mail_url="smtps://us%40er:p%2Fw@mail.example.org"))
    assert (server.host, server.port, server.user, server.password) == ("mail.example.org", 465, "us@er", "p/w")
    assert server_of(replace(IN_PRODUCTION, mail_url="smtp://mail.example.org")).port == 587
    assert "p/w" not in repr(server)


@pytest.mark.parametrize("url", ["http://mail.example.org", "mail.example.org", "smtp://", "smtp://host:port"])
def test_a_mail_url_that_cannot_be_read_is_refused(url: str) -> None:
    with pytest.raises(MailFailed, match="LMS_MAIL_URL cannot be read"):
        server_of(replace(IN_PRODUCTION, mail_url=url))


def test_a_letter_is_not_handed_to_a_server_without_encryption(sqlite_app: Flask, post: PostMaker) -> None:
    server = post()
    settings = replace(IN_PRODUCTION, mail_url=f"smtp://127.0.0.1:{server.port}")
    strict = replace(server_of(settings), must_encrypt=True)
    with pytest.raises(MailFailed, match="STARTTLS"):
        deliver(strict, compose(LETTER, settings, "job-1", NOW))
    assert server.envelopes == []


def test_a_certificate_nobody_vouches_for_is_refused(
    sqlite_app: Flask, post: PostMaker, certificate: tuple[Path, ssl.SSLContext]
) -> None:
    server = post(tls_context=certificate[1])
    settings = replace(IN_PRODUCTION, mail_url=f"smtp://127.0.0.1:{server.port}")
    with pytest.raises(MailFailed, match="certificate"):
        deliver(replace(server_of(settings), must_encrypt=True), compose(LETTER, settings, "job-1", NOW))
    assert server.envelopes == []


def test_a_letter_goes_over_an_encrypted_line_with_name_and_password(
    sqlite_app: Flask,
    post: PostMaker,
    certificate: tuple[Path, ssl.SSLContext],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(os.environ, "SSL_CERT_FILE", str(certificate[0]))
    server = post(tls_context=certificate[1], authenticator=only(b"lms", b"right"), auth_required=True)
    settings = replace(IN_PRODUCTION, mail_url=f"smtp://lms:right@127.0.0.1:{server.port}")
    message = compose(LETTER, settings, "job-1", NOW)
    deliver(replace(server_of(settings), must_encrypt=True), message)
    assert server.encrypted == [True]
    wrong = replace(settings, mail_url=f"smtp://lms:wrong@127.0.0.1:{server.port}")
    with pytest.raises(MailFailed, match=r"name and password in LMS_MAIL_URL \(535\)"):
        deliver(replace(server_of(wrong), must_encrypt=True), message)


def test_without_a_server_letters_are_kept_where_only_their_owner_reads_them(sqlite_app: Flask) -> None:
    settings = sqlite_app.extensions["lms.settings"]
    place = Path(mail.send(LETTER, settings, "job-1"))
    mail.send(LETTER, settings, "job-1")
    assert [path.name for path in place.parent.iterdir()] == [place.name]
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_the_mailbox_of_development_shows_the_newest_letter_first_with_link_and_code(sqlite_app: Flask) -> None:
    settings = sqlite_app.extensions["lms.settings"]
    client = sqlite_app.test_client()
    assert "No letter yet" in client.get("/mailbox").text
    mail.send(replace(LETTER, subject="The first letter"), settings, "job-1")
    mail.send(replace(LETTER, subject="<b>دعوتك</b>"), settings, "job-2")
    page = client.get("/mailbox").text
    assert page.index("&lt;b&gt;دعوتك") < page.index("The first letter")
    assert '<a href="https://seminar.example.org/invitation/abc_DEF-1"' in page
    assert "ABCD 2346" in page


def test_in_production_there_is_no_mailbox(sqlite_app: Flask) -> None:
    mail.send(LETTER, sqlite_app.extensions["lms.settings"], "job-1")
    sqlite_app.extensions["lms.settings"] = replace(sqlite_app.extensions["lms.settings"], env="production")
    assert sqlite_app.test_client().get("/mailbox").status_code == 404
