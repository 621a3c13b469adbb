"""The kinds of unit that come with the house; they register through the same hook as anyone's."""

from __future__ import annotations

from lms.plugins.hookspecs import hookimpl
from lms.plugins.unit_kind import UnitKind

from .case_study import CaseStudy
from .quiz import Quiz
from .reading import Reading
from .reflection import Reflection

OURS: tuple[UnitKind, ...] = (Reading(), Quiz(), CaseStudy(), Reflection())


@hookimpl
def lms_unit_kinds() -> list[UnitKind]:
    """Reading, quiz, case study and private reflection."""
    return list(OURS)
