"""What every act on the outline of a draft goes through, and what is told of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import redirect, request, url_for
from flask_babel import LazyString
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.authoring import queries, services
from lms.authoring.models import Draft
from lms.authoring.outline_forms import SeenForm
from lms.authoring.outline_pages import OutlinePage
from lms.authoring.queries import draft_of
from lms.authoring.rules.skeleton import lines_of
from lms.authoring.services.outline import Act, Look
from lms.authoring.workspace import Workspace, workspace_of
from lms.catalogue.rules.course_files import CourseFiles
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.values import dataclass
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.languages import gettext as _
from lms.web.languages import lazy_gettext as _l

Answer = Response | str | tuple[str, int]
Make = Callable[[Session, Draft], Act]
UNIT, MODULE = "u-", "m-"
# The pages that lead back to themselves when something is undone on them.
BACK = {"authoring.outline", "authoring.draft_sources", "authoring.draft_terms"}

DID: Mapping[str, LazyString] = {
    "added": _l("Added."),
    "moved": _l("Moved."),
    "saved": _l("Saved."),
    "split": _l("The text is split. Its second part is a unit of its own now."),
    "archived": _l("Taken out of the outline. Earlier versions keep it, and you can bring it back."),
    "back": _l("It is in the outline again."),
    "reused": _l("The module is in the outline, as its own course publishes it."),
    "copied": _l("The module is this course’s own now. Changes of the other course do not reach it any more."),
    "removed": _l("Taken out."),
    "undone": _l("Undone."),
}


@dataclass(frozen=True)
class Told:
    """What was just done, and how to undo it: the key of the act and a key for undoing it once."""

    text: str
    act: str
    key: str
    back: str
    at: str
    """The line of the page that it was done to."""


def told(back: str) -> Told | None:
    """What the address says was just done; `back` names the page that undoing leads back to."""
    did, act = request.args.get("did", ""), request.args.get("undo", "")
    if did not in DID or not act:
        return None
    text = str(DID[did])
    if request.args.get("counts"):
        text += " " + _("Readers of a running edition get this only when a coordinator decides so.")
    return Told(text, act, new_token(), back, request.args.get("at", ""))


def work_on(slug: str, public_id: str) -> Workspace:
    """A draft of a course that one works on; raises NotFound for any other, Refused where its files tell no outline."""
    session = db.session()
    work = workspace_of(session, draft_of(session, me().grants, slug, public_id), unit_kinds())
    services.refuse_crooked(work.course)
    return work


def act_on(slug: str, public_id: str, form: SeenForm, look: Look, what: str, make: Make) -> services.Outlined:
    """Do an act on what the form says was seen. Raises NotFound, Conflict, Refused."""
    with unit_of_work() as session:
        draft = draft_of(session, me().grants, slug, public_id)
        return services.change_course(
            session,
            draft=draft,
            kinds=unit_kinds(),
            act=make(session, draft),
            what=what,
            seen=services.Seen(look, form.seen.data or ""),
            key=form.client_key.data or "",
            by=me(),
            at=now(),
        )


def simply(act: Act) -> Make:
    """An act that needs to know nothing but the course."""
    return lambda _session, _draft: act


def looked(form: SeenForm, work: Workspace, look: Look) -> SeenForm:
    """The form with the stamp of what stands now: for a new page, and for one that is shown again."""
    form.seen.data = services.stamp(work.course, look)
    return form


def done(
    endpoint: str,
    slug: str,
    public_id: str,
    form: SeenForm,
    outlined: services.Outlined,
    did: str,
    anchor: str = "",
) -> Response:
    """Lead back to a page, to the line that was changed, with what was done and Undo."""
    changed = not outlined.fresh or outlined.before != outlined.after
    line = anchor.removeprefix("up-").removeprefix("down-")
    said: dict[str, Any] = {"did": did, "undo": form.client_key.data, "at": line or None} if changed else {}
    said |= {"counts": "1"} if outlined.substantive else {}
    return redirect(url_for(endpoint, slug=slug, draft=public_id, _anchor=anchor or None, **said), 303)


def attempt(
    slug: str,
    public_id: str,
    form: SeenForm,
    look: Look,
    what: str,
    make: Make,
    again: Callable[[SeenForm], str],
    anchor: Callable[[CourseFiles, CourseFiles], str],
    back: str = "authoring.outline",
) -> Answer:
    """Do an act and lead back to the outline or another page, or show this one `again` with what stands in the way."""
    try:
        if not form.validate_on_submit():
            return again(form), 422
        outlined = act_on(slug, public_id, form, look, what, make)
    except (Refused, Conflict) as no:
        form.refuse(no)
        return again(form), no.status
    return done(back, slug, public_id, form, outlined, what, anchor(outlined.before, outlined.after))


def outline_page(work: Workspace) -> OutlinePage:
    """The outline of a draft, with what modules of other courses are called."""
    return OutlinePage(work, queries.reusable(db.session(), work.slug))


def taken_keys(session: Session, draft: Draft) -> queries.PublishedKeys:
    """The keys that a draft's course has given away for ever."""
    return queries.ever_published(session, draft.course_id)


def taken_units(session: Session, draft: Draft, slug: str) -> Callable[[CourseFiles], frozenset[str]]:
    """The keys that no new unit of a course may have: those given away, and those of the modules it reuses."""
    published = taken_keys(session, draft).units
    elsewhere = {one.name: one.units for one in queries.reusable(session, slug)}
    return lambda course: (
        published | {unit for line in lines_of(course) for unit in elsewhere.get(str(line.get("use")), ())}
    )
