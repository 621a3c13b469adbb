"""What every page shows around its own content: the product, who is signed in, the way through, the languages."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import LazyString

from lms.kernel.settings import present_settings
from lms.kernel.values import dataclass

from .access import SAFE, Permission, viewer
from .languages import choices, lazy_gettext, own_name
from .way_back import way_back

PRODUCT = {
    "name": lazy_gettext("Raphael Lemkin Seminar"),
    "tagline": lazy_gettext("for Genocide Prevention"),
    "owner": lazy_gettext("Auschwitz Institute."),
}


@dataclass(frozen=True)
class NavItem:
    """One way on in the masthead, for those who have the permission; `sections` are the first parts of the paths of
    the pages that belong to it."""

    permission: Permission
    endpoint: str
    label: LazyString
    sections: frozenset[str]
    for_staff: bool = True
    """Whether people with a mandate see it too, who rarely have a place of their own."""


@dataclass(frozen=True)
class PageViewer:
    """The signed-in person as the layout shows them."""

    name: str
    nav: list[tuple[str, str, bool]]
    sign_out_url: str
    who_sees_url: str | None


def install(app: Flask, nav: tuple[NavItem, ...]) -> None:
    """Put the common values into every template."""
    app.extensions["lms.nav"] = nav
    # What a page may leave unsaid; everything else that a template names must be given.
    app.jinja_env.globals.update(
        needs_htmx=False, needs_script=False, form=None, back_url=None, sentence=None, reference=None
    )
    app.jinja_env.globals.update(way_back=way_back, answers_a_form=lambda: request.method not in SAFE)
    app.context_processor(_common)


def _common() -> dict[str, Any]:
    return {
        "product": {**PRODUCT, "contact": present_settings().support_address},
        "viewer": _page_viewer(),
        "languages": [(code, own_name(code)) for code in choices()],
        "save_data": request.headers.get("Save-Data") == "on",
    }


def _page_viewer() -> PageViewer | None:
    person = viewer()
    if person is None:
        return None
    items = [
        item
        for item in current_app.extensions["lms.nav"]
        if person.can(item.permission) and (item.for_staff or not person.staff)
    ]
    here = request.path.split("/")[1]
    return PageViewer(
        name=person.name,
        nav=[(str(item.label), url_for(item.endpoint), here in item.sections) for item in items],
        sign_out_url=url_for("people.sign_out"),
        who_sees_url=url_for("home.who_sees"),
    )
