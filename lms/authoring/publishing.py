"""What publishing a draft would be, without publishing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from lms.catalogue import services as courses
from lms.catalogue.models import ChangeKind
from lms.catalogue.rules.mistakes import Mistake
from lms.catalogue.services import BrokenCourse
from lms.kernel.values import dataclass

from .workspace import Workspace


@dataclass(frozen=True)
class Foreseen:
    """The kind of the version it would be; None, with the mistakes, where the files are not in order."""

    kind: ChangeKind | None
    mistakes: Sequence[Mistake] = ()


def foresee(session: Session, work: Workspace, at: dt.datetime) -> Foreseen:
    """Check a draft's files and compare them with the newest version."""
    try:
        kind, _changes = courses.foresee(session, files=work.bytes, kinds=work.kinds, at=at)
    except BrokenCourse as broken:
        return Foreseen(None, broken.mistakes)
    return Foreseen(kind)
