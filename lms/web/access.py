"""Who may open a page: every view carries a mark, and a view without one stops the app at start."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from lms.kernel.db import Intent, set_intent
from lms.kernel.errors import NotFound

from .late import LateView

View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Permission(enum.StrEnum):
    """What a page asks of the person who opens it."""

    SIGNED_IN = "signed-in"
    LEARN = "learn"
    OVERSEE = "oversee"
    """See an edition's people within one's scope: coordinators, focal points."""
    COORDINATE = "coordinate"
    """Change an edition: invite, mark attendance, close it."""
    AUTHOR = "author"
    READ_TEXTS = "read-texts"
    """Read published courses without a place in an edition, and see nobody: observers."""
    EVALUATE = "evaluate"
    ADMINISTER = "administer"
    ALUMNI = "alumni"


class Viewer(Protocol):
    """The person who looks, as far as pages in general need to know."""

    @property
    def subject(self) -> str:
        """The person's public id."""

    @property
    def name(self) -> str:
        """How the person wants to be called."""

    @property
    def locale(self) -> str | None:
        """The language the person chose."""

    @property
    def zone(self) -> str | None:
        """The person's IANA time zone."""

    @property
    def staff(self) -> bool:
        """Whether the person holds any mandate."""

    def can(self, permission: Permission) -> bool:
        """Whether the person's enrolments and mandates of this moment allow it."""


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view: only for people with `permission`; for everyone else it does not exist."""

    def mark(view: View) -> View:
        view.lms_access = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Mark a view: for everyone."""
    view.lms_access = None  # type: ignore[attr-defined]
    return view


def logged_as(name: str) -> Callable[[View], View]:
    """Mark a view: logs name it as the view `name`, since its own name would tell which of two ways somebody chose. Of
    both they say neither the status, nor how long it took, nor who asked: any of these would tell as much."""

    def mark(view: View) -> View:
        view.lms_logged_as = name  # type: ignore[attr-defined]
        return view

    return mark


def logs_nobody(view: View) -> View:
    """Mark a view: logs do not say who asked, as the page itself promises."""
    view.lms_logs_nobody = True  # type: ignore[attr-defined]
    return view


def keeps_typed(*fields: str) -> Callable[[View], View]:
    """Mark a view that takes a long text: when it could not even be asked, the page that says so gives the form back,
    so that it can be sent again. To be seen is the first of `fields` in which something was written; a name with a *
    stands for the longest text among several."""

    def mark(view: View) -> View:
        view.lms_keeps_typed = fields  # type: ignore[attr-defined]
        return view

    return mark


def begins_reading(view: View) -> View:
    """Mark a view of unsafe method that does slow work before it writes; its transaction begins as a read."""
    view.lms_begins_reading = True  # type: ignore[attr-defined]
    return view


def takes_upload(most: int) -> Callable[[View], View]:
    """Mark a view: a request to it may have up to `most` bytes, where any other may have the app's MAX_CONTENT_LENGTH.
    More is answered with 413 before it is read."""

    def mark(view: View) -> View:
        view.lms_most_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


def check_marks(app: Flask) -> None:
    """Raises RuntimeError that names every view without a mark; notes which views logs must not tell apart. One that
    is loaded late is checked when it is."""
    views = {name: view for name, view in app.view_functions.items() if not isinstance(view, LateView)}
    bare = sorted(name for name, view in views.items() if not hasattr(view, "lms_access"))
    if bare:
        raise RuntimeError(f"these views are marked neither @requires nor @public: {', '.join(bare)}")
    alike = {getattr(view, "lms_logged_as", None) for view in views.values()}
    app.extensions["lms.alike_in_logs"] = frozenset(alike - {None})


def view_asked() -> Callable[..., Any] | None:
    """The view that this request is for, if there is one."""
    return current_app.view_functions.get(request.endpoint or "")


def name_in_logs() -> str | None:
    """What logs call the view that this request is for."""
    return getattr(view_asked(), "lms_logged_as", request.endpoint)


def told_apart() -> bool:
    """Whether the view that this request is for may be told from others: not one that is logged under another's name,
    nor that other one."""
    return name_in_logs() not in current_app.extensions["lms.alike_in_logs"]


def who_in_logs() -> dict[str, Any]:
    """Who asked, as logs say it; nothing for a view that is marked so."""
    if getattr(view_asked(), "lms_logs_nobody", False):
        return {}
    return {"who": getattr(g.get("lms_viewer"), "subject", None)}


def outcome_in_logs(status: int) -> dict[str, Any]:
    """What logs say of how a request ended. Where two ways must look alike, only whether the server failed."""
    if told_apart():
        return {"status": status}
    return {"outcome": "failed" if status >= 500 else "done"}


_UNASKED = object()


def viewer() -> Viewer | None:
    """The signed-in person of this request, or nobody."""
    # A page asks half a dozen times, and what stands for `g` costs as much as the look.
    found = g._get_current_object().get("lms_viewer", _UNASKED)
    if found is _UNASKED:
        found = g.lms_viewer = current_app.extensions["lms.identify"]()
    return cast("Viewer | None", found)


def install(app: Flask, identify: Callable[[], Viewer | None]) -> None:
    """Check at each request what the view's mark asks; `identify` says who is signed in."""
    app.extensions["lms.identify"] = identify
    app.before_request(_bound_body)
    app.before_request(_declare_intent)
    app.before_request(_gate)
    app.teardown_request(lambda _error: set_intent(Intent.WRITE))


def _bound_body() -> None:
    most: int | None = getattr(view_asked(), "lms_most_bytes", None)
    if most is not None:
        request.max_content_length = most


def _declare_intent() -> None:
    view = view_asked()
    reads = request.method in SAFE or getattr(view, "lms_begins_reading", False)
    set_intent(Intent.READ if reads else Intent.WRITE)


def _gate() -> Response | None:
    view = view_asked()
    needed: Permission | None = getattr(view, "lms_access", None)
    if view is None or needed is None:
        return None
    person = viewer()
    if person is None:
        return _ask_to_sign_in()
    if not person.can(needed):
        raise NotFound
    return None


def _ask_to_sign_in() -> Response | None:
    if request.method in SAFE and request.headers.get("HX-Request") != "true":
        return redirect(url_for("people.sign_in", next=local_path()), 303)
    raise SignedOut


def local_path() -> str:
    """The path asked for, within this app, with its query."""
    return request.full_path.removesuffix("?")


class SignedOut(Exception):
    """An unsafe request, or a part of a page, from somebody who is not signed in any more: answered 401."""
