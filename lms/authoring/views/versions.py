"""The versions of a course: when each was published, what is new in it, and who stood for it."""

from __future__ import annotations

from flask import request, url_for
from sqlalchemy.orm import Session

from lms.authoring import queries
from lms.authoring.change_pages import ChangesPage
from lms.authoring.queries import FromDraft, VersionLine, taught
from lms.authoring.rules.comparing import compare
from lms.authoring.sign_off_pages import SaidLine, said_line
from lms.authoring.version_pages import VersionOnPage
from lms.catalogue import queries as catalogue
from lms.catalogue.rules.texts import localised
from lms.kernel.db import db
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.languages import language
from lms.web.render import render

from .reviewing import names_shown, read_course


@requires(Permission.AUTHOR)
def versions(slug: str) -> str:
    """Every version of a course, the newest first."""
    session = db.session()
    newest = taught(session, me().grants, slug)
    lines = queries.versions_of(session, newest.course_id)
    became = queries.published_drafts(session, newest.course_id)
    people = {line.by for line in lines if line.by}
    names = names_shown(session, slug, people)
    shown = [_on_page(slug, line, became.get(line.number), names) for line in lines]
    return render("lms/authoring/versions.html", slug=slug, course=localised(newest.title, language()), lines=shown)


def _on_page(slug: str, line: VersionLine, became: FromDraft | None, names: dict[int, str]) -> VersionOnPage:
    return VersionOnPage(
        line=line,
        language=language(),
        zone=me().zone or "UTC",
        who=names[line.by] if line.by else "",
        url=url_for("authoring.version", slug=slug, number=line.number),
        draft_url=url_for("authoring.draft", slug=slug, draft=became.draft.public_id) if became else None,
    )


@requires(Permission.AUTHOR)
def version(slug: str, number: str) -> str:
    """One version: who stood for it, and what it changed against the version before, passage by passage."""
    session = db.session()
    newest = taught(session, me().grants, slug)
    line, previous = queries.version_and_before(queries.versions_of(session, newest.course_id), number)
    became = queries.published_drafts(session, newest.course_id).get(number)
    signed = queries.signed(session, became.draft) if became else []
    people = {one.word.person for one in signed} | ({line.by} if line.by else set())
    names = names_shown(session, slug, people)
    return render(
        "lms/authoring/version.html",
        slug=slug,
        course=localised(newest.title, language()),
        line=_on_page(slug, line, became, names),
        previous=previous,
        signed=_signed(session, signed, names, became),
        page=_changes(session, line, previous),
    )


def _signed(
    session: Session, signed: list[queries.Signed], names: dict[int, str], became: FromDraft | None
) -> list[SaidLine]:
    """What reviewers said of the draft that became the version; of its last text first."""
    if became is None:
        return []
    published = queries.published_files_hash(session, became.draft)
    return [said_line(one, names, me().zone or "UTC", published) for one in signed]


def _changes(session: Session, line: VersionLine, previous: VersionLine | None) -> ChangesPage:
    before = read_course(catalogue.version_files(session, previous.id)) if previous else None
    after = read_course(catalogue.version_files(session, line.id))
    assert after is not None  # noqa: S101 - a version has files
    return ChangesPage(compare(before, after), before, after, language(), only=request.args.get("file", ""))
