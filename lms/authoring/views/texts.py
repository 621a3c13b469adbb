"""Published texts for observers: to be read, without anything that people do with them."""

from __future__ import annotations

from flask import url_for

from lms.authoring.desk import Desk, desk_of
from lms.authoring.queries import stored_texts, taught
from lms.authoring.rules.reach import READING
from lms.catalogue.rules.texts import localised
from lms.kernel.db import db
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.languages import language
from lms.web.render import render

from .units import owner_of, publisher_of, shown_of


def _desk(slug: str) -> Desk:
    """The course, for those who may read it; raises NotFound."""
    session = db.session()
    return desk_of(session, slug, taught(session, me().grants, slug, READING))


@requires(Permission.READ_TEXTS)
def texts(slug: str) -> str:
    """The modules and units of a course."""
    desk, speaks = _desk(slug), language()
    modules = [
        (
            module.named(speaks),
            [(unit.named(speaks), url_for(".text", slug=slug, unit=unit.key)) for unit in module.units],
        )
        for module in desk.outline.modules
    ]
    return render("lms/authoring/texts.html", title=localised(desk.outline.title, speaks), modules=modules)


@requires(Permission.READ_TEXTS)
def text(slug: str, unit: str) -> str:
    """One text in the language it was written in, with its sources and terms; of questions, not what is right."""
    session, desk = db.session(), _desk(slug)
    module, found = desk.find(unit)
    stored = stored_texts(session, [found.revision_id])
    shown = shown_of(found, stored, publisher_of(session, desk, owner_of(module, slug), found))[found.revision_id]
    speaks = language()
    return render(
        "lms/authoring/one_text.html",
        course=(localised(desk.outline.title, speaks), url_for(".texts", slug=slug)),
        module=module.named(speaks),
        title=found.named(speaks),
        text=shown,
    )
