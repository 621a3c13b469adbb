"""A draft becomes a version: what stands in the way, whom it reaches, two keys, two at once, and what is kept."""

from __future__ import annotations

import html
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.authoring import services
from lms.authoring.models import Draft, DraftState
from lms.authoring.publish_pages import people_in_words
from lms.authoring.rules.reaching import Reached, reached
from lms.authoring.rules.signing import SignOffAct
from lms.authoring.together import disputed, kind_of, merged_text
from lms.catalogue.models import CourseVersion
from lms.catalogue.rules.numbering import next_number
from lms.kernel.clock import now
from lms.kernel.errors import LmsError, Refused
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.models import Person
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import Worker, published, worker
from tests.authoring.drafts import FIRST_PATH, begin, reviewer, save, sign, sign_all, viewer, workspace
from tests.catalogue import tiny
from tests.learning.makers import make_reader


@pytest.fixture
def trainer(app: Flask, tmp_path: Path) -> Worker:
    published(tmp_path)
    return worker(app, Role.TRAINER)


def words(page: str) -> str:
    main = page[page.index("<main") : page.index("</main")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def first(draft: Draft) -> str:
    return workspace(draft).files.texts[FIRST_PATH]


def page(who: Worker, draft: Draft, path: str = "publish") -> str:
    return who.page(f"/tiny/drafts/{draft.public_id}/{path}")


def send(trainer: Worker, draft: Draft) -> None:
    by = viewer(trainer)
    with unit_of_work() as session:
        services.send_to_review(session, draft=session.get_one(Draft, draft.id), by=by, at=now())


def ready(trainer: Worker, words_now: str = "It ended well.", path: str = FIRST_PATH, was: str = "It ended.") -> Draft:
    """A draft in review with every sign-off."""
    draft = begin(trainer, "Clearer words")
    save(trainer, draft, workspace(draft).files.texts[path].replace(was, words_now), path=path)
    send(trainer, draft)
    sign_all(draft)
    return draft


def publish(who: Worker, draft: Draft, line: str = "One sentence is clearer.", **more: str) -> TestResponse:
    seen = more.pop("seen", workspace(draft).files_hash)
    sent = {"seen": seen, "line-en": line, **more}
    return who.client.post(f"/courses/tiny/drafts/{draft.public_id}/publish", data=sent)


def numbers() -> list[str]:
    with reading() as session:
        rows = session.scalars(select(CourseVersion).order_by(CourseVersion.id))
        return [f"{row.major}.{row.minor}" for row in rows]


def test_the_page_says_what_must_be_done_first_and_where(trainer: Worker) -> None:
    draft = begin(trainer)
    save(trainer, draft, first(draft).replace("It ended. [@S001]", "It ended in 2013."))
    said = words(page(trainer, draft))
    assert "The draft has not been sent to the reviewers." in said
    assert "The checks find 1 mistake." in said
    assert "Not given: Historical accuracy, Sensitivity." in said
    assert "Nobody is a reviewer of this course yet" in said
    assert "Publish version" not in said
    assert publish(trainer, draft).status_code == 409
    assert numbers() == ["1.0"]


def test_a_draft_that_changes_nothing_gets_no_number(trainer: Worker) -> None:
    said = words(page(trainer, begin(trainer)))
    assert "This draft changes nothing yet" in said
    assert "It will be version" not in said


def test_with_every_sign_off_it_becomes_the_next_version_with_its_public_line(trainer: Worker) -> None:
    draft = ready(trainer)
    said = words(page(trainer, draft))
    assert "It will be version 1.1. The changes are editorial" in said
    assert "What must be done first" not in said
    empty = publish(trainer, draft, " ")
    assert empty.status_code == 409
    assert "Write one line on what is new" in empty.text
    answer = publish(trainer, draft)
    assert (answer.status_code, answer.location) == (303, "/courses/tiny/versions/1.1")
    again = publish(trainer, draft)
    assert (again.status_code, again.location) == (303, "/courses/tiny/versions/1.1")
    assert numbers() == ["1.0", "1.1"]
    assert (
        trainer.client.get(f"/courses/tiny/drafts/{draft.public_id}/publish").location == "/courses/tiny/versions/1.1"
    )


def test_what_was_changed_after_the_page_was_opened_is_not_published(trainer: Worker) -> None:
    draft = ready(trainer)
    seen = workspace(draft).files_hash
    save(trainer, draft, first(draft).replace("well", "badly"))
    answer = publish(trainer, draft, seen=seen)
    assert answer.status_code == 409
    assert "has been changed since you opened this page" in answer.text
    late = publish(trainer, draft)
    assert late.status_code == 409
    assert "Not every sign-off has been given for exactly this text." in late.text
    assert numbers() == ["1.0"]


def test_a_public_line_is_kept_only_in_languages_that_were_asked_for(trainer: Worker) -> None:
    draft = ready(trainer)
    seen = re.search(r'name="seen" value="([^"]+)"', page(trainer, draft))
    assert seen
    sent = {"seen": seen[1], "line-en": "Corrected.", "line-": "Empty", "line-../../x<b>": "Odd"}
    answer = trainer.client.post(f"/courses/tiny/drafts/{draft.public_id}/publish", data=sent)
    assert answer.status_code == 303
    with reading() as session:
        lines = session.scalars(select(CourseVersion.summary).order_by(CourseVersion.id.desc())).first()
    assert lines == {"en": "Corrected."}


def test_a_withheld_sign_off_stands_in_the_way_until_it_is_taken_back(trainer: Worker) -> None:
    draft = ready(trainer)
    by = reviewer()
    sign(draft, by, "history", SignOffAct.WITHHELD, reason="The source says otherwise.")
    assert "A sign-off is withheld." in words(page(trainer, draft))
    assert publish(trainer, draft).status_code == 409
    sign(draft, by, "history", SignOffAct.TAKEN_BACK)
    assert publish(trainer, draft).status_code == 303


def test_the_sign_offs_of_somebody_who_is_disabled_publish_nothing(trainer: Worker) -> None:
    draft = begin(trainer)
    save(trainer, draft, first(draft).replace("It ended.", "It ended well."))
    send(trainer, draft)
    signer = sign_all(draft)
    with unit_of_work() as session:
        session.get_one(Person, signer.person_id).disabled_at = now()
    with pytest.raises(Refused), unit_of_work() as session:
        services.publish_draft(
            session, draft=session.get_one(Draft, draft.id), summary={"en": "New"}, kinds=tiny.KINDS,
            by=viewer(trainer), at=now(),
        )  # fmt: skip


def test_a_course_is_never_published_by_one_person_alone(trainer: Worker, app: Flask) -> None:
    alone = worker(app, Role.REVIEWER)
    draft = begin(alone)
    save(alone, draft, first(draft).replace("It ended.", "It ended well."))
    send(alone, draft)
    me = viewer(alone)
    sign(draft, me, "history")
    with pytest.raises(Refused, match="last sign-off"):
        sign(draft, me, "sensitivity")
    assert publish(alone, draft).status_code == 409
    sign(draft, reviewer(), "sensitivity")
    assert publish(alone, draft).status_code == 303


def test_a_sign_off_for_a_language_is_needed_where_its_translation_changed(trainer: Worker, app: Flask) -> None:
    app.extensions["lms.settings"] = replace(app.extensions["lms.settings"], sign_offs=("history", "language"))
    spanish = "modules/01-words/first.es.md"
    draft = begin(trainer)
    save(trainer, draft, workspace(draft).files.texts[spanish].rstrip() + "\n\nOtra frase.\n", path=spanish)
    send(trainer, draft)
    by = reviewer()
    sign(draft, by, "history")
    assert "Not given: Language: Spanish." in words(page(trainer, draft))
    with pytest.raises(Refused, match="grew up"):
        sign(draft, by, "language", language="es")
    sign(draft, by, "language", language="es", own_language=True)
    assert "Not given" not in words(page(trainer, draft))


def test_the_page_says_which_running_editions_follow_and_never_tells_a_small_group(trainer: Worker, app: Flask) -> None:
    make_reader(app)
    draft = ready(trainer)
    said = words(page(trainer, draft))
    assert "These editions read it at once" in said
    assert "reads version 1.0 fewer than 5 people" in said
    other = ready(trainer, "substance: s2", was="substance: s1")
    said = words(page(trainer, other))
    assert "It will be version 2.0. The changes are substantive" in said
    assert "stay on the version they read until a coordinator takes them to this one" in said


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (0, "nobody yet"),
        (1, "fewer than 5 people"),
        (4, "fewer than 5 people"),
        (5, "at least 5 people"),
        (9, "at least 5 people"),
    ],
)
def test_groups_of_one_to_four_are_not_counted_out(app: Flask, people: int, said: str) -> None:
    with app.test_request_context():
        assert people_in_words(people) == said


@pytest.mark.parametrize(
    ("reads", "new", "how"),
    [
        ((1, 0), (1, 1), Reached.BY_ITSELF),
        ((1, 3), (2, 0), Reached.BY_ACT),
        ((1, 3), (2, 1), Reached.BEHIND),
        ((1, 0), (3, 0), Reached.BEHIND),
        ((2, 0), (2, 1), Reached.BY_ITSELF),
    ],
)
def test_how_an_edition_comes_to_a_version(reads: tuple[int, int], new: tuple[int, int], how: Reached) -> None:
    assert reached(reads, new) is how


@pytest.mark.parametrize(
    ("latest", "substantive", "number"),
    [(None, True, (1, 0)), ((1, 0), False, (1, 1)), ((1, 9), False, (1, 10)), ((1, 9), True, (2, 0))],
)
def test_versions_are_numbered(latest: tuple[int, int] | None, substantive: bool, number: tuple[int, int]) -> None:
    assert next_number(latest, substantive=substantive) == number


def test_of_two_drafts_published_at_once_one_wins_and_the_other_is_told(
    trainer: Worker, app: Flask, real_time: None
) -> None:
    ready(trainer)
    ready(trainer, "The 1st source", "sources.yaml", "The first source")
    by, start = viewer(trainer), Barrier(2)
    with reading() as session:
        drafts = session.scalars(select(Draft.id)).all()

    def go(draft: int) -> str:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work() as session:
                    found = session.get_one(Draft, draft)
                    report = services.publish_draft(
                        session, draft=found, summary={"en": "New."}, kinds=tiny.KINDS, by=by, at=now()
                    )
                    return report.number
            except LmsError as no:
                return str(no)

    with ThreadPoolExecutor(2) as two:
        said = sorted(two.map(go, drafts))
    assert said == ["1.1", "Version 1.1 has been published since. Bring the draft up to it first."]
    assert numbers() == ["1.0", "1.1"]
    with reading() as session:
        states = sorted(session.scalars(select(Draft.state)))
    assert states == [DraftState.IN_REVIEW, DraftState.PUBLISHED]


# Catching up --------------------------------------------------------------------------------------------------------


def update(who: Worker, draft: Draft, **chosen: str) -> TestResponse:
    shown = page(who, draft, "update")
    hidden = dict(re.findall(r'name="(client_key|number|seen)" value="([^"]*)"', shown))
    return who.client.post(f"/courses/tiny/drafts/{draft.public_id}/update", data=hidden | chosen)


def test_changes_of_both_sides_that_fit_together_are_put_together(trainer: Worker) -> None:
    behind = begin(trainer, "Behind")
    save(trainer, behind, first(behind).replace("minutes: 5", "minutes: 7"))
    publish(trainer, ready(trainer))
    assert "Bring the draft up to it" in words(page(trainer, behind))
    assert "Nothing must be chosen" in words(page(trainer, behind, "update"))
    answer = update(trainer, behind)
    assert (answer.status_code, answer.location) == (303, f"/courses/tiny/drafts/{behind.public_id}/changes")
    assert "minutes: 7" in first(behind)
    assert "It ended well." in first(behind)
    assert workspace(behind).checked().sound


def test_where_both_changed_one_place_somebody_chooses_with_both_texts_in_view(trainer: Worker) -> None:
    behind = begin(trainer, "Behind")
    save(trainer, behind, first(behind).replace("It ended.", "It ended badly.").replace("minutes: 5", "minutes: 7"))
    publish(trainer, ready(trainer))
    shown = page(trainer, behind, "update")
    said = words(shown)
    assert "It ended [new: badly ] ." in said
    assert "It ended [new: well ] ." in said
    assert update(trainer, behind).status_code == 422
    (name,) = set(re.findall(r'name="(place-[\d-]+)"', shown))
    assert update(trainer, behind, **{name: "theirs"}).status_code == 303
    assert "It ended well." in first(behind)
    assert "minutes: 7" in first(behind)
    assert update_is_over(trainer, behind)


def update_is_over(trainer: Worker, draft: Draft) -> bool:
    answer = trainer.client.get(f"/courses/tiny/drafts/{draft.public_id}/update")
    return answer.status_code == 303


def test_a_file_that_one_side_took_out_is_chosen_as_a_whole() -> None:
    found = disputed("sources.yaml", (tiny.SOURCES, None, tiny.SOURCES.replace("first", "1st")), tiny.KINDS, "")
    assert found.whole
    assert [clash.where for clash in found.clashes] == [()]
    assert found.chosen([], tiny.KINDS, "") is None
    assert "1st" in (found.chosen([()], tiny.KINDS, "") or "")


def test_files_put_together_are_in_their_canonical_form() -> None:
    mine, theirs = tiny.FIRST.replace("minutes: 5", "minutes: 6"), tiny.FIRST.replace("A point.", "One point.")
    assert kind_of("modules/01-words/first.es.md", tiny.tiny_files()) == "reading"
    text = merged_text(FIRST_PATH, (tiny.FIRST, mine, theirs), (), tiny.KINDS, "reading")
    assert text == tiny.FIRST.replace("minutes: 5", "minutes: 6").replace("A point.", "One point.")
    course = merged_text("course.yaml", (tiny.COURSE, tiny.COURSE, tiny.COURSE.replace("80", "70")), (), tiny.KINDS, "")
    assert course == tiny.COURSE.replace("80", "70")


# Versions -----------------------------------------------------------------------------------------------------------


def test_a_version_keeps_its_line_its_hash_its_sign_offs_and_what_it_changed(trainer: Worker) -> None:
    draft = ready(trainer)
    publish(trainer, draft, **{"line-es": "Una frase más clara."})
    listed = words(trainer.page("/tiny/versions"))
    assert "2 versions have been published. None is ever changed." in listed
    assert listed.index("Version 1.1") < listed.index("Version 1.0")
    assert "One sentence is clearer." in listed
    assert "Loaded from files on" in listed
    shown = words(trainer.page("/tiny/versions/1.1"))
    with reading() as session:
        version = session.scalars(select(CourseVersion).order_by(CourseVersion.id.desc())).first()
        assert version
        assert version.summary == {"en": "One sentence is clearer.", "es": "Una frase más clara."}
        assert version.content_hash in shown
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.about == draft.public_id)).all()
    assert acts.count("draft.sign-off-given") == 2
    assert "Historical accuracy : Given" in shown
    assert "Sensitivity : Given" in shown
    assert "Published on" in shown
    assert "It ended [new: well ] ." in shown
    assert "There is none before it to compare it with." in trainer.page("/tiny/versions/1.0")
    trainer.page("/tiny/versions/9.9", 404)


def test_versions_of_other_courses_are_not_there(trainer: Worker, app: Flask) -> None:
    stranger = worker(app, Role.REVIEWER, ScopeKind.COURSE, "other")
    for path in ("/tiny/versions", "/tiny/versions/1.0"):
        stranger.page(path, 404)
