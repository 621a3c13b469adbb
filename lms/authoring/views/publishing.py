"""A draft becomes a version: what stands in the way, whom it reaches, and the act itself; and catching up before."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.authoring import queries, services
from lms.authoring.draft_head import DraftHead
from lms.authoring.forms import PublishForm, UpdateForm
from lms.authoring.models import Draft, DraftState
from lms.authoring.publish_pages import PublishPage
from lms.authoring.publishing import foresee
from lms.authoring.queries import draft_of
from lms.authoring.review import review_of
from lms.authoring.rules.reaching import Reached
from lms.authoring.update_pages import UpdatePage
from lms.authoring.workspace import workspace_of
from lms.catalogue import queries as catalogue
from lms.catalogue.rules.course_files import CourseFiles
from lms.catalogue.rules.texts import written_in
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.settings import present_settings
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, keeps_typed, requires
from lms.web.forms import submitted
from lms.web.render import render

from .reviewing import head_of

Answer = Response | str | tuple[str, int]


@requires(Permission.AUTHOR)
def publish(slug: str, draft: str) -> Answer:
    """What stands between the draft and the next version, and whom that version reaches."""
    session = db.session()
    done = _published_already(session, draft_of(session, me().grants, slug, draft), slug)
    return done or _page(session, head_of(session, slug, draft), None)


def _page(session: Session, head: DraftHead, sent: PublishForm | None) -> str:
    course = head.work.course
    page = PublishPage(
        head=head,
        review=review_of(session, head.work, present_settings().sign_offs, now()),
        foreseen=foresee(session, head.work, now()),
        newest=catalogue.published(session, head.work.slug),
        editions=queries.editions_reading(session, head.draft.course_id),
    )
    form = sent or PublishForm(formdata=None)
    form.in_languages(course.language, _spoken(course))
    form.seen.data = head.work.files_hash
    return render("lms/authoring/publish.html", head=head, page=page, form=form, reached=Reached, sent=submitted)


def _published_already(session: Session, draft: Draft, slug: str) -> Response | None:
    """The page of the version, where the draft has become one: a second click finds it done."""
    if draft.state is not DraftState.PUBLISHED:
        return None
    became = queries.published_drafts(session, draft.course_id)
    number = next((number for number, one in became.items() if one.draft.id == draft.id), None)
    return redirect(url_for("authoring.version", slug=slug, number=number), 303) if number else None


@requires(Permission.AUTHOR)
@keeps_typed("line-*")
def publish_draft(slug: str, draft: str) -> Answer:
    """Make the draft the next version of its course."""
    form = PublishForm()
    try:
        if form.validate_on_submit():
            number = _publish(slug, draft, form)
            flash(_("Version %(number)s is published.", number=number), "done")
            return redirect(url_for("authoring.version", slug=slug, number=number), 303)
    except (Refused, Conflict) as no:
        form.refuse(no)
    session = db.session()
    done = _published_already(session, draft_of(session, me().grants, slug, draft), slug)
    return done or (_page(session, head_of(session, slug, draft), form), 409 if form.refusal else 422)


def _spoken(course: CourseFiles) -> set[str]:
    """The languages of the course's title and of its translations."""
    return {
        *written_in(course.fields.get("title")),
        *(text.language for m in course.modules for text in m.translations),
    }


def _publish(slug: str, public_id: str, form: PublishForm) -> str:
    with unit_of_work() as session:
        found = draft_of(session, me().grants, slug, public_id)
        work = workspace_of(session, found, unit_kinds())
        if found.state is DraftState.IN_REVIEW and work.files_hash != form.seen.data:
            raise Conflict(_("The draft has been changed since you opened this page. Look at it again."))
        course = work.course
        form.in_languages(course.language, _spoken(course))
        report = services.publish_draft(
            session, draft=found, summary=form.lines(request.form), kinds=unit_kinds(), by=me(), at=now()
        )
        return report.number


@requires(Permission.AUTHOR)
def update_draft(slug: str, draft: str) -> Answer:
    """What a newer version and the draft have both changed, place by place."""
    session = db.session()
    head = head_of(session, slug, draft)
    page = _update(session, head, {})
    if page is None:
        return redirect(url_for("authoring.draft", **head.at), 303)
    return render("lms/authoring/update.html", head=head, page=page, form=UpdateForm(formdata=None))


def _update(session: Session, head: DraftHead, given: Mapping[str, str]) -> UpdatePage | None:
    """None where the draft lies over the newest version, or is closed."""
    newest = catalogue.published(session, head.work.slug)
    if newest is None or newest.version_id == head.draft.base_id or not head.open:
        return None
    return UpdatePage(head, newest, services.apart(session, head.draft), given)


@requires(Permission.AUTHOR)
def bring_up(slug: str, draft: str) -> Answer:
    """Lay the draft over the newest version, with what was chosen at each place."""
    form = UpdateForm()
    try:
        if form.validate_on_submit():
            _bring_up(slug, draft, form)
            return redirect(url_for("authoring.draft_changes", slug=slug, draft=draft), 303)
    except (Refused, Conflict) as no:
        form.refuse(no)
    session = db.session()
    head = head_of(session, slug, draft)
    page = _update(session, head, request.form)
    if page is None:
        return redirect(url_for("authoring.draft", **head.at), 303)
    return render("lms/authoring/update.html", head=head, page=page, form=form), 422


def _bring_up(slug: str, public_id: str, form: UpdateForm) -> None:
    with unit_of_work() as session:
        head = head_of(session, slug, public_id)
        page = _update(session, head, request.form)
        if page is None:
            return
        if (page.newest.number, head.work.files_hash) != (form.number.data, form.seen.data):
            raise Conflict(_("A text has been changed since you opened this page. Choose again."))
        services.bring_up_to_date(
            session,
            draft=head.draft,
            choices=page.choices(),
            fitting=page.fitting(),
            key=form.client_key.data or "",
            by=me(),
            at=now(),
        )
    flash(_("The draft lies over version %(number)s now. This is what it changes.", number=page.newest.number), "done")
