"""Styles, scripts and fonts under names that carry a hash of their content, so that they can be kept for ever."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask, url_for
from whitenoise import WhiteNoise

DIST = Path(__file__).resolve().parent / "static" / "dist"


def install(app: Flask) -> None:
    """Serve the built files; raises FileNotFoundError with the cure when they were not built."""
    if not (DIST / "manifest.json").exists():
        raise FileNotFoundError("The styles and scripts are not built yet: run `make run` once.")
    manifest: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
    hashed = frozenset(manifest.values())

    def asset(name: str) -> str:
        return url_for("web.static_file", name=manifest[name])

    app.jinja_env.globals["asset"] = asset
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(DIST),
        prefix="static/",
        max_age=3600,
        allow_all_origins=False,
        immutable_file_test=lambda _path, url: url.removeprefix("/static/") in hashed,
        add_headers_function=_same_for_every_file,
    )


def _same_for_every_file(headers: dict[str, str], _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
