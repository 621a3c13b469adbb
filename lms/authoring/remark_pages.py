"""Remarks on the passages of a draft, worked out for the page: each where its words stand by now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from flask import url_for

from lms.catalogue.rules.course_files import UnitFile
from lms.catalogue.rules.passages import Changed, Passage, Piece, Where, everything_of
from lms.catalogue.rules.texts import named_in
from lms.catalogue.wording import Names, in_short, names_in, where_in_words
from lms.kernel.values import dataclass
from lms.web.dates import short_moment
from lms.web.languages import gettext as _
from lms.web.languages import own_name

from .draft_head import DraftHead
from .forms import RemarkForm, WordsForm
from .models import CommentAct
from .queries import Remark
from .rules.remarks import Place, passage_id, place_now


@dataclass(frozen=True)
class RemarkLine:
    """A remark on the page; `about` are the words it was about, where they are not the passage above it."""

    remark: Remark
    names: Mapping[int, str]
    zone: str
    where: str
    about: str
    language: str
    url: str | None
    edit: str
    """Where the passage is written; empty once it is gone or the draft is closed."""
    form: WordsForm

    @property
    def said(self) -> list[tuple[str, str, str]]:
        """Who, when, and the words; those of whoever is erased are gone."""
        return [
            (self.names[one.person_id], short_moment(one.at, self.zone), one.words or _("These words were erased."))
            for one in self.remark.said
        ]

    @property
    def settled(self) -> list[str]:
        """What became of it, a line each."""
        return [
            (
                _("Settled by %(name)s, %(when)s", name=self.names[one.person_id], when=short_moment(one.at, self.zone))
                if one.act is CommentAct.RESOLVED
                else _(
                    "Opened again by %(name)s, %(when)s",
                    name=self.names[one.person_id],
                    when=short_moment(one.at, self.zone),
                )
            )
            for one in self.remark.settled
        ]


def _identify(form: RemarkForm | WordsForm, name: str) -> None:
    """Let the field be found on a page that has many of them."""
    form.words.id = form.words.label.field_id = name


def _answer(remark: Remark, refused: WordsForm | None = None) -> WordsForm:
    form = refused or WordsForm(formdata=None)
    _identify(form, f"answer-{remark.public_id}")
    return form


def _written(head: DraftHead, unit: UnitFile, text: UnitFile, place: Where | None) -> str:
    """Where a text is written, at a place of its; empty for a closed draft."""
    if not head.open:
        return ""
    return head.writing(unit.key, text.language if text.path != unit.path else None, place)


def _names(head: DraftHead, language: str) -> Names:
    course = head.work.course
    titles = {unit.key: named_in(unit.front.get("title"), head.language, unit.key) for _module, unit in course.units()}
    return names_in(language, course.sources, course.terms, titles, course.media)


def _words(passage: Passage, names: Names) -> str:
    change = Changed(passage.where, (Piece("same", passage.text),), place=passage.place)
    return "".join(piece.text for piece in names.pieces(change))


@dataclass(frozen=True)
class PassageLine:
    """A passage with the remarks on it and the form for another."""

    number: int
    name: str
    where: str
    words: str
    heading: bool
    remarks: Sequence[RemarkLine]
    form: RemarkForm | None


@dataclass(frozen=True)
class ReadingPage:
    """One text of a draft, passage by passage; `refused` is a remark that could not be kept as it was sent."""

    head: DraftHead
    file: UnitFile
    found: Sequence[Remark]
    people: Mapping[int, str]
    refused: RemarkForm | None = None

    @cached_property
    def passages(self) -> list[Passage]:
        """The passages as they stand."""
        return everything_of(self.file)

    @property
    def title(self) -> str:
        """What the unit is called."""
        _module, unit = self.head.work.find(self.file.key)
        return named_in(unit.front.get("title"), self.head.language, unit.key)

    @property
    def spoken(self) -> str:
        """The language of the text, by its own name."""
        return own_name(self.file.language)

    @property
    def edit_url(self) -> str:
        """Where the text is written, while that is possible."""
        return _written(self.head, self.head.work.find(self.file.key)[1], self.file, None)

    @cached_property
    def _placed(self) -> list[tuple[Remark, int | None]]:
        texts = {self.file.path: self.passages}
        placed = [(remark, place_now(remark.anchor, texts)) for remark in self.found]
        return [(remark, place.passage) for remark, place in placed if place is not None]

    @property
    def lines(self) -> list[PassageLine]:
        """Passage by passage."""
        names = _names(self.head, self.file.language)
        last = ""
        lines = []
        for number, passage in enumerate(self.passages):
            words = _words(passage, names)
            where = where_in_words(Changed(passage.where, (), place=passage.place))
            heading = not passage.place and words.strip() == passage.where
            mine = [remark for remark, place in self._placed if place == number]
            lines.append(
                PassageLine(
                    number=number + 1,
                    name=passage_id(passage),
                    where="" if heading or where == last else where,
                    words=words,
                    heading=heading,
                    remarks=[self._line(remark, passage, names) for remark in mine],
                    form=self._form(number + 1, passage),
                )
            )
            last = where
        return lines

    def _line(self, remark: Remark, passage: Passage | None, names: Names) -> RemarkLine:
        old = Passage(remark.anchor.where, remark.anchor.about)
        about = "" if passage and passage.text == old.text else _words(old, names)
        unit = self.head.work.find(self.file.key)[1]
        edit = _written(self.head, unit, self.file, passage.place) if passage else ""
        return RemarkLine(
            remark, self.people, self.head.zone, remark.anchor.where, about, self.file.language, None, edit,
            _answer(remark),
        )  # fmt: skip

    def _form(self, number: int, passage: Passage) -> RemarkForm | None:
        if not self.head.open:
            return None
        form = self.refused
        if form is None or form.passage.data != passage_id(passage):
            form = RemarkForm(formdata=None, data={"file": self.file.path, "passage": passage_id(passage)})
        _identify(form, f"remark-on-{number}")
        form.words.label.text = _("Your remark on passage %(number)s", number=number)
        return form

    @property
    def gone(self) -> list[RemarkLine]:
        """Remarks on passages that are not there any more."""
        names = _names(self.head, self.file.language)
        return [self._line(remark, None, names) for remark, place in self._placed if place is None]

    @property
    def homeless(self) -> str:
        """The words of a refused remark whose passage reads otherwise by now."""
        known = {passage_id(passage) for passage in self.passages}
        lost = self.refused is not None and self.refused.passage.data not in known
        return (self.refused.words.data or "") if lost and self.refused else ""


@dataclass(frozen=True)
class RemarksPage:
    """All remarks on a draft; `form` is an answer that was refused, to the remark `about`."""

    head: DraftHead
    found: Sequence[Remark]
    people: Mapping[int, str]
    form: WordsForm | None = None
    about: str = ""

    @cached_property
    def _texts(self) -> dict[str, tuple[UnitFile, UnitFile]]:
        """path → (unit, text)."""
        return {
            text.path: (unit, text)
            for module, unit in self.head.work.course.units()
            for text in (unit, *module.translations_of(unit))
        }

    @property
    def open(self) -> list[RemarkLine]:
        """Those that wait."""
        return list(self._lines([remark for remark in self.found if remark.open]))

    @property
    def settled(self) -> list[RemarkLine]:
        """Those that are settled, the newest first."""
        return list(self._lines([remark for remark in reversed(self.found) if not remark.open]))

    def _lines(self, remarks: Sequence[Remark]) -> Iterator[RemarkLine]:
        passages: dict[str, list[Passage]] = {}
        for remark in remarks:
            texts = _Lazily(self._texts, passages)
            place = place_now(remark.anchor, texts)
            there = texts[place.path][place.passage] if place and place.passage is not None else None
            yield self._line(remark, place, there)

    def _line(self, remark: Remark, place: Place | None, there: Passage | None) -> RemarkLine:
        unit, text = self._texts[place.path] if place else (None, None)
        language = text.language if text else self.head.work.course.language
        names = _names(self.head, language)
        gone = _("A text that this draft does not have any more")
        title = named_in(unit.front.get("title"), self.head.language, unit.key) if unit else gone
        heading = where_in_words(Changed(there.where, (), place=there.place)) if there else remark.anchor.where
        where = f"{title}: {heading}" if heading else str(title)
        about = in_short([Piece("same", _words(Passage(remark.anchor.where, remark.anchor.about), names))], 240)
        url = url_for("authoring.read_draft", **self.head.at, file=place.path) if place else None
        edit = _written(self.head, unit, text, there.place) if unit and text and there else ""
        form = _answer(remark, self.form if self.about == remark.public_id else None)
        return RemarkLine(remark, self.people, self.head.zone, where, about, language, url, edit, form)


class _Lazily(Mapping[str, Sequence[Passage]]):
    """The passages of texts, worked out for those that are asked for."""

    def __init__(self, texts: Mapping[str, tuple[UnitFile, UnitFile]], known: dict[str, list[Passage]]) -> None:
        self.texts, self.known = texts, known

    def __getitem__(self, path: str) -> Sequence[Passage]:
        if path not in self.known:
            self.known[path] = everything_of(self.texts[path][1])
        return self.known[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)
