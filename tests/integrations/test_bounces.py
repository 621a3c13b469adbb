"""Letters that come back: reports are read, hostile ones do no harm, and mail to dead addresses stops."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.integrations.bounces import take
from lms.integrations.bounces.maildir import Told
from lms.integrations.bounces.reports import MOST_BYTES, Report, Unread, read_report
from lms.kernel import worker
from lms.kernel.models import AuditEntry, Job, JobState
from lms.kernel.settings import Settings, present_settings
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.models import MailFailure, Person, SentLetter
from lms.people.queries import failures_of
from lms.people.rules.codes import TokenPurpose
from lms.people.rules.letters import FailureKind
from tests.conftest import NOW
from tests.integrations.conftest import PostMaker
from tests.integrations.test_mail import set_mail_url
from tests.reminders.makers import Held, Placed, edition, reader
from tests.seminars.browsing import coordinator, words

REPORTS = Path(__file__).parent / "reports"
HOST = "seminar.example.org"
TODAY = dt.date(2027, 4, 12)
LETTER = "Zk3v_9aQx-1LmNoPqRsTuV"


def report(name: str, letter: str = LETTER) -> bytes:
    """One of the reports beside this file, about the letter with this public id."""
    return (REPORTS / f"{name}.eml").read_bytes().replace(b"LETTER", letter.encode())


@pytest.mark.parametrize(
    ("name", "kind", "status", "day"),
    [
        ("postfix", FailureKind.PERMANENT, "5.1.1", dt.date(2027, 4, 10)),
        ("postfix-delayed", FailureKind.TEMPORARY, "4.4.1", dt.date(2027, 4, 11)),
        ("exim", FailureKind.PERMANENT, "5.0.0", dt.date(2027, 4, 9)),
        ("exchange", FailureKind.PERMANENT, "5.1.10", dt.date(2027, 4, 12)),
        ("gmail", FailureKind.PERMANENT, "5.1.1", dt.date(2027, 4, 12)),
        ("expired", FailureKind.TEMPORARY, "4.4.7", dt.date(2027, 4, 12)),
    ],
)
def test_the_reports_of_common_mail_systems_are_read(name: str, kind: FailureKind, status: str, day: dt.date) -> None:
    assert read_report(report(name), HOST, TODAY) == Report(LETTER, kind, status, day)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", Unread.NOT_A_REPORT),
        (b"\x00\xff" * 500, Unread.NOT_A_REPORT),
        (b"Subject: I am away until Monday\n\nBack soon.\n", Unread.NOT_A_REPORT),
        (b"x" * (MOST_BYTES + 1), Unread.TOO_LARGE),
        (report("postfix").replace(b"@seminar.example.org", b"@elsewhere.example.org"), Unread.NOT_OURS),
        (report("postfix").replace(b"Message-ID", b"X-Old-ID"), Unread.NOT_OURS),
        (report("postfix").replace(b"Action: failed", b"Action: relayed"), Unread.ARRIVED),
        (report("postfix").replace(b"Action: failed", b"Auction: failed"), Unread.NO_STATUS),
        (report("postfix").replace(b"multipart/report", b"multipart/mixed"), Unread.NOT_A_REPORT),
        (report("postfix").replace(b"charset=us-ascii", b"charset=no-such-thing").replace(b"boundary", b"bound"),
         Unread.NOT_A_REPORT),
    ],
)  # fmt: skip
def test_what_is_no_report_of_a_letter_of_ours_is_told_apart(raw: bytes, reason: Unread) -> None:
    assert read_report(raw, HOST, TODAY) is reason


def test_a_message_of_ten_thousand_nested_parts_is_passed_by_and_quickly() -> None:
    nested = b"".join(b'Content-Type: multipart/report; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(10_000))
    assert isinstance(read_report(nested, HOST, TODAY), Unread)


def test_a_day_to_come_or_long_past_is_not_believed() -> None:
    for said in (b"10 Apr 2037", b"10 Apr 2017", b"99 Foo 9999"):
        found = read_report(report("postfix").replace(b"10 Apr 2027", said), HOST, TODAY)
        assert isinstance(found, Report)
        assert found.day == TODAY


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_mutilated_report_is_read_or_passed_by_and_never_an_error(data: st.DataObject) -> None:
    raw = bytearray(report(data.draw(st.sampled_from(["postfix", "exim", "exchange", "gmail"]))))
    for _cut in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(len(raw) - 1, 0)))
        if data.draw(st.booleans()):
            del raw[at : at + data.draw(st.integers(1, 60))]
        else:
            raw[at:at] = data.draw(st.binary(max_size=20))
    found = read_report(bytes(raw), HOST, TODAY)
    assert isinstance(found, Report | Unread)


def sent_to(name: str = "Amina Mfano", address: str = "amina.mfano@example.org") -> tuple[Held, Placed, str]:
    """Somebody in an edition to whom a letter was sent: the edition, the place, the letter's public id."""
    held = edition()
    placed = reader(held, name, address)
    with unit_of_work() as session:
        services.write_to(session, person_id=placed.person_id, template="people/password-changed", about=held.public_id)
    worker.drain()
    with unit_of_work() as session:
        letter = session.scalars(select(SentLetter.public_id).where(SentLetter.person_id == placed.person_id)).one()
    return held, placed, letter


def run(app: Flask, *words_: str, stdin: bytes = b"") -> str:
    result = app.test_cli_runner().invoke(args=["lms", "mail", "bounces", *words_], input=stdin)
    assert result.exit_code == 0, result.output
    return result.output


def failures() -> list[MailFailure]:
    with unit_of_work() as session:
        return list(session.scalars(select(MailFailure).order_by(MailFailure.id)))


def test_a_report_of_the_message_id_that_really_went_out_stops_mail_until_somebody_says_try_again(
    app: Flask, post: PostMaker
) -> None:
    server = post()
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    held, placed, letter = sent_to()
    (message,) = server.messages
    assert str(message["Message-ID"]).startswith(f"<{letter}.")
    example = f"<{LETTER}.0123456789abcdef@seminar.example.org>"
    raw = report("postfix").replace(example.encode(), str(message["Message-ID"]).encode())
    told = run(app, stdin=raw)
    assert told == "1 letter came back for good.\n"
    assert run(app, stdin=raw) == "1 report was known already.\n"
    assert [(row.kind, row.status, row.over_at) for row in failures()] == [(FailureKind.PERMANENT, "5.1.1", None)]
    with unit_of_work() as session:
        services.write_to(session, person_id=placed.person_id, template="people/password-changed")
    worker.drain()
    assert len(server.messages) == 1
    browser = coordinator(app, held.public_id)
    page = f"/editions/{held.public_id}/people/{placed.public_id}"
    text = words(browser.get(page))
    assert "Letters to this address have come back for good since 10 April 2027 (code 5.1.1)" in text
    assert "It came back on 10 April 2027." in text
    assert "E-mail came back" in words(browser.get(f"/editions/{held.public_id}/people"))
    assert browser.post(f"{page}/invite").status_code == 422
    assert browser.post(f"{page}/address").status_code == 303
    assert browser.post(f"{page}/address").status_code == 303
    with unit_of_work() as session:
        acts = session.scalars(select(AuditEntry.about).where(AuditEntry.act == "address.tried-again")).all()
        services.write_to(session, person_id=placed.person_id, template="people/password-changed")
    worker.drain()
    assert acts == [placed.public_id]
    assert len(server.messages) == 2
    assert run(app, stdin=raw) == "1 report was known already.\n"
    assert failures_now(placed.person_id) == {}


def failures_now(person_id: int) -> dict[int, object]:
    with unit_of_work() as session:
        return dict(failures_of(session, [person_id], TODAY))


@pytest.mark.parametrize(
    ("refusal", "status"),
    [("550 5.1.1", "5.1.1"), ("551 5.1.6", "5.1.6"), ("550 5.2.1", "5.2.1"), ("550", "5.0.0"), ("553", "5.0.0")],
)
def test_an_address_that_the_server_refuses_at_the_door_is_shown_and_written_to_no_more(
    app: Flask, post: PostMaker, refusal: str, status: str
) -> None:
    server = post()
    server.refusal = refusal
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    held, placed, _letter = sent_to("Amina Mfano", "amina@nowhere.example")
    worker.drain()
    with unit_of_work() as session:
        jobs = session.execute(select(Job.state, Job.error).where(Job.kind == "mail.send")).all()
        assert session.scalars(select(SentLetter.sent_at)).one() is None
    assert {job.state for job in jobs} == {JobState.DONE}  # trying again would change nothing
    assert not [job.error for job in jobs if job.error]
    assert [(row.kind, row.status) for row in failures()] == [(FailureKind.PERMANENT, status)]
    browser = coordinator(app, held.public_id)
    text = words(browser.get(f"/editions/{held.public_id}/people/{placed.public_id}"))
    assert f"have come back for good since 12 April 2027 (code {status})" in text
    assert "E-mail came back" in words(browser.get(f"/editions/{held.public_id}/people"))
    with unit_of_work() as session:
        services.write_to(session, person_id=placed.person_id, template="people/password-changed")
    worker.drain()
    assert len(failures()) == 1


@pytest.mark.parametrize("refusal", ["550 5.7.1", "554 5.7.1", "452 4.2.2", "552 5.2.2", "450"])
def test_a_server_that_takes_nothing_now_says_nothing_of_the_address(app: Flask, post: PostMaker, refusal: str) -> None:
    server = post()
    server.refusal = refusal
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    _held, placed, _letter = sent_to("Amina Mfano", "amina@nowhere.example")
    worker.drain()
    assert failures() == []
    assert failures_now(placed.person_id) == {}
    with unit_of_work() as session:
        assert JobState.WAITING in set(session.scalars(select(Job.state).where(Job.kind == "mail.send")))


def test_a_delayed_letter_is_shown_for_a_week_and_stops_nothing(app: Flask, post: PostMaker) -> None:
    server = post()
    set_mail_url(app, f"smtp://127.0.0.1:{server.port}")
    held, placed, letter = sent_to()
    assert run(app, stdin=report("postfix-delayed", letter)) == "1 letter came back for now.\n"
    page = words(coordinator(app, held.public_id).get(f"/editions/{held.public_id}/people/{placed.public_id}"))
    assert "could not be delivered on 11 April 2027 (code 4.4.1)" in page
    with unit_of_work() as session:
        services.write_to(session, person_id=placed.person_id, template="people/password-changed")
    worker.drain()
    assert len(server.messages) == 2
    with unit_of_work() as session:
        assert failures_of(session, [placed.person_id], TODAY + dt.timedelta(days=8)) == {}


def test_proving_the_address_anew_opens_it_again(app: Flask) -> None:
    _held, placed, letter = sent_to()
    take(report("gmail", letter), Told(), _ours(), NOW)
    assert failures_now(placed.person_id)
    with unit_of_work() as session:
        identity = services.primary_address(session, placed.person_id)
        assert identity is not None
        made = services.make_code(
            session, purpose=TokenPurpose.RESET, person_id=placed.person_id, identity_id=identity, at=NOW
        )
        services.try_code(session, purpose=TokenPurpose.RESET, link=made.link, code=made.code, at=NOW)
    assert failures_now(placed.person_id) == {}


def _ours() -> Settings:
    return replace(present_settings(), public_url="https://seminar.example.org")


def test_a_report_about_a_letter_nobody_sent_changes_nothing(app: Flask) -> None:
    told = Told()
    take(report("postfix", "AAAAAAAAAAAAAAAAAAAAAA"), told, _ours(), NOW)
    assert dict(told.unread) == {Unread.NOT_OURS: 1}
    assert failures() == []


def test_erasing_a_person_leaves_a_failure_that_leads_to_no_address(app: Flask) -> None:
    _held, placed, letter = sent_to()
    take(report("gmail", letter), Told(), _ours(), NOW)
    with unit_of_work() as session:
        person = session.get_one(Person, placed.person_id)
        services.erase(session, person=person, by=None, at=NOW)
    assert [row.identity_id for row in failures()] == [None]
    assert failures_now(placed.person_id) == {}


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    return folder


def test_a_maildir_is_read_once_and_its_messages_are_marked_as_seen(app: Flask, post: PostMaker, maildir: Path) -> None:
    set_mail_url(app, f"smtp://127.0.0.1:{post().port}")
    _held, _placed, letter = sent_to()
    (maildir / "new" / "1.a").write_bytes(report("exchange", letter))
    (maildir / "new" / "2.b").write_bytes(b"Subject: Thank you\n\nGladly.\n")
    (maildir / "cur" / "3.c:2,F").write_bytes(report("postfix-delayed", letter))
    (maildir / "cur" / "4.d:2,S").write_bytes(report("exim", letter))
    (maildir / "new" / "5.e").write_bytes(b"x" * (MOST_BYTES + 5))
    secret = maildir.parent / "secret"
    secret.write_bytes(report("exim", letter))
    (maildir / "new" / "6.f").symlink_to(secret)
    os.mkfifo(maildir / "new" / "7.g")
    told = run(app, str(maildir))
    assert told == (
        "1 letter came back for good.\n1 letter came back for now.\n"
        "1 message is larger than a report may be.\n1 message is no report of a letter.\n"
    )
    assert sorted(path.name for path in (maildir / "cur").iterdir()) == [
        "1.a:2,S",
        "2.b:2,S",
        "3.c:2,FS",
        "4.d:2,S",
        "5.e:2,S",
    ]
    assert run(app, str(maildir)) == "There is nothing new.\n"
    assert secret.exists()
    assert len(failures()) == 2


def test_a_folder_that_is_no_maildir_is_refused_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    result = app.test_cli_runner().invoke(args=["lms", "mail", "bounces", str(tmp_path)])
    assert result.exit_code == 1
    assert "is no Maildir" in result.output


def test_a_hyphen_means_standard_input(app: Flask) -> None:
    assert run(app, "-", stdin=b"Hello") == run(app, stdin=b"Hello")


def test_the_command_names_nobody(app: Flask, post: PostMaker) -> None:
    set_mail_url(app, f"smtp://127.0.0.1:{post().port}")
    _held, _placed, letter = sent_to()
    told = run(app, stdin=report("postfix", letter))
    assert "mfano" not in told.lower()
    assert "@" not in told
