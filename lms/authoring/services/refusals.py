"""The sentences that go with what the rules of the outline turn down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.authoring.rules.skeleton import NotPossible, Reason, crooked, key_of
from lms.catalogue.rules.course_files import CourseFiles
from lms.catalogue.rules.texts import named_in
from lms.kernel.errors import Refused

# Sentences that end in the titles of what stands in the way.
_NAMING: Mapping[Reason, Any] = {
    Reason.POINTED_TO: _l("Other texts lead here. Take these links out first, or change them: %(names)s."),
    Reason.CITED: _l("This is still used, so it stays. It is named in: %(names)s."),
    Reason.CIRCLE: _l("These modules would wait for each other: %(names)s."),
    Reason.UNITS_CLASH: _l("Both courses have a unit with this address: %(names)s. Only one of them can be here."),
    Reason.TRANSLATION_LACKS: _l(
        "A translation of this unit has no heading at this place, so it cannot be split with it: %(names)s."
    ),
    Reason.UNREADABLE: _l(
        "This file cannot be read as it stands. Put it right first, so that nothing is lost: %(names)s."
    ),
    Reason.BAD_FIELD: _l("The list of sources does not have these: %(names)s."),
    Reason.NO_KIND: _l("This unit needs a part that is not installed: %(names)s."),
}
_PLAIN: Mapping[Reason, Any] = {
    Reason.NO_MODULE: _l("This module is not in the outline any more."),
    Reason.NO_UNIT: _l("This is not there any more."),
    Reason.NO_TITLE: _l("Give it a title in the language the course is written in."),
    Reason.BAD_TEXT: _l("This contains a character that cannot be shown. Type it anew, without copying."),
    Reason.BAD_KEY: _l("An address takes small letters from a to z, digits and hyphens, at most 60 of them."),
    Reason.KEY_TAKEN: _l("This address is taken. Choose another."),
    Reason.PUBLISHED_KEY: _l("It was published under this address, and what people have done is kept under it."),
    Reason.FULL: _l("A course has at most 99 modules of its own."),
    Reason.AT_THE_END: _l("It stands at the end already, so it cannot be moved further."),
    Reason.OF_ANOTHER_COURSE: _l(
        "This module belongs to another course and is changed there. You can make a copy of it."
    ),
    Reason.ONLY_CONDITION: _l(
        "The completion rule asks for this module alone. Change the rule first, so that there is something to complete."
    ),
    Reason.OTHER_LANGUAGE: _l(
        "The other course is written in another language, so its module cannot become a part of this one."
    ),
    Reason.NOT_SPLITTABLE: _l("Only a text can be split; this kind of unit is more than a text."),
    Reason.NO_HEADING: _l("The text has no heading with this anchor any more."),
    Reason.NOTHING_BEFORE: _l("Nothing stands before this heading, so there would be nothing left in the first part."),
    Reason.STILL_THERE: _l("It is in the outline already."),
}


def refuse(no: NotPossible, course: CourseFiles) -> Refused:
    """The refusal to raise, with what stands in the way called as the course calls it."""
    if no.reason in _NAMING:
        return Refused(str(_NAMING[no.reason]) % {"names": "; ".join(_called(name, course) for name in no.names)})
    return Refused(str(_PLAIN[no.reason]))


def refuse_crooked(course: CourseFiles) -> None:
    """Raises Refused where files are something else than a course is made of, so that nothing can be told of it."""
    unfit = crooked(course)
    if unfit:
        raise Refused(_(
            "These files are not made as they must be; until they are put right there is no outline: %(files)s.",
            files="; ".join(unfit),
        ))  # fmt: skip


def _called(key: str, course: CourseFiles) -> str:
    """The title of a unit, a module or a term of that key; the key itself for anything else."""
    titled = {key_of(module): module.fields.get("title") for module in course.modules}
    titled |= {str(term.get("key")): term.get("term") for term in course.terms}
    titled |= {unit.key: unit.front.get("title") for _module, unit in course.units()}
    title = named_in(titled.get(key), course.language, "")
    return _("“%(title)s”", title=title) if title else key
