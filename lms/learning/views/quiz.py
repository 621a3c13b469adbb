"""Quizzes: a try is begun by a button, each answer is saved at once, checking closes the try and explains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import jsonify, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.catalogue import queries as catalogue
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import LmsError, NotFound, Refused
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import unit_of_work
from lms.learning import queries, services
from lms.learning.forms import AnswerForm, PaperForm
from lms.learning.queries import Taken, TryRow
from lms.learning.rules.answers import Given, NotAnAnswer, Order, Quiz, given_in, that_count
from lms.web.access import Permission, requires
from lms.web.errors import wants_json
from lms.web.forms import OnceForm
from lms.web.render import render

from .asked import asked, both_in_words, quiz_of, shown_revision
from .blueprint import bp
from .changes import told_of
from .tongue import tongue_of
from .way import Way, neighbours, way_through

Answer = Response | str | tuple[Any, int]


def quiz_page(way: Way, key: str, missing: frozenset[str] = frozenset(), refusal: str | None = None) -> str:
    """A quiz: before the first try, with a try under way, or with the last one explained."""
    module, found = way.find(key)
    unit, session = found.unit, way.session
    tried = queries.latest_try(session, way.own.id, unit.id, unit.substance)
    text = catalogue.unit_text(session, shown_revision(way, unit, tried) if tried else way.revision(unit))
    questions = []
    if tried:
        given = that_count(queries.answers_of(session, way.own.person_id, tried))
        questions = asked(way, quiz_of(session, text.revision_id), text, tried, given, missing)
    shown = {"module": module, "found": found, "unit": unit, "text": text, "tried": tried, "questions": questions}
    shown |= {"number": way.standing.modules.index(module) + 1, "after": neighbours(way, unit)[1]}
    shown |= {"tongue": tongue_of(way, unit, text), "told": told_of(way, unit) if found.touched else None}
    keys = {"client_key": new_token(), "page": new_token()}
    return render("lms/learning/quiz.html", way=way, missing=bool(missing), refusal=refusal, **shown, **keys)


def _to_unit(edition: str, unit: str) -> Response:
    return redirect(url_for("learning.unit", edition=edition, unit=unit), 303)


def _refused(edition: str, key: str, no: LmsError) -> tuple[str, int]:
    return quiz_page(way_through(db.session(), edition), key, refusal=str(no)), no.status


def _unreadable() -> Refused:
    return Refused(_("We could not read what was sent. Nothing was changed. Please try again."))


@bp.post("/learn/<edition>/units/<unit>/tries")
@requires(Permission.LEARN)
def begin(edition: str, unit: str) -> Answer:
    """Begin a try, the first or another."""
    form = OnceForm()
    try:
        if not form.validate_on_submit():
            raise _unreadable()
        with unit_of_work() as session:
            way = way_through(session, edition)
            found, key = way.unit(unit), form.client_key.data
            services.open_try(session, own=way.own, outline=way.outline, unit=found, key=key, at=now())
    except (Refused, services.ChangedSince) as no:
        return _refused(edition, unit, no)
    return _to_unit(edition, unit)


@bp.post("/learn/<edition>/units/<unit>/tries/<tried>/answers")
@requires(Permission.LEARN)
def answer(edition: str, unit: str, tried: str) -> Answer:
    """Save one answer as it is chosen, or from a plain form all of them; answers with a receipt."""
    form = AnswerForm(question=request.form.get("question") or "*")
    try:
        if not form.validate_on_submit():
            raise _unreadable()
        with unit_of_work() as session:
            way = way_through(session, edition)
            taken = _save(session, way, unit, tried, form)
    except services.ChangedSince as changed:
        return _changed(edition, unit, tried, changed)
    if not wants_json():
        return _to_unit(edition, unit)
    return jsonify(text=_("Saved at %(time)s, receipt %(number)s.", time=way.when(taken.at), number=taken.id))


def _save(session: Session, way: Way, unit: str, tried: str, form: AnswerForm) -> Taken:
    found = way.unit(unit)
    row = queries.try_of(session, way.own.id, found.id, tried, lock=True)
    quiz = quiz_of(session, row.revision_id)
    given = _one(quiz, form.question.data) if "question" in request.form else _all(quiz)
    key, at = form.client_key.data, now()
    return services.save_answers(
        session,
        own=way.own,
        unit=found,
        tried=row,
        quiz=quiz,
        given=given,
        key=key,
        order=_order(form),
        at=at,
    )


def _order(form: AnswerForm | PaperForm) -> Order:
    """Where and in which order this was sent, by which a late request is known as late."""
    return Order(request.args.get("page", "")[:64].replace("\x00", ""), form.sequence.data)


def _one(quiz: Quiz, name: str) -> dict[str, Given]:
    """The answer to one question; raises NotFound for a question that this quiz does not ask."""
    question = next((question for question in quiz.questions if question.id == name), None)
    if question is None:
        raise NotFound
    return {name: _read(quiz, name, request.form.to_dict(flat=False))}


def _all(quiz: Quiz) -> dict[str, Given]:
    """What a whole form says. An empty answer says something only where this page had one: it was taken back here.

    Of a question that had none, another window may have saved an answer meanwhile.
    """
    form = request.form.to_dict(flat=False)
    had = set(form.get("had_answer", ()))
    read = {question.id: _read(quiz, question.id, form) for question in quiz.questions}
    return {name: given for name, given in read.items() if given or name in had}


def _read(quiz: Quiz, name: str, form: Mapping[str, list[str]]) -> Given:
    question = next(question for question in quiz.questions if question.id == name)
    try:
        return given_in(question, form)
    except NotAnAnswer as wrong:
        said = _("This is longer than we can keep, or is no answer to this question. Nothing was changed.")
        raise Refused(said) from wrong


@bp.post("/learn/<edition>/units/<unit>/tries/<tried>/check")
@requires(Permission.LEARN)
def check(edition: str, unit: str, tried: str) -> Answer:
    """Check the answers: with a question still open they are kept and it is named, else the try is closed."""
    form = PaperForm()
    try:
        if not form.validate_on_submit():
            raise _unreadable()
        with unit_of_work() as session:
            way = way_through(session, edition)
            checked = _check(session, way, unit, tried, form)
    except services.ChangedSince as changed:
        return _changed(edition, unit, tried, changed)
    except Refused as no:
        return _refused(edition, unit, no)
    if checked is None or not checked.missing:
        return _to_unit(edition, unit)
    missing = frozenset(question.id for question in checked.missing)
    return quiz_page(way_through(db.session(), edition), unit, missing), 422


def _check(session: Session, way: Way, unit: str, tried: str, form: PaperForm) -> services.Checked | None:
    """What came of checking; nothing where the button that only saves was pressed."""
    found, saves = way.unit(unit), request.form.get("act") == "save"
    row = queries.try_of(session, way.own.id, found.id, tried, lock=saves)
    quiz = quiz_of(session, row.revision_id)
    given, key, order, at = _all(quiz), form.client_key.data, _order(form), now()
    own, outline = way.own, way.outline
    if saves:
        services.save_answers(
            session, own=own, unit=found, tried=row, quiz=quiz, given=given, key=key, order=order, at=at
        )
        return None
    return services.check_try(
        session, own=own, outline=outline, unit=found, public_id=tried, quiz=quiz, given=given, key=key, order=order,
        at=at,
    )  # fmt: skip


def _changed(edition: str, key: str, tried: str, changed: services.ChangedSince) -> Answer:
    """The page that shows both, or for the page's script the sentence with a link to what is saved."""
    way = way_through(db.session(), edition)
    unit = way.unit(key)
    if wants_json():
        return jsonify(text=str(changed), url=way.url(unit), label=_("See what is saved")), changed.status
    row = queries.try_of(db.session(), way.own.id, unit.id, tried)
    rows = _rows(way, row, changed)
    return render("lms/learning/conflict.html", way=way, back=way.url(unit), changed=changed, rows=rows), changed.status


def _rows(way: Way, row: TryRow, changed: services.ChangedSince) -> list[tuple[str, str, str]]:
    session = db.session()
    quiz = quiz_of(session, row.revision_id)
    saved = queries.answers_under(session, way.own.person_id, row, changed.receipt_id)
    # A key that was used for another try says nothing of this one.
    answers = changed.body.get("answers", {}) if changed.body.get("try") == row.public_id else {}
    return both_in_words(quiz, row.seed, {**answers, **saved}, _all(quiz))
