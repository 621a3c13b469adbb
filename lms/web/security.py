"""Headers of every answer. One function states the policy, so that embedding elsewhere has one place to ask."""

from __future__ import annotations

from flask import Flask
from werkzeug.wrappers import Response

from lms.kernel.settings import settings_of


def content_policy() -> str:
    """The Content-Security-Policy: ourselves only, nothing inline, no frame around us."""
    ourselves = ("style-src", "font-src", "img-src", "script-src", "connect-src", "form-action")
    return "; ".join(
        [
            "default-src 'none'",
            *(f"{source} 'self'" for source in ourselves),
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


def install(app: Flask) -> None:
    """Add the headers to every answer, error pages included."""
    secure = settings_of(app).secure
    fixed = {
        "Content-Security-Policy": content_policy(),
        "X-Content-Type-Options": "nosniff",
        # Not no-referrer: the CSRF check of an https form needs the origin.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    }
    if secure:
        fixed["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    fixed["Cache-Control"] = "no-store"
    small = {name: name.lower() for name in fixed}

    @app.after_request
    def add(answer: Response) -> Response:
        said = {name.lower() for name, _value in answer.headers}
        for name, value in fixed.items():
            if small[name] not in said:
                answer.headers.add(name, value)
        return answer
