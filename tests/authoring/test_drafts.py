"""A draft is a course's files laid over a version: every save is kept, nobody overwrites another, nothing half done."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.authoring import checks, services
from lms.authoring.models import Draft, DraftAct, DraftEvent, DraftSave, DraftState
from lms.authoring.queries import draft_of, files_of, saves_of, writers_of
from lms.catalogue import services as courses
from lms.catalogue.models import CourseVersion
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import own_transaction, reading, unit_of_work
from lms.people.rules import Role, ScopeKind
from tests.authoring.desks import Worker, published, worker
from tests.authoring.drafts import FIRST_PATH, begin, save, sign_all, viewer, workspace
from tests.catalogue import tiny
from tests.conftest import statements
from tests.languages import FIRST


@pytest.fixture
def trainer(app: Flask, tmp_path: Path) -> Worker:
    published(tmp_path)
    return worker(app, Role.TRAINER)


def first(draft: Draft) -> str:
    return workspace(draft).files.texts[FIRST_PATH]


def reworded(draft: Draft, words: str = "It ended well.") -> str:
    return first(draft).replace("It ended.", words)


def send(trainer: Worker, draft: Draft) -> None:
    by = viewer(trainer)
    with unit_of_work() as session:
        services.send_to_review(session, draft=draft, by=by, at=now())


def publish(trainer: Worker, draft: Draft, summary: str = "One sentence is clearer.") -> courses.LoadReport:
    by = viewer(trainer)
    with reading() as session:
        in_review = session.get_one(Draft, draft.id).state is DraftState.IN_REVIEW
    if in_review:
        sign_all(draft)
    with unit_of_work() as session:
        return services.publish_draft(session, draft=draft, summary={"en": summary}, kinds=tiny.KINDS, by=by, at=now())


def test_a_new_draft_has_the_files_of_the_version_it_is_laid_over(trainer: Worker) -> None:
    draft = begin(trainer)
    found = workspace(draft)
    with reading() as session:
        assert found.files.texts == courses.exported_files(session, "tiny")
    assert found.files.changed() == ()
    assert found.checked().sound
    assert next(unit.key for _module, unit in found.course.units()) == "first"


def test_a_save_is_kept_and_the_one_before_can_be_restored(trainer: Worker) -> None:
    draft = begin(trainer)
    before, after = first(draft), reworded(draft)
    saved = save(trainer, draft, after)
    assert first(draft) == after
    assert workspace(draft).files.changed() == (FIRST_PATH,)
    second = save(trainer, draft, before)
    by = viewer(trainer)
    with unit_of_work() as session:
        services.restore(
            session, draft=draft, save_id=saved.ids[FIRST_PATH], over=second.ids[FIRST_PATH], key="k" * 10, by=by,
            at=now(),
        )  # fmt: skip
    assert first(draft) == after
    with reading() as session:
        states = [state.text for state in saves_of(session, draft, FIRST_PATH)]
    assert states == [after, before, after]


def test_the_same_key_saves_once_and_with_other_words_is_refused(trainer: Worker) -> None:
    draft = begin(trainer)
    after = reworded(draft)
    one = save(trainer, draft, after, key="same-key-1")
    two = save(trainer, draft, after, key="same-key-1", over=0)
    assert (two.ids, two.fresh) == (one.ids, False)
    with pytest.raises(Conflict, match="sent before"):
        save(trainer, draft, after.replace("well", "badly"), key="same-key-1")
    with unit_of_work() as session:
        assert len(session.scalars(select(DraftSave)).all()) == 1


def test_of_two_who_write_at_once_the_second_is_told_and_both_texts_are_at_hand(trainer: Worker, app: Flask) -> None:
    draft = begin(trainer)
    before = first(draft)
    theirs = save(worker(app, Role.TRAINER), draft, reworded(draft, "Theirs."), over=0)
    with pytest.raises(services.Clash) as clash:
        save(trainer, draft, before.replace("It ended.", "Mine."), over=0)
    told = clash.value
    assert (told.before, told.over) == (before, theirs.ids[FIRST_PATH])
    assert "Mine." in (told.mine or "")
    assert "Theirs." in (told.theirs or "")
    assert "Theirs." in first(draft)


def test_saying_the_same_as_somebody_else_is_no_clash(trainer: Worker, app: Flask) -> None:
    draft = begin(trainer)
    after = reworded(draft)
    theirs = save(worker(app, Role.TRAINER), draft, after, over=0)
    assert save(trainer, draft, after, over=0).ids == theirs.ids


@pytest.mark.parametrize("path", ["../x.md", "modules/01-words/../x.md", "notes.txt", "modules/01-words/First.md", ""])
def test_what_has_no_place_in_a_course_is_refused(trainer: Worker, path: str) -> None:
    with pytest.raises(Refused):
        save(trainer, begin(trainer), "x", path=path, over=0)


def test_a_text_that_no_file_can_hold_is_refused_and_nothing_of_the_save_is_kept(trainer: Worker) -> None:
    draft = begin(trainer)
    by = viewer(trainer)
    changes = {FIRST_PATH: reworded(draft), "glossary.yaml": "terms:\t[]\n"}
    with pytest.raises(Refused, match="tab"), unit_of_work() as session:
        services.save_files(
            session, draft=draft, changes=changes, over={FIRST_PATH: 0, "glossary.yaml": 0}, key="both-at-once", by=by,
            at=now(),
        )  # fmt: skip
    assert workspace(draft).files.changed() == ()


def test_a_closed_draft_takes_no_change_and_can_be_taken_up_again(trainer: Worker) -> None:
    draft = begin(trainer)
    by = viewer(trainer)
    with unit_of_work() as session:
        services.abandon(session, draft=draft, by=by, at=now())
    with pytest.raises(Refused, match="closed"):
        save(trainer, draft, reworded(draft))
    with unit_of_work() as session:
        services.take_up(session, draft=draft, by=by, at=now())
    save(trainer, draft, reworded(draft))
    with reading() as session:
        acts = session.scalars(select(DraftEvent.act).order_by(DraftEvent.id)).all()
    assert acts == [DraftAct.OPENED, DraftAct.ABANDONED, DraftAct.TAKEN_UP]


def test_a_draft_that_changes_nothing_cannot_be_sent_to_reviewers(trainer: Worker) -> None:
    with pytest.raises(Refused, match="changes nothing"):
        send(trainer, begin(trainer))


def test_a_published_draft_is_a_version_with_its_public_line(trainer: Worker) -> None:
    draft = begin(trainer)
    save(trainer, draft, reworded(draft))
    with pytest.raises(Refused, match="in review"):
        publish(trainer, draft)
    send(trainer, draft)
    with pytest.raises(Refused, match="one line"):
        publish(trainer, draft, "  ")
    report = publish(trainer, draft)
    assert (report.outcome, report.number) == ("editorial", "1.1")
    with unit_of_work() as session:
        version = session.get_one(CourseVersion, report.version_id)
        assert version.summary == {"en": "One sentence is clearer."}
        assert version.published_by == viewer(trainer).subject
        assert "It ended well." in courses.exported_files(session, "tiny")[FIRST_PATH]
        assert session.get_one(Draft, draft.id).state is DraftState.PUBLISHED


def test_after_publishing_in_the_browser_changed_files_are_refused_until_they_were_exported(
    trainer: Worker, tmp_path: Path
) -> None:
    draft = begin(trainer)
    save(trainer, draft, reworded(draft))
    send(trainer, draft)
    publish(trainer, draft)
    with pytest.raises(Refused, match="edited in the browser"):
        published(tmp_path / "again", first=FIRST.replace("It ended.", "It began."))


def test_a_draft_over_an_older_version_is_brought_up_to_date_before_it_is_published(trainer: Worker) -> None:
    one, two = begin(trainer), begin(trainer)
    save(trainer, one, reworded(one))
    other = "sources.yaml"
    save(trainer, two, workspace(two).files.texts[other].replace("The first source", "A first source"), path=other)
    send(trainer, one)
    send(trainer, two)
    publish(trainer, one)
    with pytest.raises(Refused, match=r"Version 1\.1"):
        publish(trainer, two)
    by = viewer(trainer)
    with unit_of_work() as session:
        services.bring_up_to_date(session, draft=two, choices={}, key="up-to-date", by=by, at=now())
    assert workspace(two).files.changed() == (other,)
    assert "It ended well." in first(two)
    assert publish(trainer, two).number == "1.2"


def test_what_both_sides_changed_is_shown_and_chosen(trainer: Worker) -> None:
    one, two = begin(trainer), begin(trainer)
    save(trainer, one, reworded(one, "Theirs."))
    save(trainer, two, reworded(two, "Mine."))
    send(trainer, one)
    publish(trainer, one)
    by = viewer(trainer)
    with pytest.raises(services.Behind) as behind, unit_of_work() as session:
        services.bring_up_to_date(session, draft=two, choices={}, key="up-to-date", by=by, at=now())
    before, mine, theirs = behind.value.both[FIRST_PATH]
    assert "It ended." in (before or "")
    assert "Mine." in (mine or "")
    assert "Theirs." in (theirs or "")
    with unit_of_work() as session:
        services.bring_up_to_date(
            session, draft=two, choices={FIRST_PATH: theirs or ""}, key="up-to-date", by=by, at=now()
        )
    assert "Theirs." in first(two)
    assert workspace(two).files.changed() == ()


def test_a_draft_exists_only_for_those_who_work_on_its_course(trainer: Worker, app: Flask) -> None:
    draft = begin(trainer)
    strangers = [worker(app, Role.TRAINER, ScopeKind.COURSE, "other"), worker(app, Role.COORDINATOR), worker(app, None)]
    for stranger in strangers:
        grants = viewer(stranger).grants
        with reading() as session, pytest.raises(NotFound):
            draft_of(session, grants, "tiny", draft.public_id)
    with reading() as session, pytest.raises(NotFound):
        draft_of(session, viewer(trainer).grants, "other", draft.public_id)


def test_writing_is_in_the_audit_trail_once_a_sitting(trainer: Worker) -> None:
    draft = begin(trainer)
    save(trainer, draft, reworded(draft, "One."))
    save(trainer, draft, first(draft).replace("One.", "Two."))
    with reading() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.about == draft.public_id)).all()
        assert writers_of(session, draft) == {trainer.person.id}
    assert acts == ["draft.opened", "draft.written"]


def test_the_database_itself_keeps_every_save(trainer: Worker) -> None:
    save(trainer, draft := begin(trainer), reworded(draft))
    for statement in ("UPDATE lms_draft_save SET text = 'x'", "DELETE FROM lms_draft_event"):
        with pytest.raises(DBAPIError, match="append-only"), own_transaction() as session:
            session.execute(text(statement))


def test_the_files_of_a_draft_take_one_statement_when_its_version_is_at_hand(trainer: Worker, app: Flask) -> None:
    draft = begin(trainer)
    save(trainer, draft, reworded(draft))
    db.session.remove()  # the session that published keeps nothing of what it reads
    with reading() as session:
        files_of(session, draft)
        with statements(app) as sent:
            files_of(session, draft)
    assert len(sent) == 1


def test_the_check_finds_a_draft_that_stands_where_nobody_brought_it(trainer: Worker) -> None:
    draft = begin(trainer)
    by = viewer(trainer)
    with unit_of_work() as session:
        services.abandon(session, draft=draft, by=by, at=now())
    with reading() as session:
        assert list(checks.drafts(session)) == []
    with unit_of_work() as session:
        session.execute(text("UPDATE lms_draft SET state = 'published'"))
    with reading() as session:
        assert [finding.problem for finding in checks.drafts(session)] == ["its state is not what was done to it"]


def test_the_check_finds_a_published_draft_whose_version_is_not_made_of_its_files(trainer: Worker) -> None:
    drafts = [begin(trainer), begin(trainer)]
    for draft, version in zip(drafts, ("9.9", "1.0"), strict=True):
        save(trainer, draft, reworded(draft))
        send(trainer, draft)
        by = viewer(trainer)
        with unit_of_work() as session:
            found = session.get_one(Draft, draft.id)
            services.drafts.close_as_published(session, draft=found, number=version, by=by, at=now())
    with reading() as session:
        assert [finding.problem for finding in checks.drafts(session)] == [
            "it was published as version 9.9, which its course does not have",
            "its files are not those of the version that it became, 1.0",
        ]


def test_the_check_has_nothing_to_say_of_a_draft_that_became_a_version(trainer: Worker) -> None:
    draft = begin(trainer)
    save(trainer, draft, reworded(draft))
    send(trainer, draft)
    assert publish(trainer, draft).number == "1.1"
    with reading() as session:
        assert list(checks.drafts(session)) == []


def test_a_draft_whose_files_name_another_course_is_not_published(trainer: Worker) -> None:
    draft = begin(trainer)
    renamed = workspace(draft).files.texts["course.yaml"].replace("slug: tiny", "slug: other")
    save(trainer, draft, renamed, path="course.yaml")
    send(trainer, draft)
    with pytest.raises(Refused, match="name the course “other”"):
        publish(trainer, draft)
    with reading() as session:
        assert session.scalars(select(CourseVersion.id)).all() == [draft.base_id]
