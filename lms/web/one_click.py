"""What a letter lets somebody do by one click, without signing in: a page that asks once more, because programs that
look into letters open every link, and the click itself, answered alike whoever the link is of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask import Blueprint, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session

from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work

from .access import View
from .render import render

Act = Callable[[Session, str, dt.datetime], object]


def asks_once_more(template: str, link: str) -> str:
    """The page on which nothing has changed yet."""
    return render(template, link=link, done=False)


def by_one_click(template: str, link: str, said: tuple[str, str], act: Act) -> str | tuple[str, int]:
    """Do what the link is for, if the field that the page or the mail program sends says so; the template gets `link`
    and `done`."""
    field, value = said
    if request.form.get(field) != value:
        return asks_once_more(template, link), 422
    with unit_of_work() as session:
        act(session, link, now())
    return render(template, link=link, done=True)


def without_form_token(bp: Blueprint, view: View) -> None:
    """Whoever clicks has a letter of ours and perhaps no page and no cookies; the link itself is the proof."""

    def exempt(state: BlueprintSetupState) -> None:
        state.app.extensions["csrf"].exempt(view)

    bp.record(exempt)
