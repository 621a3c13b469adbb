"""The outline of a draft: its modules and units in order, moved, added, and taken from other courses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for

from lms.authoring import services
from lms.authoring.outline_forms import ModuleTitleForm, NewUnitForm, ReuseForm, SeenForm, choices
from lms.authoring.outline_pages import OutlinePage, called, shape, titles_of
from lms.authoring.queries import draft_of
from lms.authoring.rules.outlining import add_module, add_unit, added, move_module, move_unit
from lms.authoring.rules.reusing import reuse_module
from lms.authoring.rules.skeleton import in_order, key_of, module_keys, unit_keys
from lms.authoring.services.outline import Act
from lms.authoring.wording import kind_name
from lms.authoring.workspace import Workspace
from lms.catalogue.rules.course_files import CourseFiles
from lms.kernel.clock import now
from lms.kernel.errors import Conflict, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, requires
from lms.web.forms import OnceForm, submitted
from lms.web.render import render

from .outline_acts import (
    BACK,
    MODULE,
    UNIT,
    Answer,
    attempt,
    looked,
    outline_page,
    simply,
    taken_keys,
    taken_units,
    told,
    work_on,
)


@requires(Permission.AUTHOR)
def outline(slug: str, draft: str) -> str:
    """Modules and units in order, with everything that can be done to their order."""
    return _page(work_on(slug, draft))


def _page(work: Workspace, refused: SeenForm | None = None) -> str:
    """The page; a refused form stands in the place of the plain one of its kind."""
    page = outline_page(work)
    forms = {
        "order": SeenForm(formdata=None, prefix="order-"),
        "module": ModuleTitleForm(formdata=None, prefix="module-"),
        "unit": _unit_form(page, NewUnitForm(formdata=None, prefix="unit-", module=request.args.get("into"))),
        "reuse": _reuse_form(page, ReuseForm(formdata=None, prefix="reuse-")),
    }
    if refused is not None:
        forms[refused._prefix.rstrip("-")] = refused
    return render(
        "lms/authoring/outline.html",
        page=page,
        forms={name: looked(form, work, shape) for name, form in forms.items()},
        told=told("authoring.outline"),
        into=request.args.get("into"),
        form=refused,
    )


def _again(slug: str, draft: str) -> Callable[[SeenForm], str]:
    return lambda refused: _page(work_on(slug, draft), refused)


def _unit_form(page: OutlinePage, form: NewUnitForm) -> NewUnitForm:
    titles = titles_of(page.work.course, page.titles)
    keys = [key_of(module) for module in in_order(page.work.course)]
    form.module.choices = choices((key, titles[key].text) for key in keys)
    form.kind.choices = choices([(kind, kind_name(kind)) for kind in page.work.kinds])
    return form


def _reuse_form(page: OutlinePage, form: ReuseForm) -> ReuseForm:
    here, shown = set(module_keys(page.work.course)), "%(module)s (%(course)s)"
    form.module.choices = choices(
        [
            (
                one.name,
                shown % {"module": called(one.title, one.name).text, "course": called(one.course, one.name).text},
            )
            for one in page.elsewhere
            if one.name.partition("/")[2] not in here
        ]
    )
    return form


@requires(Permission.AUTHOR)
def order_outline(slug: str, draft: str) -> Answer:
    """Move a module or a unit one place: the button that was pressed says which and whereto."""
    work_on(slug, draft)
    by, line = (-1, submitted("up")) if submitted("up") else (1, submitted("down"))
    key = line[len(UNIT) :]

    def act(course: CourseFiles) -> CourseFiles:
        return move_unit(course, key, by) if line.startswith(UNIT) else move_module(course, key, by)

    return attempt(
        slug, draft, SeenForm(prefix="order-"), shape, "moved", simply(act), _again(slug, draft),
        lambda _before, after: _button(after, line, by),
    )  # fmt: skip


def _button(course: CourseFiles, line: str, by: int) -> str:
    """The place of the page to go on from: the same button once more while it is there, else the line itself."""
    key = line[len(UNIT) :]
    homes = [[unit.key for unit in module.units] for module in course.modules]
    keys = module_keys(course) if line.startswith(MODULE) else next((home for home in homes if key in home), [])
    at_the_end = not keys or key == keys[0 if by < 0 else -1]
    return line if at_the_end else f"{'up' if by < 0 else 'down'}-{line}"


@requires(Permission.AUTHOR)
def add_outline_module(slug: str, draft: str) -> Answer:
    """A new module at the end."""
    work, form = work_on(slug, draft), ModuleTitleForm(prefix="module-")
    titles = {work.course.language: form.title.data or ""}
    return attempt(
        slug, draft, form, shape, "added",
        lambda session, found: lambda course: add_module(course, titles, taken_keys(session, found).modules),
        _again(slug, draft), lambda before, after: f"{MODULE}{added(module_keys(before), module_keys(after))}",
    )  # fmt: skip


@requires(Permission.AUTHOR)
def add_outline_unit(slug: str, draft: str) -> Answer:
    """A new unit at the end of a module, to be written."""
    form = _unit_form(outline_page(work_on(slug, draft)), NewUnitForm(prefix="unit-"))
    return attempt(
        slug, draft, form, shape, "added", lambda session, found: _adding(form, taken_units(session, found, slug)),
        _again(slug, draft), lambda before, after: f"{UNIT}{added(unit_keys(before), unit_keys(after))}",
    )  # fmt: skip


def _adding(form: NewUnitForm, taken: Callable[[CourseFiles], frozenset[str]]) -> Act:
    return lambda course: add_unit(
        course,
        unit_kinds(),
        module=form.module.data,
        kind=form.kind.data,
        titles={course.language: form.title.data},
        minutes=form.minutes.data,
        taken=taken(course),
    )


@requires(Permission.AUTHOR)
def reuse_outline_module(slug: str, draft: str) -> Answer:
    """A module of another course at the end, as that course publishes it."""
    page = outline_page(work_on(slug, draft))
    form = _reuse_form(page, ReuseForm(prefix="reuse-"))
    name, units = str(form.module.data), {one.name: one.units for one in page.elsewhere}
    return attempt(
        slug, draft, form, shape, "reused", simply(lambda course: reuse_module(course, name, units[name])),
        _again(slug, draft), lambda _before, _after: f"{MODULE}{name.partition('/')[2]}",
    )  # fmt: skip


@requires(Permission.AUTHOR)
def undo_outline(slug: str, draft: str) -> Answer:
    """Put back what stood before an act, and lead back to the page it was done on."""
    form, back = OnceForm(), submitted("back")
    form.validate_on_submit()
    key = form.client_key.data or ""
    try:
        with unit_of_work() as session:
            found = draft_of(session, me().grants, slug, draft)
            undone = services.undo(session, draft=found, act=submitted("act"), key=key, by=me(), at=now())
    except (Refused, Conflict) as no:
        order = SeenForm(formdata=None, prefix="order-")
        order.refuse(no)
        return _page(work_on(slug, draft), order), no.status
    said: dict[str, Any] = {"did": "undone", "undo": key} if undone else {}
    return redirect(url_for(back if back in BACK else "authoring.outline", slug=slug, draft=draft, **said), 303)
