"""Spanish and French for tests: a few words of the interface, and Spanish texts of the tiny course."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from lms.catalogue.files.canonical import canonical_files
from lms.catalogue.files.read import read_files
from lms.catalogue.rules.translation import text_hash
from lms.web import languages
from tests.catalogue import tiny
from tests.learning import makers
from tools.catalogues import compile_all

WORDS = {
    "es": {"Help": "Ayuda", "Language": "Idioma", "Sign in": "Entrar", "Key points": "Puntos clave"},
    "fr": {"Help": "Aide", "Language": "Langue", "Sign in": "Se connecter", "Key points": "Points clés"},
}
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: {}\\n"\n'

FIRST = makers.FIRST.replace("  en: First\n", "  en: First\n  es: Primero\n")
ASKED = makers.ASKED.replace("  en: Asked\n", "  en: Asked\n  es: Preguntas\n")
FIRST_ES = """\
---
follows: {follows}
status: {status}
content_note: Este texto describe violencia.
key_points:
- Un punto.
---

## Comienzo {{#beginning}}

En 2012 actuó un [[state|Estado]]. [@S001 p. 3]

## Fin {{#end}}

Terminó. [@S001]
"""
ASKED_ES = """\
follows: {follows}
status: {status}
questions:
- id: which
  prompt: ¿Cuál?
  options:
  - id: this
    text: Este
  - id: that
    text: Ese
  - id: other
    text: El otro
  explanation: Porque lo dice.
- id: think
  prompt: ¿Qué piensa usted?
"""


@contextmanager
def spoken(folder: Path) -> Iterator[None]:
    """Within the block, an app that is made offers English, Spanish and French."""
    for code, words in WORDS.items():
        file = folder / code / "LC_MESSAGES" / "messages.po"
        file.parent.mkdir(parents=True)
        texts = "\n".join(f'msgid "{one}"\nmsgstr "{other}"\n' for one, other in words.items())
        file.write_text(f"{HEAD.format(code)}\n{texts}", encoding="utf-8")
    compile_all(folder)
    with patch.object(languages, "FOLDER", folder):
        yield


def translated(*, first: str = FIRST, asked: str = ASKED, status: str = "awaiting-native-reader") -> dict[str, str]:
    """The changed files of the tiny course with two of its units in Spanish, for `makers.publish`."""
    files = {"first": first, "asked": asked}
    spanish = {
        "first_es": FIRST_ES.format(follows=follows("first", **files), status=status),
        "asked_es": ASKED_ES.format(follows=follows("asked", **files), status=status),
    }
    return files | {name: in_form(name, **files, **{name: text}) for name, text in spanish.items()}


def in_form(name: str, **changed: str) -> str:
    """One file of the tiny course as `flask lms courses format` writes it."""
    course = read_files(tiny.encoded(tiny.tiny_files(**changed)), tiny.KINDS).course
    assert course
    return canonical_files(course, tiny.KINDS)[tiny.MORE[name]]


def follows(unit: str, **changed: str) -> str:
    """What a translation of this unit writes after `follows:`."""
    course = tiny.checked(**changed).course
    assert course
    return next(text_hash(found) for _module, found in course.units() if found.key == unit)
