"""A reader proposes what a term is called in a language of theirs, and takes it back."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.catalogue.rules.glossary import GlossaryTerm
from lms.kernel import throttle
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import LmsError, NotFound, Refused, TooMany
from lms.kernel.unit_of_work import unit_of_work
from lms.learning import services
from lms.learning.forms import ProposalForm
from lms.people.sign_in import me
from lms.web.access import Permission, begins_reading, requires
from lms.web.forms import OnceForm
from lms.web.languages import language_name
from lms.web.render import render

from .blueprint import bp
from .terms import proposal_form, term_page
from .way import Way, way_through

Answer = Response | str | tuple[str, int]
PROPOSALS_AN_HOUR = 30


@bp.post("/learn/<edition>/terms/<term>/proposals")
@requires(Permission.LEARN)
@begins_reading
def propose(edition: str, term: str) -> Answer:
    """Keep a word for a term."""
    form = proposal_form(_way_to(edition, term))
    try:
        if form.validate_on_submit():
            throttle.count("term-proposal", me().subject, at=now(), limit=PROPOSALS_AN_HOUR, seconds=3600)
            _propose(edition, term, form)
            flash(_("Your word was sent to the people who look after the course."), "done")
            return redirect(url_for("learning.term", edition=edition, term=term, _anchor="yours"), 303)
    except services.ChangedSince as changed:
        return _both(edition, term, form, changed)
    except (Refused, TooMany) as no:
        form.refuse(no)
        return term_page(_way_to(edition, term), term, form), no.status
    return term_page(_way_to(edition, term), term, form), 422


def _propose(edition: str, key: str, form: ProposalForm) -> None:
    with unit_of_work() as session:
        way = way_through(session, edition)
        services.propose_equivalent(
            session,
            own=way.own,
            course_id=way.outline.course_id,
            term=_term(way, key),
            language=form.language.data,
            word=form.word.data,
            remark=form.remark.data or "",
            key=form.client_key.data,
            at=now(),
        )


def _way_to(edition: str, key: str) -> Way:
    """One's own way, if it has this term; raises NotFound."""
    way = way_through(db.session(), edition)
    _term(way, key)
    return way


def _term(way: Way, key: str) -> GlossaryTerm:
    found = way.glossary.term(key)
    if found is None:
        raise NotFound
    return found


def _both(edition: str, key: str, form: ProposalForm, changed: services.ChangedSince) -> tuple[str, int]:
    """What was saved and what was sent, side by side; a key that was used elsewhere says nothing of this word."""
    way = _way_to(edition, key)
    saved = changed.body if changed.body.get("term") == key else {}
    language = language_name(saved["language"]) if "language" in saved else ""
    rows = [
        (_("Language"), language, language_name(form.language.data)),
        (_("The word or words"), saved.get("word", ""), form.word.data),
    ]
    back = url_for("learning.term", edition=edition, term=key)
    page = render("lms/learning/conflict.html", way=way, back=back, changed=changed, rows=rows)
    return page, changed.status


@bp.post("/learn/<edition>/terms/<term>/proposals/<proposal>/withdraw")
@requires(Permission.LEARN)
def withdraw_proposal(edition: str, term: str, proposal: str) -> Answer:
    """Take a word back that nobody has answered yet."""
    form = OnceForm()
    try:
        if not form.validate_on_submit():
            raise Refused(_("We could not read what was sent. Nothing was changed. Please try again."))
        with unit_of_work() as session:
            way, by = way_through(session, edition), me().subject
            course, key = way.outline.course_id, form.client_key.data
            _term(way, term)
            services.withdraw_proposal(
                session, own=way.own, course_id=course, public_id=proposal, by=by, key=key, at=now()
            )
    except (Refused, services.ChangedSince) as no:
        return _refused(edition, term, no)
    flash(_("Your word was taken back."), "done")
    return redirect(url_for("learning.term", edition=edition, term=term, _anchor="yours"), 303)


def _refused(edition: str, key: str, no: LmsError) -> tuple[str, int]:
    way = way_through(db.session(), edition)
    return term_page(way, key, proposal_form(way, formdata=None), str(no)), no.status
