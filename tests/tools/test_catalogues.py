"""What an update does to a catalogue: exactly the texts of the code, no guesses, and the same bytes for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.catalogues import compile_all, forms, main, messages, missing, read, update, updated

CODE = """
from flask_babel import gettext as _, lazy_gettext as _l, ngettext

TITLE = _l("Second in the file")
FIRST = _("Stays")
COUNT = ngettext("%(num)s day", "%(num)s days", 3)
"""
PAGE = "<p>{{ _('Stays') }}</p>\n{% trans who=name %}Dear {{ who }},{% endtrans %}\n"
STORED = """
#: lms/old.py:12
msgid "Stays"
msgstr "Bleibt"

msgid "Stays so"
msgstr "Bleibt so"

# said by a translator
#, fuzzy
msgid "Second in the file"
msgstr "Zweites"

msgid "%(num)s day"
msgstr "%(num)s Tag"

#~ msgid "Long gone"
#~ msgstr "Lange fort"
"""
UPDATED = """\
# The texts of the interface in German. Translate what is empty, run `make catalogues` after a change of the code.
msgid ""
msgstr ""
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1)\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

# said by a translator
#: lms/code.py
#, fuzzy
msgid "Second in the file"
msgstr "Zweites"

#: lms/code.py lms/templates/page.html
msgid "Stays"
msgstr "Bleibt"

#: lms/code.py
#, python-format
msgid "%(num)s day"
msgid_plural "%(num)s days"
msgstr[0] ""
msgstr[1] ""

#: lms/templates/page.html
#, python-format
msgid "Dear %(who)s,"
msgstr ""
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small lms/ with a catalogue that has fallen behind."""
    folder = tmp_path / "lms"
    (folder / "templates").mkdir(parents=True)
    (folder / "code.py").write_text(CODE)
    (folder / "templates" / "page.html").write_text(PAGE)
    stored = folder / "translations" / "de" / "LC_MESSAGES" / "messages.po"
    stored.parent.mkdir(parents=True)
    stored.write_text(STORED)
    return folder


def stored(house: Path) -> Path:
    return house / "translations" / "de" / "LC_MESSAGES" / "messages.po"


def test_an_update_keeps_translations_and_guesses_none(house: Path) -> None:
    assert updated(stored(house), messages(house)).decode() == UPDATED


def test_a_second_update_changes_nothing_wherever_the_lines_have_moved(house: Path) -> None:
    path = stored(house)
    path.write_bytes(updated(path, messages(house)))
    (house / "code.py").write_text("# a comment\n\n" + CODE)
    assert updated(path, messages(house)) == path.read_bytes()


def test_a_compiled_catalogue_has_what_is_translated(house: Path) -> None:
    path = stored(house)
    path.write_bytes(updated(path, messages(house)))
    assert missing(path) == 2
    assert compile_all(house) == [path.with_suffix(".mo")]
    assert b"Bleibt" in path.with_suffix(".mo").read_bytes()


def test_a_further_language_begins_empty(house: Path) -> None:
    begun = house / "translations" / "ar" / "LC_MESSAGES" / "messages.po"
    assert update(["ar"], house) == [begun, stored(house)]
    assert [forms(one) for one in read(begun) if one.id] == [("",), ("",), ("",) * 6, ("",)]


@pytest.mark.parametrize("asked", [["update", "xx"], ["update", "../de"], ["sort"]])
def test_what_is_no_language_is_refused(asked: list[str]) -> None:
    assert main(asked) == 2
