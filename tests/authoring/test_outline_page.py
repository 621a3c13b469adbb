"""The outline of a draft in the browser: every act by plain forms, done once, undone as one, over nobody else's."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lms.authoring.models import Draft, DraftSave
from lms.authoring.rules.skeleton import module_keys
from lms.catalogue import services as courses
from lms.kernel.clock import now
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import Worker, published, worker
from tests.authoring.drafts import begin, save, workspace
from tests.authoring.test_courses import reusing
from tests.catalogue import tiny
from tests.conftest import statements


@pytest.fixture
def trainer(app: Flask, tmp_path: Path) -> Worker:
    published(tmp_path)
    return worker(app, Role.TRAINER)


@pytest.fixture
def draft(trainer: Worker) -> Draft:
    return begin(trainer)


def page(trainer: Worker, draft: Draft, path: str = "/outline", status: int = 200) -> str:
    return trainer.page(f"/tiny/drafts/{draft.public_id}{path}", status)


def words(text: str) -> str:
    main = text[text.index("<main") : text.index("</main")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def form_of(text: str, action: str) -> dict[str, Any]:
    """What the form of this action would send as it stands on the page."""
    which = rf'[^>]*action="[^"]*{re.escape(action)}"[^>]*' if action else ' class="flow mt-5" method="post"'
    found = re.search(rf"<form{which}>(.*?)</form>", text, re.DOTALL)
    assert found, action
    return fields_in(found[1])


def fields_in(text: str) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", text):
        attributes = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if attributes.get("type") in ("checkbox", "radio"):
            if " checked" in tag:
                sent.setdefault(attributes["name"], []).append(attributes.get("value", "y"))
        else:
            sent[attributes["name"]] = attributes.get("value", "")
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', text, re.DOTALL):
        sent[name] = html.unescape(inner).removeprefix("\r\n").removeprefix("\n")
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        options = re.findall(r'<option( selected)?[^>]*value="([^"]*)"', inner)
        sent[name] = next((value for selected, value in options if selected), options[0][1] if options else "")
    return sent


def send(trainer: Worker, draft: Draft, path: str, sent: Mapping[str, Any], **changed: Any) -> TestResponse:
    return trainer.client.post(f"/courses/tiny/drafts/{draft.public_id}{path}", data={**sent, **changed})


def press(trainer: Worker, draft: Draft, way: str, line: str) -> TestResponse:
    """Press one of the buttons of the outline as it stands now."""
    return send(trainer, draft, "/outline/order", form_of(page(trainer, draft), "/outline/order"), **{way: line})


def units(draft: Draft, module: str = "words") -> list[str]:
    found = next(one for one in workspace(draft).course.modules if one.fields["key"] == module)
    return list(found.fields["units"])


def follow(trainer: Worker, answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    shown = trainer.client.get(answer.location)
    assert shown.status_code == 200
    return shown.text


def undo(trainer: Worker, draft: Draft, text: str) -> TestResponse:
    return send(trainer, draft, "/outline/undo", form_of(text, "/outline/undo"))


def test_the_outline_shows_modules_and_units_in_order_and_what_each_is(trainer: Worker, draft: Draft) -> None:
    said = words(page(trainer, draft))
    assert "2 modules, 3 units." in said
    assert (
        said.index("Words") < said.index("First") < said.index("Asked") < said.index("Cases") < said.index("A thought")
    )
    assert "Text, 5 minutes" in said
    assert "Opens after: Words" in said
    assert "Changed" not in said
    assert f"/courses/tiny/drafts/{draft.public_id}/units/first" in page(trainer, draft)


def test_what_is_new_changed_or_moved_is_marked(trainer: Worker, draft: Draft) -> None:
    save(trainer, draft, workspace(draft).files.texts["modules/01-words/first.md"].replace("It ended.", "It did."))
    assert "5 minutes Changed" in words(page(trainer, draft))
    answer = send(
        trainer, draft, "/outline/units", form_of(page(trainer, draft), "/outline/units"),
        **{"unit-title": "New words", "unit-module": "cases", "unit-kind": "case-study"},
    )  # fmt: skip
    assert "Case study, 5 minutes New" in words(follow(trainer, answer))
    moving = form_of(page(trainer, draft, "/outline/units/asked"), "/units/asked/move")
    assert "2 minutes Moved" in words(follow(trainer, send(trainer, draft, "/outline/units/asked/move", moving)))


def test_a_unit_moves_up_and_down_and_the_page_goes_on_from_its_line(trainer: Worker, draft: Draft) -> None:
    answer = press(trainer, draft, "down", "u-first")
    assert answer.location.endswith("#u-first")
    text = follow(trainer, answer)
    assert units(draft) == ["asked", "first"]
    assert 'id="up-u-first"' in text
    assert 'id="down-u-first"' not in text
    assert "Moved. Readers of a running edition get this only when a coordinator decides so." in words(text)
    press(trainer, draft, "up", "u-first")
    assert units(draft) == ["first", "asked"]


def test_a_button_that_can_be_pressed_again_keeps_the_focus(trainer: Worker, draft: Draft) -> None:
    sent = form_of(page(trainer, draft), "/outline/units")
    send(trainer, draft, "/outline/units", sent, **{"unit-title": "Third", "unit-module": "words"})
    assert press(trainer, draft, "up", "u-third").location.endswith("#up-u-third")
    assert press(trainer, draft, "up", "u-third").location.endswith("#u-third")
    assert units(draft) == ["third", "first", "asked"]


def test_modules_change_places(trainer: Worker, draft: Draft) -> None:
    assert press(trainer, draft, "up", "m-cases").location.endswith("#m-cases")
    assert module_keys(workspace(draft).course) == ["cases", "words"]
    assert "It differs from the published version" in page(trainer, draft)


def test_a_double_click_moves_once(trainer: Worker, draft: Draft) -> None:
    sent = form_of(page(trainer, draft), "/outline/order")
    answers = [send(trainer, draft, "/outline/order", sent, down="u-first") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert units(draft) == ["asked", "first"]
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(DraftSave)) == 1


def test_undo_puts_back_what_stood_before_and_can_itself_be_undone(trainer: Worker, draft: Draft) -> None:
    before = workspace(draft).files.texts
    text = follow(trainer, press(trainer, draft, "down", "u-first"))
    undone = follow(trainer, undo(trainer, draft, text))
    assert "Undone." in words(undone)
    assert workspace(draft).files.texts == before
    assert workspace(draft).files.changed() == ()
    follow(trainer, undo(trainer, draft, undone))
    assert units(draft) == ["asked", "first"]


def test_what_was_changed_since_is_not_undone_over(trainer: Worker, draft: Draft) -> None:
    text = follow(trainer, press(trainer, draft, "down", "u-first"))
    sent = form_of(page(trainer, draft), "/outline/units")
    send(trainer, draft, "/outline/units", sent, **{"unit-title": "Third", "unit-module": "words"})
    answer = undo(trainer, draft, text)
    assert answer.status_code == 409
    assert "What you did has been changed since, so it cannot be undone as one." in words(answer.text)
    assert units(draft) == ["asked", "first", "third"]


def test_of_two_who_act_on_one_outline_the_second_is_told_and_nothing_happens(
    trainer: Worker, draft: Draft, app: Flask
) -> None:
    sent = form_of(page(trainer, draft), "/outline/order")
    press(worker(app, Role.TRAINER), draft, "up", "m-cases")
    answer = send(trainer, draft, "/outline/order", sent, down="u-first")
    assert answer.status_code == 409
    assert "Somebody else has changed this since you opened the page" in answer.text
    assert units(draft) == ["first", "asked"]
    again = form_of(answer.text, "/outline/order")
    assert send(trainer, draft, "/outline/order", again, down="u-first").status_code == 303


def test_somebody_writing_in_a_unit_does_not_stop_the_outline_from_being_changed(
    trainer: Worker, draft: Draft, app: Flask
) -> None:
    sent = form_of(page(trainer, draft, "/outline/units/first"), "/units/first/move")
    other = worker(app, Role.TRAINER)
    save(other, draft, workspace(draft).files.texts["modules/01-words/first.md"].replace("It ended.", "It did."))
    assert send(trainer, draft, "/outline/units/first/move", sent).status_code == 303
    files = workspace(draft).files.texts
    assert "It did." in files["modules/02-cases/first.md"]
    assert "modules/02-cases/first.es.md" in files
    assert "modules/01-words/first.md" not in files


def test_a_module_is_added_named_ordered_and_taken_out(trainer: Worker, draft: Draft) -> None:
    sent = form_of(page(trainer, draft), "/outline/modules")
    answer = send(trainer, draft, "/outline/modules", sent, **{"module-title": "Work & memory"})
    assert answer.location.endswith("#m-work-memory")
    assert "This module has no unit yet." in follow(trainer, answer)
    sent = form_of(page(trainer, draft, "/outline/modules/work-memory"), "/modules/work-memory")
    answer = send(
        trainer, draft, "/outline/modules/work-memory", sent,
        **{
            "module-title.en": "Work and memory", "module-title.es": "Trabajo", "module-pass_mark": "70",
            "module-objectives.en": "Say one.\r\n\r\nSay two.", "module-objectives.es": "Decir uno.",
            "module-after": ["words"], "module-key": "memory",
        },
    )  # fmt: skip
    assert answer.location.endswith("#m-memory")
    course = workspace(draft).course
    assert course.fields["modules"][-1] == {"module": "03-memory", "after": ["words"]}
    assert course.modules[-1].fields == {
        "key": "memory",
        "title": {"en": "Work and memory", "es": "Trabajo"},
        "objectives": [{"en": "Say one.", "es": "Decir uno."}, {"en": "Say two."}],
        "pass_mark": 70,
        "units": [],
    }
    shown = page(trainer, draft, "/outline/modules/memory")
    assert form_of(shown, "/modules/memory")["module-objectives.en"] == "Say one.\nSay two."
    send(trainer, draft, "/outline/modules/memory/archive", form_of(shown, "/modules/memory/archive"))
    assert module_keys(workspace(draft).course) == ["words", "cases"]


def test_a_published_module_keeps_its_address(trainer: Worker, draft: Draft) -> None:
    shown = page(trainer, draft, "/outline/modules/words")
    assert "module-key" not in shown
    answer = send(trainer, draft, "/outline/modules/words", form_of(shown, "/modules/words"), **{"module-key": "terms"})
    assert answer.status_code == 422
    assert "It was published under this address" in answer.text


def test_modules_that_would_wait_for_each_other_are_refused_and_what_was_typed_stays(
    trainer: Worker, draft: Draft
) -> None:
    sent = form_of(page(trainer, draft, "/outline/modules/words"), "/modules/words")
    answer = send(
        trainer, draft, "/outline/modules/words", sent, **{"module-after": ["cases"], "module-title.en": "Renamed"}
    )
    assert answer.status_code == 422
    assert "These modules would wait for each other: “Words”; “Cases”" in words(answer.text)
    assert 'value="Renamed"' in answer.text
    assert workspace(draft).files.changed() == ()


def test_a_unit_is_named_in_each_language_and_split_with_its_translation(trainer: Worker, draft: Draft) -> None:
    sent = form_of(page(trainer, draft, "/outline/units/first"), "/units/first")
    answer = send(trainer, draft, "/outline/units/first", sent, **{"unit-title.es": "El primero", "unit-minutes": "9"})
    assert "Saved." in words(follow(trainer, answer))
    assert "Readers of a running edition" not in words(follow(trainer, answer))
    front = workspace(draft).find("first")[1].front
    assert (front["title"], front["minutes"]) == ({"en": "First", "es": "El primero"}, 9)
    shown = page(trainer, draft, "/outline/units/first")
    answer = send(
        trainer, draft, "/outline/units/first/split", form_of(shown, "/units/first/split"), **{"split-title": "Later"}
    )
    assert answer.location.endswith("#u-later")
    assert units(draft) == ["first", "later", "asked"]
    found = workspace(draft)
    assert found.text("later", "es")
    assert found.checked().mistakes == []
    assert found.checked().notices == []


def test_a_unit_that_others_lead_to_stays_and_they_are_named(trainer: Worker, draft: Draft) -> None:
    sent = form_of(page(trainer, draft, "/outline/units/first"), "/units/first/archive")
    answer = send(trainer, draft, "/outline/units/first/archive", sent)
    assert answer.status_code == 422
    assert "Take these links out first, or change them: “Asked”" in words(answer.text)


def test_what_left_the_outline_is_listed_and_comes_back_as_it_stood_last(trainer: Worker, draft: Draft) -> None:
    path = "modules/01-words/asked.yaml"
    changed = workspace(draft).files.texts[path].replace("Which one?", "Which of these?")
    save(trainer, draft, changed, path=path)
    sent = form_of(page(trainer, draft, "/outline/units/asked"), "/units/asked/archive")
    send(trainer, draft, "/outline/units/asked/archive", sent)
    assert units(draft) == ["first"]
    shown = page(trainer, draft, "/outline/archived")
    assert "1 part left the outline" in words(shown)
    assert "taken out in this draft" in words(shown)
    answer = send(
        trainer, draft, "/outline/archived/unit-asked", form_of(shown, "/archived/unit-asked"),
        **{"unit-asked-module": "cases"},
    )  # fmt: skip
    assert answer.location.endswith("#u-asked")
    assert units(draft, "cases") == ["thought", "asked"]
    files = workspace(draft).files.texts
    assert files["modules/02-cases/asked.yaml"] == changed
    assert "modules/02-cases/asked.es.yaml" in files


def test_what_an_earlier_version_had_can_be_brought_back(trainer: Worker, tmp_path: Path) -> None:
    folder = tmp_path / "tiny"
    for name in ("asked.yaml", "asked.es.yaml"):
        (folder / "modules/01-words" / name).unlink()
    (folder / "modules/01-words/module.yaml").write_text(tiny.WORDS.replace("- asked\n", ""))
    with unit_of_work() as session:
        courses.load(session, folder=folder, kinds=tiny.KINDS, at=now())
    draft = begin(trainer)
    shown = page(trainer, draft, "/outline/archived")
    assert "Asked A unit of “Words”, last in version 1.0" in words(shown)
    answer = send(trainer, draft, "/outline/archived/unit-asked", form_of(shown, "/archived/unit-asked"))
    assert answer.status_code == 303
    assert units(draft) == ["first", "asked"]


def test_a_version_of_nobody_brings_nothing_back(trainer: Worker, draft: Draft) -> None:
    sent = {"unit-asked-what": "999999/unit/asked", "unit-asked-client_key": "some-key-1", "unit-asked-module": "words"}
    assert send(trainer, draft, "/outline/archived/unit-asked", sent).status_code == 404


def test_a_module_of_another_course_is_reused_and_made_ones_own(trainer: Worker, tmp_path: Path) -> None:
    reusing(tmp_path)
    draft = begin(trainer, slug="other")
    where = f"/courses/other/drafts/{draft.public_id}/outline"
    shown = trainer.client.get(where).text
    assert "Taken over from tiny/words." in words(shown)
    shown = trainer.client.get(f"{where}/modules/words").text
    answer = trainer.client.post(f"{where}/modules/words/copy", data=form_of(shown, "/modules/words/copy"))
    assert "The module is this course’s own now." in words(follow(trainer, answer))
    found = workspace(draft)
    assert found.course.fields["modules"][0] == {"module": "03-words"}
    assert [source["id"] for source in found.course.sources] == ["S001"]
    assert found.checked().mistakes == []
    back = form_of(trainer.client.get(f"{where}/modules/words").text, "/modules/words/archive")
    trainer.client.post(f"{where}/modules/words/archive", data=back)
    reuse = form_of(trainer.client.get(where).text, "/outline/reuse")
    assert reuse["reuse-module"] == "tiny/words"
    assert trainer.client.post(f"{where}/reuse", data=reuse).location.endswith("#m-words")
    assert workspace(draft).course.fields["modules"][-1] == {"use": "tiny/words"}


def test_the_course_itself_is_named_and_completed_otherwise(trainer: Worker, draft: Draft) -> None:
    sent = form_of(page(trainer, draft, "/outline/course"), "")
    answer = send(
        trainer, draft, "/outline/course", sent,
        **{
            "title.en": "A small course", "description.en": "For whom.", "pass_mark": "75", "condition": "some",
            "modules": ["words"], "attendance": "", "new_language": "", "new_title": "",
        },
    )  # fmt: skip
    assert "Saved. Readers of a running edition" in words(follow(trainer, answer))
    fields = workspace(draft).course.fields
    assert fields["title"]["en"] == "A small course"
    assert fields["pass_mark"] == 75
    assert fields["completion"] == {"modules": ["words"], "name_confirmed": True}


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/outline/course", "pass_mark", "101"),
        ("/outline/course", "title.en", ""),
        ("/outline/units/first", "unit-minutes", "0"),
        ("/outline/units/first", "unit-title.en", " "),
        ("/outline/units/first", "unit-title.en", "a\u202eb"),
        ("/outline/modules/words", "module-pass_mark", "no"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_what_was_typed(
    trainer: Worker, draft: Draft, path: str, field: str, value: str
) -> None:
    sent = form_of(page(trainer, draft, path), path if "course" not in path else "")
    answer = send(trainer, draft, path, sent, **{field: value})
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert workspace(draft).files.changed() == ()


def test_a_closed_draft_is_shown_and_not_changed(trainer: Worker, draft: Draft) -> None:
    sent = form_of(page(trainer, draft), "/outline/order")
    trainer.client.post(f"/courses/tiny/drafts/{draft.public_id}/abandon")
    shown = page(trainer, draft)
    assert "This draft is closed" in words(shown)
    assert 'name="up"' not in shown
    assert send(trainer, draft, "/outline/order", sent, down="u-first").status_code == 422


@pytest.mark.parametrize("path", ["", "/units/first", "/modules/words", "/course", "/archived"])
def test_the_outline_of_a_course_that_is_not_ones_own_is_not_there(
    trainer: Worker, draft: Draft, app: Flask, path: str
) -> None:
    stranger = worker(app, Role.TRAINER, ScopeKind.COURSE, "elsewhere")
    page(stranger, draft, f"/outline{path}", 404)


@pytest.mark.parametrize(
    "path", ["/outline/units/nothing", "/outline/modules/nothing", "/sources/S999", "/terms/nothing"]
)
def test_what_is_not_in_the_draft_is_not_there(trainer: Worker, draft: Draft, path: str) -> None:
    page(trainer, draft, path, 404)
    assert send(trainer, draft, path, {"client_key": "some-key-1"}).status_code == 404


def test_every_act_is_written_down(trainer: Worker, draft: Draft) -> None:
    undo(trainer, draft, follow(trainer, press(trainer, draft, "down", "u-first")))
    with reading() as session:
        acts = session.execute(
            select(AuditEntry.act, AuditEntry.actor, AuditEntry.about).where(AuditEntry.act.startswith("outline."))
        ).all()
    assert [(act, about) for act, _actor, about in acts] == [
        ("outline.moved", draft.public_id),
        ("outline.undone", draft.public_id),
    ]
    assert {actor for _act, actor, _about in acts} == {trainer.person.subject}


def test_the_outline_costs_the_same_however_long_it_is(app: Flask, trainer: Worker, draft: Draft) -> None:
    page(trainer, draft)
    with statements(app) as few:
        page(trainer, draft)
    for number in range(3):
        sent = form_of(page(trainer, draft), "/outline/units")
        send(trainer, draft, "/outline/units", sent, **{"unit-title": f"More {number}", "unit-module": "words"})
    page(trainer, draft)
    with statements(app) as many:
        page(trainer, draft)
    assert len(many) == len(few) <= 12


def test_where_files_tell_no_outline_the_page_names_them(trainer: Worker, draft: Draft) -> None:
    save(trainer, draft, "key: words\nunits: 5\n", path="modules/01-words/module.yaml")
    assert "there is no outline: modules/01-words/module.yaml" in page(trainer, draft, status=422)


def test_a_new_unit_takes_no_address_of_a_module_that_is_reused(trainer: Worker, tmp_path: Path) -> None:
    reusing(tmp_path)
    draft = begin(trainer, slug="other")
    where = f"/courses/other/drafts/{draft.public_id}/outline"
    sent = form_of(trainer.client.get(where).text, "/outline/units")
    answer = trainer.client.post(f"{where}/units", data={**sent, "unit-title": "First"})
    assert answer.location.endswith("#u-first-2")
