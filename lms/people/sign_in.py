"""Who is signed in: the token in the signed cookie, or the word of the host application."""

from __future__ import annotations

from functools import partial
from typing import cast

from flask import Flask, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.web.access import SignedOut, viewer
from lms.web.fresh import asks_again

from .host import HOST_USER
from .host_identity import viewer_of_host
from .queries.viewers import Viewer, viewer_for_token
from .services.sessions import note_use

BEFORE_WELCOME = frozenset(
    {
        "people.welcome",
        "people.sign_out",
        "people.switch_language",
        "people.invitation",
        "people.reset",
        "web.help",
        "web.privacy",
        "web.accessibility",
        "web.static_file",
        "home.who_sees",
        "health.healthz",
        "health.readyz",
    }
)


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login carries: the token, and the person found by it."""

    def __init__(self, token: str, person: Viewer | None = None) -> None:
        self.token, self.viewer = token, person

    def get_id(self) -> str:
        """What stands in the signed cookie."""
        return self.token


def _load(token: str) -> SignedIn | None:
    found = viewer_for_token(db.session(), token, now())
    return SignedIn(token, found) if found else None


def install(app: Flask) -> None:
    """Let Flask-Login find the token, and lead people who have not been welcomed yet to that page."""
    manager = LoginManager()
    # Addresses change on the way through a ministry's proxies; the token alone says who it is.
    manager.session_protection = None
    # It would work out a digest of address and browser at each page all the same, and carry it in the cookie.
    manager._session_identifier_generator = lambda: None
    manager.user_loader(_load)
    # Its own "remember me" is not used; under the default name it would take away a host's cookie.
    app.config["REMEMBER_COOKIE_NAME"] = "lms_not_used"
    manager.init_app(app, add_context_processor=False)
    app.before_request(_welcome_first)


def identify() -> Viewer | None:
    """The signed-in person of this request; the host's word goes before our own cookie."""
    said = request.environ.get(HOST_USER)
    if said is not None:
        return viewer_of_host(said)
    user = current_user._get_current_object()
    if not user.is_authenticated:
        return None
    found = cast(SignedIn, user).viewer
    # A page that keeps itself up to date is no sign of a person: the sign-in ends in time though it stays open.
    if found and found.tell_seen and found.session_id and not asks_again():
        g.setdefault("lms_after", []).append(partial(note_use, session_id=found.session_id, at=now()))
    return found


def me() -> Viewer:
    """The signed-in person; raises SignedOut when nobody is."""
    found = present()
    if found is None:
        raise SignedOut
    return found


def present() -> Viewer | None:
    """The signed-in person, or nobody."""
    return cast("Viewer | None", viewer())


def remember(token: str, *, keep: bool = False) -> None:
    """Put a token into a new cookie; whatever the browser carried before is gone, but its language."""
    language = session.get("lang")
    session.clear()
    if language:
        session["lang"] = language
    session.permanent = keep
    login_user(SignedIn(token))


def forget() -> None:
    """Take the token out of the cookie."""
    logout_user()
    session.clear()


def _welcome_first() -> Response | None:
    found = present()
    if found is None or found.welcomed or request.endpoint in BEFORE_WELCOME:
        return None
    return redirect(url_for("people.welcome"), 303)
