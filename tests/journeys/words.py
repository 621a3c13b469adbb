"""Which of a page's words are the interface's own: in the made-up language those stand in ⟦brackets⟧, data does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml
from babel import Locale
from playwright.sync_api import Page

from lms.demo.build import PLACE, PRACTICAL, PROGRAMME
from lms.demo.cast import cast
from lms.people.states import all_states, name
from tests.journeys.questions import COURSE

# Where people's and courses' own words stand, by how a page marks them.
DATA = {
    ".prose": "the text of a unit, the programme and the practical page",
    "[lang]:not(html)": "words in a language of their own: course text, a language's own name",
    "time": "a date or a time, written by Babel",
    "bdi": "a name, or whatever else somebody typed",
    "[dir=ltr]": "an address, an offset from UTC, a fingerprint",
    "[dir=auto]": "what somebody typed, in any script",
    ".who-name": "the person's own name",
    ".name": "a name in a list",
    "select[name=zone] option": "the names of time zones",
    "select[name=institution] option": "the names of institutions",
    "select[name=language] option": "the names of languages, written by Babel",
    "select[name=state] option": "the names of states, from the list of states",
    "textarea": "what somebody is writing",
}

# Every text outside brackets and outside data, with the nearest way to find it; then labels that are only heard.
WALK = """(data) => {
  const found = [];
  const classes = (one) => [...one.classList].map((name) => "." + name).join("");
  const where = (one) => one.tagName.toLowerCase() + (one.id ? "#" + one.id : "") + classes(one);
  let depth = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent.closest("script, style, template") || (depth === 0 && parent.closest(data))) continue;
    let outside = "";
    for (const letter of node.data) {
      if (letter === "\\u27e6") depth += 1;
      else if (letter === "\\u27e7") depth -= 1;
      else if (depth === 0) outside += letter;
    }
    if (outside.trim()) found.push([outside.trim(), where(parent)]);
  }
  for (const one of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
      const said = (one.getAttribute(name) || "").replace(/\\u27e6[^\\u27e7]*\\u27e7/g, "").trim();
      if (said && !one.closest(data)) found.push([said, where(one) + "[" + name + "]"]);
    }
  found.push([document.title.replace(/\\u27e6[^\\u27e7]*\\u27e7/g, "").trim(), "title"]);
  return found;
}"""


def untranslated(page: Page) -> list[str]:
    """Each text that did not go through gettext and is no data either."""
    found: list[list[str]] = page.evaluate(WALK, ", ".join(DATA))
    return sorted({f"{text[:60]!r} in {where}" for text, where in found if _has_words(text)})


def _has_words(text: str) -> bool:
    for known in _known():
        text = text.replace(known, " ")
    return re.search(r"[^\W\d_]", _DATES.sub(" ", text)) is not None


# Dates and times as Babel writes them in English, sizes of offsets, numbers of footnotes.
_DATES = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\bUTC[+\-−]?[\d:]*"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)


@lru_cache(maxsize=1)
def _known() -> tuple[str, ...]:
    """Names of people, institutions, states, places, editions, units; the longest first."""
    people = (*cast().staff, *cast().participants, *cast().alumni)
    said = {words for who in people for words in (who.name, who.latin, who.institution, who.function, who.address)}
    said |= {name(state.code, "en") for state in all_states()} | {PLACE, *PROGRAMME.split("\n"), *PRACTICAL.split("\n")}
    # Languages of the glossary, and of the words that are proposed for it, as Babel names them.
    spoken = {"en", "es", "fr", *(word.language for word in cast().words)}
    said |= {Locale("en").languages[code] for code in spoken} | {word.reason for word in cast().words}
    said |= {"Global Raphael Lemkin Seminar", "seminar@lemkin.example", "seminar@example.org"}
    said |= {text for path in COURSE.rglob("*.yaml") for text in _texts(yaml.safe_load(path.read_text("utf-8")))}
    said |= {
        title for path in COURSE.rglob("*.md") for title in _texts(next(yaml.safe_load_all(path.read_text("utf-8"))))
    }
    return tuple(sorted((words.strip() for words in said if len(words.strip()) > 3), key=len, reverse=True))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(part)
