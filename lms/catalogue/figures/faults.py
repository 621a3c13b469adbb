"""What is wrong with the data of a figure whose form is right, in words its author can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from lms.catalogue.markdown import citations, without_citations
from lms.catalogue.rules.facts import stated_fact
from lms.kernel.values import dataclass

from .dates import time
from .figure import misfits
from .scale import moment
from .sheet import Place

_DRAWN = ("title", "label", "name", "note", "foot", "over", "under")
_DATES = ("at", "from", "to")
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f]\d{3})*")
# Words that make a number one of victims.
_VICTIMS = re.compile(
    r"\b(?:killed|murdered|dead|deaths?|died|victims?|wounded|displaced|disappeared|raped"
    r"|muert\w*|asesinad\w*|v[íi]ctimas?|herid\w*|desplazad\w*|desaparecid\w*"
    r"|tu[ée]\w*|assassin\w*|morts?|victimes?|bless[ée]\w*|d[ée]plac[ée]\w*|disparu\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place of the figure's data, and how to put it right."""

    place: Place
    what: str
    cure: str


def faults(data: Mapping[str, Any], language: str) -> list[Fault]:
    """Everything wrong with a figure, as its readers in this language would get it; each once."""
    found = [*_twice(data), *_no_days(data)]
    if not found:
        found += [*_ORDER.get(data["kind"], _in_any_order)(data), *_too_long(data, language)]
    found += [*_unsourced(data, language), *_said_in_words(data), *_victims(data)]
    return list(dict.fromkeys(found))


def _entries(data: Mapping[str, Any], place: Place = ()) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """The figure and every entry of its lists, with its place."""
    yield place, data
    for name, value in data.items():
        if isinstance(value, list):
            for entry in value:
                if isinstance(entry, Mapping):
                    yield from _entries(entry, (*place, name, str(entry.get("id"))))


def _labels(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((name, str(entry[name])) for name in _DRAWN if name in entry)


def _twice(data: Mapping[str, Any]) -> Iterator[Fault]:
    seen: set[Place] = set()
    for place, _ in _entries(data):
        if place in seen:
            yield Fault(place, f"the id “{place[-1]}” stands in this list twice", "rename one of them")
        seen.add(place)


def _no_days(data: Mapping[str, Any]) -> Iterator[Fault]:
    for place, entry in _entries(data):
        for name in _DATES:
            try:
                time(entry.get(name, "2000"))
            except ValueError:
                yield Fault((*place, name), f"“{entry[name]}” is not in the calendar", "correct the date")


def _too_long(data: Mapping[str, Any], language: str) -> Iterator[Fault]:
    for misfit in misfits(data, language):
        what = f"“{misfit.text}” is too long for its place in the drawing"
        yield Fault(misfit.place, what, f"shorten it to {misfit.most} lines of about {misfit.letters} letters")


def _unsourced(data: Mapping[str, Any], language: str) -> Iterator[Fault]:
    cited = {source for source, _ in citations(data["text"])}
    for place, entry in _entries(data):
        for cite in entry.get("cites", ()):
            source = cite.partition(" ")[0]
            if source not in cited:
                cure = f"say in the figure’s text what is known from it, with [@{source}]"
                yield Fault((*place, "cites"), f"the figure’s text does not cite “{source}”", cure)
        for name, label in _labels(entry):
            fact = stated_fact(label, language)
            if fact and not cited:
                cure = "cite one in the figure’s text, where it says the same"
                yield Fault((*place, name), f"“{fact}” is stated without a source", cure)


def _said_in_words(data: Mapping[str, Any]) -> Iterator[Fault]:
    said = set(_numbers(without_citations(data["text"])))
    for place, entry in _entries(data):
        drawn = [(name, number) for name, label in _labels(entry) for number in _numbers(label)]
        drawn += [(name, int(entry[name][:4])) for name in _DATES if name in entry]
        for name, number in drawn:
            if number not in said:
                what = f"“{number}” is in the drawing and not in the figure’s text"
                yield Fault((*place, name), what, "say the same in the text")


def _numbers(text: str) -> list[int]:
    return [int(re.sub(r"\D", "", found)) for found in _NUMBER.findall(text)]


def _victims(data: Mapping[str, Any]) -> Iterator[Fault]:
    for place, entry in _entries(data):
        for name, label in _labels(entry):
            if _numbers(label) and _VICTIMS.search(label):
                cure = "leave the number in a sentence of the text, with whose it is"
                yield Fault((*place, name), "a number of victims is never drawn", cure)


def _scale_order(data: Mapping[str, Any]) -> Iterator[Fault]:
    for before, after in pairwise(data["events"]):
        if moment(after).middle < moment(before).middle:
            yield _out_of_order(("events", str(after["id"])), before, after, "; a year counts by its middle")
    periods = [(("periods", str(period["id"])), period) for period in data["periods"]]
    for place, period in periods:
        if moment(period).first > moment(period).last:
            yield Fault((*place, "to"), f"“{period['id']}” ends before it begins", "correct one of the dates")
    for (_, before), (place, after) in pairwise(periods):
        # One may begin on the day on which the other ends.
        if moment(after).begins < moment(before).ends - 1:
            what = f"“{after['id']}” begins before “{before['id']}” ends"
            yield Fault(place, what, "put periods in the order of time, none over another")


def _path_order(data: Mapping[str, Any]) -> Iterator[Fault]:
    onward = [(("together", str(station["id"])), station) for station in data["together"] if "at" in station]
    for strand in data["strands"]:
        place: Place = ("strands", str(strand["id"]), "stations")
        stations = [((*place, str(station["id"])), station) for station in strand["stations"]]
        for (_, before), (where, after) in pairwise([*stations, *onward]):
            # What is only known to the year may lie before or after what is known to the month.
            if time(after["at"]).last < time(before["at"]).first:
                yield _out_of_order(where, before, after)


def _out_of_order(place: Place, before: Mapping[str, Any], after: Mapping[str, Any], how: str = "") -> Fault:
    what = f"“{after['id']}” comes after “{before['id']}”, which is later"
    return Fault(place, what, f"put them in the order of time{how}")


def _in_any_order(_data: Mapping[str, Any]) -> Iterator[Fault]:
    return iter(())


_ORDER = {"scale": _scale_order, "path": _path_order}
