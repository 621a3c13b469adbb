"""Administrators say who may read the feed: two for each partner, tokens shown once, ended at once."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.alumni.feed.models import FeedPartner, FeedToken
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import reading
from lms.people.rules import Role
from tests.alumni.feeds import Program
from tests.conftest import NOW, statements
from tests.people.makers import give_mandate, make_person, signed_in_client

DAY = (NOW + dt.timedelta(days=100)).date().isoformat()


def administrator(app: Flask) -> FlaskClient:
    person = make_person()
    give_mandate(person, Role.ADMINISTRATOR)
    return signed_in_client(app, person)


def named(client: FlaskClient, **more: str) -> str:
    answer = client.post("/partners/new", data={"name": "Network of examples", **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def token_in(page: str) -> str:
    return re.findall(r'value="(lmsfeed_[\w-]{43})"', page)[0]


def test_one_names_a_partner_another_confirms_it_and_it_reads_with_a_token_that_is_shown_once(app: Flask) -> None:
    first, second = administrator(app), administrator(app)
    page = named(first, names="y", states="y")
    assert "Another administrator confirms it." in first.get(page).text
    assert first.post(f"{page}/confirm").status_code == 422
    assert first.post(f"{page}/tokens", data={"until": DAY}).status_code == 422
    assert second.post(f"{page}/confirm").status_code == 303
    shown = first.post(f"{page}/tokens", data={"until": DAY})
    token = token_in(shown.text)
    assert "http://127.0.0.1:8000/api/events" in shown.text
    assert token not in first.get(page).text
    assert "never used" in first.get(page).text
    reader = Program(app, token)
    assert reader.ask("include=names,states").status_code == 200
    assert reader.ask("include=editions").status_code == 403
    assert "last used 12 April 2027, 09:00" in first.get(page).text
    overview = first.get("/partners").text
    assert "Network of examples" in overview
    assert "states and names" in overview
    with reading() as session:
        acts = list(session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("feed."))))
    assert acts == ["feed.partner-named", "feed.partner-confirmed", "feed.token-made"]


def test_a_token_and_a_partner_are_ended_at_once(app: Flask) -> None:
    first, second = administrator(app), administrator(app)
    page = named(first)
    second.post(f"{page}/confirm")
    old, new = (token_in(first.post(f"{page}/tokens", data={"until": DAY}).text) for _ in range(2))
    with reading() as session:
        kept = session.scalars(select(FeedToken.public_id).order_by(FeedToken.id)).all()
    for _twice in range(2):
        assert second.post(f"{page}/tokens/{kept[0]}/end").status_code == 303
    assert [Program(app, token).ask().status_code for token in (old, new)] == [401, 200]
    for _twice in range(2):
        assert second.post(f"{page}/end").status_code == 303
    assert Program(app, new).ask().status_code == 401
    assert first.post(f"{page}/tokens", data={"until": DAY}).status_code == 422
    assert first.post(f"{page}/confirm").status_code == 422
    assert "Ended on 12 April 2027" in first.get(page).text


def test_a_token_of_another_partner_is_as_if_it_were_not_there(app: Flask) -> None:
    first, second = administrator(app), administrator(app)
    mine, other = named(first), named(first, name="Another network")
    second.post(f"{mine}/confirm")
    first.post(f"{mine}/tokens", data={"until": DAY})
    with reading() as session:
        token = session.scalars(select(FeedToken.public_id)).one()
    assert first.post(f"{other}/tokens/{token}/end").status_code == 404


@pytest.mark.parametrize("until", ["", "2027-04-11", "2028-05-01", "soon"])
def test_a_token_ends_within_a_year(app: Flask, until: str) -> None:
    first, second = administrator(app), administrator(app)
    page = named(first)
    second.post(f"{page}/confirm")
    answer = first.post(f"{page}/tokens", data={"until": until})
    assert answer.status_code == 422
    assert "lmsfeed_" not in answer.text


def test_naming_a_partner_twice_is_refused_in_words(app: Flask) -> None:
    first = administrator(app)
    named(first)
    again = first.post("/partners/new", data={"name": "Network of examples "})
    assert again.status_code == 422
    assert "There is a partner of this name already." in again.text
    assert first.post("/partners/new", data={"name": " "}).status_code == 422
    with reading() as session:
        assert len(session.scalars(select(FeedPartner.id)).all()) == 1


def test_the_pages_are_for_administrators(app: Flask) -> None:
    person = make_person()
    give_mandate(person, Role.COORDINATOR)
    client = signed_in_client(app, person)
    page = named(administrator(app))
    assert {client.get(path).status_code for path in ("/partners", "/partners/new", page)} == {404}
    assert client.post(f"{page}/confirm").status_code == 404


def test_the_list_and_a_partner_cost_a_few_statements_however_many_there_are(app: Flask) -> None:
    client, counts = administrator(app), []
    for number in (1, 4):
        pages = [named(client, name=f"Network {number}.{part}") for part in range(number)]
        for path in ("/partners", pages[0]):
            with statements(app) as sent:
                assert client.get(path).status_code == 200
            counts.append(len([line for line in sent if "lms_session" not in line and not line.startswith("PRAGMA")]))
    assert max(counts) <= 3, counts
