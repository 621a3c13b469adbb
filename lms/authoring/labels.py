"""What the fields of units are called in forms. A plugin's field is called what its schema says."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from lms.people.models import Sector
from lms.seminars.labels import SECTORS
from lms.web.languages import gettext as _
from lms.web.languages import lazy_gettext as _l
from lms.web.languages import own_name

from .rules.fields import Field, Sort, Where

Words = tuple[LazyString | str, LazyString | str]
# By the name of the field, or by that of what it stands in and its own.
FIELDS: Mapping[str, Words] = {
    "title": (_l("Title"), ""),
    "minutes": (_l("Minutes it takes"), ""),
    "pass_mark": (_l("Pass mark in percent"), _l("Only where this unit asks for another one than its module.")),
    "content_note": (
        _l("Note before the text"),
        _l("What hard material follows. Then write below what a reader may write instead."),
    ),
    "written_alternative": (
        _l("What a reader may write instead"),
        _l("One kind, concrete paragraph about the reader's own work, for somebody who has not read the text."),
    ),
    "key_points": (_l("Key points"), _l("One to four; they stand above the text.")),
    "body": (_l("Text"), ""),
    "for_your_institution": (
        _l("For your ministry or institution"),
        _l("One concrete paragraph for each kind of institution, or none at all."),
    ),
    "figures": (
        _l("Figures"),
        _l("Each is drawn from what you write here, and stands in the text at its place, on a line of its own."),
    ),
    "timeline": (_l("Timeline"), ""),
    "timeline.when": (_l("When"), ""),
    "timeline.text": (_l("What happened"), ""),
    "actors": (_l("Who acted"), ""),
    "actors.name": (_l("Name"), ""),
    "actors.role": (_l("Role"), ""),
    "decisions": (_l("Decisions"), ""),
    "decisions.when": (_l("When"), ""),
    "decisions.situation": (_l("Situation"), ""),
    "decisions.question": (_l("Question"), ""),
    "debrief": (_l("Questions for the conversation afterwards"), ""),
    "rubric": (_l("Factors by which the case is scored"), ""),
    "rubric.factor": (_l("Factor"), ""),
    "rubric.question": (_l("Question"), ""),
    "scoring": (_l("Cases to be scored, in private"), ""),
    "scoring.rubric": (_l("The case study whose factors are used"), ""),
    "cases": (_l("Cases"), ""),
    "cases.name": (_l("Name"), ""),
    "cases.unit": (_l("The case study to read about it"), ""),
    "questions": (_l("Questions"), ""),
    "prompt": (_l("Question"), ""),
    "options": (_l("Answers to choose from"), _l("They are shuffled, so never write “all of the above”.")),
    "options.text": (_l("Answer"), ""),
    "correct": (_l("This answer is right"), ""),
    "answer": (_l("The right answer"), ""),
    "pairs": (_l("Pairs"), ""),
    "pairs.left": (_l("What stands there"), ""),
    "pairs.right": (_l("What belongs to it"), ""),
    "items": (_l("What is to be put in order"), _l("In the right order; readers never see it in this one.")),
    "items.text": (_l("Entry"), ""),
    "explanation": (_l("Explanation"), _l("Shown after the answers are checked.")),
    "passage": (
        _l("The passage that says it"),
        _l("The unit, #, and the anchor of the heading, such as pillar-two#forms."),
    ),
    "cites": (_l("Sources"), _l("The id of a source, then its place: S019 p. 3")),
    "figures.title": (_l("Title of the figure"), ""),
    "figures.text": (_l("The same in words"), _l("For those who do not see the drawing; with the same sources.")),
    "over": (_l("What the pillars carry"), ""),
    "under": (_l("What they stand on, or how to read them"), ""),
    "pillars": (_l("Pillars"), ""),
    "pillars.label": (_l("What it is called"), ""),
    "pillars.name": (_l("Who or what it is"), ""),
    "parts": (_l("Parts"), ""),
    "foot": (_l("When, or under which condition, it stands"), ""),
    "periods": (_l("Periods"), _l("Their length is counted and written above the label.")),
    "events": (_l("Events"), ""),
    "from": (_l("From"), _l("2008, 2008-02 or 2008-02-28")),
    "to": (_l("To"), ""),
    "at": (_l("Date"), _l("2008, 2008-02 or 2008-02-28")),
    "grave": (_l("A time of suffering"), _l("It is never drawn like progress.")),
    "label": (_l("Words beside it"), ""),
    "note": (_l("Smaller words below"), ""),
    "strands": (_l("Strands"), ""),
    "strands.label": (_l("What runs along this strand"), ""),
    "stations": (_l("Stations"), ""),
    "together": (_l("Where they meet, and where it leads"), ""),
}
ENTRIES: Mapping[str, LazyString] = {
    "key_points": _l("Key point"),
    "figures": _l("Figure"),
    "timeline": _l("Moment"),
    "actors": _l("Actor"),
    "decisions": _l("Decision"),
    "debrief": _l("Question"),
    "rubric": _l("Factor"),
    "cases": _l("Case"),
    "questions": _l("Question"),
    "options": _l("Answer"),
    "pairs": _l("Pair"),
    "cites": _l("Source"),
    "pillars": _l("Pillar"),
    "parts": _l("Part"),
    "periods": _l("Period"),
    "events": _l("Event"),
    "strands": _l("Strand"),
    "stations": _l("Station"),
    "together": _l("Station"),
}
VARIETIES: Mapping[str, LazyString] = {
    "one-of-many": _l("one right answer"),
    "many-of-many": _l("several right answers"),
    "true-false": _l("true or false"),
    "matching": _l("put together what belongs together"),
    "ordering": _l("put in the right order"),
    "reflection": _l("to think about, not scored"),
    "pillars": _l("pillars"),
    "scale": _l("time on a true scale"),
    "path": _l("a way with its stations"),
    "period": _l("from one day to another"),
    "moment": _l("one day"),
}


def label_of(field: Field) -> str:
    """What a field is called."""
    if field.is_entry:
        return _("%(what)s %(number)s", what=entry_name(field.key), number=int(field.where[-1]) + 1)
    words = _words(field.where)
    return str(words[0] if words else field.schema.get("title") or field.key.replace("_", " ").capitalize())


def hint_of(field: Field) -> str:
    """What is to be known before one writes there; nothing where the label says it."""
    words = _words(field.where)
    if words or field.is_entry:
        return str(words[1]) if words and not field.is_entry else ""
    return str(field.schema.get("description") or "") if field.sort is not Sort.TEXTS else ""


def _words(where: Where) -> Words | None:
    names = [part for part in where if isinstance(part, str)]
    if len(names) > 1 and names[-2] == "for_your_institution" and names[-1] in set(Sector):
        return SECTORS[Sector(names[-1])], ""
    if len(names) > 1 and names[0] == "title" and len(where) == len(names):
        return own_name(names[-1]), ""
    return FIELDS.get(".".join(names[-2:])) or FIELDS.get(names[-1])


def entry_name(key: str) -> str:
    """What an entry of a list is called."""
    return str(ENTRIES.get(key) or _("Entry"))


def variety_name(variety: str) -> str:
    """What a kind of entry is called."""
    return str(VARIETIES.get(variety, variety))


def place_name(where: Where) -> str:
    """A place of a unit in words, from the outside inwards: "Question 2, Explanation"."""
    said: list[str] = []
    for number, part in enumerate(where, 1):
        inner = where[:number]
        if isinstance(part, int):
            said[-1:] = [label_of(Field(Sort.GROUP, inner, {}))]
        else:
            said.append(label_of(Field(Sort.GROUP, inner, {})))
    return ", ".join(said) if said else str(_("The unit as a whole"))
