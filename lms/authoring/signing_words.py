"""Sign-offs in words: their kinds, how they stand, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from lms.web.languages import gettext as _
from lms.web.languages import language_name
from lms.web.languages import lazy_gettext as _l

from .rules.signing import LANGUAGE, Need, Obstacle, SignOffAct, Standing

KINDS: Mapping[str, LazyString] = {
    "history": _l("Historical accuracy"),
    "law": _l("Law"),
    "sensitivity": _l("Sensitivity"),
    "pedagogy": _l("Teaching"),
}
MEANINGS: Mapping[str, LazyString] = {
    "history": _l("What is said of events, dates, figures and people agrees with the sources."),
    "law": _l("What is said of law and of courts is right and up to date."),
    "sensitivity": _l("The words do justice to the victims and survivors, and do no harm to readers."),
    "pedagogy": _l("The texts and questions teach what they are meant to teach."),
}
STANDINGS: Mapping[Standing, tuple[str, LazyString]] = {
    Standing.MISSING: ("none", _l("Not given yet")),
    Standing.EARLIER: ("later", _l("Given for an earlier text")),
    Standing.WITHHELD: ("care", _l("Withheld")),
    Standing.GIVEN: ("done", _l("Given")),
}
ACTS: Mapping[SignOffAct, LazyString] = {
    SignOffAct.GIVEN: _l("Given"),
    SignOffAct.WITHHELD: _l("Withheld"),
    SignOffAct.TAKEN_BACK: _l("Taken back"),
}
OBSTACLES: Mapping[Obstacle, LazyString] = {
    Obstacle.NO_MANDATE: _l("Only a reviewer of this course gives sign-offs."),
    Obstacle.NOT_IN_REVIEW: _l("This draft is not in review."),
    Obstacle.NOT_NEEDED: _l("This draft does not need that sign-off."),
    Obstacle.TEXT_CHANGED: _l("The text has been changed since you opened this page. Read what is new first."),
    Obstacle.OWN_LANGUAGE: _l("Only somebody who grew up with the language or works in it can sign for it."),
    Obstacle.LAST_BY_AUTHOR: _l("Whoever wrote in a draft cannot give the last sign-off: it takes another person."),
    Obstacle.REASON: _l("Write the reason in at least ten characters; it is kept."),
    Obstacle.NOTHING_SAID: _l("You have not given or withheld this sign-off, so there is nothing to take back."),
    Obstacle.MISSING: _l("Not every sign-off has been given for exactly this text."),
    Obstacle.WITHHELD: _l("A sign-off is withheld. Whoever withholds it must give it or take that back first."),
    Obstacle.ONE_PERSON: _l("Nothing is published by one person alone: a sign-off of somebody else is needed."),
}


def obstacle_in_words(obstacle: Obstacle) -> str:
    """The sentence that says no."""
    return str(OBSTACLES[obstacle])


def need_in_words(need: Need) -> str:
    """What a sign-off is called; a kind of the operator's own by its word."""
    if need.kind == LANGUAGE:
        return str(_("Language: %(language)s", language=language_name(need.language)))
    return str(KINDS.get(need.kind) or need.kind.replace("-", " ").capitalize())


def meaning_of(need: Need) -> str:
    """What whoever gives it stands for."""
    if need.kind == LANGUAGE:
        return str(_("The translation says what the original says, in words that are natural in the language."))
    return str(MEANINGS.get(need.kind, ""))
