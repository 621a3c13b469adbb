"""A draft is brought up to a newer version: what an open page does afterwards, what was taken out, moved or is of no
kind, and who counts as a writer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from lms.authoring import services
from lms.authoring.models import Draft
from lms.authoring.queries import files_of, saves_with, text_before, texts_before, writers_of
from lms.authoring.rules.pairing import trios
from lms.authoring.together import disputed, kind_of, together
from lms.kernel.clock import now
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.queries import Viewer
from lms.people.rules import Role
from tests.authoring.desks import FIRST, Worker, published, worker
from tests.authoring.drafts import FIRST_PATH, begin, save, sign, viewer, workspace
from tests.authoring.editors import Editor, visible
from tests.catalogue import tiny

MOVED = "modules/02-cases/first.md"
SPANISH = "modules/01-words/first.es.md"
CORRECTED = FIRST.replace("It ended.", "It ended in 1945.")


@pytest.fixture
def hanne(app: Flask, tmp_path: Path) -> Worker:
    published(tmp_path)
    return worker(app, Role.TRAINER)


def bring_up(draft: Draft, by: Viewer) -> None:
    with unit_of_work() as session:
        found = session.get_one(Draft, draft.id)
        services.bring_up_to_date(session, draft=found, choices={}, key=new_token(), by=by, at=now())


def press(who: Worker, draft: Draft, side: str) -> TestResponse:
    """Choose one side at every place of the page and bring the draft up."""
    address = f"/courses/tiny/drafts/{draft.public_id}/update"
    shown = who.client.get(address).text
    hidden = dict(re.findall(r'name="(client_key|number|seen)" value="([^"]*)"', shown))
    places = set(re.findall(r'name="(place-[\d-]+)"', shown))
    return who.client.post(address, data=hidden | dict.fromkeys(places, side))


def texts(draft: Draft) -> dict[str, str]:
    return dict(workspace(draft).files.texts)


def writers(draft: Draft) -> frozenset[int]:
    with reading() as session:
        return writers_of(session, session.get_one(Draft, draft.id))


# Pages that were open -------------------------------------------------------------------------------------------------


def test_a_page_opened_before_the_draft_was_brought_up_keeps_what_the_newer_version_corrected(
    hanne: Worker, app: Flask, tmp_path: Path
) -> None:
    draft = begin(hanne)
    editor = Editor(hanne, draft)
    form = editor.form()
    published(tmp_path, first=CORRECTED)
    bring_up(draft, viewer(worker(app, Role.TRAINER)))
    answer = editor.send(form, body=form["body"][0].replace("acted.", "acted alone."))
    assert answer.status_code == 303
    assert "It ended in 1945." in texts(draft)[FIRST_PATH]
    assert "acted alone." in texts(draft)[FIRST_PATH]


def test_where_it_changed_the_same_sentence_both_are_shown_against_what_the_page_was_opened_over(
    hanne: Worker, app: Flask, tmp_path: Path
) -> None:
    draft = begin(hanne)
    editor = Editor(hanne, draft)
    form = editor.form()
    published(tmp_path, first=CORRECTED)
    bring_up(draft, viewer(worker(app, Role.TRAINER)))
    answer = editor.send(form, body=form["body"][0].replace("It ended.", "It was over."))
    assert "before=0" in answer.location
    shown = visible(hanne.client.get(answer.location).text)
    assert "was over" in shown
    assert "in 1945" in shown
    assert texts(draft)[FIRST_PATH] == CORRECTED


def test_what_a_page_was_opened_over_is_the_text_of_that_day(hanne: Worker, tmp_path: Path) -> None:
    draft = begin(hanne)
    published(tmp_path, first=CORRECTED)
    bring_up(draft, viewer(hanne))
    published(tmp_path, first=CORRECTED.replace("1945", "May 1945"))
    bring_up(draft, viewer(hanne))
    with pytest.raises(services.Clash) as clash:
        save(hanne, draft, FIRST.replace("It ended.", "It was over."), over=0)
    assert clash.value.before == FIRST
    assert "May 1945" in (clash.value.theirs or "")
    with reading() as session:
        found = session.get_one(Draft, draft.id)
        assert text_before(session, found, FIRST_PATH, 0) == FIRST


def test_what_stood_before_an_act_on_an_unsaved_text_is_what_the_act_saw(hanne: Worker, tmp_path: Path) -> None:
    draft = begin(hanne)
    key = new_token()
    save(hanne, draft, FIRST.replace("minutes: 5", "minutes: 7"), key=key)
    published(tmp_path, first=CORRECTED)
    assert press(hanne, draft, "mine").status_code == 303
    with reading() as session:
        found = session.get_one(Draft, draft.id)
        assert texts_before(session, found, saves_with(session, found, key)) == {FIRST_PATH: FIRST}


def test_only_texts_that_change_are_saved_when_a_draft_is_brought_up(hanne: Worker, tmp_path: Path) -> None:
    draft = begin(hanne)
    mine = save(hanne, draft, texts(draft)["sources.yaml"].replace("The first", "A first"), path="sources.yaml")
    published(tmp_path, first=CORRECTED)
    bring_up(draft, viewer(hanne))
    with reading() as session:
        last = files_of(session, session.get_one(Draft, draft.id)).last
    assert last["sources.yaml"] == mine.ids["sources.yaml"]
    # The Spanish text follows the English one, so the new version has changed it too.
    assert set(last) == {"sources.yaml", FIRST_PATH, SPANISH}


# What was taken out ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("side", "stands"), [("mine", False), ("theirs", True)])
def test_a_text_that_the_draft_took_out_is_there_only_if_the_newer_one_is_chosen(
    hanne: Worker, tmp_path: Path, side: str, stands: bool
) -> None:
    draft = begin(hanne)
    save(hanne, draft, None)
    published(tmp_path, first=CORRECTED)
    assert press(hanne, draft, side).status_code == 303
    assert texts(draft).get(FIRST_PATH) == (CORRECTED if stands else None)


# What was moved -------------------------------------------------------------------------------------------------------


def moved(before: dict[str, str]) -> dict[str, str]:
    return {MOVED if path == FIRST_PATH else path: text for path, text in before.items()}


def test_a_correction_goes_into_the_text_that_the_draft_moved(hanne: Worker, tmp_path: Path) -> None:
    draft = begin(hanne)
    text = texts(draft)[FIRST_PATH]
    save(hanne, draft, None)
    save(hanne, draft, text.replace("minutes: 5", "minutes: 7"), path=MOVED)
    published(tmp_path, first=CORRECTED)
    assert press(hanne, draft, "mine").status_code == 303
    assert FIRST_PATH not in texts(draft)
    assert texts(draft)[MOVED] == CORRECTED.replace("minutes: 5", "minutes: 7")


def test_a_text_that_only_went_elsewhere_on_one_side_has_the_changes_of_the_other() -> None:
    before = {FIRST_PATH: FIRST, "course.yaml": tiny.COURSE}
    edited = before | {FIRST_PATH: CORRECTED}
    for mine, theirs in ((moved(before), edited), (edited, moved(before))):
        found = {trio.path: trio for trio in trios(before, mine, theirs)}
        assert set(found) == {MOVED, "course.yaml"}
        assert found[MOVED].text == CORRECTED
        assert not found[MOVED].disputed


def test_moving_a_text_that_the_other_side_took_out_is_disputed() -> None:
    before = {FIRST_PATH: FIRST}
    for mine, theirs in ((moved(before), {}), ({}, moved(before))):
        (found,) = trios(before, mine, theirs)
        assert (found.path, found.disputed) == (MOVED, True)
    (found,) = trios(before, before, {})
    assert (found.text, found.disputed) == (None, False)


def test_two_files_of_one_name_are_told_apart_by_their_paths() -> None:
    both = {FIRST_PATH: "one", MOVED: "two"}
    assert {trio.path: trio.text for trio in trios({FIRST_PATH: "one"}, both, {FIRST_PATH: "three"})} == {
        FIRST_PATH: "three",
        MOVED: "two",
    }


paths = st.sampled_from(
    [FIRST_PATH, MOVED, "modules/01-words/first.es.md", "course.yaml", "modules/01-words/module.yaml"]
)
sides = st.dictionaries(paths, st.sampled_from(["one", "two", "three"]))


@given(sides, sides)
def test_what_one_side_alone_changed_stands_as_it_made_it(before: dict[str, str], changed: dict[str, str]) -> None:
    for mine, theirs in ((before, changed), (changed, before)):
        found = trios(before, mine, theirs)
        told = [path for trio in found for path in {*trio.paths} - {None}]
        assert sorted(told) == sorted({*before, *changed})
        assert {trio.path: trio.text for trio in found if trio.text is not None and not trio.disputed} == changed
        assert not any(trio.disputed for trio in found)


# Kinds that are not there ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_a_unit_of_a_kind_that_is_not_installed_is_chosen_as_a_whole(hanne: Worker, tmp_path: Path, side: str) -> None:
    draft = begin(hanne)
    mine = FIRST.replace("kind: reading", "kind: simulation")
    save(hanne, draft, mine)
    published(tmp_path, first=CORRECTED)
    assert press(hanne, draft, side).status_code == 303
    assert texts(draft)[FIRST_PATH] == (mine if side == "mine" else CORRECTED)


def test_a_translation_whose_original_is_gone_is_chosen_as_a_whole() -> None:
    three = ("---\nminutes: 5\n---\n", "---\nminutes: 6\n---\n", "---\nminutes: 5\n---\n\nUno.\n")
    assert kind_of(SPANISH, {SPANISH: three[1]}) == ""
    found = disputed(SPANISH, three, tiny.KINDS, "")
    assert found.whole
    assert found.chosen([()], tiny.KINDS, "") == three[2]
    assert not disputed(SPANISH, three, tiny.KINDS, kind_of(SPANISH, {MOVED: FIRST})).whole


def test_a_text_that_lost_its_fields_is_not_put_together_with_one_that_has_them() -> None:
    assert together(FIRST_PATH, (FIRST, CORRECTED, "Words alone.\n")) is None
    assert together(FIRST_PATH, (FIRST, CORRECTED, FIRST.replace("minutes: 5", "minutes: 7"))) is not None


# Who wrote ------------------------------------------------------------------------------------------------------------


def test_who_only_brings_a_draft_up_has_not_written_in_it_and_may_sign(
    hanne: Worker, app: Flask, tmp_path: Path
) -> None:
    draft = begin(hanne)
    save(hanne, draft, FIRST.replace("minutes: 5", "minutes: 7"))
    with unit_of_work() as session:
        services.send_to_review(session, draft=session.get_one(Draft, draft.id), by=viewer(hanne), at=now())
    published(tmp_path, first=CORRECTED)
    both = worker(app, Role.REVIEWER)
    assert press(both, draft, "mine").status_code == 303
    assert "It ended in 1945." in texts(draft)[FIRST_PATH]
    assert "minutes: 7" in texts(draft)[FIRST_PATH]
    assert writers(draft) == {hanne.person.id}
    by = viewer(both)
    for kind in ("history", "sensitivity"):
        sign(draft, by, kind)


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_who_chooses_between_two_texts_has_written(hanne: Worker, app: Flask, tmp_path: Path, side: str) -> None:
    draft = begin(hanne)
    save(hanne, draft, FIRST.replace("It ended.", "It was over."))
    published(tmp_path, first=CORRECTED)
    other = worker(app, Role.TRAINER)
    assert press(other, draft, side).status_code == 303
    assert writers(draft) == {hanne.person.id, other.person.id}
