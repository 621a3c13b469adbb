"""The common working language: every term of the course, and one of them with all that is known of it."""

from __future__ import annotations

from flask import request

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.secrets import new_token
from lms.learning import queries
from lms.learning.forms import ProposalForm
from lms.people.forms import grouped
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.render import render

from .blueprint import bp
from .lexicon import (
    OUTCOMES,
    Entry,
    LexiconPage,
    language_choices,
    own_languages,
    term_url,
    uses_of,
)
from .way import Way, way_through

LONGEST_SEARCH = 200


@bp.get("/learn/<edition>/terms")
@requires(Permission.LEARN)
def terms(edition: str) -> str:
    """Every term of the version the edition reads, searched with `q`; `unit` says which text the reader came from."""
    way = way_through(db.session(), edition)
    units = {unit.key: unit for _module, unit in way.outline.units()}
    page = LexiconPage(
        way=way,
        asked=" ".join(request.args.get("q", "").split())[:LONGEST_SEARCH],
        unit=units.get(request.args.get("unit", "")),
        proposals=queries.own_proposals(way.session, way.own.person_id, way.outline.course_id),
    )
    return render("lms/learning/terms.html", way=way, page=page, outcomes=OUTCOMES, at=now())


@bp.get("/learn/<edition>/terms/<term>")
@requires(Permission.LEARN)
def term(edition: str, term: str) -> str:
    """A term: definition, sources, what it is called elsewhere, where it is used, and a word of one's own for it."""
    way = way_through(db.session(), edition)
    return term_page(way, term, proposal_form(way, formdata=None))


def proposal_form(way: Way, **more: None) -> ProposalForm:
    """The form for a word, with the languages this reader may choose from."""
    form = ProposalForm(**more)
    own = own_languages(way, me().locale, list(request.accept_languages.values()))
    form.language.choices = grouped(language_choices(way, own))
    return form


def term_page(way: Way, key: str, form: ProposalForm, refusal: str | None = None) -> str:
    """The page of one term; raises NotFound. `refusal` is about a proposal that was to be taken back."""
    found = way.glossary.term(key)
    if found is None:
        raise NotFound
    before, after = (Entry(one, way.language) if one else None for one in way.glossary.neighbours(key, way.language))
    proposals = queries.own_proposals(way.session, way.own.person_id, way.outline.course_id, key)
    return render(
        "lms/learning/term.html",
        way=way,
        entry=Entry(found, way.language),
        uses=uses_of(way, found),
        before=before,
        after=after,
        proposals=proposals,
        outcomes=OUTCOMES,
        term_url=term_url,
        form=form,
        at=now(),
        client_key=new_token(),
        refusal=refusal,
    )
