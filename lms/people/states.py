"""The states the seminar works with, under the names the United Nations gives them."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_territory_language_info

from lms.kernel.errors import Refused
from lms.kernel.values import dataclass
from lms.web.languages import gettext, in_a_row, language, unmarked

Membership = Literal["member", "observer"]

UN_LANGUAGES = ("en", "es", "fr")
FALLBACK = "en"
# Languages whose names are looked through where a name is none of those.
FURTHER_LANGUAGES = ("ar", "ru", "zh", "pt", "de")
# Fewer letters stand in too many names, and are like too many, to say which state was meant.
SHORTEST_PART = 4
SHORTEST_ALIKE = 5
# A guess that leaves so many letters of a text out is another state's name: "DR Congo" is not Congo.
LEFT_OUT = 2
ALPHA_3 = 3
# A language is one of a state's own if so many in a hundred speak it, whether or not it is an official one.
SPOKEN_BY_MANY = 10

# Letters that Unicode does not take apart into a plain letter and a mark.
_PLAIN_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_ARTICLE = re.compile(r"^\s*(the|la|las|el|los|le|les|l['’])\s*", re.IGNORECASE)
# What stands before the name of a state in the long one. Not "democratic" nor "people's", by which alone two states
# are told apart; those that have it are among what a state is also called.
_FORM = re.compile(
    r"^\s*(?:the\s+|la\s+|el\s+|le\s+)?(?:(?:arab|bolivarian|co-?operative|federal|federative|hashemite|independent|islamic"
    r"|oriental|plurinational|socialist|united)\s+)*"
    r"(?:republic|kingdom|commonwealth|sultanate|principality|grand duchy|state|union|republica|reino|principado"
    r"|gran ducado|estado|republique|royaume|principaute|grand-duche|etat)\s+"
    r"(?:of\s+the\s+|of\s+|de\s+la\s+|de\s+los\s+|de\s+las\s+|del\s+|des\s+|du\s+|de\s+l['’]\s*|de\s+|d['’]\s*)"
)
# Of which there is, or was, another with a form of state in its name.
_OF_TWO = frozenset({"china", "chine", "congo", "korea", "coree", "corea"})
_AND = frozenset({"and", "et", "y"})
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class State:
    """A United Nations member or observer state; `code` is its ISO 3166-1 alpha-2 code."""

    code: str
    membership: Membership
    names: Mapping[str, str] = field(hash=False)
    also: tuple[str, ...]
    """Under what else offices write it."""
    footnote: Mapping[str, str] | None = field(hash=False)
    region: str


class UnknownState(Refused):
    """No state goes by this name or code; `close` has the states that may be meant."""

    def __init__(self, text: str, close: tuple[State, ...] = ()) -> None:
        sentence = gettext("No state is known as “%(text)s”.", text=text)
        names = in_a_row([name(state.code, language()) for state in close])
        also = gettext("Close to it: %(names)s.", names=names)
        super().__init__(f"{sentence} {also}" if close else sentence)
        self.text = text
        self.close = close


@cache
def all_states() -> tuple[State, ...]:
    """Every state in the data file, in the order of their codes."""
    text = files("lms.people").joinpath("data", "states.yaml").read_text(encoding="utf-8")
    return tuple(_state(entry) for entry in yaml.load(text, Loader=_LOADER)["states"])  # noqa: S506 (both are safe)


def find(code: str) -> State | None:
    """The state with this code, in small letters or capitals."""
    return _by_code().get(code.strip().upper())


def name(code: str, locale: str) -> str:
    """What the state is called in this language; in English where the language has no name for it. Nothing for the
    empty code, which stands where a state is not to be named."""
    if not code:
        return ""
    state = _of(code)
    language = _language(locale)
    if language in UN_LANGUAGES:
        return state.names[language]
    return _cldr_names(locale).get(state.code) or state.names[FALLBACK]


def footnote(code: str, locale: str) -> str | None:
    """What must be said along with the name, where it must not stand alone."""
    notes = _of(code).footnote if code else None
    return notes.get(_language(locale), notes[FALLBACK]) if notes else None


def sorted_for(locale: str) -> list[State]:
    """Every state in the alphabetical order of the names it has in this language."""
    return sorted(all_states(), key=lambda state: _words(name(state.code, locale)))


@cache
def languages_of(code: str) -> tuple[str, ...]:
    """The languages of a state as CLDR has them, official or spoken by many, those of most people first."""
    info: Mapping[str, Mapping[str, Any]] = get_territory_language_info(code)
    spoken = sorted(info.items(), key=lambda found: found[1]["population_percent"], reverse=True)
    own = (name for name, facts in spoken if facts["official_status"] or facts["population_percent"] >= SPOKEN_BY_MANY)
    return tuple(dict.fromkeys(name.partition("_")[0] for name in own))


def named(text: str) -> State | None:
    """The state with this code of two or three letters or this name, whatever its case, accents and punctuation: short
    or long, of today or of before, the other way round after a comma, in en, es, fr and a few languages more."""
    return find(text) or next(filter(None, (_by_name().get(_letters(way)) for way in _ways(text))), _elsewhere(text))


def _ways(text: str) -> Iterator[str]:
    """How a name may be meant: as it stands, turned round after its comma, and without "Republic of"."""
    turned = " ".join(reversed(text.split(",", 1)))
    for way in dict.fromkeys((text, turned)):
        yield way
        yield _ARTICLE.sub("", way)
        short = _FORM.sub("", _folded(way), count=1)
        if _letters(short) not in _OF_TWO:
            yield short


def _elsewhere(text: str) -> State | None:
    """The state with this name in a language further afield, which are read only for a name that is in none other."""
    return _by_name_elsewhere().get(_letters(text)) if text.strip() else None


def recognise(text: str) -> State:
    """Like `named`, but an unknown name is refused with the states that may be meant."""
    state = named(text)
    if state is None:
        raise UnknownState(text, _close_to(text))
    return state


def _state(entry: Mapping[str, Any]) -> State:
    """One entry of the data file."""
    return State(
        code=entry["code"],
        membership=entry["membership"],
        names=entry["names"],
        also=tuple(entry.get("also", ())),
        footnote=entry.get("footnote"),
        region=entry["region"],
    )


@cache
def _by_code() -> Mapping[str, State]:
    """States by code."""
    return {state.code: state for state in all_states()}


def _of(code: str) -> State:
    """The state with this code; an unknown code is refused."""
    state = find(code)
    if state is None:
        raise UnknownState(code, _close_to(code))
    return state


@cache
def _by_name() -> Mapping[str, State]:
    """States by the letters of their names, of what else they are called, and of their codes of three letters."""
    codes = get_global("territory_aliases")
    long_codes = {
        _letters(code): state
        for code, held in codes.items()
        if len(code) == ALPHA_3 and len(held) == 1 and (state := find(held[0]))
    }
    also = {_letters(other): state for state in all_states() for other in state.also}
    return {**long_codes, **also, **_by_short_name()}


@cache
def _by_short_name() -> Mapping[str, State]:
    """States by the letters of their names; CLDR's everyday ones ("Tanzania") help where they take no other's place."""
    everyday = {
        _letters(cldr): state
        for language in UN_LANGUAGES
        for state in all_states()
        if (cldr := _cldr_names(language).get(state.code))
    }
    return everyday | {_letters(own): state for state in all_states() for own in state.names.values()}


@cache
def _by_name_elsewhere() -> Mapping[str, State]:
    """States by the letters of CLDR's names in the further languages; not those that two have in common."""
    found: dict[str, set[State]] = defaultdict(set)
    for further in FURTHER_LANGUAGES:
        for state in all_states():
            found[_letters(_cldr_names(further).get(state.code, ""))].add(state)
    return {letters: next(iter(held)) for letters, held in found.items() if letters and len(held) == 1}


def _close_to(text: str) -> tuple[State, ...]:
    """Up to three states whose name has the text in it or is spelled much like it, nearest first; none rather than one
    that only a part of the text speaks of."""
    letters, known_as = _letters(text), _by_short_name()
    holding = [known for known in known_as if len(letters) >= SHORTEST_PART and letters in known]
    alike = difflib.get_close_matches(letters, known_as, n=6, cutoff=0.7) if len(letters) >= SHORTEST_ALIKE else []
    meant = [known for known in alike if known not in letters or len(letters) - len(known) < LEFT_OUT]
    return tuple(dict.fromkeys(known_as[known] for known in [*holding, *meant]))[:3]


@cache
def _cldr_names(locale: str) -> Mapping[str, str]:
    """CLDR's names of countries in a language; none where the language is unknown."""
    try:
        return dict(Locale.parse(locale.replace("-", "_")).territories)
    except (UnknownLocaleError, ValueError):
        return {}


def _language(locale: str) -> str:
    """The language of a locale such as `fr-CA` or `es_MX`."""
    return locale.replace("-", "_").partition("_")[0].lower()


def _folded(text: str) -> str:
    """Text without case and accents."""
    return unmarked(text).translate(_PLAIN_LETTERS)


def _words(text: str) -> tuple[str, ...]:
    """What names are sorted by: word for word, so that Niger stands before Nigeria and Guinea before Guinea-Bissau."""
    return tuple("".join(char if char.isalnum() else " " for char in _folded(text)).split())


def _letters(text: str) -> str:
    """What names are compared by: nothing but letters and digits, "St." as "Saint", and no "and"."""
    words = _words(text)
    return "".join("saint" if word == "st" else word for word in words if word not in _AND) or "".join(words)
