"""A unit of a draft is written in the browser: without scripts first, and everything a script asks for."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from lms.authoring.models import DraftSave
from lms.authoring.views import editor as editor_views
from lms.catalogue.rules.translation import text_hash
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import Worker, published, worker
from tests.authoring.drafts import FIRST_PATH, begin, save, workspace
from tests.authoring.editors import Editor, form_in, links_to, visible
from tests.conftest import statements

ASKED_PATH = "modules/01-words/asked.yaml"
FIRST_ES_PATH = "modules/01-words/first.es.md"


@pytest.fixture
def hanne(sqlite_app: Flask, tmp_path: Path) -> Worker:
    """A trainer of a published course."""
    published(tmp_path)
    return worker(sqlite_app, Role.TRAINER)


@pytest.fixture
def mateus(sqlite_app: Flask, hanne: Worker) -> Worker:
    """Another trainer of it."""
    return worker(sqlite_app, Role.TRAINER)


@pytest.fixture
def at_first(hanne: Worker) -> Editor:
    """Hanne has opened the first text of a new draft."""
    return Editor(hanne, begin(hanne))


@pytest.fixture
def at_questions(at_first: Editor) -> Editor:
    """She has opened the questions."""
    return Editor(at_first.worker, at_first.draft, "asked")


def text(editor: Editor, path: str = FIRST_PATH) -> str:
    return workspace(editor.draft).files.texts[path]


def saves() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(DraftSave)) or 0


def test_a_unit_is_opened_changed_and_saved(at_first: Editor) -> None:
    assert "Not changed in this draft yet." in at_first.page()
    at_first.save(body="## Beginning {#beginning}\r\n\r\nA new\ttext. [@S001]", f__minutes="7", f__title__en="Now")
    after = text(at_first)
    assert "A new    text. [@S001]\n" in after
    assert "minutes: 7\n" in after
    assert "  en: Now\n" in after
    assert "\r" not in after
    page = at_first.page()
    assert re.search(r"Saved at \d\d:\d\d\.", page)
    assert form_in(page).sent["body"] == ["## Beginning {#beginning}\n\nA new    text. [@S001]"]


def test_sending_the_page_as_it_is_changes_nothing(at_first: Editor, at_questions: Editor) -> None:
    for editor in (at_first, at_questions, Editor(at_first.worker, at_first.draft, "thought")):
        editor.save()
    assert not workspace(at_first.draft).files.changed()
    assert saves() == 0


def test_a_list_grows_moves_and_shrinks_by_buttons(at_first: Editor) -> None:
    answer = at_first.send(do="add:key_points")
    assert answer.location.endswith("#f.key_points.1"), answer.location
    at_first.save(f__key_points__1="Another.", do="up:key_points.1")
    assert "key_points:\n- Another.\n- A point.\n" in text(at_first)
    at_first.save(do="remove:key_points.0")
    assert "key_points:\n- A point.\n" in text(at_first)


@pytest.mark.parametrize("kind", ["one-of-many", "many-of-many", "true-false", "matching", "ordering", "reflection"])
def test_a_question_of_any_kind_is_built_in_the_browser(at_questions: Editor, kind: str) -> None:
    number = len(workspace(at_questions.draft).text("asked").front["questions"])  # type: ignore[union-attr]
    at_questions.save(do=f"add:questions:{kind}")
    form = form_in(at_questions.page()).sent
    mine = [name for name in form if name.startswith(f"f.questions.{number}.")]
    filled = {name: [f"Words {place}"] for place, name in enumerate(mine) if not form[name][0]}
    filled |= {f"f.questions.{number}.passage": ["first#beginning"], f"f.questions.{number}.cites.0": ["S001 p. 3"]}
    if kind in ("one-of-many", "many-of-many"):
        filled[f"f.questions.{number}.options.0.correct"] = ["true"]
    if kind == "true-false":
        filled[f"f.questions.{number}.answer"] = ["false"]
    filled.pop(f"f.questions.{number}.substance", None)
    known = {name: value for name, value in filled.items() if name in form or name.endswith((".correct", ".answer"))}
    at_questions.save(form=form | known, renew=["unit"])
    assert "Nothing to mend" in at_questions.page()
    assert not workspace(at_questions.draft).checked().mistakes
    assert workspace(at_questions.draft).text("asked").front["questions"][number]["kind"] == kind  # type: ignore[union-attr]


def test_names_made_for_entries_stay_and_are_never_used_again(at_questions: Editor) -> None:
    before = workspace(at_questions.draft).text("asked").front["questions"]  # type: ignore[union-attr]
    at_questions.save(do="add:questions:reflection")
    at_questions.save(do="remove:questions.0")
    at_questions.save(do="add:questions:reflection")
    after = [question["id"] for question in workspace(at_questions.draft).text("asked").front["questions"]]  # type: ignore[union-attr]
    assert before[0]["id"] not in after
    assert len(set(after)) == len(after)
    assert after[0] == before[1]["id"]


def test_a_number_that_is_none_is_said_and_the_rest_is_kept(at_first: Editor) -> None:
    answer = at_first.send(f__minutes="a quarter", f__title__en="Kept")
    assert "en: Kept" in text(at_first)
    page = html.unescape(at_first.worker.client.get(answer.location).text)
    assert "“a quarter” is not a whole number, so it was not kept." in page


def test_what_readers_must_know_is_said_by_a_tick_and_taken_back_by_it(at_first: Editor, at_questions: Editor) -> None:
    at_first.save(renew=["unit"])
    assert "substance: s2\n" in text(at_first)
    assert "checked" in re.findall(r'<input[^>]*id="f.substance"[^>]*>', at_first.page())[0]
    at_first.save(renew=None)
    assert not workspace(at_first.draft).files.changed()
    at_questions.save(f__questions__0__options__0__correct=None, f__questions__0__options__1__correct="true")
    said = html.unescape(at_questions.page())
    assert "the right answer to “which” has changed" in said
    assert 'href="' + at_questions.url + '#f.questions.0.substance"' in said
    at_questions.save(renew=["which", "unit"])
    assert "Nothing to mend" in at_questions.page()
    assert text(at_questions, ASKED_PATH).count("substance: s2") == 2


def test_every_mistake_leads_to_a_place_of_the_page(at_first: Editor, at_questions: Editor) -> None:
    at_first.save(
        body="## Beginning\n\nIn 1948 [[nobody]] spoke. See [that](nowhere#at-all).", f__minutes="", f__key_points__0=""
    )
    at_questions.save(f__questions__0__explanation="", f__questions__0__passage="first#gone")
    for editor, places in ((at_first, 6), (at_questions, 2)):
        page = editor.page()
        checks = page[page.index("data-checks") : page.index("data-preview-part")]
        led = list(links_to(checks))
        assert len(led) >= places, html.unescape(visible(f"<main>{checks}</main>"))
        assert set(led) <= {*form_in(page).ids}
    assert "data-line=" in at_first.page()
    whole = at_first.worker.page(f"/tiny/drafts/{at_first.draft.public_id}/checks")
    assert "things to mend" in whole
    assert at_first.url in whole


def test_the_preview_is_what_readers_see_and_keeps_nothing(at_first: Editor) -> None:
    form = at_first.form()
    before = saves()
    answer = at_first.send(
        form, more="/preview", body="## Now {#now}\n\nA [[state]] acts. [@S001 p. 7] [@S404] <b>no</b>"
    )
    assert answer.status_code == 200
    assert '<h2 id="now">Now</h2>' in answer.text
    assert 'popovertarget="t-state"' in answer.text
    assert 'aria-label="Source 1, p. 7"' in answer.text
    assert "S404" in answer.text
    assert "<b>no" not in answer.text
    assert "<html" not in answer.text
    assert saves() == before


def test_forged_names_are_ignored(at_first: Editor) -> None:
    before = text(at_first)
    forged = {"f.kind": "quiz", "f.key": "other", "f.questions.0.id": "x", "f.": "", "f.title": "flat", "f.a.b.c": "1"}
    answer = at_first.send(
        at_first.form() | {name: [value] for name, value in forged.items()}, do="burn:everything:now"
    )
    assert answer.status_code == 303
    assert text(at_first) == before


def test_a_script_saves_with_a_key_and_is_told_when(at_first: Editor) -> None:
    form = at_first.form() | {"body": ["Once. [@S001]"], "client_key": ["a-key-of-its-own"]}
    first = at_first.send(form, script=True)
    again = at_first.send(form, script=True)
    assert first.json is not None
    assert re.fullmatch(r"Saved at \d\d:\d\d\.", first.json["text"])
    assert again.json == first.json
    assert saves() == 1
    assert first.json["over"] == workspace(at_first.draft).files.over(FIRST_PATH)
    assert "thing" in first.json["checks"] or "Nothing" in first.json["checks"]
    other = at_first.send(form | {"body": ["Twice. [@S001]"]}, script=True)
    assert other.status_code == 409


def test_two_who_write_in_different_places_are_put_together(at_first: Editor, mateus: Worker) -> None:
    start = "## Beginning {#beginning}\n\nOne. [@S001]\n\n## End {#end}\n\nTwo. [@S001]"
    at_first.save(body=start)
    theirs = Editor(mateus, at_first.draft)
    form = theirs.form()
    at_first.save(body=start.replace("One", "Uno"))
    answer = theirs.send(form, body=start.replace("Two", "Dos"), f__minutes="9", script=True)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert "Both changes are kept." in answer.json["text"]
    assert answer.json["items"]["body"] == start.replace("Two", "Dos").replace("One", "Uno")
    both = text(at_first)
    assert "Uno." in both
    assert "Dos." in both
    assert "minutes: 9" in both
    # Without scripts the page says the same.
    form = theirs.form()
    at_first.save(f__title__en="Hers")
    page = theirs.worker.client.post(theirs.url, data=form | {"f.minutes": ["4"]}, follow_redirects=True).text
    assert "Both changes are kept." in page
    assert "en: Hers" in text(at_first)
    assert "minutes: 4" in text(at_first)


def test_what_comes_between_a_save_and_its_answer_is_not_written_over(
    at_first: Editor, mateus: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = "One. [@S001]\n\nTwo. [@S001]\n\nThree. [@S001]"
    at_first.save(body=start)
    form = at_first.form()
    told = editor_views._told

    def while_somebody_saves(*given: Any) -> Any:
        monkeypatch.setattr(editor_views, "_told", told)
        save(mateus, at_first.draft, text(at_first).replace("Three.", "Tres."))
        return told(*given)

    monkeypatch.setattr(editor_views, "_told", while_somebody_saves)
    answer = at_first.send(form, body=start.replace("One", "Uno"), client_key="first-save", script=True)
    assert answer.json is not None
    over = {"over": [str(answer.json["over"])], "client_key": ["next-save"]}
    at_first.send(form | over, body=start.replace("One", "Unum"), script=True)
    assert "Unum." in text(at_first)
    assert "Tres." in text(at_first)


@pytest.mark.parametrize("taken", ["mine", "theirs"])
def test_two_who_write_in_one_place_choose_and_neither_text_is_lost(
    at_first: Editor, mateus: Worker, taken: str
) -> None:
    start = "## Beginning {#beginning}\n\nThe first of all texts. [@S001]"
    at_first.save(body=start)
    theirs = Editor(mateus, at_first.draft)
    form = theirs.form() | {"client_key": ["mateus-types"]}
    hers, his = start.replace("first of", "hers among"), start.replace("first of", "his before")
    at_first.save(body=hers)
    sent = {"body": his, "f__minutes": "9"}
    answer = theirs.send(form, **sent, script=True)
    assert answer.status_code == 409
    assert answer.json is not None
    again = theirs.send(form, **sent, script=True)
    assert again.json == answer.json
    # Until somebody chooses, hers stands; his is a saved state of the draft.
    assert "hers among" in text(at_first)
    page = theirs.worker.client.get(answer.json["url"])
    assert page.status_code == 409
    assert 'his before<span class="vh">]</span></ins>' in page.text
    assert 'hers among<span class="vh">]</span></ins>' in page.text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    where = answer.json["url"].partition("?")[0]
    refused = theirs.worker.client.post(where, data=hidden)
    assert refused.status_code == 409
    assert "Choose one of the two texts at each place." in refused.text
    chosen = theirs.worker.client.post(where, data=hidden | {"place.0": taken})
    assert chosen.status_code == 303, chosen.text
    stands = text(at_first)
    assert ("his before" in stands) is (taken == "mine")
    assert ("hers among" in stands) is (taken == "theirs")
    assert "minutes: 9" in stands
    with reading() as session:
        kept = session.scalars(select(DraftSave.text).where(DraftSave.path == FIRST_PATH)).all()
    assert any("his before" in (one or "") for one in kept)
    assert any("hers among" in (one or "") for one in kept)


def test_who_is_signed_out_gets_everything_back(at_first: Editor) -> None:
    form = at_first.form() | {"body": ["What took me an hour. [@S001]"], "f.title.en": ["Precious"]}
    stranger = at_first.worker.client.application.test_client()
    page = stranger.post(at_first.url, data=form)
    assert page.status_code == 401
    assert "What took me an hour. [@S001]</textarea>" in page.text
    assert 'name="f.title.en" value="Precious"' in page.text
    told = stranger.post(at_first.url, data=form, headers={"Accept": "application/json"})
    assert told.status_code == 401
    assert told.json is not None
    assert told.json["url"] == "/sign-in"
    assert saves() == 0


def test_a_refused_form_is_given_back_as_it_was_sent(at_first: Editor) -> None:
    at_first.worker.client.post(
        f"/courses/tiny/drafts/{at_first.draft.public_id}/abandon", data={"client_key": "gone-gone"}
    )
    answer = at_first.send({"client_key": ["long-enough"]}, body="Mine. [@S001]", f__title__en="Mine")
    assert answer.status_code == 422
    form = form_in(answer.text)
    assert form.sent["body"] == ["Mine. [@S001]"]
    assert form.sent["f.title.en"] == ["Mine"]


def test_a_translation_is_begun_beside_its_original(at_first: Editor) -> None:
    french = Editor(at_first.worker, at_first.draft, "first", "fr")
    page = french.page()
    assert "In 2012 a" in page
    french.save(title="Premier", f__key_points__0="Un point.", body="## Début {#beginning}\n\nEn 2012. [@S001]")
    made = text(at_first, "modules/01-words/first.fr.md")
    assert "status: awaiting-native-reader\n" in made
    assert f"follows: {follows(at_first)}" in made
    assert "fr: Premier" in text(at_first)
    assert "minutes" not in made
    assert "Un point." in made
    assert 'lang="fr"' in french.page()


def follows(editor: Editor) -> str:
    unit = workspace(editor.draft).text("first")
    assert unit
    return text_hash(unit)


def test_a_translation_follows_the_present_text_when_its_writer_says_so(at_first: Editor) -> None:
    spanish = Editor(at_first.worker, at_first.draft, "first", "es")
    assert "This translation follows the present text" not in spanish.page()
    at_first.save(body=at_first.form()["body"][0].replace("acted", "decided"))
    assert "These translations follow an older text: Spanish." in at_first.page()
    assert "This translation follows the present text" in spanish.page()
    before = text(at_first, FIRST_ES_PATH)
    spanish.save(do="follow")
    assert text(at_first, FIRST_ES_PATH) == before.replace(before.split("follows: ")[1][:16], follows(at_first))
    assert "This translation follows the present text" not in spanish.page()


def test_a_confirmed_translation_waits_for_a_reader_again_when_its_words_change(hanne: Worker, tmp_path: Path) -> None:
    published(tmp_path, status="confirmed")
    spanish = Editor(hanne, begin(hanne), "first", "es")
    spanish.save()
    assert not workspace(spanish.draft).files.changed()
    spanish.save(f__key_points__0="Otro punto.")
    assert "status: awaiting-native-reader" in text(spanish, FIRST_ES_PATH)


def test_links_of_a_saved_state_lead_to_units_of_the_draft(at_first: Editor) -> None:
    at_first.save(body="See [that one](asked#top) and [this](#end).\n\n## End {#end}")
    state = re.findall(r"/history/(\d+)", at_first.page("/history?each=1"))[0]
    page = at_first.page(f"/history/{state}")
    link = next(href for href in re.findall(r'href="([^"]+)"', page) if href.endswith("asked#top"))
    assert urljoin(f"{at_first.url}/history/{state}", link) == at_first.url.replace("/first", "/asked") + "#top"
    assert 'href="#end"' in page


def test_every_saved_state_can_be_looked_at_and_brought_back(at_first: Editor) -> None:
    first = text(at_first)
    at_first.save(body="One two three. [@S001]")
    at_first.save(body="One two four. [@S001]")
    page = at_first.page("/history")
    assert "2 saved states" in page
    each = at_first.worker.client.get(f"{at_first.url}/history?each=1").text
    assert each.count("/history/") > 2
    states = [int(number) for number in re.findall(r"/history/(\d+)", each)]
    earlier = at_first.page(f"/history/{states[1]}")
    said = re.sub(r"<span class=\"vh\">.*?</span>", "", earlier)
    assert re.search(r"<del>three\.?</del><ins>four\.?</ins>", said), said[said.index("<ol") :][:600]
    at_first.save(f__minutes="9")
    since = at_first.page(f"/history/{states[1]}")
    assert "Minutes it takes" in since
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', since))
    assert at_first.worker.client.post(f"{at_first.url}/history/{states[1]}", data=hidden).status_code == 303
    assert "One two three." in text(at_first)
    base = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', at_first.page("/history/0")))
    assert at_first.worker.client.post(f"{at_first.url}/history/0", data=base).status_code == 303
    assert text(at_first) == first
    at_first.page("/history/999999", 404)


def test_somebody_elses_state_is_never_brought_back_over_a_newer_one(at_first: Editor, mateus: Worker) -> None:
    at_first.save(body="One. [@S001]")
    at_first.save(body="Two. [@S001]")
    state = re.findall(r"/history/(\d+)", at_first.page("/history?each=1"))
    shown = at_first.page("/history/0")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    Editor(mateus, at_first.draft).save(body="Three. [@S001]")
    refused = at_first.worker.client.post(f"{at_first.url}/history/0", data=hidden)
    assert refused.status_code == 409
    assert state
    assert "Three." in text(at_first)


def test_a_file_that_is_no_yaml_is_mended_as_text(at_first: Editor) -> None:
    broken = text(at_first).replace("minutes: 5", "minutes: [5")
    save(at_first.worker, at_first.draft, broken)
    page = at_first.page()
    assert "This file cannot be read as fields." in page
    at_first.save(whole=form_in(page).sent["whole"][0].replace("[5", "6"))
    assert "minutes: 6" in text(at_first)
    assert 'name="f.minutes"' in at_first.page()


def test_sources_and_terms_are_found_with_what_is_to_be_written(at_first: Editor) -> None:
    where = f"/courses/tiny/drafts/{at_first.draft.public_id}/lookup?q="
    client = at_first.worker.client
    assert 'value="[@S001]"' in client.get(where + "first+source").text
    assert 'value="[[state]]"' in client.get(where + "Estado").text
    assert "Nothing is found" in client.get(where + "zebra").text
    found = client.get(where + "state", headers={"Accept": "application/json"}).json
    assert found["hits"][0] == {"name": "state", "detail": "Term of the glossary", "snippet": "[[state]]"}


def test_a_picture_of_the_draft_is_found_shown_and_missed_where_there_is_none(at_first: Editor) -> None:
    entry = "- id: room\n  kind: picture\n  title: A court room\n  licence: public domain\n  provenance: The archive\n"
    facts = f"  sha256: {'a' * 64}\n  bytes: 9000\n  width: 640\n  height: 480\n"
    save(at_first.worker, at_first.draft, f"media:\n{entry}{facts}", path="media.yaml")
    where = f"/courses/tiny/drafts/{at_first.draft.public_id}/lookup?q=court"
    found = at_first.worker.client.get(where, headers={"Accept": "application/json"}).json
    assert found["hits"][0]["snippet"].endswith("](media/room)")
    named = "## Beginning {#beginning}\n\n![Two rows of benches](media/room)"
    shown = at_first.send(more="/preview", body=named)
    assert 'alt="Two rows of benches"' in shown.text
    assert f"/media/{'a' * 64}/640" in shown.text
    at_first.save(body=named.replace("media/room", "media/nobody"))
    assert "media.yaml has no “nobody”" in html.unescape(at_first.page())


def test_the_page_asks_the_database_for_the_same_however_long_the_history_is(at_first: Editor) -> None:
    app = at_first.worker.client.application
    at_first.save(body="One. [@S001]")
    with statements(app) as few:
        at_first.page()
    for number in range(12):
        at_first.save(body=f"Text {number}. [@S001]")
    with statements(app) as many:
        at_first.page()
    assert len(many) == len(few) <= 9, few
    with statements(app) as history:
        at_first.page("/history")
    assert len(history) <= 9, history


@pytest.mark.parametrize("more", ["", "/history", "/history/0", "/try", "/preview", "/both"])
def test_who_has_no_mandate_for_the_course_finds_nothing(at_first: Editor, sqlite_app: Flask, more: str) -> None:
    stranger = Editor(worker(sqlite_app, None), at_first.draft)
    assert stranger.worker.client.get(stranger.address(more)).status_code in (404, 405)
    assert stranger.worker.client.post(stranger.address(more), data={"client_key": "long-enough"}).status_code in (
        404,
        405,
    )
    assert saves() == 0


def test_units_and_languages_that_are_not_there_are_not_found(at_first: Editor) -> None:
    Editor(at_first.worker, at_first.draft, "nobody").page(status=404)
    Editor(at_first.worker, at_first.draft, "first", "xx").page(status=404)
    Editor(at_first.worker, at_first.draft, "module").page(status=404)


@pytest.mark.parametrize("number", [10**30, -1, "x"])
def test_a_number_that_no_saved_state_has_names_no_two_texts(hanne: Worker, number: object) -> None:
    draft = begin(hanne)
    saved = save(hanne, draft, workspace(draft).files.texts[FIRST_PATH] + "More.\n").ids[FIRST_PATH]
    editor = Editor(hanne, draft)
    for name in ("before", "mine", "theirs"):
        torn = {"file": FIRST_PATH, "before": 0, "mine": saved, "theirs": saved, name: number}
        assert hanne.client.get(f"{editor.url}/both", query_string=torn).status_code == 404
        assert (
            hanne.client.post(f"{editor.url}/both", data={**torn, "client_key": "a-key-of-a-form"}).status_code == 404
        )


ODD = {
    "figures that are numbers": "kind: reading\ntitle:\n  en: Now\nfigures: [1, 2]\n",
    "a title in no language": "kind: reading\ntitle: Now\n",
    "a title that is a number": "kind: reading\ntitle:\n  en: 5\n",
}


@pytest.mark.parametrize("fields", ODD.values(), ids=ODD)
def test_a_unit_of_an_odd_shape_can_be_opened_and_its_draft_found(hanne: Worker, fields: str) -> None:
    draft = begin(hanne)
    save(hanne, draft, f"---\n{fields}---\n\nWords.\n")
    editor = Editor(hanne, draft)
    for more in ("", "/try", "/history"):
        editor.page(more)
    for page in ("", "/media", "/checks"):
        hanne.page(f"/tiny/drafts/{draft.public_id}{page}")


def test_a_file_is_taken_as_text_only_while_it_cannot_be_read_as_fields(at_first: Editor) -> None:
    sent = at_first.form()
    before = text(at_first)
    refused = at_first.send(sent, whole="---\nkind: reading\n---\nMy own words\n")
    assert refused.status_code == 409
    assert "My own words" in form_in(refused.text).sent["whole"][0]
    assert text(at_first) == before


def test_a_file_that_was_mended_as_text_is_mended_once_by_a_double_click(at_first: Editor) -> None:
    save(at_first.worker, at_first.draft, "---\ntitle: [\n---\nBody\n")
    sent = at_first.form()
    for _ in range(2):
        assert at_first.send(sent, whole="---\nkind: reading\n---\nMy own words\n").status_code == 303
    assert "My own words" in text(at_first)


def test_the_text_of_a_broken_file_comes_back_when_it_is_refused(at_first: Editor) -> None:
    save(at_first.worker, at_first.draft, "---\ntitle: [\n---\nBody\n")
    sent = at_first.form()
    act = f"/courses/tiny/drafts/{at_first.draft.public_id}/abandon"
    at_first.worker.client.post(act, data={"client_key": "a-key-of-a-form"})
    refused = at_first.send(sent, whole="---\ntitle: [\n---\nMy own words\n")
    assert refused.status_code == 422
    assert "My own words" in form_in(refused.text).sent["whole"][0]


def test_two_who_mend_a_broken_file_at_once_are_told_where_both_texts_are(at_first: Editor) -> None:
    save(at_first.worker, at_first.draft, "---\ntitle: [\n---\nBody\n")
    sent = at_first.form()
    save(at_first.worker, at_first.draft, "---\ntitle: [\n---\nTheirs\n")
    torn = at_first.send(sent, whole="---\ntitle: [\n---\nMine\n")
    page = at_first.worker.client.get(torn.headers["Location"], follow_redirects=True).text
    assert "One of the two texts cannot be read as fields. Restore one of them from the history instead." in page


def test_what_was_written_in_a_unit_that_is_gone_comes_back(
    at_first: Editor, at_questions: Editor, mateus: Worker
) -> None:
    sent, asked = at_first.form(), at_questions.form()
    save(mateus, at_first.draft, None)
    save(mateus, at_first.draft, None, path=ASKED_PATH)
    answer = at_first.send(sent, body="Words nobody else has")
    assert answer.status_code == 404
    assert "Words nobody else has</textarea>" in answer.text
    answer = at_questions.send(
        asked, f__questions__0__prompt="A question that nobody else has asked, in so many words?"
    )
    assert "A question that nobody else has asked, in so many words?</textarea>" in answer.text
    assert at_first.send(sent, script=True).status_code == 404


def test_whoever_may_not_see_a_draft_is_given_nothing_back(at_first: Editor, sqlite_app: Flask) -> None:
    sent = at_first.form()
    other = Editor(worker(sqlite_app, Role.TRAINER, ScopeKind.COURSE, "another"), at_first.draft)
    answer = other.send(sent, body="Words nobody else has")
    assert answer.status_code == 404
    assert "Words nobody else has" not in answer.text


def listed_states(editor: Editor) -> list[int]:
    return [int(number) for number in re.findall(r"/history/(\d+)", editor.page("/history?each=1")) if number != "0"]


def outline_act(editor: Editor, act: str, **said: str) -> None:
    """Send one of the forms on the page of the unit in the outline, changed."""
    page = editor.worker.page(f"/tiny/drafts/{editor.draft.public_id}/outline/units/{editor.unit}")
    url = f"/courses/tiny/drafts/{editor.draft.public_id}/outline/units/{editor.unit}{act}"
    start = page.index(f'action="{url}"')
    form = page[start : page.index("</form>", start)]
    sent = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    names = dict.fromkeys(re.findall(r'<(?:input|select)[^>]*name="([^"]+)"', form))
    sent |= {name: value for name in names for end, value in said.items() if name.split("-")[-1] == end}
    answer = editor.worker.client.post(url, data=sent)
    assert answer.status_code == 303, answer.text


def test_the_history_of_a_text_goes_with_it_into_another_module(at_first: Editor) -> None:
    first = text(at_first)
    for body in ("One. [@S001]", "Two. [@S001]"):
        at_first.save(body=body)
    before = listed_states(at_first)
    module = re.findall(r'<option[^>]*value="([^"]+)"', at_first.worker.page(
        f"/tiny/drafts/{at_first.draft.public_id}/outline/units/first").partition("/move")[2])[0]  # fmt: skip
    outline_act(at_first, "/move", module=module)
    assert FIRST_PATH not in workspace(at_first.draft).files.texts
    assert listed_states(at_first)[-len(before) :] == before
    shown = at_first.page(f"/history/{before[-1]}")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    assert at_first.worker.client.post(f"{at_first.url}/history/{before[-1]}", data=hidden).status_code == 303
    path = next(path for path in workspace(at_first.draft).files.texts if path.endswith("/first.md"))
    assert "One. [@S001]" in text(at_first, path)
    assert "As it is in the version below this draft" in at_first.page("/history")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', at_first.page("/history/0")))
    assert at_first.worker.client.post(f"{at_first.url}/history/0", data=hidden).status_code == 303
    assert text(at_first, path) == first


def test_the_history_of_a_text_goes_with_it_to_another_address(hanne: Worker) -> None:
    draft = begin(hanne)
    listed = "modules/01-words/module.yaml"
    save(hanne, draft, text(Editor(hanne, draft), listed).replace("- first\n", "- first\n- new\n"), path=listed)
    new = "---\nkind: reading\ntitle:\n  en: New\nminutes: 5\n---\n\nOne.\n"
    save(hanne, draft, new, path="modules/01-words/new.md")
    editor = Editor(hanne, draft, "new")
    editor.save(body="Two.")
    before = listed_states(editor)
    outline_act(editor, "", key="other", minutes="5")
    renamed = Editor(hanne, draft, "other")
    assert listed_states(renamed)[-len(before) :] == before
    renamed.page(f"/history/{before[-1]}")
    Editor(hanne, draft).page(f"/history/{before[-1]}", 404)


def test_a_long_history_is_shown_to_its_beginning_page_by_page(at_first: Editor) -> None:
    made = [
        save(at_first.worker, at_first.draft, f"{text(at_first)}{number}\n").ids[FIRST_PATH] for number in range(30)
    ]
    page, found = at_first.page("/history?each=1"), []
    while True:
        found += [int(number) for number in re.findall(r"/history/(\d+)", page) if number != "0"]
        further = [html.unescape(link) for link in re.findall(r'href="([^"]*/history\?[^"]*from=[^"]*)"', page)]
        further = [link for link in further if int(re.findall(r"from=(\d+)", link)[0]) >= len(found)]
        if not further:
            break
        page = at_first.worker.client.get(further[0]).text
    assert found == made[::-1]
    at_first.page(f"/history?from={10**30}")


def test_the_first_of_thousands_of_saved_states_can_be_reached(at_first: Editor) -> None:
    first = save(at_first.worker, at_first.draft, f"{text(at_first)}The first.\n").ids[FIRST_PATH]
    with unit_of_work() as session:
        row = session.get_one(DraftSave, first)
        said = {"draft_id": row.draft_id, "path": row.path, "person_id": row.person_id, "body_hash": "0", "at": row.at}
        session.execute(insert(DraftSave), [{**said, "text": "", "client_key": f"key-{n}"} for n in range(3010)])
    page = at_first.page("/history?each=1&from=3000")
    assert f"/history/{first}" in page


def test_an_entry_is_added_once_by_a_double_click(at_questions: Editor) -> None:
    acts = [act for act in form_in(at_questions.page()).buttons if act.startswith("add:questions")]
    assert acts
    for act in acts:
        sent, states = at_questions.form(), [text(at_questions, ASKED_PATH)]
        for _ in range(2):
            assert at_questions.send(sent, do=act).status_code == 303
            states.append(text(at_questions, ASKED_PATH))
        assert states[0] != states[1] == states[2]
    names = re.findall(r"id: (n[0-9a-f]{8})", text(at_questions, ASKED_PATH))
    assert len(names) == len(set(names)) > 1


def test_the_checks_of_a_unit_and_of_its_course_call_the_same_sources_old(at_first: Editor) -> None:
    sources = text(at_first, "sources.yaml")
    page = "- id: S001\n  url: https://example.org/\n"
    for more, old in (("", True), ("  accessed: '2013'\n", True), ("  accessed: '2999-01'\n", False)):
        changed = re.sub(r"- id: S001\n", page + more, re.sub(r"  (?:url|accessed): .*\n", "", sources))
        save(at_first.worker, at_first.draft, changed, path="sources.yaml")
        assert ("Nobody has looked at these sources" in at_first.page()) is old


def test_what_is_not_saved_is_kept_in_the_browser_for_the_person_who_wrote_it(at_first: Editor, mateus: Worker) -> None:
    owners = [
        re.findall(r'data-owner="([^"]+)"', Editor(who, at_first.draft).page()) for who in (at_first.worker, mateus)
    ]
    assert owners[0] != owners[1]
