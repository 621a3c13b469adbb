"""A draft as its reviewers read it: what it changes in words, remarks that survive edits, and what is told by mail."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from lms.authoring import services
from lms.authoring.models import Draft, SignOff
from lms.authoring.queries import open_remarks, remarks_of, signed
from lms.authoring.rules.comparing import Fate, Shift, compare
from lms.authoring.rules.signing import SignOffAct
from lms.catalogue import services as courses
from lms.catalogue.files.read import read_files
from lms.catalogue.models import ChangeKind
from lms.catalogue.rules.course_files import CourseFiles
from lms.kernel.clock import now
from lms.kernel.models import AuditEntry, Job
from lms.kernel.unit_of_work import own_transaction, reading, unit_of_work
from lms.people.letters import Reader, compose
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import MARKED, Worker, published, worker
from tests.authoring.drafts import FIRST_PATH, begin, reviewer, save, sign, sign_all, viewer, workspace
from tests.catalogue import tiny
from tests.conftest import statements
from tests.languages import translated

REASON = "The source says otherwise."


@pytest.fixture
def trainer(app: Flask, tmp_path: Path) -> Worker:
    published(tmp_path)
    return worker(app, Role.TRAINER)


def words(page: str) -> str:
    main = page[page.index("<main") : page.index("</main")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def first(draft: Draft) -> str:
    return workspace(draft).files.texts[FIRST_PATH]


def changed(trainer: Worker, **more: str) -> Draft:
    """A draft that rewords one sentence, and changes other files."""
    draft = begin(trainer, "Clearer words")
    save(trainer, draft, first(draft).replace("It ended.", "It ended well."))
    for path, text_now in more.items():
        save(trainer, draft, text_now, path=path)
    return draft


def send(trainer: Worker, draft: Draft) -> None:
    by = viewer(trainer)
    with unit_of_work() as session:
        services.send_to_review(session, draft=session.get_one(Draft, draft.id), by=by, at=now())


def post(who: Worker, draft: Draft, path: str, **fields: str) -> TestResponse:
    return who.client.post(f"/courses/tiny/drafts/{draft.public_id}/{path}", data=fields)


def page(who: Worker, draft: Draft, path: str) -> str:
    return who.page(f"/tiny/drafts/{draft.public_id}/{path}")


# What a draft changes -----------------------------------------------------------------------------------------------


def test_the_page_of_changes_says_each_passage_in_words_and_never_by_colour_alone(trainer: Worker) -> None:
    draft = changed(trainer)
    shown = page(trainer, draft, "changes")
    assert 'It ended<ins><span class="vh">[new: </span> well<span class="vh">]</span></ins>.' in shown
    said = words(shown)
    assert "What “Clearer words” changes" in said
    assert "[source: The first source]" in said
    assert "[@S001]" not in said
    assert "Editorial: whoever has finished the unit has still finished it." in said
    assert "The whole text as it stands" in said
    place = re.findall(r'href="[^"]*/(read\?file=[^"]*)#(passage-\d+)"', shown)[0]
    below = page(trainer, draft, place[0]).split(f'id="{place[1]}"')[1].split('<div class="passage"')[0]
    assert "It ended well." in below
    assert f'href="/courses/tiny/drafts/{draft.public_id}/units/first#f.body"' in shown


def test_a_draft_that_changes_nothing_says_so(trainer: Worker) -> None:
    assert "Nothing is changed" in page(trainer, begin(trainer), "changes")


def test_everything_that_is_not_a_text_is_said_entry_by_entry(trainer: Worker) -> None:
    draft = changed(trainer)
    texts = workspace(draft).files.texts
    save(
        trainer, draft, texts["sources.yaml"].replace("The first source", "The very first source"), path="sources.yaml"
    )
    save(trainer, draft, texts["glossary.yaml"].replace("A member", "A full member"), path="glossary.yaml")
    save(trainer, draft, texts["course.yaml"].replace("at_least: 80", "at_least: 70"), path="course.yaml")
    said = words(page(trainer, draft, "changes"))
    assert "S001: The very first source : Changed" in said
    assert "The [new: very ] first source" in said
    assert "A [new: full ] member" in said
    assert "Completion rule, attendance, at least, in percent of the half-days" in said
    assert "so it is substantive" in said


def test_the_changes_of_the_outline_are_said_in_sentences(trainer: Worker) -> None:
    draft = begin(trainer)
    texts = workspace(draft).files.texts
    module = "modules/01-words/module.yaml"
    save(trainer, draft, texts[module].replace("- first\n- asked\n", "- asked\n- first\n- second\n"), path=module)
    fresh = texts[FIRST_PATH].replace("key: first", "key: second").replace("en: First", "en: Second")
    save(trainer, draft, fresh, path="modules/01-words/second.md", over=0)
    said = words(page(trainer, draft, "changes"))
    assert "The unit “Second” is new, in “Words”." in said
    assert "The units of “Words” stand in another order." in said
    assert "Substantive: a new unit is to be gone through by everyone." in said
    assert "The new text" in said


def course(**files: str) -> CourseFiles:
    found = read_files(tiny.encoded(tiny.tiny_files(**translated() | files)), tiny.KINDS, lenient=True).course
    assert found is not None
    return found


def test_the_outline_is_compared_by_what_moved(app: Flask) -> None:
    swapped = tiny.COURSE.replace("- module: 01-words\n- module: 02-cases\n  after:\n  - words\n",
                                  "- module: 02-cases\n- module: 01-words\n")  # fmt: skip
    found = compare(course(), course(course=swapped))
    assert [(one.shift, one.module, one.others) for one in found.outline] == [
        (Shift.MODULE_MOVED, "words", ()),
        (Shift.OPENS_AFTER, "cases", ()),
    ]
    assert compare(course(), course()).nothing


def test_pictures_are_compared_entry_by_entry() -> None:
    before = {
        "id": "map",
        "kind": "picture",
        "title": "A map",
        "licence": "CC0",
        "provenance": "Ours",
        "sha256": "a" * 64,
    }
    one, other = (replace(course(), media=(entry,)) for entry in (before, before | {"sha256": "b" * 64}))
    (found,) = compare(one, other).media
    assert (found.key, found.fate, [change.place for change in found.changed]) == ("map", Fate.CHANGED, [("sha256",)])


def test_against_nothing_everything_is_new() -> None:
    found = compare(None, course())
    assert {text.fate for text in found.texts} == {Fate.NEW}
    assert [entry.fate for entry in (*found.sources, *found.terms)] == [Fate.NEW, Fate.NEW]


WEIGHTS = [
    {"first": translated()["first"].replace("It ended.", "It is over.")},
    {"first": translated()["first"].replace("substance: s1", "substance: s2")},
    {"asked": translated().get("asked", tiny.ASKED).replace("minutes: 2", "minutes: 3")},
    {"asked": translated().get("asked", tiny.ASKED).replace("substance: s1", "substance: s1\npass_mark: 50", 1)},
    {"cases": tiny.CASES.replace("pass_mark: 50", "pass_mark: 60")},
    {"course": tiny.COURSE.replace("at_least: 80", "at_least: 70")},
    {"course": tiny.COURSE.replace("A tiny course", "A small course")},
    {"course": tiny.COURSE.replace("  after:\n  - words\n", "")},
    {"words": tiny.WORDS.replace("- first\n- asked\n", "- asked\n- first\n")},
    {"glossary": tiny.GLOSSARY.replace("A member", "A full member")},
]


@pytest.mark.parametrize("files", WEIGHTS)
def test_the_page_calls_substantive_what_publishing_would(app: Flask, tmp_path: Path, files: dict[str, str]) -> None:
    published(tmp_path)
    wanted = tiny.encoded(tiny.tiny_files(**translated() | files))
    with reading() as session:
        kind, _changes = courses.foresee(session, files=wanted, kinds=tiny.KINDS, at=now())
    assert compare(course(), course(**files)).substantive is (kind is ChangeKind.SUBSTANTIVE)


def test_the_page_of_changes_asks_little_however_much_is_changed(trainer: Worker, app: Flask) -> None:
    draft = changed(trainer)
    page(trainer, draft, "changes")
    with statements(app) as few:
        page(trainer, draft, "changes")
    texts = workspace(draft).files.texts
    for path in ("sources.yaml", "glossary.yaml"):
        save(trainer, draft, texts[path].replace("A member", "A full member").replace("first", "1st"), path=path)
    with statements(app) as many:
        page(trainer, draft, "changes")
    assert len(many) == len(few)


# Remarks ------------------------------------------------------------------------------------------------------------


def forms(shown: str) -> dict[str, dict[str, str]]:
    """The hidden fields of the form below each passage, by its words."""
    found = {}
    for part in shown.split('<div class="passage"')[1:]:
        fields = dict(re.findall(r'name="(client_key|file|passage)" value="([^"]*)"', part))
        inside = part[part.index(">") + 1 : part.index("</p>") if "</p>" in part else part.index("</h2>")]
        found[re.sub(r"<[^>]+>", "", inside).strip()] = fields
    return found


def remark(who: Worker, draft: Draft, on: str, said: str = "Is this so?", **more: str) -> TestResponse:
    shown = page(who, draft, f"read?file={FIRST_PATH}")
    fields = next(fields for text, fields in forms(shown).items() if on in text)
    return post(who, draft, "remarks", **(fields | {"words": said} | more))


def kept(draft: Draft) -> list[tuple[list[str], bool]]:
    with reading() as session:
        found = remarks_of(session, draft)
        return [([one.words for one in remark.said], remark.open) for remark in found]


def test_a_remark_is_begun_below_any_passage_and_a_double_click_begins_one(trainer: Worker, app: Flask) -> None:
    draft = changed(trainer)
    other = worker(app, Role.REVIEWER)
    shown = page(other, draft, f"read?file={FIRST_PATH}")
    fields = next(fields for text, fields in forms(shown).items() if "It ended" in text)
    for _click in range(2):
        answer = post(other, draft, "remarks", words="Is this so?", **fields)
        assert answer.status_code == 303
    assert kept(draft) == [(["Is this so?"], True)]
    assert "#remark-" in answer.location
    shown = page(trainer, draft, f"read?file={FIRST_PATH}")
    assert "Is this so?" in shown
    assert "1 remark is open." in words(trainer.page(f"/tiny/drafts/{draft.public_id}"))
    with reading() as session:
        assert open_remarks(session, [draft.id]) == {draft.id: 1}


def test_a_remark_follows_its_words_through_edits_and_stands_at_its_unit_once_they_are_gone(trainer: Worker) -> None:
    draft = changed(trainer)
    assert remark(trainer, draft, "It ended well.").status_code == 303
    save(trainer, draft, first(draft).replace("It ended well.", "In the end it ended rather well."))
    shown = page(trainer, draft, f"read?file={FIRST_PATH}")
    assert "It was about these words:" in words(shown)
    assert "It ended well. [source: The first source]" in words(shown)
    assert "not there any more" not in shown
    body = first(draft)
    save(trainer, draft, body.replace("In the end it ended rather well. [@S001]", "Nothing of this remains here."))
    shown = words(page(trainer, draft, f"read?file={FIRST_PATH}"))
    assert "Remarks on words that are not there any more" in shown
    assert "It ended well. [source: The first source]" in shown
    save(trainer, draft, None, path=FIRST_PATH)
    assert "A text that this draft does not have any more" in words(page(trainer, draft, "remarks"))


def test_a_remark_on_words_that_were_just_changed_is_given_back_to_be_put_elsewhere(trainer: Worker) -> None:
    draft = changed(trainer)
    shown = page(trainer, draft, f"read?file={FIRST_PATH}")
    fields = next(fields for text, fields in forms(shown).items() if "It ended" in text)
    save(trainer, draft, first(draft).replace("It ended well.", "It ended."))
    answer = post(trainer, draft, "remarks", words="My long remark.", **fields)
    assert answer.status_code == 409
    assert "reads otherwise by now" in answer.text
    assert "My long remark." in answer.text
    assert kept(draft) == []


def test_a_remark_is_answered_settled_and_opened_again(trainer: Worker, app: Flask) -> None:
    draft = changed(trainer)
    remark(trainer, draft, "It ended well.")
    with reading() as session:
        (found,) = remarks_of(session, draft)
    other = worker(app, Role.REVIEWER)
    place = f"remarks/{found.public_id}"
    assert post(other, draft, place, words="It is.", client_key="answer-key-1").status_code == 303
    assert post(other, draft, place, words="", settle="resolved", client_key="answer-key-2").status_code == 303
    assert kept(draft) == [(["Is this so?", "It is."], False)]
    with reading() as session:
        assert open_remarks(session, [draft.id]) == {}
    said = words(page(trainer, draft, "remarks"))
    assert "Settled by" in said
    assert (
        post(trainer, draft, place, words="Not yet.", settle="reopened", client_key="answer-key-3").status_code == 303
    )
    assert kept(draft) == [(["Is this so?", "It is.", "Not yet."], True)]
    empty = post(trainer, draft, place, words=" ", client_key="answer-key-4")
    assert empty.status_code == 422


def test_remarks_and_sign_offs_stay_as_they_were_written(trainer: Worker) -> None:
    draft = changed(trainer)
    remark(trainer, draft, "It ended well.")
    send(trainer, draft)
    sign(draft, reviewer(), "history")
    for statement in ("UPDATE lms_draft_comment SET path = 'x'", "DELETE FROM lms_sign_off"):
        with pytest.raises(DBAPIError, match="append-only"), own_transaction() as session:
            session.execute(text(statement))


def test_what_reviewers_do_is_in_the_audit_trail_without_their_words(trainer: Worker) -> None:
    draft = changed(trainer)
    remark(trainer, draft, "It ended well.", "Nobody else should read this in a log.")
    send(trainer, draft)
    sign(draft, reviewer(), "history", SignOffAct.WITHHELD, reason=REASON)
    with reading() as session:
        lines = session.scalars(select(AuditEntry).where(AuditEntry.about == draft.public_id)).all()
    acts = {line.act for line in lines}
    assert {"draft.remarked", "draft.sent", "draft.sign-off-withheld"} <= acts
    assert "Nobody else" not in str([line.details for line in lines])
    assert REASON not in str([line.details for line in lines])


# Sign-offs on their page --------------------------------------------------------------------------------------------


def fields_of(shown: str, kind: str, act: str) -> dict[str, str]:
    for form in re.findall(r"<form.*?</form>", shown, re.S):
        fields = dict(re.findall(r'name="(kind|language|act|seen)" value="([^"]*)"', form))
        if (fields.get("kind"), fields.get("act")) == (kind, act):
            return fields
    raise AssertionError(f"no form to say {act} of {kind}")


def says(who: Worker, draft: Draft, kind: str, act: str, **more: str) -> TestResponse:
    return post(who, draft, "sign-offs", **(fields_of(page(who, draft, "sign-offs"), kind, act) | more))


def test_a_reviewer_gives_a_sign_off_for_exactly_the_text_on_the_page(trainer: Worker, app: Flask) -> None:
    draft = changed(trainer)
    send(trainer, draft)
    other = worker(app, Role.REVIEWER)
    shown = page(other, draft, "sign-offs")
    save(trainer, draft, first(draft).replace("well", "very well"))
    late = post(other, draft, "sign-offs", **fields_of(shown, "history", "given"))
    assert late.status_code == 409
    assert "has been changed since you opened this page" in late.text
    assert says(other, draft, "history", "given").status_code == 303
    said = words(page(other, draft, "sign-offs"))
    assert "1 of 2 sign-offs are given for this text." in said
    save(trainer, draft, first(draft).replace("very well", "badly"))
    shown = page(other, draft, "sign-offs")
    assert "Given for an earlier text" in words(shown)
    since = re.findall(r'href="[^"]*(changes\?since=\d+)"', shown)
    assert since
    told = words(page(other, draft, since[0]))
    assert "What changed since" in told
    assert "It ended [taken out: very well ] [new: badly ] ." in told


def test_a_second_click_gives_it_once(trainer: Worker, app: Flask) -> None:
    draft = changed(trainer)
    send(trainer, draft)
    other = worker(app, Role.REVIEWER)
    fields = fields_of(page(other, draft, "sign-offs"), "history", "given")
    assert [post(other, draft, "sign-offs", **fields).status_code for _click in range(2)] == [303, 303]
    with reading() as session:
        assert len(session.scalars(select(SignOff)).all()) == 1


def test_trainers_see_the_sign_offs_and_give_none(trainer: Worker) -> None:
    draft = changed(trainer)
    send(trainer, draft)
    shown = page(trainer, draft, "sign-offs")
    assert "Only reviewers of this course give sign-offs." in shown
    assert 'name="act"' not in shown
    sent = {"kind": "history", "act": "given", "seen": workspace(draft).files_hash}
    assert post(trainer, draft, "sign-offs", **sent).status_code == 404


def test_a_sign_off_is_withheld_with_a_reason_that_everyone_on_the_course_reads(trainer: Worker, app: Flask) -> None:
    draft = changed(trainer)
    send(trainer, draft)
    other = worker(app, Role.REVIEWER)
    short = says(other, draft, "history", "withheld", reason="No.")
    assert short.status_code == 422
    assert "at least ten characters" in short.text
    assert says(other, draft, "history", "withheld", reason=REASON).status_code == 303
    assert REASON in page(trainer, draft, "sign-offs")
    assert says(other, draft, "history", "taken-back").status_code == 303
    with reading() as session:
        assert [one.word.act for one in signed(session, draft)] == [SignOffAct.WITHHELD, SignOffAct.TAKEN_BACK]


def test_a_reviewer_who_wrote_cannot_give_the_last_one(trainer: Worker, app: Flask) -> None:
    author = worker(app, Role.REVIEWER)
    draft = changed(author)
    send(author, draft)
    sign(draft, reviewer(), "history")
    shown = page(author, draft, "sign-offs")
    assert "somebody else must give this one" in shown
    sent = {"kind": "sensitivity", "act": "given", "seen": workspace(draft).files_hash}
    refused = post(author, draft, "sign-offs", **sent)
    assert refused.status_code == 422
    assert "cannot give the last sign-off" in html.unescape(refused.text)


def test_a_sign_off_for_a_language_asks_whose_language_it_is(trainer: Worker, app: Flask) -> None:
    app.extensions["lms.settings"] = replace(app.extensions["lms.settings"], sign_offs=("language",))
    draft = begin(trainer)
    path = "modules/01-words/first.es.md"
    save(trainer, draft, workspace(draft).files.texts[path].rstrip() + "\n\nOtra frase.\n", path=path)
    send(trainer, draft)
    other = worker(app, Role.REVIEWER)
    shown = page(other, draft, "sign-offs")
    assert "Language: Spanish" in shown
    assert "I grew up with Spanish, or it is the language I work in." in shown
    refused = says(other, draft, "language", "given")
    assert refused.status_code == 422
    assert "grew up with the language or works in it" in refused.text
    assert says(other, draft, "language", "given", own_language="y").status_code == 303


def test_drafts_of_other_courses_are_not_there(trainer: Worker, app: Flask) -> None:
    draft = changed(trainer)
    stranger = worker(app, Role.REVIEWER, ScopeKind.COURSE, "other")
    for path in ("changes", "remarks", "sign-offs", "publish", "update", f"read?file={FIRST_PATH}"):
        stranger.page(f"/tiny/drafts/{draft.public_id}/{path}", 404)


# Mail ---------------------------------------------------------------------------------------------------------------


def letters() -> list[tuple[str, int]]:
    """(template, person) of every letter that was asked for."""
    with reading() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id)).all()
    found = [job.payload for job in jobs if str(job.payload["template"]).startswith("authoring/")]
    return [(one["template"].removeprefix("authoring/"), one["person_id"]) for one in found]


def test_reviewers_are_asked_once_for_each_sending_and_the_sender_is_not(trainer: Worker, app: Flask) -> None:
    one, other = worker(app, Role.REVIEWER), worker(app, Role.REVIEWER, ScopeKind.COURSE, "tiny")
    worker(app, Role.REVIEWER, ScopeKind.COURSE, "another")
    draft = changed(one)
    assert letters() == []
    for _click in range(2):
        assert post(one, draft, "send").status_code == 303
    assert letters() == [("review-awaited", other.person.id)]
    post(one, draft, "take-back")
    post(one, draft, "send")
    assert letters() == [("review-awaited", other.person.id)] * 2


def test_reviewers_are_asked_again_once_when_somebody_writes_on_at_what_they_signed(trainer: Worker) -> None:
    draft = changed(trainer)
    send(trainer, draft)
    save(trainer, draft, MARKED)
    assert letters() == []
    by = reviewer()
    sign(draft, by, "history")
    for end in ("well", "badly"):
        save(trainer, draft, MARKED.replace("It ended.", f"It ended {end}."))
    assert letters() == [("review-awaited", by.person_id)]


def test_the_sender_hears_when_all_is_given_and_when_one_is_withheld(trainer: Worker) -> None:
    draft = changed(trainer)
    send(trainer, draft)
    by = reviewer()
    sign(draft, by, "history")
    assert letters() == []
    sign(draft, by, "sensitivity")
    assert letters() == [("all-signed", trainer.person.id)]
    sign(draft, by, "history", SignOffAct.WITHHELD, reason=REASON)
    assert letters()[1:] == [("withheld", trainer.person.id)]


@pytest.mark.parametrize("template", ["review-awaited", "all-signed", "withheld"])
def test_letters_name_the_course_and_the_page_and_nothing_else(app: Flask, template: str) -> None:
    facts = {"slug": "tiny", "draft": "abc", "titles": {"en": "A tiny course", "es": "Un curso"}}
    reader = Reader("Ana", "en", "UTC")
    with app.app_context():
        letter = compose(f"authoring/{template}", reader, facts, "ana@example.org")
    assert "A tiny course" in letter.body_text
    assert "/courses/tiny/drafts/abc/" in letter.body_text
    assert letter.subject.startswith("Raphael Lemkin Seminar: ")


def test_what_lies_in_the_queue_holds_no_text_of_the_draft(trainer: Worker) -> None:
    draft = changed(trainer)
    reviewer()
    send(trainer, draft)
    sign(draft, reviewer(), "history", SignOffAct.WITHHELD, reason=REASON)
    with reading() as session:
        payloads = str(session.scalars(select(Job.payload).where(Job.kind == "mail.send")).all())
    assert "Clearer words" not in payloads
    assert "It ended" not in payloads
    assert REASON not in payloads


def test_all_signed_and_sent_again_unchanged_asks_nobody(trainer: Worker) -> None:
    draft = changed(trainer)
    send(trainer, draft)
    sign_all(draft)
    before = len(letters())
    for path in ("take-back", "send"):
        assert post(trainer, draft, path).status_code == 303
    assert len(letters()) == before


@pytest.mark.parametrize(
    ("path", "said"),
    [("course.yaml", "slug: tiny\nlanguage: en\ntitle: x\n"), ("sources.yaml", "sources: [{id: 5}, x]\n")],
)
def test_while_a_file_is_no_part_of_a_course_the_pages_of_review_name_it(trainer: Worker, path: str, said: str) -> None:
    draft = changed(trainer, **{path: said})
    for where in ("changes", "remarks", "sign-offs", "publish", "outline"):
        answer = trainer.client.get(f"/courses/tiny/drafts/{draft.public_id}/{where}")
        assert answer.status_code == 422
        assert path in words(answer.text)
    trainer.page(f"/tiny/drafts/{draft.public_id}")


def test_a_remark_on_a_text_that_was_moved_meanwhile_is_kept_there(trainer: Worker) -> None:
    draft = changed(trainer)
    fields = next(iter(forms(page(trainer, draft, f"read?file={FIRST_PATH}")).values()))
    folder = next(path for path in workspace(draft).files.texts if path.startswith("modules/02")).rpartition("/")[0]
    moved = f"{folder}/first.md"
    module = workspace(draft).files.texts[f"{folder}/module.yaml"].replace("units:\n", "units:\n- first\n")
    text_now = first(draft)
    save(trainer, draft, None)
    save(trainer, draft, module, path=f"{folder}/module.yaml")
    save(trainer, draft, text_now, path=moved)
    assert post(trainer, draft, "remarks", **{**fields, "words": "Is this so?"}).status_code == 303
    assert kept(draft) == [(["Is this so?"], True)]


def test_a_remark_on_a_text_that_is_gone_comes_back_to_those_who_may_see_the_draft(trainer: Worker, app: Flask) -> None:
    draft = changed(trainer)
    fields = next(iter(forms(page(trainer, draft, f"read?file={FIRST_PATH}")).values()))
    save(trainer, draft, None)
    said = {**fields, "words": "Words nobody else has"}
    answer = post(trainer, draft, "remarks", **said)
    assert answer.status_code == 404
    assert "Words nobody else has</textarea>" in answer.text
    stranger = post(worker(app, Role.TRAINER, ScopeKind.COURSE, "other"), draft, "remarks", **said)
    assert stranger.status_code == 404
    assert "Words nobody else has" not in stranger.text


LONG = "Words nobody else has, and many of them, so that they are longer than any key of a form is. " * 2


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("drafts/{}/new-term", "definition.en"),
        ("drafts/{}/terms/word", "definition.es"),
        ("drafts/{}/new-source", "note"),
        ("drafts/{}/sources/S001", "note"),
        ("drafts/{}/sign-offs", "reason"),
        ("drafts/{}/publish", "line-es"),
        ("drafts/{}/outline/course", "description.en"),
        ("drafts/{}/outline/modules/words", "module-objectives.en"),
        ("units/first/take-back", "reason"),
        ("reports/some", "some-reason"),
        ("proposals/some", "some-reason"),
    ],
)
def test_what_was_typed_comes_back_to_whoever_is_signed_out_meanwhile(
    trainer: Worker, app: Flask, path: str, field: str
) -> None:
    draft = begin(trainer)
    url = f"/courses/tiny/{path.format(draft.public_id)}"
    answer = app.test_client().post(url, data={"client_key": "k" * 32, "seen": "s" * 64, field: LONG})
    assert answer.status_code == 401
    assert re.search(rf'<textarea[^>]* name="{re.escape(field)}"[^>]*>\n{LONG}</textarea>', answer.text)
