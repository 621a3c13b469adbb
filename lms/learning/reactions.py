"""What we do when a lower context says that something happened."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.kernel.events import on
from lms.seminars.events import CameFurther, CountedElsewhere, EditionVersionChanged, PlacesJoined, Recounted
from lms.seminars.rules import Stage

from .services import complete_whoever_has_finished, count_stage, keep_modules, unite_progress, unite_texts


@on(EditionVersionChanged)
def finish_under_the_new_version(session: Session, event: EditionVersionChanged) -> None:
    """A version that asks less may leave somebody with nothing more to read."""
    complete_whoever_has_finished(session, edition_id=event.edition_id, version_id=event.version_id, at=event.at)


@on(Recounted)
def count_their_modules(session: Session, event: Recounted) -> None:
    """Whoever leaves is in no number any more, and whoever comes back brings along what they had finished."""
    keep_modules(session, enrolment_ids=[event.enrolment_id])


@on(CameFurther)
def count_them_by_module(session: Session, event: CameFurther) -> None:
    """Among those who have finished a module, whoever has comes further too."""
    count_stage(session, enrolment_ids=event.enrolment_ids, stage=Stage(event.stage))


@on(CountedElsewhere)
def count_them_elsewhere(session: Session, event: CountedElsewhere) -> None:
    """Among those who have finished a module, under the sector that is theirs."""
    count_stage(session, enrolment_ids=event.enrolment_ids, change=event.change)


@on(PlacesJoined)
def earned_at_either(session: Session, event: PlacesJoined) -> None:
    """What one person finished in one edition is finished, under whichever of two entries it was."""
    places = {"kept_id": event.kept_id, "other_id": event.other_id}
    unite_progress(session, **places, at=event.at)
    unite_texts(session, **places, written_by=event.written_by, at=event.at)
