"""Sign-offs of a draft: how each stands, and what a reviewer says of exactly the text on the page."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.authoring import services
from lms.authoring.draft_head import DraftHead
from lms.authoring.forms import SignOffForm
from lms.authoring.queries import draft_of
from lms.authoring.review import review_of
from lms.authoring.rules.signing import Need, SignOffAct
from lms.authoring.sign_off_pages import SignOffsPage
from lms.catalogue.rules.confirmation import may_confirm
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.settings import present_settings
from lms.kernel.unit_of_work import unit_of_work
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, keeps_typed, requires
from lms.web.render import render

from .reviewing import head_of, names_shown

Answer = Response | str | tuple[str, int]


@requires(Permission.AUTHOR)
def sign_offs(slug: str, draft: str) -> str:
    """What reviewers said of the draft, and what each sign-off still waits for."""
    session = db.session()
    return _page(session, head_of(session, slug, draft))


def _page(session: Session, head: DraftHead, form: SignOffForm | None = None) -> str:
    review = review_of(session, head.work, present_settings().sign_offs, now())
    names = names_shown(session, head.work.slug, {word.person for word in review.words})
    reviewer = may_confirm(me().grants, head.work.slug)
    page = SignOffsPage(head, review, names, me().person_id, reviewer, form)
    return render("lms/authoring/sign_offs.html", head=head, page=page, form=form)


@requires(Permission.AUTHOR)
@keeps_typed("reason")
def sign(slug: str, draft: str) -> Answer:
    """Give, withhold or take back a sign-off."""
    form = SignOffForm()
    try:
        if form.validate_on_submit():
            with unit_of_work() as session:
                _sign(session, slug, draft, form)
            flash(_done(SignOffAct(form.act.data)), "done")
            return redirect(url_for("authoring.sign_offs", slug=slug, draft=draft), 303)
    except (Refused, Conflict) as no:
        form.refuse(no)
        session = db.session()
        return _page(session, head_of(session, slug, draft), form), no.status
    session = db.session()
    return _page(session, head_of(session, slug, draft), form), 422


def _sign(session: Session, slug: str, public_id: str, form: SignOffForm) -> None:
    opinion = services.Opinion(
        need=Need(form.kind.data or "", form.language.data or ""),
        act=SignOffAct(form.act.data),
        seen=form.seen.data or "",
        reason=form.reason.data or "",
        own_language=bool(form.own_language.data),
    )
    found = draft_of(session, me().grants, slug, public_id)
    services.sign(session, draft=found, opinion=opinion, kinds=unit_kinds(), by=me(), at=now())


def _done(act: SignOffAct) -> str:
    said = {
        SignOffAct.GIVEN: _("Your sign-off is given, for exactly this text."),
        SignOffAct.WITHHELD: _("It is written down that you withhold this sign-off. Whoever sent the draft is told."),
        SignOffAct.TAKEN_BACK: _("It is taken back."),
    }
    return str(said[act])
