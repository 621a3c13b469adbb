"""The drafts of a course in the browser: begun once, found again, sent, taken back, given up and taken up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.authoring.models import Draft
from lms.kernel.unit_of_work import reading
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import FIRST, Worker, published, worker
from tests.authoring.drafts import FIRST_PATH, begin, save, workspace
from tests.conftest import statements


@pytest.fixture
def trainer(app: Flask, tmp_path: Path) -> Worker:
    published(tmp_path)
    return worker(app, Role.TRAINER)


def act(trainer: Worker, draft: Draft, name: str, **fields: str) -> str:
    answer = trainer.client.post(f"/courses/tiny/drafts/{draft.public_id}/{name}", data=fields, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_draft_is_begun_from_the_course_and_a_double_click_begins_one(trainer: Worker) -> None:
    assert "Drafts" in trainer.page("/tiny")
    page = trainer.page("/tiny/drafts")
    assert "No draft is open" in page
    key = re.findall(r'name="client_key"[^>]*value="([^"]+)"', page)[0]
    sent = {"title": "New case study", "client_key": key}
    answers = [trainer.client.post("/courses/tiny/drafts", data=sent) for _ in range(2)]
    assert answers[0].status_code == 303
    assert answers[0].location == answers[1].location
    with reading() as session:
        assert session.scalars(select(Draft.title)).all() == ["New case study"]
    assert "1 draft is open" in trainer.page("/tiny/drafts")


@pytest.mark.parametrize("title", ["", "   ", "x" * 121])
def test_a_draft_needs_a_title_that_can_be_kept(trainer: Worker, title: str) -> None:
    sent = {"title": title, "client_key": "a-key-of-a-form"}
    answer = trainer.client.post("/courses/tiny/drafts", data=sent)
    assert answer.status_code == 422
    with reading() as session:
        assert not session.scalars(select(Draft)).all()


def test_the_page_of_a_draft_says_what_is_changed_and_by_whom(trainer: Worker) -> None:
    draft = begin(trainer, "Clearer words")
    assert "Nothing is changed yet" in trainer.page(f"/tiny/drafts/{draft.public_id}")
    save(trainer, draft, workspace(draft).files.texts[FIRST_PATH].replace("It ended.", "It ended well."))
    page = trainer.page(f"/tiny/drafts/{draft.public_id}")
    assert "1 text is changed" in page
    assert "Being written" in page
    assert "Send to the reviewers" in page


def test_a_draft_goes_to_review_and_back_and_a_second_click_changes_nothing(trainer: Worker) -> None:
    draft = begin(trainer)
    save(trainer, draft, workspace(draft).files.texts[FIRST_PATH].replace("It ended.", "It ended well."))
    assert "In review" in act(trainer, draft, "send")
    assert "In review" in act(trainer, draft, "send")
    assert "Being written" in act(trainer, draft, "take-back")
    assert "Given up" in act(trainer, draft, "abandon")
    page = act(trainer, draft, "take-up")
    assert page.count("Sent to the reviewers") == 1
    assert "Other words" in act(trainer, draft, "rename", title="Other words")


def test_a_draft_of_another_course_does_not_exist(trainer: Worker, app: Flask) -> None:
    draft = begin(trainer)
    stranger = worker(app, Role.TRAINER, ScopeKind.COURSE, "other")
    stranger.page("/tiny/drafts", 404)
    stranger.page(f"/tiny/drafts/{draft.public_id}", 404)
    assert stranger.client.post(f"/courses/tiny/drafts/{draft.public_id}/abandon").status_code == 404


def test_a_list_of_drafts_takes_the_same_statements_for_one_and_for_many(trainer: Worker, app: Flask) -> None:
    begin(trainer)
    trainer.page("/tiny/drafts")
    with statements(app) as one:
        trainer.page("/tiny/drafts")
    for number in range(5):
        begin(trainer, f"Draft {number}")
    with statements(app) as many:
        trainer.page("/tiny/drafts")
    assert len(one) == len(many)


def test_a_draft_in_review_is_not_written_in_by_the_way_and_says_what_writing_asks_for(trainer: Worker) -> None:
    note = "This draft is in review: what you change asks for new sign-offs."
    first = trainer.client.post("/courses/tiny/units/first/change")
    with reading() as session:
        draft = session.scalars(select(Draft)).one()
    save(trainer, draft, FIRST.replace("It ended.", "It ended well."))
    assert note not in trainer.client.get(first.location).text
    assert trainer.client.post(f"/courses/tiny/drafts/{draft.public_id}/send").status_code == 303
    assert note in trainer.client.get(first.location).text
    assert trainer.client.post("/courses/tiny/units/first/change").location != first.location


def test_a_published_text_is_changed_in_the_draft_one_writes_in_or_in_a_new_one(trainer: Worker, app: Flask) -> None:
    assert "Change this text" in trainer.page("/tiny/units/first")
    first = trainer.client.post("/courses/tiny/units/first/change")
    assert first.status_code == 303
    assert first.location.endswith("/units/first")
    again = trainer.client.post("/courses/tiny/units/first/change", data={"text": "es"})
    assert again.location == f"{first.location}?text=es"
    with reading() as session:
        draft = session.scalars(select(Draft)).one()
    save(trainer, draft, None)
    anew = trainer.client.post("/courses/tiny/units/first/change")
    assert anew.location != first.location
    assert trainer.client.post("/courses/tiny/units/nothing/change").status_code == 404
    assert worker(app, None).client.post("/courses/tiny/units/first/change").status_code == 404


PAGES = [
    "",
    "/outline",
    "/changes",
    "/publish",
    "/sign-offs",
    "/remarks",
    "/media",
    "/checks",
    "/units/first",
    f"/read?file={FIRST_PATH}",
]
NO_TITLE = {"left out": "", "empty": "title: {}\n", "without words": "title:\n  en: ''\n"}


@pytest.mark.parametrize("title", NO_TITLE.values(), ids=NO_TITLE)
def test_while_a_unit_and_its_course_have_no_title_every_page_calls_them_by_their_names(
    trainer: Worker, title: str
) -> None:
    draft = begin(trainer)
    for path in (FIRST_PATH, "course.yaml"):
        text = workspace(draft).files.texts[path]
        save(trainer, draft, re.sub(r"^title:\n(?: .*\n)+", title, text, flags=re.M), path=path)
    for page in PAGES:
        trainer.page(f"/tiny/drafts/{draft.public_id}{page}")
    assert ">first<" in trainer.page(f"/tiny/drafts/{draft.public_id}")
