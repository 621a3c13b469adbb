"""The page of a code, for anybody; the form that leads there; and what its holder lets others see."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, flash, make_response, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.kernel import throttle
from lms.kernel.apart import Rejected
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.rules.agreement import names_agree
from lms.people.rules.networks import network_of
from lms.people.sign_in import me
from lms.records.credentials import publishing
from lms.records.credentials import queries as credentials
from lms.records.credentials.handing import CREDENTIAL, as_document, as_file
from lms.records.credentials.holding import believed
from lms.records.queries import my_record, public_by_credential
from lms.records.rules.public import grouped
from lms.web.access import Permission, begins_reading, logs_nobody, public, requires, takes_upload, viewer
from lms.web.fresh import tag_of, tagged
from lms.web.languages import language
from lms.web.render import render

from . import queries, services
from .files import MOST_SENT, read_signed
from .forms import NameForm, ShareForm, SignedFileForm
from .pages import Agreement, ContentsPage, FilePage, VerdictPage, hints, rejection
from .queries import Found
from .rules import read_code

LOOKS_AT_MOST, LOOKS_OF_A_CODE = 60, 600
"""In five minutes from one network, and at one code: so far above the other that no single network can use it up."""
NAMES_AT_MOST, NAMES_OF_A_CODE, NAMES_A_DAY = 20, 6, 20
"""Names typed in an hour from one network, in an hour for one code, in a day for one code."""
FILES_AT_MOST = 10
"""Files in five minutes from one network: each costs us a process."""
KEPT_FOR = 3600
"""Seconds for which a browser need not ask again what a published version holds."""
_HOUR, _DAY = 3600, 86_400
SHARED = "shared"
bp = Blueprint("verification", __name__)


@bp.get("/verify")
@public
def ask() -> Response:
    """The form for a code; a code that comes with the address leads to its page."""
    typed = read_code(request.args.get("code", ""))
    if typed.whole:
        return redirect(url_for(".verdict", code=typed.code), 303)
    return _page("lms/records/verify.html", typed=typed, hints=hints(typed) if typed.code else [])


@bp.get("/verify/file")
@public
def ask_file() -> Response:
    """The form for a signed file."""
    offline = f"{request.script_root}/verify/offline" if publishing.read(publishing.OFFLINE) else None
    return _page("lms/records/signed.html", form=SignedFileForm(formdata=None), page=None, offline=offline)


@bp.post("/verify/file")
@public
@takes_upload(MOST_SENT)
@begins_reading
def judge_file() -> Response:
    """Whether a file is one that we signed, and how its record stands now; the file is not kept."""
    form, at = SignedFileForm(), now()
    throttle.count("verify.file", network_of(request.remote_addr or ""), at=at, limit=FILES_AT_MOST)
    sent = form.sent
    if not sent:
        form.file.errors = [_("Choose the file, or paste its text.")]
        return _page("lms/records/signed.html", 422, form=form, page=None)
    try:
        signed = read_signed(db.session(), sent, at)
    except Rejected as no:
        return _page("lms/records/signed.html", 422, form=form, page=None, rejected=rejection(no.reason))
    return _page("lms/records/signed.html", form=form, page=FilePage(signed, at))


@bp.get("/v")
@public
def short() -> Response:
    """What is printed on certificates without the code."""
    return redirect(url_for(".ask"), 303)


@bp.get("/v/<code>")
@public
@logs_nobody
def verdict(code: str) -> Response:
    """Whether the certificate is in force, and what it stands for."""
    return _verdict(code)


@bp.get("/v/<code>/shared/<token>")
@public
@logs_nobody
def shared(code: str, token: str) -> Response:
    """The same with the name, for whoever was given the link, until it ends."""
    return _verdict(code, token)


def _verdict(code: str, token: str = "") -> Response:
    found = _found(code, token, look=True)
    if found is None:
        return _unknown(code)
    return _answer(found, NameForm(formdata=None), token=token)


@bp.get("/v/<code>/file", defaults={"token": ""})
@bp.get("/v/<code>/shared/<token>/file")
@public
@logs_nobody
def file_of(code: str, token: str) -> Response:
    """The signed file, for whoever its holder lets see the name; everybody else is led to the page."""
    found = _found(code, token, look=True)
    if found is None:
        return _unknown(code)
    kept = credentials.kept(db.session(), found.record, believed=believed()) if found.shown else None
    return as_file(kept) if kept else redirect(_page_of(found, token), 303)


@bp.get("/credentials/<credential>", defaults={"token": ""})
@bp.get("/credentials/<credential>/shared/<token>")
@public
@logs_nobody
def by_id(credential: str, token: str) -> Response:
    """The id of a credential. A browser is led to the page that verifies it; a program gets the document if its holder
    asks, or lets others see the name, and else is told where to ask: the document names the holder."""
    public_record = public_by_credential(db.session(), credential)
    if public_record is None:
        raise NotFound
    asked = request.accept_mimetypes.best_match(["text/html", CREDENTIAL, "application/json", "application/ld+json"])
    led = asked in (None, "text/html")
    found = _found(public_record.code, token, look=not led)
    if found is None or led:
        answer = redirect(_page_of(found, token) if found else url_for(".ask"), 303)
    else:
        answer = _document(found)
    answer.headers["Vary"] = "Accept"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _document(found: Found) -> Response:
    own = found.person_id == getattr(viewer(), "person_id", None)
    kept = credentials.kept(db.session(), found.record, believed=believed()) if found.shown or own else None
    if kept is None:
        words = b'{"title": "Not given here", "detail": "Ask the holder of this record for the signed file."}\n'
        return Response(words, status=404, mimetype="application/problem+json")
    return as_document(kept)


def _page_of(found: Found, token: str) -> str:
    code = grouped(found.code)
    return url_for(".shared", code=code, token=token) if token else url_for(".verdict", code=code)


@bp.post("/v/<code>/name")
@public
@logs_nobody
@begins_reading
def name(code: str) -> Response:
    """Whether a name is the one on the certificate; the name stays in this request alone."""
    form, at = NameForm(), now()
    typed = read_code(code)
    network = network_of(request.remote_addr or "")
    if not form.validate():
        found = _found(code)
        return _answer(found, form, status=422) if found else _unknown(code)
    throttle.count_each(
        ("verify.name", network, NAMES_AT_MOST), ("verify.name.code", typed.code, NAMES_OF_A_CODE), at=at, seconds=_HOUR
    )
    throttle.count("verify.name.day", typed.code, at=at, limit=NAMES_A_DAY, seconds=_DAY)
    found = queries.look_up(db.session(), typed.code, at)
    if found is None or not found.state.valid:
        return _answer(found, form) if found else _unknown(code)
    if found.hidden:
        return _answer(found, form)
    agreement = _compared(found, form.name.data or "")
    if agreement is Agreement.AGREES:
        # Whoever has the papers in hand uses up nobody's tries, their own office's neither.
        throttle.refund("verify.name", network, at=at, seconds=_HOUR)
        throttle.refund("verify.name.code", typed.code, at=at, seconds=_HOUR)
        throttle.refund("verify.name.day", typed.code, at=at, seconds=_DAY)
    return _answer(found, form, agreement=agreement)


def _compared(found: Found, typed: str) -> Agreement:
    if found.erased:
        return Agreement.UNKNOWABLE
    kept = queries.name_on(db.session(), found)
    if kept is None:
        return Agreement.UNKNOWABLE
    return Agreement.AGREES if names_agree(typed, (kept.full, kept.latin)) else Agreement.DIFFERS


@bp.get("/v/<code>/contents")
@public
@logs_nobody
def contents(code: str) -> Response:
    """What the version of the course holds that the certificate stands for."""
    found = _found(code)
    if found is None or found.hidden or found.course is None:
        return _unknown(code)
    page = ContentsPage(found.version_hash, found.course, grouped(found.code))
    return _page("lms/records/contents.html", page=page)


@bp.get("/achievements/<slug>/<number>")
@public
def achievement(slug: str, number: str) -> Response:
    """What completing this version of a course means, whoever completed it: signed files name it by this address."""
    found = queries.completed_version(db.session(), slug, number)
    if found is None:
        raise NotFound
    tag = tag_of(found.version_hash, language())
    answer = tagged(_page("lms/records/contents.html", page=ContentsPage(found.version_hash, found.course)), tag)
    if viewer() is None:
        answer.headers["Cache-Control"] = f"private, max-age={KEPT_FOR}"
        answer.vary.update(("Accept-Language", "Cookie"))
    return answer.make_conditional(request)


def _found(code: str, token: str = "", *, look: bool = False) -> Found | None:
    """The record of a code, as long as the limits allow; the try and the look are counted in one transaction."""
    at, typed = now(), read_code(code)
    network = network_of(request.remote_addr or "")
    found = queries.look_up(db.session(), typed.code, at, token)
    person: Any = viewer()
    looked = look and found and not found.erased and getattr(person, "person_id", None) != found.person_id
    throttle.count_each(
        ("verify", network, LOOKS_AT_MOST),
        # What is no code at all is nobody's, and need not be counted by itself.
        *([("verify.code", typed.code, LOOKS_OF_A_CODE)] if typed.whole else []),
        at=at,
        also=partial(services.count_look, record=found.record, at=at) if found and looked else None,
    )
    return found


def _answer(
    found: Found, form: NameForm, *, status: int = 200, agreement: Agreement | None = None, token: str = ""
) -> Response:
    kept = queries.name_on(db.session(), found) if found.shown else None
    has_file = found.shown and credentials.is_signed(db.session(), found.record, believed=believed())
    page = VerdictPage(found, now(), kept, agreement)
    return _page("lms/records/verdict.html", status, page=page, form=form, has_file=has_file, token=token)


def _unknown(code: str) -> Response:
    typed = read_code(code)
    return _page("lms/records/verify.html", 404, typed=typed, hints=hints(typed), unknown=True)


def _page(template: str, status: int = 200, **context: Any) -> Response:
    answer = make_response(render(template, **context), status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@bp.post("/records/<record>/name")
@requires(Permission.SIGNED_IN)
def show_name(record: str) -> Response:
    """Let everybody with the code see the name, or no longer."""
    viewer_, shown = me(), request.form.get("shown") == "yes"
    with unit_of_work() as changed:
        services.show_name(
            changed, record=record, person_id=viewer_.person_id, shown=shown, at=now(), by=viewer_.subject
        )
    said = _("Your name is shown to whoever has the code.") if shown else _("Your name is not shown any more.")
    flash(said, "done")
    return _back(record)


@bp.post("/records/<record>/links")
@requires(Permission.SIGNED_IN)
def share(record: str) -> Response:
    """Make a link that shows the name for a time."""
    viewer_, form = me(), ShareForm()
    if not form.validate():
        my_record(db.session(), record, viewer_.person_id)  # of somebody else's nothing is said
        flash(str(next(iter(form.errors.values()))[0]), "error")
        return _back(record)
    try:
        with unit_of_work() as changed:
            token = services.share(
                changed,
                record=record,
                person_id=viewer_.person_id,
                days=form.days.data,
                key=form.client_key.data,
                at=now(),
                by=viewer_.subject,
            )
    except Refused as no:
        flash(str(no), "error")
        return _back(record)
    # Shown once, on the page that follows; it is kept nowhere.
    session[SHARED] = [record, token]
    return _back(record)


@bp.post("/records/<record>/links/<link>/end")
@requires(Permission.SIGNED_IN)
def end_share(record: str, link: str) -> Response:
    """End a link before its time."""
    viewer_ = me()
    with unit_of_work() as changed:
        services.end_share(
            changed, record=record, person_id=viewer_.person_id, public_id=link, at=now(), by=viewer_.subject
        )
    flash(_("The link has ended."), "done")
    return _back(record)


def _back(record: str) -> Response:
    return redirect(url_for("records.certificate", record=record, _anchor="sharing"), 303)
