"""A draft as its reviewers read it: everything it changes, its texts with remarks on passages, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.authoring import queries, services
from lms.authoring.change_pages import ChangesPage, Links
from lms.authoring.draft_head import DraftHead
from lms.authoring.forms import RemarkForm, WordsForm
from lms.authoring.models import CommentAct, Draft
from lms.authoring.queries import draft_of
from lms.authoring.remark_pages import ReadingPage, RemarksPage
from lms.authoring.rules.comparing import TextChange, compare
from lms.authoring.rules.remarks import anchor_of, passage_named, path_now
from lms.authoring.workspace import Workspace, workspace_of
from lms.catalogue.files.read import read_files
from lms.catalogue.rules.course_files import CourseFiles, UnitFile
from lms.catalogue.rules.passages import Where, everything_of
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Gone, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.queries import names_of
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, keeps_typed, requires
from lms.web.dates import short_moment
from lms.web.languages import language
from lms.web.logs import note_look
from lms.web.render import render

Answer = Response | str | tuple[str, int]


def head_of(session: Session, slug: str, public_id: str) -> DraftHead:
    """A draft of a course that who looks works on; raises NotFound for any other, Refused where its files tell no
    course."""
    found = draft_of(session, me().grants, slug, public_id)
    work = workspace_of(session, found, unit_kinds())
    services.refuse_crooked(work.course)
    remarks = queries.open_remarks(session, [found.id]).get(found.id, 0)
    return DraftHead(work, language(), me().zone or "UTC", remarks)


def names_shown(session: Session, slug: str, people: set[int]) -> dict[int, str]:
    """The names of those who wrote or reviewed; that they were shown is noted."""
    if people:
        note_look("reviewers.seen", slug)
    return names_of(session, people)


def links_of(head: DraftHead) -> Links:
    """Where the texts of a draft are written, at a place of theirs too, and read with remarks."""

    def links(text: TextChange, place: Where | None) -> Mapping[str, str]:
        if text.after is None:
            return {}
        code = text.after.language if text.translation else None
        urls = {"read": url_for("authoring.read_draft", **head.at, file=text.path)}
        if head.open:
            urls["edit"] = head.writing(text.file.key, code, place)
        return urls

    return links


@requires(Permission.AUTHOR)
def draft_changes(slug: str, draft: str) -> str:
    """Everything a draft changes, passage by passage; with `since` what changed after a sign-off was given."""
    session = db.session()
    head = head_of(session, slug, draft)
    since = request.args.get("since", "")
    before, said = _since(session, head.work, since) if since else (head.work.base, None)
    page = ChangesPage(
        comparison=compare(before, head.work.course),
        before=before,
        after=head.work.course,
        language=language(),
        links=links_of(head),
        only=request.args.get("file", ""),
    )
    names = names_shown(session, slug, {said.word.person}) if said else {}
    note = ""
    if said:
        when = short_moment(said.at, head.zone)
        note = _("What changed since %(name)s spoke of it, on %(when)s.", name=names[said.word.person], when=when)
    return render("lms/authoring/changes.html", head=head, page=page, since=since, note=note)


def _since(session: Session, work: Workspace, number: str) -> tuple[CourseFiles | None, queries.Signed]:
    said = next((one for one in queries.signed(session, work.draft) if str(one.id) == number), None)
    if said is None:
        raise NotFound
    return read_course(queries.files_when(session, work.draft, said)), said


def read_course(files: Mapping[str, str]) -> CourseFiles | None:
    """The course in some files; none where there are no files."""
    raw = {path: text.encode() for path, text in files.items()}
    return read_files(raw, unit_kinds(), lenient=True).course if raw else None


@requires(Permission.AUTHOR)
def read_draft(slug: str, draft: str) -> str:
    """One text of a draft passage by passage, each with its remarks and a form for another."""
    session = db.session()
    return _reading(session, head_of(session, slug, draft), request.args.get("file", ""))


def _reading(session: Session, head: DraftHead, path: str, form: RemarkForm | None = None) -> str:
    file = _text_at(head.work, path)
    remarks = queries.remarks_of(session, head.draft)
    page = ReadingPage(head, file, remarks, names_shown(session, head.work.slug, _people(remarks)), form)
    return render("lms/authoring/reading.html", head=head, page=page, form=form)


def _text_at(work: Workspace, path: str) -> UnitFile:
    """A text of the draft, in another module by now too; raises NotFound."""
    units = work.course.units()
    texts = {text.path: text for module, unit in units for text in (unit, *module.translations_of(unit))}
    found = path_now(path, texts)
    if found is None:
        raise NotFound
    return texts[found]


def _people(remarks: list[queries.Remark]) -> set[int]:
    return {person for remark in remarks for person in remark.people}


@requires(Permission.AUTHOR)
def remarks(slug: str, draft: str) -> str:
    """Every remark on a draft, the open ones first, each where its words stand by now."""
    session = db.session()
    return _remarks(session, head_of(session, slug, draft))


def _remarks(session: Session, head: DraftHead, form: WordsForm | None = None, about: str = "") -> str:
    found = queries.remarks_of(session, head.draft)
    page = RemarksPage(head, found, names_shown(session, head.work.slug, _people(found)), form, about)
    return render("lms/authoring/remarks.html", head=head, page=page, form=form)


@requires(Permission.AUTHOR)
@keeps_typed("words")
def begin_remark(slug: str, draft: str) -> Answer:
    """Begin a remark on a passage as it stands."""
    form = RemarkForm()
    path = form.file.data or ""
    try:
        if form.validate_on_submit():
            with unit_of_work() as session:
                made = _begin(session, slug, draft, form)
            flash(_("Your remark is kept."), "done")
            return redirect(_at_remark(slug, draft, path, made), 303)
    except (Refused, Conflict) as no:
        form.refuse(no)
    except NotFound as no:
        draft_of(db.session(), me().grants, slug, draft)
        raise Gone(_("This is not there any more.")) from no
    session = db.session()
    head = head_of(session, slug, draft)
    try:
        return _reading(session, head, path, form), 409 if form.refusal else 422
    except NotFound as no:
        raise Gone(_("This is not there any more.")) from no


def _begin(session: Session, slug: str, public_id: str, form: RemarkForm) -> str:
    found = draft_of(session, me().grants, slug, public_id)
    file = _text_at(workspace_of(session, found, unit_kinds()), form.file.data or "")
    passage = passage_named(everything_of(file), form.passage.data or "")
    if passage is None:
        raise Conflict(_("This passage reads otherwise by now. Your words are kept below: put them where they belong."))
    words = services.Words(form.words.data or "", form.client_key.data or "")
    return services.remark(session, draft=found, anchor=anchor_of(file.path, passage), words=words, by=me(), at=now())


def _at_remark(slug: str, draft: str, path: str, remark: str) -> str:
    return url_for("authoring.read_draft", slug=slug, draft=draft, file=path, _anchor=f"remark-{remark}")


@requires(Permission.AUTHOR)
@keeps_typed("words")
def answer_remark(slug: str, draft: str, remark: str) -> Answer:
    """Answer a remark; with `settle` settle it or open it again, with or without words."""
    form = WordsForm()
    try:
        if form.validate_on_submit():
            with unit_of_work() as session:
                _answer(session, draft_of(session, me().grants, slug, draft), remark, form)
            return redirect(url_for("authoring.remarks", slug=slug, draft=draft, _anchor=f"remark-{remark}"), 303)
    except Refused as no:
        form.refuse(no)
    session = db.session()
    return _remarks(session, head_of(session, slug, draft), form, remark), 422


def _answer(session: Session, draft: Draft, remark: str, form: WordsForm) -> None:
    act = form.settle.data or ""
    if form.words.data or not act:
        words = services.Words(form.words.data or "", form.client_key.data or "")
        services.answer(session, draft=draft, remark=remark, words=words, by=me(), at=now())
    if act:
        services.settle(session, draft=draft, remark=remark, act=CommentAct(act), by=me(), at=now())
