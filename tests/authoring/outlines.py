"""A course with links between its units, translations, a figure and a plugin's kind, for acts on its outline."""

from __future__ import annotations

from collections.abc import Mapping

from lms.catalogue.files.canonical import canonical_files
from lms.catalogue.files.read import read_files
from lms.catalogue.rules.course_files import CourseFiles
from lms.catalogue.rules.translation import text_hash
from lms.plugins.unit_kind import UnitKind
from tests.catalogue import tiny
from tests.catalogue.test_plugin_kinds import POEM, WITH_POEM

KINDS: Mapping[str, UnitKind] = WITH_POEM

COURSE = tiny.COURSE.replace("title:\n  en: A tiny course\n", "title:\n  en: A tiny course\n  es: Un curso\n").replace(
    "  modules: all\n", "  modules:\n  - words\n  - cases\n"
)
SOURCES = """\
sources:
- id: S001
  title: The first source
  kind: report
- id: S002
  title: The second source
  kind: book
"""
GLOSSARY = (
    tiny.GLOSSARY
    + """\
- key: treaty
  term:
    en: treaty
  definition:
    en: What states agree on.
  needs_review: true
"""
)
LONG = """\
---
key: first
kind: reading
title:
  en: First
  es: Primero
minutes: 10
substance: s1
content_note: It names killings.
written_alternative: Write a letter.
key_points:
- A point of [the end](#end).
figures:
- id: early
  kind: scale
  title: Early
  periods:
  - id: crisis
    from: "1999-01-01"
    to: "1999-03-01"
    label: of talks
    cites:
    - S001
  events:
  - id: one
    at: "1999-03-01"
    label: A thing
    cites:
    - S001
  - id: two
    at: "2001"
    label: An end
    cites:
    - S001
  text: "It began on 1 January 1999 and a thing came on 1 March 1999, an end in 2001. [@S001]"
- id: late
  kind: scale
  title: Late
  periods:
  - id: crisis
    from: "2004-01-01"
    to: "2004-03-01"
    label: of talks
    cites:
    - S002
  events:
  - id: one
    at: "2004-03-01"
    label: Another
    cites:
    - S002
  - id: two
    at: "2006"
    label: An end
    cites:
    - S002
  text: "It began on 1 January 2004 and another came on 1 March 2004, an end in 2006. [@S002]"
---

## Beginning {#beginning}

A [[state|State]] signs a [[treaty]]; more [at the end](#end) and [after it](#after).

{{figure: early}}

## End {#end}

A State may leave a treaty. As [at the beginning](first#beginning), see [a case](case#account).

{{figure: late}}

### After {#after}

Back to [the end](first#end), or [elsewhere](https://example.org/first#end).
"""
LONG_ES = """\
---
follows: FOLLOWS
status: confirmed
content_note: Nombra asesinatos.
written_alternative: Escriba una carta.
key_points:
- Un punto del [final](#end).
figures:
- id: early
  title: Antes
- id: late
  title: Tarde
---

## Comienzo {#beginning}

Un [[state|Estado]] firma; véase [el final](#end).

{{figure: early}}

## Final {#end}

Un Estado puede salir. Como [al comienzo](first#beginning).

{{figure: late}}

### Luego {#after}

De vuelta [al final](first#end).
"""
ASKED = tiny.ASKED.replace("first#beginning", "first#end")
CASES = tiny.CASES.replace("- thought\n", "- thought\n- case\n- verse\n")
THOUGHT = tiny.SCORED.replace("What would you do?", "What would you do after [the end](first#end)?")


def texts() -> dict[str, str]:
    """The files of the course in their canonical form."""
    files = tiny.tiny_files(
        course=COURSE, sources=SOURCES, glossary=GLOSSARY, first=LONG, asked=ASKED, cases=CASES, thought=THOUGHT
    )
    files["modules/02-cases/case.md"] = tiny.CASE
    files["modules/02-cases/verse.yaml"] = POEM.replace("key: thought", "key: verse")
    unit = next(unit for _module, unit in read(files).units() if unit.key == "first")
    files["modules/01-words/first.es.md"] = LONG_ES.replace("FOLLOWS", text_hash(unit))
    return canonical_files(read(files), KINDS)


def read(files: Mapping[str, str]) -> CourseFiles:
    """The course that files say, unfinished or not."""
    course = read_files({path: text.encode() for path, text in files.items()}, KINDS, lenient=True).course
    assert course
    return course
