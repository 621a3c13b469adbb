"""Cases scored in private: sealed with the text, appended, changed, filled in for their writer and for nobody else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.catalogue import queries as catalogue
from lms.kernel.checks import run_all
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.learning import queries
from lms.learning.models import ProgressEvent, ProgressKind, Receipt, Reflection
from lms.learning.queries import reflection_place
from lms.people.models import Person
from lms.people.rules import Role
from lms.people.sealing import seal_text, unseal_text
from tests.catalogue import tiny
from tests.conftest import statements
from tests.learning.makers import Reader, adopt, make_reader, publish
from tests.learning.test_reading import count
from tests.learning.test_typed_text import SentForm
from tests.people.makers import give_mandate, make_person, signed_in_client, start_session

SECRET = "The minister did not know of it."
WHOLE = {
    "score.one.coordination": "2", "score.one.funding": "0", "reasons.one": "They met each week.",
    "score.two.funding": "3", "text": SECRET,
}  # fmt: skip
CASES = tiny.CASES.replace("- thought", "- case\n- thought")


def publish_scored(tmp_path: Path, *, spanish: bool = False, **changed: str) -> int:
    """The course with a case study, and a reflection that asks to score two cases by its rubric."""
    folder = tmp_path / "tiny/modules/02-cases"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.md").write_text(changed.pop("case", tiny.CASE))
    scored = tiny.SCORED
    if spanish:
        scored = scored.replace("  en: A thought\n", "  en: A thought\n  es: Un pensamiento\n")
        head = (
            "follows: t23456789abcdef0\nstatus: confirmed\nscoring:\n  cases:\n  - id: two\n    name: El segundo caso\n"
        )
        (folder / "thought.es.md").write_text(f"---\n{head}---\n\n¿Qué haría?\n")
    return publish(tmp_path, **{"cases": CASES, "thought": scored, **changed})


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    publish_scored(tmp_path)
    made = make_reader(app)
    made.read()
    made.pass_quiz()
    return made


def write(reader: Reader, key: str = "", **fields: str) -> int:
    return reader.client.post(
        reader.url("thought", "reflection"), data={"client_key": key or f"key-{count(Receipt)}-new", **fields}
    ).status_code


def shown(reader: Reader) -> dict[str, Any]:
    """What stands filled in on the page: chosen scores, reasons, text."""
    page = reader.get("thought")
    chosen = {}
    for tag in re.findall(r'<input[^>]*type="radio"[^>]*>', page):
        if " checked" in tag:
            found = re.search(r'name="([^"]+)"[^>]*value="([^"]+)"', tag)
            assert found, tag
            chosen[found[1]] = found[2]
    texts = {name: said for name, said in SentForm(page).fields.items() if name == "text" or name.startswith("reasons")}
    return {**chosen, **{name: said for name, said in texts.items() if said}}


def problems() -> dict[str, Any]:
    return {name: found for name, found in run_all(db.session()).items() if found and name.startswith("learning.")}


def kept(reader: Reader) -> list[str]:
    """Everything that was kept, opened, in the order it came."""
    with unit_of_work() as session:
        rows = session.scalars(select(Reflection).order_by(Reflection.id)).all()
        place = reflection_place(reader.enrolment_id, reader.unit("thought").id)
        return [unseal_text(session, reader.person_id, row.sealed, place) for row in rows]


def test_the_page_asks_each_case_by_each_factor_in_groups_that_are_heard(reader: Reader) -> None:
    page = reader.get("thought")
    assert page.count('role="group"') == 2
    assert page.count("<fieldset") == page.count("<legend") == 4
    assert page.count('type="radio"') == 16
    for words in ("0: not at all", "1: a little", "2: in good part", "3: fully"):
        assert page.count(words) == 4, words
    assert page.count("Did they know of each other?") == 2
    assert "The first case" in page
    assert "Your reasons: The second case" in page
    assert page.count(f'<a href="{reader.url("case")}">Read this case</a>') == 1
    for told in re.findall(r'aria-describedby="([^"]+)"', page):
        assert all(f'id="{one}"' in page for one in told.split()), told


def test_scores_reasons_and_text_return_to_their_writer_filled_in(reader: Reader) -> None:
    assert shown(reader) == {}
    assert write(reader, **WHOLE) == 303
    assert shown(reader) == WHOLE
    assert "Only you can read it." in reader.get("thought")
    with unit_of_work() as session:
        assert session.scalars(select(ProgressEvent.kind)).all().count(ProgressKind.WRITTEN) == 1
    assert problems() == {}


def test_they_are_kept_as_one_text_with_a_version_under_one_seal(reader: Reader) -> None:
    write(reader, **WHOLE)
    (only,) = kept(reader)
    assert json.loads(only) == {
        "version": 1,
        "text": SECRET,
        "scores": {"one": {"coordination": 2, "funding": 0}, "two": {"funding": 3}},
        "reasons": {"one": "They met each week."},
    }
    with unit_of_work() as session:
        (row,) = session.scalars(select(Reflection)).all()
        receipts = session.execute(select(Receipt.action, Receipt.body).where(Receipt.action == "reflection")).all()
    assert b"coordination" not in row.sealed
    unit = reader.unit("thought")
    assert [tuple(one) for one in receipts] == [("reflection", {"unit": unit.id, "substance": unit.substance})]


def test_a_change_is_added_and_what_was_kept_before_stays(reader: Reader) -> None:
    write(reader, **WHOLE)
    write(reader, **{**WHOLE, "score.one.funding": "1"})
    write(reader, **{**WHOLE, "score.one.funding": "1"})
    assert shown(reader)["score.one.funding"] == "1"
    assert [json.loads(one)["scores"]["one"]["funding"] for one in kept(reader)] == [0, 1]


@pytest.mark.parametrize(
    "part", [{"score.two.coordination": "0"}, {"reasons.one": "Why."}, {"text": "Only words."}], ids=str
)
def test_any_part_is_enough(reader: Reader, part: dict[str, str]) -> None:
    assert write(reader, **part) == 303
    assert shown(reader) == part


@pytest.mark.parametrize("part", [{}, {"text": "  \r\n"}, {"reasons.one": "  "}, {"score.one.funding": ""}], ids=str)
def test_nothing_at_all_is_refused(reader: Reader, part: dict[str, str]) -> None:
    answer = reader.post("thought", "reflection", **part)
    assert answer.status_code == 422
    assert "Nothing is chosen or written yet." in answer.text
    assert "<title>Error:" in answer.text
    assert count(Reflection) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"score.one.funding": "4"}, {"score.one.funding": "-1"}, {"score.one.funding": "two"},
        {"reasons.two": "x" * 2001}, {"text": "x" * 20_001}, {"text": "x" * 26_000}, {"reasons.two": "nul\x00"},
    ],
    ids=lambda wrong: "-".join(wrong),
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_and_everything_comes_back_filled_in(
    reader: Reader, wrong: dict[str, str]
) -> None:
    answer = reader.post("thought", "reflection", **{**WHOLE, **wrong})
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    form = SentForm(answer.text).fields
    for name in ("text", "reasons.one", "reasons.two"):
        assert form[name] == {**WHOLE, **wrong}.get(name, ""), name
    assert re.search(
        r'name="score.one.coordination"[^>]*checked|checked[^>]*name="score.one.coordination"', answer.text
    )
    for lead in re.findall(r'<a href="#((?:score|reasons|text)[^"]*)"', answer.text):
        assert f'id="{lead}"' in answer.text, lead
    assert count(Reflection) == 0


def test_scores_of_cases_and_factors_that_are_not_asked_are_not_kept(reader: Reader) -> None:
    more = {"score.three.funding": "2", "score.one.welcome": "2", "reasons.three": "x", "score.one": "3"}
    assert write(reader, **WHOLE, **more) == 303
    assert shown(reader) == WHOLE


def test_the_same_form_sent_twice_is_kept_once(reader: Reader) -> None:
    before = count(Receipt)
    for _time in range(2):
        assert write(reader, key="the-same-key", **WHOLE) == 303
    assert (count(Reflection), count(Receipt)) == (1, before + 1)


def test_the_same_page_sent_again_after_a_change_shows_what_differs(reader: Reader) -> None:
    write(reader, key="the-same-key", **WHOLE)
    changed = {**WHOLE, "score.one.funding": "3", "reasons.one": "They did not meet."}
    answer = reader.post("thought", "reflection", key="the-same-key", **changed)
    assert answer.status_code == 409
    assert '<th scope="row">The first case: Funding</th><td>0: not at all</td><td>3: fully</td>' in answer.text, (
        answer.text
    )
    assert "<td>They met each week.</td><td>They did not meet.</td>" in answer.text
    assert SECRET not in answer.text
    assert "The second case" not in answer.text
    assert shown(reader) == WHOLE


def test_what_was_written_before_there_were_scores_stays_readable(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    reader = make_reader(app)
    reader.finish()
    adopt(reader, publish_scored(tmp_path))
    assert shown(reader) == {"text": "My thought."}
    assert write(reader, **WHOLE, key="a-new-key") == 303
    assert shown(reader) == WHOLE
    assert kept(reader)[0] == "My thought."


def test_what_was_scored_stays_readable_when_nothing_is_scored_any_more(reader: Reader, tmp_path: Path) -> None:
    write(reader, **WHOLE)
    publish(tmp_path, cases=CASES)
    assert shown(reader) == {"text": SECRET}
    assert "{" not in SentForm(reader.get("thought")).fields["text"]


def test_words_that_look_like_what_we_keep_stay_words(reader: Reader) -> None:
    typed = json.dumps({"version": 1, "text": "", "scores": {"one": {"funding": 3}}, "reasons": {}})
    assert write(reader, text=typed) == 303
    assert shown(reader) == {"text": typed}


def test_a_case_that_comes_under_another_name_keeps_its_scores(reader: Reader, tmp_path: Path) -> None:
    write(reader, **WHOLE)
    renamed = tiny.SCORED.replace("The first case", "The case that came first")
    publish_scored(tmp_path, thought=renamed)
    assert "The case that came first" in reader.get("thought")
    assert shown(reader) == WHOLE


def test_a_rubric_in_other_words_reaches_the_page_as_a_correction(reader: Reader, tmp_path: Path) -> None:
    publish_scored(tmp_path, case=tiny.CASE.replace("Was there money?", "Was there money in time?"))
    page = reader.get("thought")
    assert page.count("Was there money in time?") == 2
    assert "Version 1.1" in page


def test_a_translation_names_the_cases_in_its_language(app: Flask, tmp_path: Path) -> None:
    publish_scored(tmp_path, spanish=True)
    reader = make_reader(app)
    unit = reader.unit("thought")
    with unit_of_work() as session:
        text = catalogue.unit_text(session, unit.revision_for("es"))
    assert text.scoring is not None
    assert [case.name for case in text.scoring.cases] == ["The first case", "El segundo caso"]
    assert (text.language, text.scoring.language) == ("es", "en")
    assert text.scoring.cases[0].unit == "case"


def test_nobody_else_can_read_or_write_them(reader: Reader, app: Flask) -> None:
    write(reader, **WHOLE)
    coordinator = make_person("Cora Beispiel")
    give_mandate(coordinator, Role.COORDINATOR)
    other = make_reader(app)
    for client in (signed_in_client(app, coordinator), other.client, app.test_client()):
        for path in (reader.url("thought"), reader.url("thought", "reflection")):
            for answer in (client.get(path), client.post(path, data={"client_key": "k" * 20, **WHOLE})):
                assert answer.status_code in {303, 401, 404, 405}
                assert SECRET not in answer.text or answer.status_code == 401
                assert "checked" not in answer.text
    assert count(Reflection) == 1


def test_a_session_that_ended_brings_everything_back_to_be_sent_again(reader: Reader) -> None:
    with reader.client.session_transaction() as cookie:
        cookie.clear()
    refused = reader.client.post(
        reader.url("thought", "reflection"), data={"client_key": "the-same-key", **WHOLE, "reasons.two": ""}
    )
    assert refused.status_code == 401
    form = SentForm(refused.text)
    assert {name: said for name, said in form.fields.items() if said and name in WHOLE} == WHOLE
    token = start_session(Person(id=reader.person_id))
    with reader.client.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert reader.client.post(form.action, data=form.fields).status_code == 303
    assert shown(reader) == WHOLE


def test_a_seal_that_holds_something_else_is_read_as_a_text(reader: Reader) -> None:
    write(reader, **WHOLE)
    unit = reader.unit("thought")
    with unit_of_work() as session:
        old = '{"version":9,"text":"Later.","scores":{},"reasons":{}}'
        sealed = seal_text(session, reader.person_id, old, reflection_place(reader.enrolment_id, unit.id))
        session.scalars(select(Reflection)).one().sealed = sealed
    with unit_of_work() as session:
        found = queries.reflection(session, reader.own(), unit.id)
    assert found is not None
    assert found.text == old


def test_the_page_takes_no_more_statements_than_a_reflection(reader: Reader) -> None:
    write(reader, **WHOLE)
    reader.get("thought")
    with statements(reader.app) as sent:
        reader.get("thought")
    assert len([one for one in sent if "lms_session" not in one and not one.startswith(("BEGIN", "PRAGMA"))]) <= 4, sent
