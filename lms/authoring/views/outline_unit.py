"""One unit in the outline of a draft: named, moved to another module, split, taken out."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lms.authoring.models import Draft
from lms.authoring.outline_forms import (
    TITLE,
    MoveForm,
    SeenForm,
    SplitForm,
    UnitForm,
    choices,
    in_languages,
    text_field,
    texts_in,
)
from lms.authoring.outline_pages import OutlinePage, languages_of, titles_of
from lms.authoring.rules.archiving import archive_unit
from lms.authoring.rules.outlining import added, move_unit_to, rename_unit, set_unit
from lms.authoring.rules.skeleton import home_of, in_order, key_of, unit_keys
from lms.authoring.rules.splitting import split_places, split_unit
from lms.authoring.services.outline import Act, Look
from lms.authoring.workspace import Workspace
from lms.catalogue.rules.course_files import CourseFiles, ModuleFile
from lms.kernel.db import db
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, requires
from lms.web.render import render

from .outline_acts import (
    MODULE,
    UNIT,
    Answer,
    attempt,
    looked,
    outline_page,
    simply,
    taken_keys,
    taken_units,
    work_on,
)


def _look_at_unit(key: str) -> Look:
    """What the page of a unit shows of it: where it stands, its name, its time."""

    def look(course: CourseFiles) -> Any:
        module, unit = home_of(course, key)
        return [key_of(module), unit.front.get("title"), unit.front.get("minutes")]

    return look


@requires(Permission.AUTHOR)
def outline_unit(slug: str, draft: str, unit: str) -> str:
    """A unit's name, time and place in the outline, and how it is split or taken out."""
    return _unit_page(slug, draft, unit)


def _unit_page(slug: str, draft: str, key: str, refused: SeenForm | None = None) -> str:
    work = work_on(slug, draft)
    module, _unit = work.find(key)
    page = outline_page(work)
    forms = {
        "unit": _unit_form(work, key, None),
        "move": _move_form(work, module, page, MoveForm(formdata=None, prefix="move-")),
        "split": _split_form(work, key, SplitForm(formdata=None, prefix="split-")),
        "archive": SeenForm(formdata=None, prefix="archive-"),
    }
    if refused is not None:
        forms[refused._prefix.rstrip("-")] = refused
    line = next(line for one in page.modules for line in one.units if line.unit.key == key)
    return render(
        "lms/authoring/outline_unit.html",
        page=page,
        module=page.title_of(key_of(module)),
        line=line,
        fields=[text_field("title", code) for code in languages_of(work.course)],
        published=_is_published(work, key),
        forms={name: looked(form, work, _look_at_unit(key)) for name, form in forms.items()},
        form=refused,
    )


def _is_published(work: Workspace, key: str) -> bool:
    return key in taken_keys(db.session(), work.draft).units


def _unit_form(work: Workspace, key: str, sent: Any) -> SeenForm:
    _module, unit = work.find(key)
    languages = languages_of(work.course)
    made = in_languages(UnitForm, languages, {"title": TITLE})
    titles = unit.front.get("title", {})
    shown = {text_field("title", code): titles.get(code, "") for code in languages}
    data = shown | {"minutes": unit.front.get("minutes"), "key": key}
    return made(sent, prefix="unit-", data=data) if sent is None else made(prefix="unit-")


def _move_form(work: Workspace, home: ModuleFile, page: OutlinePage, form: MoveForm) -> MoveForm:
    titles = titles_of(work.course, page.titles)
    others = [module for module in in_order(work.course) if module.folder != home.folder]
    form.module.choices = choices([(key_of(module), titles[key_of(module)].text) for module in others])
    return form


def _split_form(work: Workspace, key: str, form: SplitForm) -> SplitForm:
    _module, unit = work.find(key)
    form.heading.choices = choices([(one.anchor, one.words) for one in split_places(unit, work.kinds.get(unit.kind))])
    return form


@requires(Permission.AUTHOR)
def set_outline_unit(slug: str, draft: str, unit: str) -> Answer:
    """Another name, another time, and while it was never published another address."""
    work = work_on(slug, draft)
    form = _unit_form(work, unit, True)
    titles, minutes = texts_in(form, "title", languages_of(work.course)), form["minutes"].data
    new = (form["key"].data or unit).strip()

    def make(session: Session, found: Draft) -> Act:
        taken = taken_units(session, found, slug)
        return lambda course: rename_unit(
            set_unit(course, unit, titles, minutes), unit_kinds(), unit, new, taken(course)
        )

    return attempt(
        slug, draft, form, _look_at_unit(unit), "saved", make,
        lambda refused: _unit_page(slug, draft, unit, refused), lambda _before, _after: f"{UNIT}{new}",
    )  # fmt: skip


@requires(Permission.AUTHOR)
def move_outline_unit(slug: str, draft: str, unit: str) -> Answer:
    """A unit to the end of another module."""
    work = work_on(slug, draft)
    module, _found = work.find(unit)
    form = _move_form(work, module, outline_page(work), MoveForm(prefix="move-"))
    to = str(form.module.data)
    return attempt(
        slug, draft, form, _look_at_unit(unit), "moved", simply(lambda course: move_unit_to(course, unit, to)),
        lambda refused: _unit_page(slug, draft, unit, refused), lambda _before, _after: f"{UNIT}{unit}",
    )  # fmt: skip


@requires(Permission.AUTHOR)
def split_outline_unit(slug: str, draft: str, unit: str) -> Answer:
    """The text from a heading on becomes a unit of its own."""
    work = work_on(slug, draft)
    form = _split_form(work, unit, SplitForm(prefix="split-"))
    anchor, title = str(form.heading.data), (form.title.data or "").strip()

    def make(session: Session, found: Draft) -> Act:
        taken = taken_units(session, found, slug)
        return lambda course: split_unit(
            course, unit_kinds(), unit, anchor, titles={course.language: title} if title else None, taken=taken(course)
        )

    return attempt(
        slug, draft, form, _look_at_unit(unit), "split", make,
        lambda refused: _unit_page(slug, draft, unit, refused),
        lambda before, after: f"{UNIT}{added(unit_keys(before), unit_keys(after))}",
    )  # fmt: skip


@requires(Permission.AUTHOR)
def archive_outline_unit(slug: str, draft: str, unit: str) -> Answer:
    """A unit out of the outline; earlier versions keep it."""
    work = work_on(slug, draft)
    module, _found = work.find(unit)
    form, home = SeenForm(prefix="archive-"), key_of(module)
    return attempt(
        slug, draft, form, _look_at_unit(unit), "archived",
        simply(lambda course: archive_unit(course, unit_kinds(), unit)),
        lambda refused: _unit_page(slug, draft, unit, refused), lambda _before, _after: f"{MODULE}{home}",
    )  # fmt: skip
