"""That every alumni status is what the records say."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from lms.kernel.checks import Finding, check
from lms.people.queries import subjects_of

from .queries import recomputed, records_recomputed, records_stored, stored
from .queries.membership import consents_of_nobody, memberships_recomputed, memberships_stored


@check("alumni.status")
def statuses(session: Session) -> Iterable[Finding]:
    """Compare each stored status with the one the valid records give."""
    kept, follows = stored(session), recomputed(session)
    differing = {person for person in kept.keys() | follows.keys() if kept.get(person) != follows.get(person)}
    subjects = subjects_of(session, differing)
    for person in sorted(differing):
        about = f"person {subjects.get(person, person)}"
        if person not in follows:
            yield Finding(about, "is listed as an alumna or alumnus, but holds no valid record")
        elif person not in kept:
            yield Finding(about, "holds a valid record, but is not listed as an alumna or alumnus")
        else:
            yield Finding(about, f"is listed with {kept[person]}, but the records give {follows[person]}")
    listed, true = records_stored(session), records_recomputed(session)
    for record in sorted(record for record in listed.keys() | true.keys() if listed.get(record) != true.get(record)):
        yield Finding(f"record {record}", "counts for the directory otherwise than the ledger says")


@check("alumni.membership")
def memberships(session: Session) -> Iterable[Finding]:
    """Compare each membership with the one that the person's steps give."""
    kept, follows = memberships_stored(session), memberships_recomputed(session)
    differing = {person for person in kept.keys() | follows.keys() if kept.get(person) != follows.get(person)}
    subjects = subjects_of(session, differing)
    for person in sorted(differing):
        yield Finding(f"person {subjects.get(person, person)}", "is kept as a member otherwise than their steps say")
    foreign = consents_of_nobody(session)
    for subject in sorted(subjects_of(session, foreign).values()):
        yield Finding(f"person {subject}", "did not agree to what stands as their consent; it shows nothing")
