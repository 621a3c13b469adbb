"""A host with everything of its own, each of which would break a guest that shared it."""

from __future__ import annotations

from dataclasses import dataclass

import flask_login
from flask import Flask, g, redirect, render_template_string, request, session
from flask_babel import Babel
from flask_login import LoginManager, UserMixin, login_user
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response

from lms.people.host import HostUser

host_db = SQLAlchemy()


class Member(UserMixin, host_db.Model):
    """The host's own user table, in the same database as ours."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    shown_as: Mapped[str] = mapped_column(String(200))


@dataclass
class Seen:
    """What the host noticed, for the tests to look at."""

    before: int = 0
    errors: int = 0


def make_host(url: str) -> Flask:
    """The host, without us."""
    host = Flask("unfriendly")
    host.config.update(
        SECRET_KEY="the host's own",
        SQLALCHEMY_DATABASE_URI=url,
        SESSION_COOKIE_NAME="session",
        WTF_CSRF_FIELD_NAME="host_token",
        BABEL_DEFAULT_LOCALE="pl",
    )
    host.extensions["seen"] = Seen()
    host_db.init_app(host)
    CSRFProtect(host)
    Babel(host)
    # Not a translation: a host's own function that happens to have the usual name, and chokes on keywords.
    host.jinja_env.globals["_"] = lambda text: f"host({text})"
    _sign_in(host)
    _pages(host)
    with host.app_context():
        host_db.create_all()
        host_db.session.add_all(
            [Member(id=1, login="amina", shown_as="Amina Mfano"), Member(id=2, login="urs", shown_as="Urs Beispiel")]
        )
        host_db.session.commit()
    return host


def _sign_in(host: Flask) -> None:
    manager = LoginManager(host)
    manager.login_view = "login"

    @manager.user_loader
    def load(member_id: str) -> Member | None:
        return host_db.session.get(Member, int(member_id))

    @host.get("/login")
    def login() -> Response | str:
        member = host_db.session.query(Member).filter_by(login=request.args.get("as")).one_or_none()
        if member is None:
            return "host login page"
        login_user(member)
        session["host_basket"] = ["kept"]
        return redirect("/")


def _pages(host: Flask) -> None:
    @host.before_request
    def count() -> None:
        g.viewer = "host viewer"
        host.extensions["seen"].before += 1

    @host.get("/")
    def index() -> str:
        return render_template_string("{{ _('hello') }} {{ session.get('host_basket') }} {{ g.viewer }}")

    @host.errorhandler(404)
    def missing(_error: Exception) -> tuple[str, int]:
        host.extensions["seen"].errors += 1
        return "host says: nothing here", 404


def member_of_host() -> HostUser | None:
    """The identity callable: who the host's user is."""
    person = flask_login.current_user
    if not person.is_authenticated:
        return None
    return HostUser(subject=f"member-{person.id}", name=person.shown_as, address=f"{person.login}@host.example")
