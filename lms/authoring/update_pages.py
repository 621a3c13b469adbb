"""Bringing a draft up to a newer version: every place that both sides changed, with both texts, to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from lms.catalogue.queries import Published
from lms.catalogue.rules.passages import Piece
from lms.catalogue.rules.texts import named_in
from lms.catalogue.rules.wordwise import pieces
from lms.catalogue.wording import Names, names_in, place_in_words
from lms.kernel.errors import Refused
from lms.kernel.values import dataclass
from lms.web.languages import gettext as _
from lms.web.languages import own_name

from .draft_head import DraftHead
from .rules.merging import Clash, Where
from .rules.pairing import Three, named
from .together import BODY, Disputed, disputed, kind_of

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class ChoiceLine:
    """One place that both sides changed: the words of each against what stood there before."""

    name: str
    where: str
    mine: Sequence[Piece]
    theirs: Sequence[Piece]
    chosen: str


@dataclass(frozen=True)
class FileLine:
    """One file that both sides changed; without choices, both sides' changes fit together."""

    title: str
    language: str
    choices: Sequence[ChoiceLine]


@dataclass(frozen=True)
class UpdatePage:
    """A draft and a newer version."""

    head: DraftHead
    newest: Published
    apart: Mapping[str, Three]
    given: Mapping[str, str]
    """What was chosen so far, by the names of the places."""

    @cached_property
    def files(self) -> list[Disputed]:
        """File by file."""
        kinds = self.head.work.kinds
        return [disputed(path, three, kinds, self._kind(path)) for path, three in sorted(self.apart.items())]

    def _kind(self, path: str) -> str:
        return kind_of(path, self.head.work.files.texts)

    @property
    def clean(self) -> bool:
        """Whether nothing must be chosen."""
        return not any(file.clashes for file in self.files)

    @property
    def lines(self) -> list[FileLine]:
        """The same for the page."""
        return [self._file(number, file) for number, file in enumerate(self.files, 1)]

    def _file(self, number: int, file: Disputed) -> FileLine:
        title, language = self._title(file.path)
        names = names_in(language, self.head.work.course.sources, self.head.work.course.terms, {})
        choices = [self._choice(name, clash, names) for name, clash in _named(number, file)]
        return FileLine(title, language, choices)

    def _choice(self, name: str, clash: Clash, names: Names) -> ChoiceLine:
        base, mine, theirs = (_shown(side) for side in (clash.base, clash.mine, clash.theirs))
        return ChoiceLine(
            name=name,
            where=_where(clash.where),
            mine=_readable(pieces(base, mine), names),
            theirs=_readable(pieces(base, theirs), names),
            chosen=self.given.get(name, ""),
        )

    def _title(self, path: str) -> tuple[str, str]:
        name = named(path) or path
        for module, unit in self.head.work.course.units():
            for text in (unit, *module.translations_of(unit)):
                if named(text.path) == name:
                    title = named_in(unit.front.get("title"), self.head.language, unit.key)
                    spoken = f"{title}, {own_name(text.language)}" if text.path != unit.path else title
                    return spoken, text.language
        return path, self.head.work.course.language

    def choices(self) -> dict[str, str | None]:
        """The texts to keep of the files in which somebody chose; None takes one out. Raises Refused while a choice is
        missing."""
        return {file.path: text for file, text in self._kept() if file.clashes}

    def fitting(self) -> dict[str, str | None]:
        """The texts of the files in which both sides' changes fit together, so that nobody chose."""
        return {file.path: text for file, text in self._kept() if not file.clashes}

    def _kept(self) -> Iterator[tuple[Disputed, str | None]]:
        for number, file in enumerate(self.files, 1):
            at_each = list(_named(number, file))
            if any(self.given.get(name) not in (MINE, THEIRS) for name, _clash in at_each):
                raise Refused(_("Choose at every place which text is to stand."))
            theirs = [clash.where for name, clash in at_each if self.given[name] == THEIRS]
            yield file, file.chosen(theirs, self.head.work.kinds, self._kind(file.path))


def _named(number: int, file: Disputed) -> Iterator[tuple[str, Clash]]:
    return ((f"place-{number}-{at}", clash) for at, clash in enumerate(file.clashes, 1))


def _where(where: Where) -> str:
    if not where:
        return str(_("The whole text"))
    if where[0] == BODY:
        return str(_("In the text"))
    return place_in_words(tuple(part + 1 if isinstance(part, int) else part for part in where))


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(_shown(one) for one in value)
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_shown(one)}" for name, one in value.items())
    return str(value)


def _readable(found: Sequence[Piece], names: Names) -> list[Piece]:
    return [Piece(piece.kind, names.readable(piece.text, changed=piece.kind != "same")) for piece in found]
