"""create_app(): the whole system as one ordinary Flask app."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from flask_compress import Compress
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import lms.alumni.checks
import lms.alumni.feed.checks
import lms.alumni.feed.joining
import lms.alumni.feed.reactions
import lms.alumni.joining
import lms.alumni.letters
import lms.alumni.reactions
import lms.alumni.second_officers
import lms.alumni.services.yearly
import lms.authoring.checks
import lms.authoring.joining
import lms.authoring.letters
import lms.catalogue.kept
import lms.catalogue.scopes
import lms.dashboards.checks
import lms.dashboards.reactions
import lms.integrations.mail
import lms.integrations.mail.forgetting
import lms.integrations.own_copy.joining
import lms.integrations.own_copy.services
import lms.kernel.models
import lms.kernel.tidy
import lms.learning.checks
import lms.learning.joining
import lms.learning.reactions
import lms.people.checks
import lms.people.mandate_letters
import lms.people.proposals.mandates
import lms.people.proposals.telling
import lms.records.certificates.checks
import lms.records.certificates.reactions
import lms.records.checks
import lms.records.credentials.checks
import lms.records.credentials.jobs
import lms.records.heads
import lms.records.joining
import lms.records.letters
import lms.records.reactions
import lms.records.sealing
import lms.records.second_officers
import lms.records.verification.checks
import lms.records.verification.reactions
import lms.reminders.weekly
import lms.seminars.checks
import lms.seminars.joining
import lms.seminars.letters
import lms.seminars.reactions
import lms.seminars.scopes  # noqa: F401  the reactions, jobs, letters and reaches register themselves when imported
from lms.alumni import views as alumni_views
from lms.alumni.feed import views as feed_views
from lms.authoring import routes as authoring_routes
from lms.catalogue import views as catalogue_views
from lms.catalogue.kinds import plugin as standard_unit_kinds
from lms.dashboards import attention_views, institution_views
from lms.dashboards import downloads as dashboards_downloads
from lms.dashboards import views as dashboards_views
from lms.home import views as home_views
from lms.integrations import views as integrations_views
from lms.integrations.own_copy import views as own_copy_views
from lms.kernel.db import IntentPool, db, prepare_engine
from lms.kernel.settings import Settings, from_environment
from lms.learning import views as learning_views
from lms.people import sign_in
from lms.people import views as people_views
from lms.plugins import manager
from lms.records import views as records_views
from lms.records.certificates import views as certificates_views
from lms.records.credentials import serving
from lms.records.credentials import views as credentials_views
from lms.records.lives import blueprint as lives_bp
from lms.records.signatories import views as signatories_views
from lms.records.verification import views as verification_views
from lms.reminders import views as reminders_views
from lms.seminars import views as seminars_views
from lms.web import access, assets, dates, errors, health, languages, logs, pages, render, security
from lms.web import views as web_views
from lms.web.access import Permission
from lms.web.languages import lazy_gettext as _l
from lms.web.pages import NavItem
from lms.web.site import Site

from .commands import Commands

BLUEPRINTS = (
    web_views.bp,
    health.bp,
    people_views.bp,
    home_views.bp,
    seminars_views.bp,
    learning_views.bp,
    catalogue_views.bp,
    records_views.bp,
    lives_bp,
    certificates_views.bp,
    signatories_views.bp,
    verification_views.bp,
    credentials_views.bp,
    alumni_views.bp,
    feed_views.bp,
    authoring_routes.bp,
    dashboards_views.bp,
    reminders_views.bp,
    attention_views.bp,
    dashboards_downloads.bp,
    institution_views.bp,
    integrations_views.bp,
    own_copy_views.bp,
)
NAV = (
    NavItem(Permission.SIGNED_IN, "home.index", _l("Your seminar"), frozenset({"", "learn", "seminar"})),
    NavItem(
        Permission.OVERSEE,
        "seminars.editions",
        _l("Editions"),
        frozenset({"editions", "successors", "decisions", "institutions"}),
    ),
    NavItem(Permission.AUTHOR, "authoring.courses", _l("Courses"), frozenset({"courses"})),
    NavItem(
        Permission.ADMINISTER,
        "people.mandates",
        _l("Mandates"),
        frozenset({"mandates", "partners", "signatories", "export-of-records"}),
    ),
    NavItem(Permission.ALUMNI, "records.mine", _l("Completion record"), frozenset({"records"}), for_staff=False),
    NavItem(Permission.ALUMNI, "alumni.index", _l("2PREVENT"), frozenset({"alumni"}), for_staff=False),
    NavItem(Permission.SIGNED_IN, "people.account", _l("Your account"), frozenset({"account"})),
)


def create_app(
    settings: Settings | None = None,
    *,
    plugins: Iterable[object] = (),
    templates: Path | None = None,
    prefix: str = "",
) -> Flask:
    """Make the app. `templates` is a folder whose files replace ours of the same name; `prefix` is where a host has
    mounted us. Raises Misconfigured when the settings do not allow a start, RuntimeError for an unmarked view."""
    settings = settings or from_environment()
    app = Site("lms", static_folder=None)
    app.extensions["lms.settings"] = settings
    _configure(app, settings, prefix)
    render.install(app, templates, settings.home)
    _install_database(app)
    _install_web(app)
    manager.install(app, [standard_unit_kinds, *plugins])
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.cli.add_command(Commands(app))
    manager.of(app).hook.lms_app_ready(app=app)
    access.check_marks(app)
    return app


def _configure(app: Flask, settings: Settings, prefix: str) -> None:
    app.config.update(
        SECRET_KEY=settings.keys.cookies,
        SQLALCHEMY_DATABASE_URI=settings.database,
        # What a statement was sent with may be somebody's; it belongs in no exception text.
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True, "poolclass": IntentPool},
        APPLICATION_ROOT=prefix or "/",
        SESSION_COOKIE_NAME=_cookie_name(settings, prefix),
        SESSION_COOKIE_PATH=prefix or "/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        TRUSTED_HOSTS=None if settings.development else [urlsplit(settings.public_url).hostname],
        COMPRESS_MIMETYPES=["text/html", "text/plain", "text/css", "application/json", "image/svg+xml"],
        COMPRESS_MIN_SIZE=800,
    )
    app.url_map.strict_slashes = False


def _cookie_name(settings: Settings, prefix: str) -> str:
    """Browsers hold a name with __Host- to https and to the whole site, one with __Secure- to https."""
    if not settings.secure:
        return "lms"
    return "__Secure-lms" if prefix else "__Host-lms"


def _install_database(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def _install_web(app: Flask) -> None:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    logs.install(app)  # first, so that the time it takes to find out who asks is counted
    access.install(app, sign_in.identify)
    sign_in.install(app)
    CSRFProtect(app)
    assets.install(app)
    serving.install(app)
    languages.install(app)
    dates.install(app)
    pages.install(app, NAV)
    errors.install(app)
    security.install(app)
    Compress(app)
    proxies = app.extensions["lms.settings"].trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
