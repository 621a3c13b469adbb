"""Closing an edition's attendance and taking it to another version, each with a preview; one's own records; the
certificate."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask import session as flask_session
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.catalogue.queries import outline
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Refused
from lms.kernel.settings import present_settings
from lms.kernel.undertakings import latest
from lms.kernel.unit_of_work import unit_of_work
from lms.people.queries import names_of
from lms.people.sign_in import me
from lms.people.states import footnote, name
from lms.seminars import queries as seminars
from lms.seminars import services as seminar_services
from lms.seminars.models import Edition
from lms.web.access import Permission, requires
from lms.web.dates import local_day
from lms.web.languages import choices, language, own_name
from lms.web.logs import note_look
from lms.web.render import render, wants_part
from lms.web.sheets import as_file, taken_away
from lms.web.slices import page_in

from . import queries, services, words
from .certificates.queries import asked_for
from .closing import ClosingPage
from .credentials.holding import how_it_stands
from .forms import ClosingForm, MovingForm
from .pages import MovingPage
from .rules.public import grouped
from .verification.forms import ShareForm
from .verification.queries import sharing_of
from .verification.views import SHARED

bp = Blueprint("records", __name__)


@bp.get("/editions/<edition>/closing")
@requires(Permission.COORDINATE)
def closing(edition: str) -> str:
    """Who meets the rule and who does not, before the sheet is closed and after."""
    found = seminars.edition_of(db.session(), edition, me().scope)
    if wants_part():
        work = latest(db.session(), queries.ISSUING, found.public_id)
        return render("lms/records/_issuing.html", edition=found, work=work)
    return render("lms/records/closing.html", **_closing_page(db.session(), found, ClosingForm()))


@bp.post("/editions/<edition>/closing")
@requires(Permission.COORDINATE)
def close(edition: str) -> Response | tuple[str, int]:
    """Close the sheet for good, with what was shown; whoever meets the rule gets their record with it."""
    form, status = ClosingForm(), 422
    if form.validate():
        try:
            with unit_of_work() as session:
                found = seminars.edition_of(session, edition, me().scope)
                services.close_edition(
                    session, edition=found, shown=form.shown.data or "", scope=me().scope, at=now(), by=me().subject
                )
        except seminar_services.ClosedAlready as no:
            flash(str(no), "done")
            return redirect(url_for("records.closing", edition=edition), 303)
        except services.ForecastChanged as no:
            form, status = ClosingForm(formdata=None), no.status  # the sheet is to be checked anew
            form.refuse(no)
        except Refused as no:
            form.refuse(no)
        else:
            flash(_closed(found), "done")
            return redirect(url_for("records.closing", edition=edition), 303)
    found = seminars.edition_of(db.session(), edition, me().scope)
    return render("lms/records/closing.html", **_closing_page(db.session(), found, form)), status


def _closed(edition: Edition) -> str:
    work = latest(db.session(), queries.ISSUING, edition.public_id)
    if work is not None and work.running:
        return str(_("The attendance is closed. Records are being issued to everyone who meets the rule."))
    return str(_("The attendance is closed. Records were issued to everyone who meets the rule."))


@bp.get("/editions/<edition>/closing.csv", defaults={"form": "csv"})
@bp.get("/editions/<edition>/closing.xlsx", defaults={"form": "xlsx"})
@requires(Permission.COORDINATE)
def closing_file(edition: str, form: str) -> Response:
    """One of the lists of that page, whole."""
    session = db.session()
    found = seminars.edition_of(session, edition, me().scope)
    page = _standing_in(session, found)
    taken_away(edition, "closing", form, part=str(page.show), people=page.count(page.show))
    return as_file(page.sheet(), form)


def _standing_in(session: Session, edition: Edition) -> ClosingPage:
    return ClosingPage(
        foreseen=queries.foreseen(session, edition, me().scope),
        named=lambda people: names_of(session, people),
        asked=request.args.get("show", ""),
        page=page_in(request.args),
    )


def _closing_page(session: Session, edition: Edition, form: ClosingForm) -> dict[str, Any]:
    closed = seminars.closing_of(session, edition.id)
    page = _standing_in(session, edition)
    note_look("closing.looked-at", edition.public_id, people=len(page.shown))
    return {
        "form": form,
        "page": page,
        "edition": edition,
        "closed": closed,
        "work": latest(session, queries.ISSUING, edition.public_id) if closed else None,
        "lasts": local_day(now(), edition.zone) <= edition.ends_on,
    }


@bp.get("/editions/<edition>/versions/<number>")
@requires(Permission.COORDINATE)
def moving(edition: str, number: str) -> str:
    """What a newer version changes for an edition, and who is affected, before it is used."""
    found = seminars.edition_of(db.session(), edition, me().scope)
    return render("lms/records/moving.html", page=_moving_page(db.session(), found, number))


@bp.post("/editions/<edition>/versions/<number>")
@requires(Permission.COORDINATE)
def move(edition: str, number: str) -> Response | tuple[str, int]:
    """Let the edition read that version, with exactly what was shown; what was shown before is shown anew."""
    viewer, form = me(), MovingForm()
    try:
        if not form.validate():
            raise Refused(_("We could not read what was sent. Nothing was changed. Please try again."))
        with unit_of_work() as session:
            found = seminars.edition_of(session, edition, viewer.scope)
            version_id = seminars.version_numbered(session, found.course_id, number)
            services.move_edition(
                session, edition=found, version_id=version_id, shown=form.shown.data, scope=viewer.scope, at=now(),
                by=viewer.subject,
            )  # fmt: skip
    except services.NotNewer as no:
        flash(str(no), "care")
    except (Refused, services.ForecastChanged) as no:
        found = seminars.edition_of(db.session(), edition, viewer.scope)
        page = _moving_page(db.session(), found, number, refusal=str(no))
        return render("lms/records/moving.html", page=page), no.status
    else:
        flash(
            _("The edition reads version %(number)s from now on. What was earned stays earned.", number=number), "done"
        )
    return redirect(url_for("seminars.edit_edition", edition=edition), 303)


def _moving_page(session: Session, edition: Edition, number: str, refusal: str | None = None) -> MovingPage:
    versions, scope = seminars.versions_for(session, edition), me().scope
    if not any(version.newer and version.number == number for version in versions):
        raise NotFound
    version_id = seminars.version_numbered(session, edition.course_id, number)
    foreseen = queries.forecast(session, edition, version_id, scope, now())
    touched = {effect.enrolment_id for effect in foreseen.touched}
    rows = seminars.people_rows(session, edition.id, scope) if touched else []
    note_look("version.looked-at", edition.public_id, version=number, people=len(touched))
    return MovingPage(
        edition=edition,
        versions=versions,
        number=number,
        old=outline(session, foreseen.present_id),
        new=outline(session, version_id),
        forecast=foreseen,
        people=seminars.named(session, [row for row in rows if row.enrolment_id in touched]),
        page=page_in(request.args),
        language=language(),
        at=now(),
        refusal=refusal,
    )


@bp.get("/records")
@requires(Permission.SIGNED_IN)
def mine() -> str:
    """One's own records, and for places without one the conditions, met or not."""
    session, person_id = db.session(), me().person_id
    titles = {row.id: row for row in seminars.my_enrolments(session, person_id)}
    waiting = [
        (titles[standing.enrolment_id].edition_title, words.lines(standing.verdict))
        for standing in queries.own_standings(session, person_id)
    ]
    held = [(record, words.ended(record.ended)) for record in queries.my_records(session, person_id)]
    return render("lms/records/mine.html", held=held, waiting=waiting)


def _fresh_link(record: str) -> str | None:
    """The token of a link that was made just now: it is shown on this page once."""
    made: list[str] = flask_session.pop(SHARED, [])
    return made[1] if made[:1] == [record] else None


@bp.get("/records/<record>")
@requires(Permission.SIGNED_IN)
def certificate(record: str) -> str:
    """The certificate of a record, for its holder alone."""
    session = db.session()
    page = queries.my_record(session, record, me().person_id)
    locale = str(get_locale() or "en")
    return render(
        "lms/records/certificate.html",
        page=page,
        held=page.held,
        grouped=grouped,
        public_url=present_settings().public_url,
        ended=words.ended(page.held.ended),
        state=name(page.state_code, locale),
        footnote=footnote(page.state_code, locale),
        fingerprint=words.fingerprint(page.version_hash),
        other_titles=words.other_titles(),
        signed_file=how_it_stands(session, record),
        figures=[line for line in (words.reading_line(page), words.attendance_line(page)) if line],
        asked=asked_for(session, record, now()),
        sharing=sharing_of(session, record, now()),
        share_form=ShareForm(formdata=None),
        fresh_link=_fresh_link(record),
        own_languages=[(code, own_name(code)) for code in choices()],
    )
