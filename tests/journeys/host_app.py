"""Somebody else's application with the seminar in it, for a server and for the flask command to import."""

from __future__ import annotations

from flask import Flask

from lms.mount import LMS

app = Flask("host")


@app.get("/")
def index() -> str:
    """A page of the host's own."""
    return "<!doctype html><title>Host</title><h1>The host’s own page</h1>"


lms = LMS(app, url_prefix="/seminar")
