"""What left the outline of a draft, to be brought back from an earlier version or from the draft itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.authoring import queries
from lms.authoring.outline_forms import BackForm, choices
from lms.authoring.outline_pages import Called, called, titles_of
from lms.authoring.rules.archiving import archived, bring_back_module, bring_back_unit, gone_from
from lms.authoring.rules.skeleton import in_order, key_of, module_keys, unit_keys
from lms.authoring.services.outline import Act
from lms.authoring.workspace import Workspace
from lms.catalogue import queries as catalogue
from lms.catalogue.files.read import read_files
from lms.catalogue.rules.course_files import CourseFiles
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, requires
from lms.web.render import render

from .outline_acts import MODULE, UNIT, Answer, attempt, looked, outline_page, simply, work_on

# Where something stood last: this draft, or a version by its row.
DRAFT = "draft"


@dataclass(frozen=True)
class GoneLine:
    """A module or a unit that is not in the outline any more."""

    what: str
    """What it is, and its key."""
    title: Called
    number: str
    """The number of the version that has it, or nothing where the draft had it last."""
    module: Called | None
    """The module a unit stood in; None for a module."""
    form: BackForm


def _look(course: CourseFiles) -> Any:
    return sorted({*unit_keys(course), *module_keys(course)})


@requires(Permission.AUTHOR)
def archived_parts(slug: str, draft: str) -> str:
    """Everything that the outline had once and has no more."""
    return _page(slug, draft)


def _page(slug: str, draft: str, refused: BackForm | None = None) -> str:
    work = work_on(slug, draft)
    return render("lms/authoring/outline_archived.html", page=outline_page(work), lines=_lines(work), form=refused)


def _lines(work: Workspace) -> list[GoneLine]:
    """From the draft first: what was changed in it before it was taken out is newer than any version."""
    session, course = db.session(), work.course
    found: dict[tuple[bool, str], GoneLine] = {}
    own = gone_from(course, queries.taken_out(session, work.draft, work.files))
    for gone in archived(course, [own]):
        found[gone.is_module, gone.key] = _line(work, DRAFT, "", gone.is_module, gone.key, gone.titles, gone.module)
    for old in queries.left_out(session, work.draft.course_id, unit_keys(course), module_keys(course)):
        line = _line(work, str(old.version_id), old.number, old.is_module, old.key, old.title, old.module)
        found.setdefault((old.is_module, old.key), line)
    return [line for (is_module, _key), line in sorted(found.items(), key=lambda pair: not pair[0][0])]


def _line(
    work: Workspace, where: str, number: str, is_module: bool, key: str, titles: Mapping[str, str], module: str
) -> GoneLine:
    kind = "module" if is_module else "unit"
    form = BackForm(formdata=None, prefix=f"{kind}-{key}-", what=f"{where}/{kind}/{key}", module=module)
    form.module.choices = choices(_choices(work))
    home = titles_of(work.course, {}).get(module) or Called(module, "")
    looked(form, work, _look)
    return GoneLine(f"{kind}-{key}", called(titles, key), number, None if is_module else home, form)


def _choices(work: Workspace) -> list[tuple[str, str]]:
    titles = titles_of(work.course, {})
    return [(key_of(module), titles[key_of(module)].text) for module in in_order(work.course)]


@requires(Permission.AUTHOR)
def bring_back(slug: str, draft: str, name: str) -> Answer:
    """A module or a unit in the outline again, as it stood last."""
    work = work_on(slug, draft)
    form = BackForm(prefix=f"{name}-")
    form.module.choices = choices(_choices(work))
    where, _slash, rest = str(form.what.data).partition("/")
    kind, _slash, key = rest.partition("/")
    earlier = _earlier(work, where)
    into = str(form.module.data)

    def act(course: CourseFiles) -> CourseFiles:
        if kind == "module":
            return bring_back_module(course, unit_kinds(), earlier, key)
        return bring_back_unit(course, unit_kinds(), earlier, key, into)

    back: Act = act
    return attempt(
        slug, draft, form, _look, "back", simply(back), lambda refused: _page(slug, draft, form),
        lambda _before, _after: f"{MODULE if kind == 'module' else UNIT}{key}",
    )  # fmt: skip


def _earlier(work: Workspace, where: str) -> CourseFiles:
    """The state that has it; raises NotFound for a version of another course."""
    session = db.session()
    if where == DRAFT:
        return gone_from(work.course, queries.taken_out(session, work.draft, work.files))
    versions = {old.version_id for old in queries.left_out(session, work.draft.course_id, (), ())}
    if not where.isdecimal() or int(where) not in versions:
        raise NotFound
    files = {path: text.encode() for path, text in catalogue.version_files(session, int(where)).items()}
    course = read_files(files, unit_kinds(), lenient=True).course
    if course is None:
        raise NotFound
    return course
