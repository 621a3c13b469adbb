"""What a coordinator puts right changes every number, list and file in the same way: a place put off, an import taken
back, two entries made one."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

from flask import Flask
from flask.testing import FlaskClient

from lms.kernel import outbox
from lms.kernel.checks import run_all
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.models import Role
from tests.dashboards.test_numbers import browser, length_of, numbers_on
from tests.seminars.makers import enrol_person, make_edition, make_institution, make_person

FILE = (
    "Name,E-mail address,State,Ministry or institution\nNeema Mfano 9,neema9@example.org,Tanzania,Ministry of Justice\n"
)


def sent(client: FlaskClient, path: str, **form: object) -> str:
    """Send a form that is taken, let the worker do what follows; the page it leads to."""
    answer = client.post(path, data=form)
    assert answer.status_code == 303, answer.text
    while outbox.run_one("w"):
        pass
    return str(answer.headers["Location"])


def names_in(client: FlaskClient, edition: str) -> list[str]:
    """Who stands in the file, when every number of the first page is the length of its list and the sheet opens."""
    first = client.get(f"/editions/{edition}")
    numbers = numbers_on(first.text)
    assert numbers
    assert [length_of(client, url) for url, _number in numbers] == [number for _url, number in numbers]
    assert client.get(f"/editions/{edition}/attention").status_code == 200
    assert client.get("/editions/attention").status_code == 200
    with reading() as session:
        assert not {name: list(told) for name, told in run_all(session).items() if told}
    rows = csv.DictReader(io.StringIO(client.get(f"/editions/{edition}/people.csv").text.removeprefix("\ufeff")))
    return sorted(row["Name"] for row in rows)


def hidden(page: str, name: str) -> str:
    """What a page carries for the form that it holds."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1]


def test_numbers_lists_and_files_agree_after_a_deferral_an_undone_import_and_a_joining(app: Flask) -> None:
    with unit_of_work() as session:
        make_institution(session, "TZ", name="Ministry of Justice")
        edition = make_edition(session)
        later = make_edition(session, starts_on=dt.date(2027, 11, 7), ends_on=dt.date(2027, 11, 8))
        people = {name: make_person(session, name) for name in ("Amina Mfano", "Baraka Sampuli", "Zuri Kielelezo")}
        places = {name: enrol_person(session, edition, person=one).public_id for name, one in people.items()}
        twin = make_person(session, "Zuri Kielelezo")
        enrol_person(session, later, person=twin)
        here, there = edition.public_id, later.public_id
        stays, goes = people["Zuri Kielelezo"].subject, twin.subject

    client = browser(app, Role.COORDINATOR)
    assert names_in(client, here) == sorted(places)

    sent(client, f"/editions/{here}/people/{places['Amina Mfano']}/defer", later=there, reason="A birth")
    assert "Amina Mfano" in names_in(client, there)

    before = names_in(client, here)
    page = sent(client, f"/editions/{here}/imports", file=(io.BytesIO(FILE.encode()), "list.csv"))
    sent(client, f"{page}/save", seen=hidden(client.get(page).text, "seen"))
    assert set(names_in(client, here)) - set(before) == {"Neema Mfano 9"}
    sent(client, f"{page}/undo")
    assert names_in(client, here) == before

    path = f"/editions/{here}/duplicates/{stays}/{goes}"
    sent(client, path, sure="y", shown=hidden(client.get(path).text, "shown"))
    assert names_in(client, here) == before
    assert names_in(client, there) == ["Amina Mfano", "Zuri Kielelezo"]
