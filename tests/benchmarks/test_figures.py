"""What the benchmarks compute from what they measure."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.journal import Journal, Row, Verdict, compare
from benchmarks.patience import receipt_number
from benchmarks.results import LARGE, LATEST, Result, write
from benchmarks.wire import named_in
from benchmarks.writers import addresses, percentile

FIRST, SECOND = ("page", 1), ("page", 2)


@pytest.fixture
def journal() -> Journal:
    """Two answers were sent; only the first was acknowledged."""
    journal = Journal()
    journal.ask(FIRST, "a")
    journal.ask(SECOND, "b")
    journal.acknowledge(FIRST, 7)
    return journal


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([Row(FIRST, "a", 7)], Verdict(0, 0, 0, 0)),
        ([Row(FIRST, "a", 7), Row(SECOND, "b", 8)], Verdict(0, 0, 0, 0)),
        ([Row(SECOND, "b", 8)], Verdict(lost=1, doubled=0, unasked=0, altered=0)),
        ([Row(FIRST, "a", 7), Row(FIRST, "a", 9)], Verdict(lost=0, doubled=1, unasked=0, altered=0)),
        ([Row(FIRST, "a", 7), Row(("page", 3), "a", 9)], Verdict(lost=0, doubled=0, unasked=1, altered=0)),
        ([Row(FIRST, "c", 7)], Verdict(lost=0, doubled=0, unasked=0, altered=1)),
        ([Row(FIRST, "a", 8)], Verdict(lost=0, doubled=0, unasked=0, altered=1)),
    ],
    ids=["as acknowledged", "taken unseen", "lost", "doubled", "never sent", "another choice", "another receipt"],
)
def test_the_verdict_names_every_way_in_which_the_database_differs(
    journal: Journal, rows: list[Row], verdict: Verdict
) -> None:
    assert compare(journal, rows) == verdict
    assert verdict.clean is (verdict == Verdict(0, 0, 0, 0))


def test_the_receipt_is_the_last_number_of_the_sentence() -> None:
    body = json.dumps({"text": "Gespeichert am 12.04.2027, 9:15, Quittung 3012."}).encode()
    assert receipt_number(body) == 3012


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert percentile(values, 95) == 95
    assert percentile([3.0], 95) == 3


def test_the_demonstration_has_enough_people_for_the_drill() -> None:
    assert len(set(addresses())) >= 12


def test_a_result_without_a_bound_is_always_kept(tmp_path: Path) -> None:
    write(
        [Result("a", 3, "ms"), Result("b", 3.0004, "times", 3), Result("c", 0, "answers", 0)], tmp_path / "found.json"
    )
    rows = json.loads((tmp_path / "found.json").read_text())
    assert [tuple(row) for row in rows] == [("name", "value", "unit", "bound", "ok")] * 3
    assert [row["ok"] for row in rows] == [True, False, True]


def test_what_a_page_names_is_fetched_with_it_and_links_are_not() -> None:
    page = """<link rel="stylesheet" href="/static/a.css"><link href="/static/b.woff2" rel="preload" as="font">
    <script src="/static/c.js" defer></script><img alt="" src="/d.svg"><a href="/learn/e">E</a>"""
    assert set(named_in(page)) == {"/static/a.css", "/static/b.woff2", "/static/c.js", "/d.svg"}


TOLD = {
    "unit page": "unit page, against the floor",
    "home": "home, against the floor",
    "saving an answer": "saving an answer, against the floor",
    "the public page of a certificate's code": "page of a certificate's code, against the floor",
    "a coordinator's page of 3,000 people": "coordinator's page, 3,000 people, against the floor",
    "the first page of the list of 3,000 people": "first page of the list, 3,000 people, against the floor",
    "list of 3,000 people as CSV, against one written by hand": "CSV of 3,000 people, against one by hand",
    "signing one record": "signing a record and its short form",
}
"""What the first page of the house says, and which figure that is."""


def test_the_figures_that_are_told_are_those_of_the_last_run() -> None:
    kept = {row["name"]: row["value"] for row in json.loads(LATEST.read_text())}
    lines = (LATEST.parents[1] / "README.md").read_text().splitlines()
    told = {cells[1].strip(): cells[2] for line in lines if len(cells := line.split("|")) == 5}
    for name, figure in TOLD.items():
        said = re.match(r" *([0-9.]+)", told[name])
        assert said, name
        assert float(said[1]) == round(kept[figure], 1), name
    memory = re.match(r" *(\d+) MB(, over its bound)?", told["memory of a web worker"])
    assert memory
    assert int(memory[1]) == round(kept["web worker's memory"])
    assert bool(memory[2]) is (kept["web worker's memory"] > 120)


TOLD_OF_MANY = {
    "with 300,000 people: the page, SQLite and PostgreSQL": r"coordinator's page, 300,000 people, against the floor",
    "with 300,000 people: the first page of the list": r"first page of the list, 300,000 people, against the floor",
    "with 300,000 people: the dearest list of some": r"the list of 300,000, by .*",
    "from 3,000 to 300,000 people: page and list grow at most": r"(coordinator's page|first page of the list), from .*",
}
"""What the first page of the house says of the largest editions, and the figures of which it is the worst."""


def test_the_figures_that_are_told_of_the_largest_editions_are_those_of_the_last_run_with_them() -> None:
    kept = json.loads(LARGE.read_text())
    lines = (LATEST.parents[1] / "README.md").read_text().splitlines()
    told = {cells[1].strip(): cells[2] for line in lines if len(cells := line.split("|")) == 5}
    for name, figures in TOLD_OF_MANY.items():
        worst = [
            round(max(row["value"] for row in kept if re.fullmatch(f"{database}: {figures}", row["name"])), 1)
            for database in ("SQLite", "PostgreSQL")
        ]
        assert [float(number) for number in re.findall(r"[0-9.]+", told[name])] == worst, name
