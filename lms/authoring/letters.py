"""What we write to reviewers and to those who sent them a draft: never a text of the draft, nor a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from lms.catalogue.rules.texts import localised
from lms.people.letters import Draft, Reader, absolute_url, letter


def _course(reader: Reader, facts: Mapping[str, Any]) -> str:
    return localised(facts["titles"], reader.locale)


def _page(facts: Mapping[str, Any]) -> str:
    return absolute_url("authoring.sign_offs", slug=facts["slug"], draft=facts["draft"])


@letter("authoring/review-awaited")
def review_awaited(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """A draft waits for sign-offs that the reader may give."""
    first = _("changes to the course “%(course)s” wait for your sign-off.", course=_course(reader, facts))
    how = _("Read what changed, then give your sign-off or say what is missing:") + "\n" + _page(facts)
    return Draft(_("Raphael Lemkin Seminar: changes to a course wait for you"), (first, how))


@letter("authoring/all-signed")
def all_signed(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """Every sign-off is there."""
    first = _(
        "every sign-off for the changes to the course “%(course)s” that you sent to review has been given.",
        course=_course(reader, facts),
    )
    how = _("They can be published here:") + "\n"
    how += absolute_url("authoring.publish", slug=facts["slug"], draft=facts["draft"])
    return Draft(_("Raphael Lemkin Seminar: your changes can be published"), (first, how))


@letter("authoring/withheld")
def withheld(reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """A reviewer holds a sign-off back."""
    first = _(
        "a reviewer withholds a sign-off for the changes to the course “%(course)s” that you sent to review.",
        course=_course(reader, facts),
    )
    how = _("The reason is written here:") + "\n" + _page(facts)
    return Draft(_("Raphael Lemkin Seminar: a sign-off is withheld"), (first, how))
