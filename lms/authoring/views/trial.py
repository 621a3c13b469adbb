"""A unit of a draft tried as a participant would find it. Nothing is written down of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from lms.authoring.trial_pages import TrialPage, blocking
from lms.authoring.unit_writing import Writing, writing_on
from lms.kernel.db import db
from lms.learning.rules.answers import Given, NotAnAnswer, given_in, still_open
from lms.plugins.unit_kind import Question
from lms.web.access import Permission, begins_reading, requires
from lms.web.render import render

Answer = Response | str | tuple[Any, int]


@requires(Permission.AUTHOR)
def try_unit(slug: str, draft: str, unit: str) -> Answer:
    """The page of the unit, with its questions open. What its text links to stands beside it: trials of other units."""
    return _page(writing_on(db.session(), slug, draft, unit, request.args.get("text", "")))


@requires(Permission.AUTHOR)
@begins_reading
def check_try(slug: str, draft: str, unit: str) -> Answer:
    """The answers that were given, scored and explained; the page holds them, and nothing else does."""
    writing = writing_on(db.session(), slug, draft, unit, request.args.get("text", ""))
    page = TrialPage(writing, blocking(writing))
    questions = page.found.questions if page.found and not page.wrong else ()
    given = {question.id: _given(question, request.form.to_dict(flat=False)) for question in questions}
    missing = frozenset(question.id for question in still_open(questions, given))
    return _page(writing, given, missing, closed=bool(given) and not missing), 422 if missing else 200


def _given(question: Question, form: Mapping[str, list[str]]) -> Given:
    try:
        return given_in(question, form)
    except NotAnAnswer:
        return []


def _page(
    writing: Writing,
    given: Mapping[str, Given] | None = None,
    missing: frozenset[str] = frozenset(),
    *,
    closed: bool = False,
) -> str:
    page = TrialPage(writing, blocking(writing), given or {}, missing, closed)
    return render("lms/authoring/try.html", page=page, writing=writing)
