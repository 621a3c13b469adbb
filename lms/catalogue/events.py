"""What happens to courses."""

from __future__ import annotations

from lms.kernel.events import Event
from lms.kernel.values import dataclass


@dataclass(frozen=True)
class CourseVersionPublished(Event):
    """A course has a new version; an editorial one reaches running editions by itself."""

    course_id: int
    version_id: int
    previous_version_id: int | None
    change: str
