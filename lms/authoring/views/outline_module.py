"""One module in the outline of a draft: named, opened after others, taken out, made the course's own."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lms.authoring import queries
from lms.authoring.models import Draft
from lms.authoring.outline_forms import (
    OBJECTIVES,
    TITLE,
    AfterForm,
    ModuleForm,
    SeenForm,
    choices,
    in_languages,
    text_field,
    texts_in,
)
from lms.authoring.outline_pages import OutlinePage, languages_of
from lms.authoring.rules.archiving import archive_module
from lms.authoring.rules.outlining import rename_module, set_after, set_module
from lms.authoring.rules.reusing import take_over
from lms.authoring.rules.skeleton import key_of, line_key, lines_of, module_keys
from lms.authoring.services.outline import Act, Look
from lms.authoring.workspace import Workspace
from lms.catalogue import queries as catalogue
from lms.catalogue.files.read import read_files
from lms.catalogue.rules.course_files import CourseFiles, ModuleFile
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, keeps_typed, requires
from lms.web.render import render

from .outline_acts import (
    MODULE,
    Answer,
    Make,
    attempt,
    looked,
    outline_page,
    simply,
    taken_keys,
    work_on,
)


def _look_at_module(key: str) -> Look:
    """What the page of a module shows of it: its fields but for the units, and what it opens after."""

    def look(course: CourseFiles) -> Any:
        line = next((line for line in lines_of(course) if line_key(line) == key), {})
        module = next((module for module in course.modules if key_of(module) == key), None)
        return [line, {name: value for name, value in module.fields.items() if name != "units"} if module else None]

    return look


@requires(Permission.AUTHOR)
def outline_module(slug: str, draft: str, module: str) -> str:
    """A module's name, objectives, pass mark and what it opens after; how it is taken out or made one's own."""
    return _module_page(slug, draft, module)


def _module_page(slug: str, draft: str, key: str, refused: SeenForm | None = None) -> str:
    work = work_on(slug, draft)
    page = outline_page(work)
    line = next((line for line in page.modules if line.key == key), None)
    if line is None:
        raise NotFound
    forms = {
        "module": _module_form(work, page, key, None),
        "archive": SeenForm(formdata=None, prefix="archive-"),
        "own": SeenForm(formdata=None, prefix="own-"),
    }
    if refused is not None:
        forms[refused._prefix.rstrip("-")] = refused
    languages = languages_of(work.course)
    return render(
        "lms/authoring/outline_module.html",
        page=page,
        line=line,
        titles=[text_field("title", code) for code in languages],
        objectives=[text_field("objectives", code) for code in languages],
        published=key in taken_keys(db.session(), work.draft).modules,
        forms={name: looked(form, work, _look_at_module(key)) for name, form in forms.items()},
        form=refused,
    )


def _own(course: CourseFiles, key: str) -> ModuleFile | None:
    return next((module for module in course.modules if key_of(module) == key), None)


def _module_form(work: Workspace, page: OutlinePage, key: str, sent: Any) -> SeenForm:
    """The form of an own module, or that of a reused one, of which only what it opens after is to be said here."""
    course, module, languages = work.course, _own(work.course, key), languages_of(work.course)
    after = next((list(line.get("after", ())) for line in lines_of(course) if line_key(line) == key), [])
    data: dict[str, Any] = {"after": after}
    made: type[SeenForm] = AfterForm
    if module is not None:
        made = in_languages(ModuleForm, languages, {"title": TITLE, "objectives": OBJECTIVES})
        data |= {"pass_mark": module.fields.get("pass_mark"), "key": key}
        for code in languages:
            data[text_field("title", code)] = module.fields.get("title", {}).get(code, "")
            lines = [" ".join(texts.get(code, "").split()) for texts in module.fields.get("objectives", ())]
            data[text_field("objectives", code)] = "\n".join(lines).rstrip("\n")
    form = made(None, prefix="module-", data=data) if sent is None else made(prefix="module-")
    form["after"].choices = choices([(name, page.title_of(name).text) for name in module_keys(course) if name != key])
    return form


def _objectives(form: SeenForm, languages: list[str]) -> list[dict[str, str]]:
    """One objective for each line; the same line of each language is the same objective."""
    columns = {code: texts_in(form, "objectives", [code])[code].replace("\r", "").split("\n") for code in languages}
    most = max(map(len, columns.values()))
    rows = [{code: lines[row] if row < len(lines) else "" for code, lines in columns.items()} for row in range(most)]
    return [row for row in rows if any(text.strip() for text in row.values())]


@requires(Permission.AUTHOR)
@keeps_typed("module-objectives.*", "module-title.*")
def set_outline_module(slug: str, draft: str, module: str) -> Answer:
    """Another name, other objectives, another pass mark, what it opens after, an address if it was never published."""
    work = work_on(slug, draft)
    if module not in {*module_keys(work.course), *(key_of(one) for one in work.course.modules)}:
        raise NotFound
    form = _module_form(work, outline_page(work), module, True)
    own = _own(work.course, module) is not None
    new = (form["key"].data or module).strip() if own else module
    make = _setting(form, module, new, languages_of(work.course), own)
    return attempt(
        slug, draft, form, _look_at_module(module), "saved", make,
        lambda refused: _module_page(slug, draft, module, refused), lambda _before, _after: f"{MODULE}{new}",
    )  # fmt: skip


def _setting(form: SeenForm, key: str, new: str, languages: list[str], own: bool) -> Make:
    after = list(form["after"].data or ())

    def make(session: Session, found: Draft) -> Act:
        published = taken_keys(session, found).modules

        def act(course: CourseFiles) -> CourseFiles:
            if key in module_keys(course):
                course = set_after(course, key, after)
            if not own:
                return course
            titles, mark = texts_in(form, "title", languages), form["pass_mark"].data
            course = set_module(course, key, titles, _objectives(form, languages), mark)
            return rename_module(course, key, new, published)

        return act

    return make


@requires(Permission.AUTHOR)
def archive_outline_module(slug: str, draft: str, module: str) -> Answer:
    """A module and its units out of the outline; earlier versions keep them."""
    work = work_on(slug, draft)
    if module not in {*module_keys(work.course), *(key_of(one) for one in work.course.modules)}:
        raise NotFound
    return attempt(
        slug, draft, SeenForm(prefix="archive-"), _look_at_module(module), "archived",
        simply(lambda course: archive_module(course, unit_kinds(), module)),
        lambda refused: _module_page(slug, draft, module, refused), lambda _before, _after: "outline",
    )  # fmt: skip


@requires(Permission.AUTHOR)
def copy_outline_module(slug: str, draft: str, module: str) -> Answer:
    """A reused module becomes this course's own, as it is published now."""
    work = work_on(slug, draft)
    name = next((str(line["use"]) for line in lines_of(work.course) if line_key(line) == module and "use" in line), "")
    theirs = _published_course(name.partition("/")[0])
    return attempt(
        slug, draft, SeenForm(prefix="own-"), _look_at_module(module), "copied",
        simply(lambda course: take_over(course, unit_kinds(), module, theirs)),
        lambda refused: _module_page(slug, draft, module, refused), lambda _before, _after: f"{MODULE}{module}",
    )  # fmt: skip


def _published_course(slug: str) -> CourseFiles:
    """Another course as it is published; raises NotFound where there is none."""
    session = db.session()
    version = queries.newest_version(session, slug)
    if version is None:
        raise NotFound
    files = {path: text.encode() for path, text in catalogue.version_files(session, version).items()}
    course = read_files(files, unit_kinds(), lenient=True).course
    if course is None:
        raise NotFound
    return course
