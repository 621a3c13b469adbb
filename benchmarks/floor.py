"""The floor: plain Flask, one indexed read with SQLAlchemy Core, a template of about 1 kB, no session."""

from __future__ import annotations

import os

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, create_engine, insert, select

ROWS = 3000
metadata = MetaData()
people = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", String(32), unique=True),
    Column("word", String(80)),
)
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ row.word }}</title></head>
<body><h1>{{ row.word }}</h1>
{% for number in range(10) %}<p>Paragraph {{ number }} of a page of about one kilobyte, about {{ row.subject }}.</p>
{% endfor %}</body></html>
"""


def fill(engine: Engine) -> None:
    """Make the table and its rows."""
    metadata.create_all(engine)
    with engine.begin() as connection:
        rows = [{"subject": f"s{number}", "word": f"word {number}"} for number in range(ROWS)]
        connection.execute(insert(people), rows)


def create_app() -> Flask:
    """The floor as an app; FLOOR_DATABASE is the address of a filled database."""
    app = Flask("floor")
    app.jinja_loader = DictLoader({"page.html": PAGE})
    engine = create_engine(os.environ["FLOOR_DATABASE"])

    @app.get("/floor/<subject>")
    def page(subject: str) -> str:
        with engine.connect() as connection:
            row = connection.execute(select(people).where(people.c.subject == subject)).one()
        return render_template("page.html", row=row)

    return app
