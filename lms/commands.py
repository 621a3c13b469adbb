"""`flask lms`, without its commands until one is asked for: they need libraries that a web worker has no use for."""

from __future__ import annotations

import importlib
from typing import cast

import click
from flask import Flask


class Commands(click.Group):
    """The group of our commands, run in the context of our own app, also where a host's command line calls it."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="lms", help="The learning system of the Raphael Lemkin Seminar.")
        self._app = app

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, by alphabet."""
        return _group().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them, or None."""
        return _group().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """As any group, with our app as the app at work."""
        with self._app.app_context():
            return super().invoke(ctx)


def _group() -> click.Group:
    return cast(click.Group, importlib.import_module("lms.cli").group)
