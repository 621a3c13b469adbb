"""The pages of an import, without JavaScript: from a file with mistakes to people nominated, and back."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
import python_calamine as calamine
from flask import Flask
from sqlalchemy import func, select

from lms.kernel import outbox, worker
from lms.kernel.clock import now
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people import services as people
from lms.people.models import Institution, Role, ScopeKind, Sector
from lms.people.queries.persons import person_by_address
from lms.seminars import services
from lms.seminars.columns import Column
from lms.seminars.imports import undoing
from lms.seminars.imports.models import Import, ImportState
from lms.seminars.imports.reading import table_in
from lms.seminars.imports.table import SHEET
from lms.seminars.models import Enrolment
from tests.conftest import statements
from tests.files import both_files
from tests.people.makers import give_mandate
from tests.people.makers import make_person as make_somebody
from tests.seminars.browsing import Browser, coordinator, words
from tests.seminars.importing import JUSTICE
from tests.seminars.makers import AT, make_edition, make_institution
from tests.seminars.ugly_files import REFUSED, book, sheets, text

HEAD = ("Name", "E-mail address", "State", "Ministry or institution", "Sector", "Time zone", "Language")


@pytest.fixture
def edition(app: Flask) -> str:
    """The public id of an edition, beside a ministry that is known."""
    with unit_of_work() as session:
        make_institution(session, "TZ", Sector.JUSTICE, JUSTICE)
        return make_edition(session).public_id


@pytest.fixture
def browser(app: Flask, edition: str) -> Browser:
    """The browser of the edition's coordinator."""
    return coordinator(app, edition)


def row(*cells: str) -> tuple[str, ...]:
    """A row of a file, its end empty."""
    return (*cells, *[""] * (len(HEAD) - len(cells)))


def send(browser: Browser, edition: str, data: bytes, name: str = "list.csv") -> str:
    """Send a file; the address of its page."""
    answer = browser.post(f"/editions/{edition}/imports", file=(io.BytesIO(data), name))
    assert answer.status_code == 303, words(answer)
    return str(answer.headers["Location"])


def good(*numbers: int) -> bytes:
    """A file of people about whom nothing has to be mended."""
    rows = [row(f"Neema Mfano {n}", f"neema{n}@example.org", "Tanzania", JUSTICE) for n in numbers]
    return text(rows, HEAD).encode()


def places() -> int:
    """How many people are in editions."""
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Enrolment)) or 0


def saves(browser: Browser, page: str) -> Any:
    """Save what the page shows."""
    found = re.search(r'name="seen" value="(\d+)"', browser.get(page).get_data(as_text=True))
    return browser.post(f"{page}/save", seen=found[1] if found else "0")


def test_a_file_with_mistakes_is_mended_saved_and_taken_back(browser: Browser, edition: str) -> None:
    rows = [
        row("Neema Mfano", "neema@example.org", "Tanzania", JUSTICE),
        row("Zoë Beispiél", "zoe.example.org", "Tanzania", JUSTICE),
        row("Amina Mithal", "amina@example.org", "Tanznia", JUSTICE),
        row("Rehema Mithal", "rehema@example.org", "Tanznia", JUSTICE),
        row("Juma Ejemplo", "juma@example.org", "Tanzania", "Min. of Justice (MoJ)"),
        row("Asha Exemple", "asha@example.org", "Tanzania", "Min. of Justice (MoJ)"),
        row("Ali Przykład", "ali@example.org", "Tanzania", "Office of the Ombudsman"),
    ]
    page = send(browser, edition, book(rows, HEAD), "list.xlsx")
    shown = browser.get(page)
    seen = words(shown)
    assert "1 row ready" in seen
    assert "6 rows need a correction" in seen
    assert "The address has no @ sign." in seen
    assert "No state is known as “Tanznia”. Close to it: United Republic of Tanzania" in seen
    assert "“Min. of Justice (MoJ)” is not a name we know in this state." in seen
    assert seen.count("and 1 row more that says the same") == 2
    assert places() == 0
    mended = browser.post(
        f"{page}/mend",
        **{
            "row-3-address": "zoe@example.org",
            "row-4-state": "United Republic of Tanzania",
            "row-6-institution": JUSTICE,
            "row-6-new": "Min. of Justice (MoJ)",
            "row-8-new": "Office of the Ombudsman",
            "row-8-sector": "human-rights",
            "row-8-zone": "Africa/Dar_es_Salaam",
        },
    )
    assert mended.status_code == 303
    assert "7 rows ready" in words(browser.get(page))
    assert places() == 0
    unseen = browser.post(f"{page}/save", seen="0")  # by whoever looked before the correction
    assert (unseen.status_code, places()) == (409, 0)
    assert saves(browser, page).status_code == 303
    assert saves(browser, page).status_code == 303
    assert places() == 7
    assert "7 rows taken over" in words(browser.get(page))
    with reading() as session:
        sector = select(Institution.sector).where(Institution.name == "Office of the Ombudsman")
        assert session.scalar(sector) is Sector.HUMAN_RIGHTS
        assert person_by_address(session, "zoe@example.org") is not None
    assert "The import is taken back." in words(browser.get(browser.post(f"{page}/undo").headers["Location"]))
    assert places() == 0


def test_a_file_that_is_only_looked_at_does_not_tell_who_is_known(browser: Browser, edition: str) -> None:
    with unit_of_work() as session:
        known = people.create_person(session, name="Neema Mithal", address="neema1@example.org", at=now())
        here = session.scalars(select(Institution)).one()
        people.affiliate(session, person=known, institution=here, since=now().date())
        elsewhere = make_institution(session, "TZ", Sector.DEFENCE, "Ministry of Defence").name
    for ministry in (JUSTICE, elsewhere):
        rows = [row(f"Neema Mfano {n}", f"neema{n}@example.org", "Tanzania", ministry) for n in (1, 2)]
        page = send(browser, edition, text(rows, HEAD).encode())
        shown = words(browser.get(f"{page}?show=new"))
        assert "2 rows ready" in shown
        assert "We know somebody" not in shown
    assert saves(browser, page).status_code == 303
    # Who has moved today already stays where they went, and is said to be known once they are in the edition.
    assert words(browser.get(f"{page}?show=new")).count("We know somebody by this address") == 1
    with reading() as session:
        sectors = {place.person_id: place.sector for place in session.scalars(select(Enrolment))}
        assert len(sectors) == 2
        assert sectors[known.id] is Sector.JUSTICE


def test_a_file_that_cannot_be_read_is_refused_on_the_form(browser: Browser, edition: str) -> None:
    for name, sentence in (
        ("a PDF", "This is not a table."),
        ("no column of states", "These columns are missing: State"),
    ):
        made, _reason = REFUSED[name]
        answer = browser.post(f"/editions/{edition}/imports", file=(io.BytesIO(made()), "list.csv"))
        assert answer.status_code == 422
        assert sentence in words(answer)
    assert browser.post(f"/editions/{edition}/imports").status_code == 422


def test_one_file_sent_twice_from_one_page_is_one_import(browser: Browser, edition: str) -> None:
    url = f"/editions/{edition}/imports"
    key = re.search(r'name="client_key"[^>]*value="([\w-]+)"', browser.get(url).get_data(as_text=True))
    assert key is not None
    pages = [
        browser.post(url, file=(io.BytesIO(data), "list.csv"), client_key=key[1]).headers["Location"]
        for data in (good(1), good(1), good(2))
    ]
    assert pages[0] == pages[1] != pages[2]
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Import)) == 2


def test_who_stands_against_taking_back_is_named(browser: Browser, edition: str) -> None:
    page = send(browser, edition, good(1, 2))
    saves(browser, page)
    with unit_of_work() as session:
        first = session.scalars(select(Enrolment).order_by(Enrolment.id)).first()
        assert first is not None
        services.invite(session, enrolment=first, at=AT, by="coordinator")
    answer = browser.post(f"{page}/undo")
    assert answer.status_code == 409
    assert "Nothing was taken back" in words(answer)
    assert "Neema Mfano 1 : was invited" in words(answer)
    assert "Neema Mfano 2" not in words(answer).split("Withdraw single people")[0]
    assert places() == 2


def test_a_long_import_is_taken_back_with_a_bar_and_says_who_stays(
    browser: Browser, edition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = send(browser, edition, good(1, 2))
    saves(browser, page)
    for name in ("AT_ONCE", "PIECE"):
        monkeypatch.setattr(undoing, name, 1)
    assert browser.post(f"{page}/undo").status_code == 303
    assert "Rows taken back" in words(browser.get(page))
    assert "0 of 2" in words(browser.part(page))
    for _piece in range(2):
        assert outbox.run_one("first")
    assert places() == 1
    with unit_of_work() as session:
        left = session.scalars(select(Enrolment)).one()
        left.person.name_confirmed_at = now()
    worker.drain()
    seen = words(browser.get(page))
    assert "The import is taken back" in seen
    assert "1 person was written to or did something while the import was being taken back: Neema Mfano 2" in seen
    assert places() == 1


def test_the_page_of_a_file_says_what_becomes_of_each_row(browser: Browser, edition: str) -> None:
    first = send(browser, edition, good(1))
    saves(browser, first)
    page = send(browser, edition, good(1, 2))
    # Nothing needs a correction: the page begins with what would be new.
    assert "neema2@example.org" in words(browser.get(page))
    assert "Is in this edition already; what the row says otherwise is not taken over." in words(
        browser.get(f"{page}?show=same")
    )
    assert "neema2@example.org" not in words(browser.get(f"{page}?show=refused"))
    with reading() as session:
        looks = select(func.count()).where(AuditEntry.act == "import.opened")
        assert session.scalar(looks) == 4


def test_the_sheets_of_a_workbook_are_one_import_whose_rows_say_where_they_stand(
    browser: Browser, edition: str
) -> None:
    here, there = (row(f"{name} Mfano", f"{name}@example.org", "Tanzania", JUSTICE) for name in ("Neema", "Asha"))
    unknown = row("Juma Mfano", "juma@example.org", "Nowhere", JUSTICE)
    file = sheets({"Read me": [("Fill in the others",)], "North": [HEAD, here], "South": [HEAD, there, unknown]})
    page = send(browser, edition, file, "list.xlsx")
    said = words(browser.get(page))
    assert "Sheets that were read: 1 North ; 2 South ." in said
    assert "nobody stands on them: Read me." in said
    assert "row 3 on sheet 2" in said
    assert "2 on sheet 1" in words(browser.get(f"{page}?show=new"))
    taken = both_files(browser, f"{page}/rows", "?show=new")
    assert [line["Row"] for line in taken] == ["2 on sheet 1", "2 on sheet 2"]
    name = f"row-{2 * SHEET + 3}-state"
    assert f'name="{name}"' in browser.get(page).text
    assert browser.post(f"{page}/mend", **{name: "Tanzania"}).status_code == 303
    assert saves(browser, page).status_code == 303
    assert places() == 3


def test_of_somebody_who_is_erased_meanwhile_no_row_is_kept_or_saved(browser: Browser, edition: str) -> None:
    page = send(browser, edition, good(1, 2))
    with unit_of_work() as session:
        known = people.create_person(session, name="Neema Mfano 1", address="Neema1@example.org", at=AT)
        people.erase(session, person=known, by="c", at=AT)
    seen = words(browser.get(page))
    assert "1 row ready" in seen
    assert "This person was erased. Nothing of the row is kept; leave it as it is." in seen
    assert "Neema Mfano 1" not in seen
    assert saves(browser, page).status_code == 303
    assert places() == 1
    with reading() as session:
        assert person_by_address(session, "neema1@example.org") is None


def test_the_rows_to_be_corrected_can_be_taken_away_and_sent_again(browser: Browser, edition: str) -> None:
    page = send(browser, edition, good(1) + b"Zo\xc3\xab,no address,Tanzania,Ministry of Justice,,,\r\n")
    file = browser.get(f"{page}/corrections.csv").get_data()
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    assert [rows[0][0], rows[0][-1], rows[1][0], rows[1][-1]] == [
        "Name", "What is wrong", "Zoë", "The address has no @ sign.",
    ]  # fmt: skip
    assert [cells for _, cells in table_in(file).rows] == [
        {"name": "Zoë", "address": "no address", "state": "Tanzania", "institution": JUSTICE}
    ]
    assert [line["Name"] for line in both_files(browser, f"{page}/corrections")] == ["Zoë"]
    taken = {
        show: both_files(browser, f"{page}/rows", f"?show={show}") for show in ("new", "changed", "same", "refused")
    }
    assert {show: len(lines) for show, lines in taken.items()} == {"new": 1, "changed": 0, "same": 0, "refused": 1}
    assert taken["new"][0]["E-mail address"] == "neema1@example.org"
    assert taken["new"][0]["State"] == "United Republic of Tanzania"
    assert taken["refused"][0]["Remark"] == "The address has no @ sign."
    saves(browser, page)
    assert both_files(browser, f"{page}/rows", "?show=new") == [{"Row": "2", "Remark": ""}]


def test_the_template_has_the_headings_that_are_read(browser: Browser, edition: str) -> None:
    file = browser.get(f"/editions/{edition}/imports/template.csv").get_data() + good(1).split(b"\r\n")[1]
    assert table_in(file).rows[0][1]["name"] == "Neema Mfano 1"
    assert set(table_in(file).taken) >= {Column.NAME, Column.ADDRESS, Column.STATE, Column.INSTITUTION, Column.SINCE}
    workbook = calamine.load_workbook(io.BytesIO(browser.get(f"/editions/{edition}/imports/template.xlsx").get_data()))
    [head] = workbook.get_sheet_by_index(0).to_python()
    assert head == next(csv.reader([file.decode("utf-8-sig").splitlines()[0]]))


def test_a_discarded_file_leaves_nothing_to_see(browser: Browser, edition: str) -> None:
    page = send(browser, edition, good(1))
    answer = browser.get(browser.post(f"{page}/discard").headers["Location"])
    assert "What was uploaded is erased." in words(answer)
    assert "neema1@example.org" not in words(answer)
    assert saves(browser, page).status_code == 409


def test_a_long_file_shows_how_far_it_is_and_says_when_it_is_done(browser: Browser, edition: str) -> None:
    page = send(browser, edition, good(*range(320)))
    shown = browser.get(page).get_data(as_text=True)
    assert re.search(r'<progress id="work-[\w-]+" value="0" max="320">', shown)
    assert 'hx-trigger="every 2s"' in shown
    part = browser.part(page)
    assert part.get_data(as_text=True).startswith('<div id="state"')
    worker.drain()
    assert "320 rows ready" in words(browser.part(page))
    assert "320 rows ready" in words(browser.get(page))
    saves(browser, page)
    assert "The import is being saved" in words(browser.get(page))
    assert browser.post(f"{page}/mend", **{"row-2-name": "X"}).status_code == 409
    worker.drain()
    done = browser.get(page)
    assert "The import is saved" in words(done)
    assert "hx-trigger" not in done.get_data(as_text=True)
    assert places() == 320


def test_only_who_coordinates_the_edition_comes_to_its_imports(app: Flask, browser: Browser, edition: str) -> None:
    page = send(browser, edition, good(1))
    with unit_of_work() as session:
        other = make_edition(session, title="Another").public_id
    stranger = coordinator(app, other)
    somebody = make_somebody("Anna Przykład")
    give_mandate(somebody, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    focal_point = Browser(app, somebody)
    moved = page.replace(edition, other)
    for who in (stranger, focal_point):
        assert who.get(page).status_code == 404
        for act in ("mend", "save", "discard", "undo"):
            assert who.post(f"{page}/{act}").status_code == 404
            assert who.post(f"{moved}/{act}").status_code == 404
        assert who.get(f"{page}/corrections.csv").status_code == 404
        assert who.get(f"/editions/{edition}/imports").status_code == 404
    with reading() as session:
        assert session.scalars(select(Import.state)).one() is ImportState.REHEARSED


def test_a_page_of_many_mistakes_takes_few_statements(app: Flask, browser: Browser, edition: str) -> None:
    rows = [row(f"Neema {n}", f"neema{n}.example.org", "Tanzania", JUSTICE) for n in range(150)]
    page = send(browser, edition, text(rows, HEAD).encode())
    browser.get(page)
    with statements(app) as sent:
        assert "1 to 50" in words(browser.get(page))
    assert len(sent) <= 14, "\n".join(sent)
