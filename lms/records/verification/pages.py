"""What the page of a certificate's code says, in the language of whoever reads it."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from lms.catalogue.rules.outline import Outline
from lms.kernel.settings import present_settings
from lms.kernel.values import dataclass
from lms.people.rules.names import PersonName
from lms.records.credentials import keys
from lms.records.models import RecordAct
from lms.records.rules.life import Cause
from lms.records.rules.public import grouped
from lms.records.words import CAUSES, fingerprint
from lms.web.dates import moment, month_of, short_day
from lms.web.languages import gettext as _
from lms.web.languages import language, ngettext

from .files import Signed
from .queries import Found, in_force
from .rules import TypedCode


class Agreement(enum.StrEnum):
    """What came of comparing a typed name."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNKNOWABLE = "unknowable"
    """Its holder is erased, or the name cannot be opened: only the file they keep says it."""


@dataclass(frozen=True)
class VerdictPage:
    """A record by its code. `name` is there only where its holder lets it be shown."""

    found: Found
    at: dt.datetime
    name: PersonName | None = None
    agreement: Agreement | None = None

    @property
    def code(self) -> str:
        """As it is printed."""
        return grouped(self.found.code)

    @property
    def valid(self) -> bool:
        """Whether the record is in force."""
        return self.found.state.valid

    @property
    def for_show(self) -> bool:
        """Whether the record was made to show the system, and stands for nothing."""
        issuer = keys.issuer()
        return issuer is not None and issuer.demonstration

    @property
    def link_ended(self) -> bool:
        """Whether the link that was used showed the name once, and does not any more."""
        return self.found.link is not None and not in_force(self.found.link, self.at)

    @property
    def kind(self) -> str:
        """Of the status beside the code."""
        return {RecordAct.ISSUED: "done", RecordAct.CORRECTED: "care"}.get(self.found.state.act, "error")

    @property
    def status(self) -> str:
        """The one word."""
        words = {
            RecordAct.ISSUED: _("Valid"),
            RecordAct.CORRECTED: _("Replaced"),
            RecordAct.WITHDRAWN: _("Withdrawn"),
            RecordAct.REVOKED: _("Revoked"),
        }
        return words[self.found.state.act]

    @property
    def title(self) -> str:
        """The finding."""
        words = {
            RecordAct.ISSUED: _("This certificate is valid"),
            RecordAct.CORRECTED: _("A newer certificate has replaced this one"),
            RecordAct.WITHDRAWN: _("This certificate has been withdrawn"),
            RecordAct.REVOKED: _("This certificate has been revoked"),
        }
        return words[self.found.state.act]

    @cached_property
    def sentence(self) -> str:
        """The finding in full, with the day on which it ended."""
        ended = self.found.state.ended_on
        day = short_day(ended) if ended else ""
        words = {
            RecordAct.ISSUED: _("It was issued by the Auschwitz Institute and has not been changed or withdrawn."),
            RecordAct.CORRECTED: _(
                "The seminar was completed. Something on the paper was corrected on %(day)s, and a newer certificate"
                " was issued. Ask its holder for that one.",
                day=day,
            ),
            RecordAct.WITHDRAWN: _(
                "Please do not rely on it. Its holder withdrew it on %(day)s. This is no judgement of that person.",
                day=day,
            ),
            RecordAct.REVOKED: _(
                "Please do not rely on it. The Auschwitz Institute revoked it on %(day)s. This is no judgement of the "
                "person named on the paper.",
                day=day,
            ),
        }
        return words[self.found.state.act]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What it stands for; nothing that names the holder, or tells them from others of the same edition."""
        edition = self.found.facts["edition"]
        programme = self.found.course.named(language()) if self.found.course else edition["title"]
        said = [(_("Programme"), programme), (_("Edition"), edition["title"]), (_("Place"), edition["place"])]
        began, issued = dt.date.fromisoformat(edition["starts_on"]), self.found.state.issued_on
        said += [(_("Held in"), month_of(began)), (_("Issued in"), month_of(issued))]
        said += [(_("Issued on"), short_day(issued))] * (self.name is not None)
        cause = self.found.state.reason
        return [*said, (_("Reason"), str(CAUSES[Cause(cause)]))] if cause else said

    @property
    def asked(self) -> list[str]:
        """What “completed” meant, a sentence for each condition."""
        rule = self.found.facts["rule"]
        number = self.found.facts["met"]["modules"]["needed"]
        return _meant(number, rule["attendance_at_least"], name_confirmed=rule["name_confirmed"])

    @property
    def version(self) -> str:
        """Of the course's text."""
        return str(self.found.facts["version"])

    @property
    def fingerprint(self) -> str:
        """The beginning of the content hash of that text."""
        return fingerprint(self.found.version_hash)

    @property
    def answered(self) -> str:
        """Who says it, and when: so that a print of the page says when it was true."""
        shown = urlsplit(present_settings().public_url)
        return _("Answered by %(host)s on %(moment)s.", host=shown.netloc + shown.path, moment=moment(self.at, "UTC"))


@dataclass(frozen=True)
class FilePage:
    """A file that we signed, and how its record stands."""

    signed: Signed
    at: dt.datetime

    @property
    def record(self) -> VerdictPage | None:
        """The page of its record, without the name: the file says that."""
        return VerdictPage(self.signed.found, self.at) if self.signed.found else None

    @property
    def kind(self) -> str:
        """Of the status above."""
        return self.record.kind if self.record else "error"

    @property
    def title(self) -> str:
        """The finding."""
        if self.record is None:
            return _("We signed this file, but we know no record for it")
        return _("This file is genuine, and its record is valid") if self.record.valid else self.record.title


def rejection(reason: str) -> str:
    """Why a file was not taken, in words."""
    words = {
        "too-big": _("The file is too large to be one of ours."),
        "not-json": _("This is not a signed file: it could not be read as one."),
        "nothing-inside": _("This picture carries no record as we put it in, or its file is broken. Many programs that"
                            " save or send pictures leave out what is inside: ask for the file as it was downloaded."),
        "not-ours": _("This file names an issuer that is not this site. We check only what we have signed ourselves."),
        "not-a-record": _("This file does not have the form of our records. Something was added to it, or taken away."),
        "not-signed": _("The signature does not hold: the file was changed after it was signed, or somebody else signed"
                        " it."),
    }  # fmt: skip
    return words.get(reason, _("The file could not be checked: reading it took too much time or memory."))


@dataclass(frozen=True)
class ContentsPage:
    """What a course version holds for which records were issued; `code` where one comes from a certificate's page."""

    version_hash: str
    course: Outline
    code: str = ""

    def modules(self) -> Sequence[tuple[str, list[str]]]:
        """Each module with its texts, in their order."""
        here = language()
        return [(module.named(here), [unit.named(here) for unit in module.units]) for module in self.course.modules]

    @property
    def sources(self) -> Sequence[tuple[str, str]]:
        """What the texts rest on: title with author, and where it can be read."""
        return [(_cited(source), str(source.get("url") or "")) for source in self.course.sources]

    @property
    def meant(self) -> list[str]:
        """What “completed” means, a sentence for each condition."""
        rule = self.course.rule
        return _meant(len(rule.modules), rule.attendance_at_least, name_confirmed=rule.name_confirmed)


def _meant(modules: int, percent: int | None, *, name_confirmed: bool) -> list[str]:
    said = [ngettext("The %(num)s module of the pre-reading was passed.",
                     "All %(num)s modules of the pre-reading were passed.", modules)]  # fmt: skip
    if percent is not None:
        share = _("At least %(percent)s%% of the half-days on site were attended, or made up for.", percent=percent)
        said.append(share)
    return [*said, _("The name was confirmed before the certificate was issued.")] if name_confirmed else said


def _cited(source: Mapping[str, Any]) -> str:
    said = (source.get("title") or source["id"], source.get("author"))
    return ". ".join(str(part) for part in said if part)


def hints(typed: TypedCode) -> list[str]:
    """What may be wrong with a code that nobody has, in words."""
    said = []
    if typed.missing > 0:
        said.append(ngettext("%(num)s letter is missing: a code has twelve.",
                             "%(num)s letters are missing: a code has twelve.", typed.missing))  # fmt: skip
    elif typed.missing < 0:
        said.append(ngettext("There is %(num)s letter too many: a code has twelve.",
                             "There are %(num)s letters too many: a code has twelve.", -typed.missing))  # fmt: skip
    for letter, alike in typed.misread:
        if alike:
            said.append(_("No code has %(letter)s. On the paper it may be one of these: %(alike)s.", letter=letter,
                          alike=" ".join(alike)))  # fmt: skip
        else:
            said.append(_("No code has %(letter)s.", letter=letter))
    return said
