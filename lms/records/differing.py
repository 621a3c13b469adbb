"""What another version changes, in words, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask_babel import gettext as _

from lms.catalogue.rules.differences import Difference, What
from lms.catalogue.rules.texts import localised
from lms.web.languages import in_a_row

Say = Callable[[str, Difference, str], str]
"""From the title of the unit or module, the difference and the language to a sentence."""


def in_words(difference: Difference, language: str) -> str:
    """One sentence."""
    title = difference.titled.named(language) if difference.titled else ""
    return _SAID[difference.what](title, difference, language)


def _row(titles: Sequence[Mapping[str, str]], language: str) -> str:
    return in_a_row([f"“{localised(title, language)}”" for title in titles])


def _rule_modules(_title: str, found: Difference, language: str) -> str:
    return str(_("The completion record asks for these modules: %(modules)s.", modules=_row(found.after, language)))


def _attendance(_title: str, found: Difference, _language: str) -> str:
    if found.after is None:
        return str(_("The completion record does not ask for attendance any more."))
    if found.before is None:
        return str(_("The completion record asks for %(after)s%% of the half-days.", after=found.after))
    text = _("The completion record asks for %(after)s%% of the half-days, until now for %(before)s%%.",
             after=found.after, before=found.before)  # fmt: skip
    return str(text)


def _name(_title: str, found: Difference, _language: str) -> str:
    if found.after:
        return str(_("The completion record asks for a confirmed name."))
    return str(_("The completion record does not ask for a confirmed name any more."))


def _module_new(title: str, found: Difference, _language: str) -> str:
    if found.after:
        return str(_("The module “%(title)s” is new, and the completion record asks for it.", title=title))
    return str(_("The module “%(title)s” is new; the completion record does not ask for it.", title=title))


def _module_gone(title: str, _found: Difference, _language: str) -> str:
    return str(_("The module “%(title)s” is gone.", title=title))


def _module_order(_title: str, _found: Difference, _language: str) -> str:
    return str(_("The modules stand in another order."))


def _module_after(title: str, found: Difference, language: str) -> str:
    if not found.after:
        return str(_("The module “%(title)s” is open from the beginning.", title=title))
    waits = _row(found.after, language)
    return str(_("The module “%(title)s” opens after: %(modules)s.", title=title, modules=waits))


def _unit_order(title: str, _found: Difference, _language: str) -> str:
    return str(_("The texts of the module “%(title)s” stand in another order.", title=title))


def _unit_new(title: str, _found: Difference, _language: str) -> str:
    return str(_("“%(title)s” is new.", title=title))


def _unit_gone(title: str, _found: Difference, _language: str) -> str:
    return str(_("“%(title)s” is gone.", title=title))


def _unit_anew(title: str, found: Difference, _language: str) -> str:
    if getattr(found.titled, "questions", 0):
        return str(_("“%(title)s” asks something else: whoever has passed it answers again.", title=title))
    return str(_("“%(title)s” says something else: whoever has finished it reads it again.", title=title))


def _unit_moved(title: str, found: Difference, language: str) -> str:
    before, after = (localised(name, language) for name in (found.before, found.after))
    return str(_("“%(title)s” has moved from “%(before)s” to “%(after)s”.", title=title, before=before, after=after))


def _pass_mark(title: str, found: Difference, _language: str) -> str:
    marks = {"before": found.before, "after": found.after}
    changed = _("“%(title)s” is passed with %(after)s%%, until now with %(before)s%%.", title=title, **marks)
    stays = _("Whoever has passed stays passed.")
    return f"{changed} {stays}"


def _unit_words(title: str, _found: Difference, _language: str) -> str:
    return title


_SAID: dict[What, Say] = {
    What.RULE_MODULES: _rule_modules,
    What.RULE_ATTENDANCE: _attendance,
    What.RULE_NAME: _name,
    What.MODULE_NEW: _module_new,
    What.MODULE_GONE: _module_gone,
    What.MODULE_ORDER: _module_order,
    What.MODULE_AFTER: _module_after,
    What.UNIT_ORDER: _unit_order,
    What.UNIT_NEW: _unit_new,
    What.UNIT_GONE: _unit_gone,
    What.UNIT_ANEW: _unit_anew,
    What.UNIT_MOVED: _unit_moved,
    What.UNIT_PASS_MARK: _pass_mark,
    What.UNIT_WORDS: _unit_words,
}
