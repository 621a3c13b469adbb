"""A unit is written by several people at once: what can be kept of both is kept, and what cannot, nobody loses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import field

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.authoring.models import Draft
from lms.authoring.queries import files_of, save_of, text_before
from lms.authoring.rules.merging import Merged, Where
from lms.authoring.together import together, written_together
from lms.kernel.errors import Refused
from lms.kernel.values import dataclass
from lms.people.queries import Viewer
from lms.plugins.unit_kind import UnitKind

from .drafts import Clash, Saved, save_files

_LONGEST_KEY = 60


@dataclass(frozen=True)
class Torn:
    """Two people changed the same place. Both texts are saved states of the draft; theirs stands."""

    path: str
    before: int
    mine: int
    theirs: int


@dataclass(frozen=True)
class Written:
    """That a unit is kept, in these `texts`. `together`: somebody else's changes are in them too; with `torn` somebody
    must choose."""

    saved: Saved
    texts: Mapping[str, str] = field(default_factory=dict)
    together: bool = False
    torn: Torn | None = None


def write_unit(
    session: Session,
    *,
    draft: Draft,
    kind: UnitKind | None,
    changes: Mapping[str, str],
    over: Mapping[str, int],
    key: str,
    by: Viewer,
    at: dt.datetime,
) -> Written:
    """Keep new states of a unit's files. What somebody else saved since is merged with it. Raises as `save_files`, but
    for Clash."""
    changes, over, both = dict(changes), dict(over), False
    for number in range(len(changes) + 1):
        try:
            saved = save_files(session, draft=draft, changes=changes, over=over, key=_key(key, number), by=by, at=at)
            return Written(saved, changes, both)
        except Clash as clash:
            merged = together(clash.path, (clash.before, clash.mine, clash.theirs))
            if kind is None or merged is None or merged.clashes:
                return _torn(session, draft, clash, over.get(clash.path, 0), key, by, at)
            changes[clash.path] = written_together(clash.path, merged, kind)
            over[clash.path], both = clash.over, True
    raise Refused(_("This text is being changed by somebody else just now. Try again in a moment."))


def _key(key: str, number: int) -> str:
    return f"{key[:_LONGEST_KEY]}.{number}" if number else key


def _torn(session: Session, draft: Draft, clash: Clash, before: int, key: str, by: Viewer, at: dt.datetime) -> Written:
    """Keep mine as a state of its own, and let theirs stand again behind it."""
    path, short = clash.path, key[:_LONGEST_KEY]
    mine = save_files(
        session, draft=draft, changes={path: clash.mine}, over={path: clash.over}, key=f"{short}.a", by=by, at=at
    )
    if mine.fresh:
        save_files(session, draft=draft, changes={path: clash.theirs}, over=mine.ids, key=f"{short}.b", by=by, at=at)
    theirs = files_of(session, draft).over(path)
    return Written(mine, torn=Torn(path, before, mine.ids[path], theirs))


def choose(
    session: Session,
    *,
    draft: Draft,
    kind: UnitKind,
    torn: Torn,
    take_theirs: Collection[Where],
    key: str,
    by: Viewer,
    at: dt.datetime,
) -> Written:
    """Keep what somebody chose of two texts. Raises NotFound for states of another draft; as `write_unit`."""
    merged = torn_texts(session, draft, torn, take_theirs)
    if merged is None:
        raise Refused(not_as_fields())
    changes = {torn.path: written_together(torn.path, merged, kind)}
    over = {torn.path: torn.theirs}
    return write_unit(session, draft=draft, kind=kind, changes=changes, over=over, key=key, by=by, at=at)


def not_as_fields() -> str:
    """Why there is nothing to choose between two texts, and what to do instead."""
    return str(_("One of the two texts cannot be read as fields. Restore one of them from the history instead."))


def torn_texts(session: Session, draft: Draft, torn: Torn, take_theirs: Collection[Where] = ()) -> Merged | None:
    """What both sides say, and where one must choose. Raises NotFound for states of another draft or file."""
    before = text_before(session, draft, torn.path, torn.before)
    mine = save_of(session, draft, torn.mine).text
    theirs = text_before(session, draft, torn.path, torn.theirs)
    return together(torn.path, (before, mine, theirs), take_theirs)
