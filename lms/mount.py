"""LMS: the same app, mounted in any Flask app.

    lms = LMS(host, url_prefix="/seminar", identity=find_person)

Nothing of ours touches the host's login manager, Babel, CSRF, Jinja, sessions or database session, and nothing of the
host's touches ours: ours is an app of its own behind the prefix. Both may use one database; our tables begin with lms_.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from lms.app import create_app
from lms.kernel.errors import Misconfigured
from lms.kernel.settings import Settings, from_environment
from lms.people.host import HOST_USER, HostUser

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Identity = Callable[[], HostUser | None]


class LMS:
    """The learning system inside a host application."""

    app: Flask
    """Our own app, behind the prefix."""

    def __init__(
        self,
        host: Flask | None = None,
        *,
        url_prefix: str = "/seminar",
        identity: Identity | None = None,
        settings: Settings | None = None,
        plugins: Iterable[object] = (),
        templates: Path | None = None,
    ) -> None:
        """`identity` is called inside the host's request context and says who the host's user is, or None.

        Raises Misconfigured for a prefix that is empty, not absolute, or ends in a slash.
        """
        if not url_prefix.startswith("/") or url_prefix.endswith("/"):
            raise Misconfigured(f"url_prefix is {url_prefix!r}; write it like /seminar.")
        self.url_prefix = url_prefix
        self._identity = identity
        self._settings = settings
        self._plugins, self._templates = tuple(plugins), templates
        if host is not None:
            self.init_app(host)

    def init_app(self, host: Flask) -> None:
        """Make our app and put it behind the prefix of `host`."""
        settings = self._settings or from_environment()
        self.app = create_app(
            replace(settings, public_url=settings.public_url + self.url_prefix),
            plugins=self._plugins,
            templates=self._templates,
            prefix=self.url_prefix,
        )
        behind = self.app.wsgi_app
        if self._identity is not None:
            behind = _Identified(host, behind, self._identity, self.url_prefix)
        host.wsgi_app = DispatcherMiddleware(host.wsgi_app, {self.url_prefix: behind})  # type: ignore[method-assign]
        host.extensions["lms"] = self
        host.cli.add_command(self.app.cli.commands["lms"])

    def url_for(self, endpoint: str, **values: Any) -> str:
        """The path of a page of ours, prefix included, for the host's links; endpoints as in our app."""
        adapter = self.app.url_map.bind("", script_name=self.url_prefix, url_scheme="http")
        return adapter.build(endpoint, values, force_external=False)


class _Identified:
    """Asks the host who its user is before the request reaches us."""

    def __init__(self, host: Flask, ours: WSGIApplication, identity: Identity, prefix: str) -> None:
        self._host, self._ours, self._identity, self._prefix = host, ours, identity, prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # A client cannot set this key: WSGI puts headers under HTTP_ names only.
        environ[HOST_USER] = self._ask(environ)
        return self._ours(environ, start_response)

    def _ask(self, environ: WSGIEnvironment) -> HostUser | None:
        # The request as the host would see it, without its body: that is ours to read, and a GET starts no CSRF check.
        inside_host = {
            **environ,
            "SCRIPT_NAME": environ["SCRIPT_NAME"].removesuffix(self._prefix),
            "PATH_INFO": self._prefix + environ["PATH_INFO"],
            "REQUEST_METHOD": "GET",
            "CONTENT_LENGTH": "0",
            "wsgi.input": io.BytesIO(),
        }
        with self._host.request_context(inside_host):
            return self._identity()
