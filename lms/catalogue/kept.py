"""What `flask lms check` recomputes about pictures and documents."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.checks import Finding, check

from .models import CourseVersion, Medium, MediumSize, VersionMedium
from .rules.media import PICTURE, hash_of, medium_of, widths_of


@check("catalogue.media")
def files_are_what_their_names_say(session: Session) -> Iterable[Finding]:
    """The bytes of each have its hash and size, and a picture is there in every width."""
    sizes: dict[int, set[int]] = {}
    for medium_id, width in session.execute(select(MediumSize.medium_id, MediumSize.width)):
        sizes.setdefault(medium_id, set()).add(width)
    facts = (Medium.id, Medium.kind, Medium.sha256, Medium.size, Medium.width)
    for row in session.execute(select(*facts).order_by(Medium.id)).all():
        # One at a time: all of them together may be large.
        data = session.scalars(select(Medium.data).where(Medium.id == row.id)).one()
        if hash_of(data) != row.sha256 or len(data) != row.size:
            yield Finding(f"{row.kind} {row.sha256[:12]}", "its bytes are not those that its hash names")
        if row.kind == PICTURE and sizes.get(row.id, set()) != set(widths_of(row.width)[:-1]):
            yield Finding(f"picture {row.sha256[:12]}", "it is not there in every width")


@check("catalogue.media-of-versions")
def versions_have_what_they_name(session: Session) -> Iterable[Finding]:
    """Every picture and document of a version is kept, and noted as one of its own."""
    kept = select(VersionMedium.version_id, Medium.sha256).join(Medium, Medium.id == VersionMedium.medium_id)
    noted: dict[int, set[str]] = {}
    for version_id, sha256 in session.execute(kept):
        noted.setdefault(version_id, set()).add(sha256)
    for version_id in session.scalars(select(CourseVersion.id).order_by(CourseVersion.id)).all():
        document = session.scalars(select(CourseVersion.document).where(CourseVersion.id == version_id)).one()
        named = {medium.sha256 for entry in document.get("media", ()) if (medium := medium_of(entry))}
        if named != noted.get(version_id, set()):
            yield Finding(f"version {version_id}", "the files it names are not those noted for it")
