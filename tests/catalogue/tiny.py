"""A course of two modules small enough to read at a glance, with one unit of each kind."""

from __future__ import annotations

import re
from pathlib import Path

from lms.catalogue.checks import Checked, check
from lms.catalogue.kinds.plugin import OURS

KINDS = {kind.key: kind for kind in OURS}

COURSE = """\
slug: tiny
language: en
title:
  en: A tiny course
description:
  en: For tests.
completion:
  modules: all
  attendance:
    at_least: 80
  name_confirmed: true
modules:
- module: 01-words
- module: 02-cases
  after:
  - words
"""

SOURCES = """\
sources:
- id: S001
  title: The first source
  kind: report
  date: "2012"
  url: https://example.org/first
"""

GLOSSARY = """\
terms:
- key: state
  term:
    en: state
    es: Estado
  status:
    es: official
  definition:
    en: A member or observer of the United Nations.
  cites:
  - S001
"""

WORDS = """\
key: words
title:
  en: Words
objectives:
- en: Say what a state is.
units:
- first
- asked
"""

FIRST = """\
---
key: first
kind: reading
title:
  en: First
minutes: 5
substance: s1
key_points:
- A point.
---

## Beginning {#beginning}

In 2012 a [[state|State]] acted. [@S001 p. 3]
"""

ASKED = """\
key: asked
kind: quiz
title:
  en: Asked
minutes: 2
substance: s1
questions:
- id: which
  kind: one-of-many
  prompt: Which one?
  options:
  - id: this
    text: This one
    correct: true
  - id: that
    text: That one
  explanation: This one.
  passage: first#beginning
  cites:
  - S001 p. 3
"""

CASES = """\
key: cases
title:
  en: Cases
objectives:
- en: Think.
pass_mark: 50
units:
- thought
"""

THOUGHT = """\
---
key: thought
kind: reflection
title:
  en: A thought
minutes: 3
substance: s1
---

What would you do?
"""

HARD = "content_note: It names killings.\n"
INSTEAD = "written_alternative: Write a letter.\n"

CASE = f"""\
---
key: case
kind: case-study
title:
  en: A case
minutes: 5
substance: s1
{HARD}{INSTEAD}timeline:
- when: Then
  text: It began. [@S001]
- when: Later
  text: It ended. [@S001]
actors:
- name: A state
  role: It acted.
decisions:
- when: Then
  situation: It began.
  question: What would you do?
debrief:
- What did it cost?
rubric:
- key: coordination
  factor: Coordination
  question: Did they know of each other?
- key: funding
  factor: Funding
  question: Was there money?
---

## Account {{#account}}

It happened.
"""

SCORING = """\
scoring:
  rubric: case
  cases:
  - id: one
    name: The first case
    unit: case
  - id: two
    name: The second case
"""
SCORED = THOUGHT.replace("substance: s1\n", f"substance: s1\n{SCORING}")


# Files the course has only where a test gives them.
MORE = {
    "first_es": "modules/01-words/first.es.md",
    "first_sm": "modules/01-words/first.sm.md",
    "asked_es": "modules/01-words/asked.es.yaml",
    "thought_es": "modules/02-cases/thought.es.md",
}


def tiny_files(**changed: str) -> dict[str, str]:
    """The files of the course; a keyword such as first="…" replaces the text of that file, one of MORE adds it."""
    paths = {
        "course": ("course.yaml", COURSE),
        "sources": ("sources.yaml", SOURCES),
        "glossary": ("glossary.yaml", GLOSSARY),
        "words": ("modules/01-words/module.yaml", WORDS),
        "first": ("modules/01-words/first.md", FIRST),
        "asked": ("modules/01-words/asked.yaml", ASKED),
        "cases": ("modules/02-cases/module.yaml", CASES),
        "thought": ("modules/02-cases/thought.md", THOUGHT),
    }
    files = {path: changed.get(name, text) for name, (path, text) in paths.items()}
    return files | {path: changed[name] for name, path in MORE.items() if name in changed}


def encoded(files: dict[str, str]) -> dict[str, bytes]:
    """The same as bytes."""
    return {path: text.encode() for path, text in files.items()}


def checked(**changed: str) -> Checked:
    """The course, checked."""
    return check(encoded(tiny_files(**changed)), KINDS)


def complaints(**changed: str) -> list[str]:
    """Every mistake in the course as the author reads it."""
    return [str(mistake) for mistake in checked(**changed).mistakes]


def written(folder: Path, **changed: str) -> Path:
    """The course on the disk, in folder/tiny."""
    slug = re.search(r"slug: (\S+)", changed.get("course", COURSE))
    target = folder / (slug[1] if slug else "tiny")
    for path, text in tiny_files(**changed).items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8")
    return target
