"""Catalogues of translations: `python -m tools.catalogues` compiles them, so that gettext can read them, and
`python -m tools.catalogues update` brings them in line with the code; `update ar` begins one for a further language."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "lms"
# Every name under which the code asks for a text; those with two forms are among Babel's own.
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
# Without dates, versions and names: whoever updates a catalogue gets the same bytes.
HEAD = """\
# The texts of the interface in {name}. Translate what is empty, run `make catalogues` after a change of the code.
msgid ""
msgstr ""
"Language: {code}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def compile_all(folder: Path) -> list[Path]:
    """Write the .mo beside each .po below the folder; the paths written."""
    return [_compile(source) for source in sources(folder)]


def sources(folder: Path = SOURCE) -> list[Path]:
    """Every catalogue below the folder, in the order of their languages."""
    return sorted(folder.rglob("LC_MESSAGES/*.po"))


def language_of(source: Path) -> str:
    """The language of a catalogue, as its folder is called."""
    return source.parents[1].name


def read(source: Path) -> Catalog:
    """A catalogue as it is stored."""
    with source.open("rb") as text:
        return read_po(text, locale=language_of(source))


def _compile(source: Path) -> Path:
    compiled = source.with_suffix(".mo")
    with compiled.open("wb") as binary:
        write_mo(binary, read(source))
    return compiled


def messages(folder: Path = SOURCE) -> list[Message]:
    """Every text that the code marks for translation, in the order of files and of the lines in them."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"].removeprefix("lms/"), mapping["method"]) for mapping in mappings]
    found = Catalog()
    for name, line, text, _comments, context in extract_from_dir(folder, methods, keywords=KEYWORDS):
        found.add(text, locations=[(f"{folder.name}/{name}", line)], context=context)
    return sorted((one for one in found if one.id), key=_place)


def _place(one: Message) -> tuple[list[tuple[str, int]], str, str]:
    return sorted(one.locations), one.context or "", str(one.id)


def updated(source: Path, wanted: Iterable[Message]) -> bytes:
    """A catalogue with exactly the wanted texts, each with the translation it had, else with none: no guesses."""
    code = language_of(source)
    present = read(source) if source.exists() else Catalog(locale=code)
    made = Catalog(locale=code)
    for one in wanted:
        known = present.get(one.id, one.context)
        fits = known is not None and known.pluralizable == one.pluralizable
        made.add(
            one.id,
            known.string if known and fits else None,
            locations=one.locations,
            flags=known.flags if known and fits else (),
            user_comments=known.user_comments if known else (),
            context=one.context,
        )
    written = BytesIO()
    write_po(written, made, width=0, omit_header=True, include_lineno=False, ignore_obsolete=True)
    name = Locale.parse(code, sep="_").get_display_name("en")
    head = HEAD.format(name=name, code=code, plurals=present.plural_forms.rstrip(";"))
    return (head.encode() + written.getvalue()).rstrip(b"\n") + b"\n"


def update(languages: Iterable[str] = (), folder: Path = SOURCE) -> list[Path]:
    """Bring every catalogue in line with the code, and begin one for each further language; the paths written.

    Raises ValueError or UnknownLocaleError for what is no language.
    """
    further = [str(Locale.parse(code, sep="_")) for code in languages]
    begun = (folder / "translations" / code / "LC_MESSAGES" / "messages.po" for code in further)
    wanted, paths = messages(folder), sorted({*sources(folder), *begun})
    for source in paths:
        text = updated(source, wanted)
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(text)
    return paths


def forms(one: Message) -> tuple[str, ...]:
    """The translation of a text, in each of its forms where it is about a number; empty where there is none."""
    texts = one.string if isinstance(one.string, list | tuple) else (one.string,)
    return tuple(text or "" for text in texts)


def missing(source: Path) -> int:
    """How many texts of a catalogue are not translated yet."""
    return sum(not all(forms(one)) for one in read(source) if one.id)


def main(arguments: list[str]) -> int:
    """Compile, or update and then compile."""
    command, languages = arguments[:1], arguments[1:]
    if command not in ([], ["update"]):
        print("Usage: python -m tools.catalogues [update [LANGUAGE ...]]", file=sys.stderr)
        return 2
    if command:
        try:
            paths = update(languages)
        except (UnknownLocaleError, ValueError) as wrong:
            print(f"{wrong}", file=sys.stderr)
            return 2
        for source in paths:
            print(f"{source.relative_to(ROOT)}: {missing(source)} texts are not translated yet")
    compile_all(SOURCE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
