"""The course itself in a draft: what it is called and says of itself, what passes a quiz, and what completes it."""

from __future__ import annotations

from typing import Any

from lms.authoring.outline_forms import (
    DESCRIPTION,
    TITLE,
    CourseForm,
    SeenForm,
    choices,
    in_languages,
    text_field,
    texts_in,
)
from lms.authoring.outline_pages import OutlinePage, languages_of, more_languages
from lms.authoring.rules.outlining import Completion, set_course
from lms.authoring.rules.skeleton import module_keys
from lms.authoring.workspace import Workspace
from lms.catalogue.rules.course_files import CourseFiles
from lms.web.access import Permission, keeps_typed, requires
from lms.web.languages import language_name
from lms.web.render import render

from .outline_acts import Answer, attempt, looked, outline_page, simply, work_on


def _look_at_course(course: CourseFiles) -> Any:
    return {name: value for name, value in course.fields.items() if name != "modules"}


@requires(Permission.AUTHOR)
def outline_course(slug: str, draft: str) -> str:
    """What the course is called and says of itself, what passes a quiz, and what completes it."""
    return _course_page(slug, draft)


def _course_page(slug: str, draft: str, refused: SeenForm | None = None) -> str:
    work = work_on(slug, draft)
    page = outline_page(work)
    languages = languages_of(work.course)
    form = refused or _course_form(work, page, None)
    return render(
        "lms/authoring/outline_course.html",
        page=page,
        titles=[text_field("title", code) for code in languages],
        descriptions=[text_field("description", code) for code in languages],
        own=language_name(work.course.language),
        form=looked(form, work, _look_at_course),
    )


def _course_form(work: Workspace, page: OutlinePage, sent: Any) -> SeenForm:
    course, languages = work.course, languages_of(work.course)
    made = in_languages(CourseForm, languages, {"title": TITLE, "description": DESCRIPTION})
    rule = course.fields.get("completion", {})
    wanted = rule.get("modules", "all")
    data: dict[str, Any] = {
        "pass_mark": course.fields.get("pass_mark"),
        "condition": "all" if wanted == "all" else "some",
        "modules": [] if wanted == "all" else list(wanted),
        "attendance": rule.get("attendance", {}).get("at_least"),
        "name_confirmed": bool(rule.get("name_confirmed")),
    }
    for name in ("title", "description"):
        data |= {text_field(name, code): course.fields.get(name, {}).get(code, "") for code in languages}
    form = made(None, data=data) if sent is None else made()
    form["modules"].choices = choices([(key, page.title_of(key).text) for key in module_keys(course)])
    form["new_language"].choices = choices(
        [("", ""), *((code, language_name(code)) for code in more_languages(course))]
    )
    return form


@requires(Permission.AUTHOR)
@keeps_typed("description.*", "title.*")
def set_outline_course(slug: str, draft: str) -> Answer:
    """Other names, another description, pass mark or rule."""
    work = work_on(slug, draft)
    form = _course_form(work, outline_page(work), True)
    languages = languages_of(work.course)
    titles = texts_in(form, "title", languages) | {str(form["new_language"].data or ""): form["new_title"].data or ""}
    titles = {code: text for code, text in titles.items() if code}
    descriptions = texts_in(form, "description", languages)
    rule = Completion(
        None if form["condition"].data == "all" else tuple(form["modules"].data or ()),
        form["attendance"].data,
        bool(form["name_confirmed"].data),
    )
    mark = form["pass_mark"].data
    return attempt(
        slug, draft, form, _look_at_course, "saved",
        simply(lambda course: set_course(course, titles, descriptions, mark, rule)),
        lambda refused: _course_page(slug, draft, refused), lambda _before, _after: "",
    )  # fmt: skip
