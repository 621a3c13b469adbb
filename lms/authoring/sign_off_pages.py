"""The sign-offs of a draft or a version, worked out for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for

from lms.kernel.values import dataclass
from lms.web.dates import short_moment
from lms.web.languages import gettext as _
from lms.web.languages import language_name

from .draft_head import DraftHead
from .forms import SignOffForm
from .models import DraftState
from .queries import Signed
from .review import Review
from .rules.signing import Need, SignOffAct, Standing, State, complete, last_words, states_of
from .signing_words import ACTS, STANDINGS, meaning_of, need_in_words, obstacle_in_words


@dataclass(frozen=True)
class SaidLine:
    """One thing that a reviewer said."""

    what: str
    kind: str
    who: str
    when: str
    reason: str
    earlier: bool
    """Of an earlier text than the one that stands now."""


@dataclass(frozen=True)
class NeedLine:
    """A sign-off that is needed: how it stands, who said so, and what who looks can do about it."""

    name: str
    meaning: str
    sign: str
    standing: str
    said: Sequence[SaidLine]
    since: Sequence[tuple[str, str]]
    """(words, address) of what changed since it was given."""
    forms: Sequence[tuple[SignOffAct, SignOffForm]]
    ends: bool
    """Whether nothing else is missing, so that an author cannot give it."""


@dataclass(frozen=True)
class SignOffsPage:
    """A draft's sign-offs. `me` is who looks; `refused` is what could not be said, as it was sent."""

    head: DraftHead
    review: Review
    names: Mapping[int, str]
    me: int
    reviewer: bool
    refused: SignOffForm | None = None

    @property
    def author(self) -> bool:
        """Whether who looks wrote in the draft."""
        return self.me in self.review.authors

    @property
    def acting(self) -> bool:
        """Whether who looks can say something now."""
        return self.reviewer and self.head.draft.state is DraftState.IN_REVIEW

    @property
    def finding(self) -> str:
        """What is to be said first."""
        states = self.review.states
        given = sum(state.standing is Standing.GIVEN for state in states)
        if self.head.draft.state is DraftState.DRAFT:
            return str(_("This draft is still being written. Reviewers are asked once it is sent to them."))
        if obstacle := self.review.obstacle:
            said = _("%(given)s of %(total)s sign-offs are given for this text.", given=given, total=len(states))
            return f"{said} {obstacle_in_words(obstacle)}"
        return str(_("Every sign-off is given for exactly this text."))

    @property
    def needs(self) -> list[NeedLine]:
        """Need by need."""
        return [self._line(state) for state in self.review.states]

    def _line(self, state: State) -> NeedLine:
        sign, standing = STANDINGS[state.standing]
        said = [self.review.last(word) for word in state.words]
        return NeedLine(
            name=need_in_words(state.need),
            meaning=meaning_of(state.need),
            sign=sign,
            standing=str(standing),
            said=[self.line(one) for one in said],
            since=self._since(said) if state.standing is Standing.EARLIER else (),
            forms=[(act, self._form(state.need, act)) for act in self._acts(state)] if self.acting else (),
            ends=self.author and self._ends(state.need),
        )

    def _since(self, said: Sequence[Signed]) -> list[tuple[str, str]]:
        return [
            (
                _("What changed since %(name)s gave it", name=self.names[one.word.person]),
                url_for("authoring.draft_changes", **self.head.at, since=one.id),
            )
            for one in said
        ]

    def _acts(self, state: State) -> list[SignOffAct]:
        """What who looks has not said already."""
        mine = next((w for w in last_words(self.review.words) if (w.need, w.person) == (state.need, self.me)), None)
        given = mine is not None and mine.act is SignOffAct.GIVEN
        now = given and mine is not None and mine.files_hash == self.review.workspace.files_hash
        acts = [] if now or (self.author and self._ends(state.need)) else [SignOffAct.GIVEN]
        if mine is None or mine.act is not SignOffAct.WITHHELD:
            acts.append(SignOffAct.WITHHELD)
        if mine is not None and mine.act is not SignOffAct.TAKEN_BACK:
            acts.append(SignOffAct.TAKEN_BACK)
        return acts

    def _ends(self, need: Need) -> bool:
        others = [one for one in self.review.needs if one != need]
        return complete(states_of(others, self.review.words, self.review.workspace.files_hash))

    def _form(self, need: Need, act: SignOffAct) -> SignOffForm:
        refused = self.refused
        asked = (need.kind, need.language, act)
        if refused and (refused.kind.data, refused.language.data or "", refused.act.data) == asked:
            refused.seen.data = self.review.workspace.files_hash
            return _speaking(refused, need)
        form = SignOffForm(
            formdata=None,
            data={
                "kind": need.kind,
                "language": need.language,
                "act": act.value,
                "seen": self.review.workspace.files_hash,
            },
        )
        return _speaking(form, need)

    @property
    def history(self) -> list[SaidLine]:
        """Everything that was said, the newest first."""
        return [self.line(one) for one in reversed(self.review.said)]

    def line(self, one: Signed) -> SaidLine:
        """One thing that was said."""
        return said_line(one, self.names, self.head.zone, self.review.workspace.files_hash)


def _speaking(form: SignOffForm, need: Need) -> SignOffForm:
    for field in (form.own_language, form.reason):
        field.id = "-".join((field.name, need.kind, need.language, form.act.data or ""))
        field.label.field_id = field.id
    form.own_language.label.text = _(
        "I grew up with %(language)s, or it is the language I work in.", language=language_name(need.language)
    )
    return form


def said_line(one: Signed, names: Mapping[int, str], zone: str, files_hash: str) -> SaidLine:
    """What a reviewer said, in words."""
    return SaidLine(
        what=str(ACTS[one.word.act]),
        kind=need_in_words(one.word.need),
        who=names[one.word.person],
        when=short_moment(one.at, zone),
        reason=one.reason,
        earlier=one.word.files_hash != files_hash,
    )
