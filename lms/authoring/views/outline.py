"""The outline of a draft: its modules and units in order, moved, added, and taken from other courses."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from lms.authoring import services
from lms.authoring.outline_forms import ModuleTitleForm, NewUnitForm, ReuseForm, SeenForm
from lms.authoring.outline_pages import OutlinePage, shape, titles_of
from lms.authoring.queries import draft_of
from lms.authoring.rules.outlining import add_module, add_unit, added, move_module, move_unit
from lms.authoring.rules.reusing import reuse_module
from lms.authoring.rules.skeleton import in_order, key_of, module_keys, unit_keys
from lms.authoring.services.outline import Act
from lms.authoring.wording import kind_name
from lms.authoring.workspace import Workspace
from lms.catalogue.rules.course_files import CourseFiles
from lms.catalogue.rules.texts import localised
from lms.kernel.clock import now
from lms.kernel.errors import Conflict, LmsError, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, requires
from lms.web.forms import OnceForm, submitted
from lms.web.languages import gettext as _
from lms.web.languages import language
from lms.web.render import render

from .blueprint import bp
from .outline_acts import (
    MODULE,
    OUTLINE,
    UNIT,
    Answer,
    act_on,
    done,
    looked,
    outline_page,
    simply,
    taken_keys,
    told,
    work_on,
)


@bp.get(OUTLINE)
@requires(Permission.AUTHOR)
def outline(slug: str, draft: str) -> str:
    """Modules and units in order, with everything that can be done to their order."""
    return _page(work_on(slug, draft))


def _page(work: Workspace, refused: SeenForm | None = None, no: LmsError | None = None) -> str:
    """The page; a refused form stands in the place of the plain one of its kind."""
    page = outline_page(work)
    if refused is not None and no is not None:
        refused.refuse(no)
    forms = {
        "order": SeenForm(formdata=None, prefix="order-"),
        "module": ModuleTitleForm(formdata=None, prefix="module-"),
        "unit": _unit_form(work, page, NewUnitForm(formdata=None, prefix="unit-", module=request.args.get("into"))),
        "reuse": _reuse_form(page, ReuseForm(formdata=None, prefix="reuse-")),
    }
    if refused is not None:
        forms[refused._prefix.rstrip("-")] = refused
    return render(
        "lms/authoring/outline.html",
        page=page,
        forms={name: looked(form, work, shape) for name, form in forms.items()},
        told=told("authoring.outline"),
        form=refused,
    )


def _unit_form(work: Workspace, page: OutlinePage, form: NewUnitForm) -> NewUnitForm:
    titles = titles_of(work.course, page.titles)
    form.module.choices = [(key_of(module), titles[key_of(module)].text) for module in in_order(work.course)]
    form.kind.choices = [(kind, kind_name(kind)) for kind in work.kinds]
    return form


def _reuse_form(page: OutlinePage, form: ReuseForm) -> ReuseForm:
    here = set(module_keys(page.work.course))
    form.module.choices = [
        (
            one.name,
            _(
                "%(module)s (%(course)s)",
                module=localised(one.title, language()),
                course=localised(one.course, language()),
            ),
        )
        for one in page.elsewhere
        if one.name.partition("/")[2] not in here
    ]
    return form


@bp.post(f"{OUTLINE}/order")
@requires(Permission.AUTHOR)
def order_outline(slug: str, draft: str) -> Answer:
    """Move a module or a unit one place: the button that was pressed says which and whereto."""
    form = SeenForm(prefix="order-")
    by, line = (-1, submitted("up")) if submitted("up") else (1, submitted("down"))
    work = work_on(slug, draft)
    key = line[len(UNIT) :]

    def act(course: CourseFiles) -> CourseFiles:
        return move_unit(course, key, by) if line.startswith(UNIT) else move_module(course, key, by)

    try:
        if not form.validate_on_submit():
            return _page(work, form), 422
        outlined = act_on(slug, draft, form, shape, "moved", simply(act))
    except (Refused, Conflict) as no:
        return _page(work_on(slug, draft), form, no), no.status
    return done("authoring.outline", slug, draft, form, outlined, "moved", _button(outlined.after, line, by))


def _button(course: CourseFiles, line: str, by: int) -> str:
    """The place of the page to go on from: the same button once more while it is there, else the line itself."""
    key = line[len(UNIT) :]
    if line.startswith(MODULE):
        keys = module_keys(course)
    else:
        keys = next(
            ([u.key for u in module.units] for module in course.modules if key in {u.key for u in module.units}), []
        )
    at_the_end = not keys or key == keys[0 if by < 0 else -1]
    return line if at_the_end else f"{'up' if by < 0 else 'down'}-{line}"


@bp.post(f"{OUTLINE}/modules")
@requires(Permission.AUTHOR)
def add_outline_module(slug: str, draft: str) -> Answer:
    """A new module at the end."""
    work, form = work_on(slug, draft), ModuleTitleForm(prefix="module-")
    titles = {work.course.language: form.title.data or ""}
    try:
        if not form.validate_on_submit():
            return _page(work, form), 422
        outlined = act_on(
            slug, draft, form, shape, "added",
            lambda s, d: lambda c: add_module(c, titles, taken_keys(s, d).modules),
        )  # fmt: skip
    except (Refused, Conflict) as no:
        return _page(work_on(slug, draft), form, no), no.status
    new = added(module_keys(outlined.before), module_keys(outlined.after))
    return done("authoring.outline", slug, draft, form, outlined, "added", f"{MODULE}{new}")


@bp.post(f"{OUTLINE}/units")
@requires(Permission.AUTHOR)
def add_outline_unit(slug: str, draft: str) -> Answer:
    """A new unit at the end of a module, to be written."""
    work = work_on(slug, draft)
    form = _unit_form(work, outline_page(work), NewUnitForm(prefix="unit-"))
    try:
        if not form.validate_on_submit():
            return _page(work, form), 422
        outlined = act_on(slug, draft, form, shape, "added", lambda s, d: _adding(form, taken_keys(s, d).units))
    except (Refused, Conflict) as no:
        return _page(work_on(slug, draft), form, no), no.status
    new = added(unit_keys(outlined.before), unit_keys(outlined.after))
    return done("authoring.outline", slug, draft, form, outlined, "added", f"{UNIT}{new}")


def _adding(form: NewUnitForm, taken: frozenset[str]) -> Act:
    return lambda course: add_unit(
        course,
        unit_kinds(),
        module=form.module.data,
        kind=form.kind.data,
        titles={course.language: form.title.data},
        minutes=form.minutes.data,
        taken=taken,
    )


@bp.post(f"{OUTLINE}/reuse")
@requires(Permission.AUTHOR)
def reuse_outline_module(slug: str, draft: str) -> Answer:
    """A module of another course at the end, as that course publishes it."""
    work = work_on(slug, draft)
    page = outline_page(work)
    form = _reuse_form(page, ReuseForm(prefix="reuse-"))
    units = {one.name: one.units for one in page.elsewhere}
    try:
        if not form.validate_on_submit():
            return _page(work, form), 422
        name = form.module.data
        outlined = act_on(slug, draft, form, shape, "reused", simply(lambda c: reuse_module(c, name, units[name])))
    except (Refused, Conflict) as no:
        return _page(work_on(slug, draft), form, no), no.status
    return done("authoring.outline", slug, draft, form, outlined, "reused", f"{MODULE}{name.partition('/')[2]}")


@bp.post(f"{OUTLINE}/undo")
@requires(Permission.AUTHOR)
def undo_outline(slug: str, draft: str) -> Response:
    """Put back what stood before an act. Raises Conflict when something of it has been changed since."""
    form, key = OnceForm(), submitted("act")
    form.validate_on_submit()
    with unit_of_work() as session:
        found = draft_of(session, me().grants, slug, draft)
        undone = services.undo(session, draft=found, act=key, key=form.client_key.data, by=me(), at=now())
    said = {"did": "undone", "undo": form.client_key.data} if undone else {}
    back = submitted("back")
    endpoint = back if back in BACK else "authoring.outline"
    return redirect(url_for(endpoint, slug=slug, draft=draft, **said), 303)


# The pages that lead back to themselves when something is undone on them.
BACK = {"authoring.outline", "authoring.draft_sources", "authoring.draft_terms"}
