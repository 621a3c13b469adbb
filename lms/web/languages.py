"""Which language a page is in: the person's own, else the one asked for, else the browser's, from what we have."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import lru_cache, partial, reduce
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale, UnknownLocaleError
from babel.support import NullTranslations
from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import Babel, Domain, LazyString, force_locale, get_domain, get_locale
from markupsafe import Markup, escape

from lms.kernel.settings import settings_of

from . import day_words
from .access import viewer

SOURCE = "en"
FOLDER = Path(__file__).resolve().parent.parent / "translations"
# Two made-up languages for tests: one lengthens and marks every text, the other also runs from right to left.
PSEUDO = {"x-long": "en", "x-rtl": "ar"}
_RTL = frozenset({"ar", "fa", "he", "ps", "ur", "dv", "ckb"})
# The parts of an address that choose a language for one look at a page. Choosing one to stay takes their place.
ONE_LOOK = frozenset({"lang", "original"})
_ACCENTED = str.maketrans("aeiouyAEIOUYcn", "åéîøüýÅÉÎØÜÝçñ")


def have_catalogue(folder: Path = FOLDER) -> tuple[str, ...]:
    """The languages of the interface: English, in which it is written, and each with a compiled catalogue."""
    return (SOURCE, *sorted(path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/messages.mo")))


class PseudoTranslations(NullTranslations):
    """Marks what goes through gettext, so that a page's untranslated text stands out."""

    def gettext(self, message: str) -> str:
        """The text, lengthened by a third and set in brackets; placeholders stay."""
        return mark(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """As gettext, for the form that the number asks for."""
        return mark(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        """As gettext; the context says which meaning."""
        return mark(message)

    ugettext = gettext
    ungettext = ngettext
    upgettext = pgettext


@lru_cache(maxsize=4096)
def mark(text: str) -> str:
    """The pseudo-translation of a text: accents on letters outside placeholders and tags, brackets around it."""
    out, inside = [], 0
    previous = ""
    for letter in text:
        if letter in "<{" or (letter == "(" and previous == "%"):
            inside += 1
        out.append(letter if inside or previous == "%" else letter.translate(_ACCENTED))
        if letter in ">})" and inside:
            inside -= 1
            previous = "%" if letter == ")" else letter
            continue
        previous = letter
    return "⟦" + "".join(out) + "·" * (len(text) // 3) + "⟧"


class _Translations(Domain):  # type: ignore[misc]
    """Our catalogues, or the pseudo-translation where a test asks for it."""

    pseudo = PseudoTranslations()

    def get_translations(self) -> Any:
        """What gettext looks texts up in, for this request."""
        return _speech().catalogue

    def found(self) -> Any:
        """The same, looked for."""
        if has_request_context() and chosen() in PSEUDO:
            return self.pseudo
        return super().get_translations()


def install(app: Flask) -> None:
    """Set up Flask-Babel for this app."""
    offered = have_catalogue(FOLDER) + (tuple(PSEUDO) if settings_of(app).development else ())
    app.extensions["lms.languages"] = offered
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(FOLDER)
    babel = Babel()
    babel.init_app(app, locale_selector=_locale)
    app.extensions["babel"].instance.domain_instance = _Translations(str(FOLDER))
    app.before_request(_forget)
    app.teardown_request(lambda _error: _forget())
    app.jinja_env.globals.update(
        _=_text,
        gettext=_text,
        ngettext=_number_text,
        language=language,
        language_name=language_name,
        own_name=own_name,
        text_direction=text_direction,
        speech=speech,
    )


class Speech(NamedTuple):
    """The language that is spoken now, as in `pt_BR`, and its texts."""

    language: str
    catalogue: Any


# Flask-Babel asks four context-bound objects for each text and each date; a page has dozens, so both are found once a
# request.
_present: ContextVar[Speech | None] = ContextVar("lms_speech", default=None)


def _forget() -> None:
    _present.set(None)


def _speech() -> Speech:
    found = _present.get()
    if found is None:
        domain = get_domain()
        ours = isinstance(domain, _Translations)  # outside an app there is nothing to find
        found = Speech(str(get_locale() or SOURCE), domain.found() if ours else domain.get_translations())
        if has_request_context():
            _present.set(found)
    return found


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within the block, texts and dates are in this language: for letters to somebody else than who looks."""
    before = _present.get()
    _present.set(None)
    try:
        with force_locale(code.replace("-", "_")):
            yield
    finally:
        _present.set(before)


def language() -> str:
    """The language of what is being written now, as in `pt_BR`; English where nothing says otherwise."""
    return (_present.get() or _speech()).language


def gettext(message: str, /, **values: Any) -> str:
    """As Flask-Babel's, for code that runs on every page."""
    text = _told((_present.get() or _speech()).catalogue, message)
    return text % values if values else text


def ngettext(one: str, many: str, number: int, /, **values: Any) -> str:
    """As Flask-Babel's, for code that runs on every page; `num` may be used in the text."""
    text: str = _speech().catalogue.ungettext(one, many, number)
    return text % {"num": number, **values}


lazy_gettext = partial(LazyString, gettext)


def in_a_row(names: Sequence[str]) -> str:
    """Such as "Justice; Defence; Interior": names that may hold commas, within a sentence."""
    return reduce(lambda so_far, one: gettext("%(so_far)s; %(one)s", so_far=so_far, one=one), names) if names else ""


def listed(names: Sequence[str]) -> str:
    """Such as "4, 5 and 6": short names as a list in words; in English without a comma before the "and"."""
    return day_words.listed(names, language())


def _text(message: str, /, **values: Any) -> Markup:
    """Jinja's `_`, with values escaped; a percent sign is written twice, as in every gettext text with values."""
    catalogue = (_present.get() or _speech()).catalogue
    return _fill(_told(catalogue, message), values) if values else _plain(catalogue, message)


# The code and the templates have some four thousand texts in each language.
@lru_cache(maxsize=16384)
def _told(catalogue: Any, message: str) -> str:
    """A text with its placeholders: a catalogue that has none of its own, as English, is asked in three steps."""
    text: str = catalogue.ugettext(message)
    return text


@lru_cache(maxsize=4096)
def _plain(catalogue: Any, message: str) -> Markup:
    """A text without values."""
    return _fill(catalogue.ugettext(message), {})


def _number_text(one: str, many: str, number: int, /, **values: Any) -> Markup:
    """Jinja's `ngettext`; `num` may be used in the text."""
    return _fill(_speech().catalogue.ungettext(one, many, number), {"num": number, **values})


def _fill(text: str, values: dict[str, Any]) -> Markup:
    # The text is ours; what it is filled with is escaped here, in less than half the time that Markup takes.
    return Markup(text % {name: _safe(value) for name, value in values.items()} if values else text.replace("%%", "%"))  # noqa: S704


def _safe(value: Any) -> Any:
    # A number may be asked for with its decimals, and has nothing to escape.
    return value if isinstance(value, (int, float, Decimal)) else escape(value)


def chosen() -> str:
    """The language of this request, from the whitelist."""
    if not has_request_context():
        return SOURCE
    if "lms_language" not in g:
        g.lms_language = _choose()
    return str(g.lms_language)


def _choose() -> str:
    from_query = request.args.get("lang", "")
    offered: tuple[str, ...] = offered_languages()
    if from_query in PSEUDO and from_query in offered:
        return from_query
    person = viewer()
    if person is not None and person.locale in offered:
        return person.locale or SOURCE
    if from_query in offered:
        session["lang"] = from_query
        return from_query
    if session.get("lang") in offered:
        return str(session["lang"])
    return _browsers_own()


def _browsers_own() -> str:
    """The first that the browser asks for; who asks for `es-MX` and then English is better served in Spanish."""
    known = {code.replace("_", "-").lower(): code for code in choices()}
    for asked, quality in request.accept_languages:
        for tag in (asked.lower(), asked.lower().partition("-")[0]):
            if quality > 0 and tag in known:
                return known[tag]
    return SOURCE


def offered_languages() -> tuple[str, ...]:
    """The languages this app answers in."""
    offered: tuple[str, ...] = current_app.extensions["lms.languages"]
    return offered


def _locale() -> Locale:
    code = chosen()
    return _parsed(PSEUDO.get(code, code))


@lru_cache(maxsize=64)
def _parsed(code: str) -> Locale:
    """Babel asks the disk each time whether it knows the locale."""
    return Locale.parse(code)


def choices() -> tuple[str, ...]:
    """The languages that people can choose."""
    return tuple(code for code in offered_languages() if code not in PSEUDO)


@lru_cache(maxsize=256)
def speech(code: str) -> Markup:
    """The attributes of an element whose text is in this language; a page asks for them dozens of times."""
    return Markup('lang="{}" dir="{}"').format(code.replace("_", "-"), text_direction(code))


def text_direction(code: str | None = None) -> str:
    """`rtl` or `ltr`, of a text in a language; of the page where none is named."""
    return "rtl" if (code or language()).replace("-", "_").split("_")[0] in _RTL else "ltr"


# What CLDR lists beside languages: several at once, one not known, none at all.
_NO_LANGUAGE = frozenset({"mul", "und", "zxx", "mis", "root"})


def language_name(code: str) -> str:
    """What a language is called in the language of the page; its code where we do not know."""
    return language_names(language()).get(code, code)


@lru_cache(maxsize=32)
def language_names(locale: str) -> Mapping[str, str]:
    """Every language of ISO 639 that CLDR knows by name, by code, as it is called in another; not its varieties."""
    names = day_words.words_of(locale).languages
    return {code: name for code, name in names.items() if "_" not in code and code not in _NO_LANGUAGE}


def own_name(code: str) -> str:
    """A language's name in itself, for those who choose it; where CLDR has no texts in it, as Tetum, its name in the
    language of the page, else in English, else its code."""
    own = _name_in_itself(code)
    return own or (_names(language()).get(code) or _names(SOURCE).get(code) or code).capitalize()


# Asking CLDR loads all it knows of a language, 1.2 MB each, and every page names those it can be had in.
_OWN_NAMES = {"ar": "العربية", "en": "English", "es": "Español", "fr": "Français", "pt": "Português", "ru": "Русский"}


@lru_cache(maxsize=256)
def _name_in_itself(code: str) -> str:
    if code in _OWN_NAMES:
        return _OWN_NAMES[code]
    try:
        return (Locale.parse(code.replace("-", "_")).display_name or "").capitalize()
    except (UnknownLocaleError, ValueError):
        return ""


def _names(locale: str) -> Mapping[str, str]:
    try:
        return language_names(locale)
    except (UnknownLocaleError, ValueError):
        return {}


def unmarked(text: str) -> str:
    """A text without case and accents, for names that are put in order or looked up."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
