"""Who may see what of whom, said a second time and in another way than the code says it: from the mandates that the
world gave, one by one, place by place."""

from __future__ import annotations

from collections.abc import Iterable

from lms.people.rules import Role, ScopeKind

from .world import Held, Kind, Mark, Placed, World

AUTHORS = (Role.TRAINER, Role.REVIEWER)


def allowed(world: World, viewer: str) -> set[str]:
    """The marks that may stand in what this viewer is answered or sent."""
    person_id = world.viewers[viewer]
    mandates = [held for held in world.held if held.person_id == person_id and held.counts]
    return {mark.text for mark in world.marks if _may_see(world, person_id, mandates, mark)}


def _may_see(world: World, viewer: int, mandates: list[Held], mark: Mark) -> bool:
    if mark.person_id == viewer:
        return True
    if mark.kind in (Kind.JOURNAL, Kind.TYPED) or mark.text in world.hidden:
        return False
    if mark.kind is Kind.HOME and tells_of_home(world, viewer, mark):
        return True
    if mark.person_id in world.unnamed and mark.kind in (Kind.NAME, Kind.ADDRESS, Kind.HOME):
        return False
    if mark.kind is Kind.MAILBOX:
        return any(_over_all(held) for held in mandates)
    if mark.kind is Kind.INTRODUCTION:
        return (mark.person_id, viewer) in world.introduced or any(_over_all(held) for held in mandates)
    if mark.kind is Kind.WORDS:
        return any(held.role in AUTHORS for held in mandates)
    if mark.kind is Kind.NAME:
        return (
            any(_names(world, held, mark.person_id) for held in mandates)
            or watches(world, viewer, mark.person_id)
            or shows_to_members(world, viewer, mark.person_id)
            or (mark.person_id, viewer) in world.introduced
        )
    return any(_follows(world, held, mark) for held in mandates)


def tells_where(world: World, viewer: str, state_code: str) -> bool:
    """Whether a viewer may read the words of a state in which nobody serves but who is not to be named: their own, that
    of a mandate they hold, and for administrators that of any mandate."""
    person_id = world.viewers[viewer]
    there = {place.person_id for place in world.places if place.state_code == state_code}
    if person_id in there or (person_id, state_code) in world.serving or there - world.unnamed.keys():
        return True
    houses = {place.institution for place in world.places if place.state_code == state_code}
    return bool({state_code, *houses} & _reaches_told(world, person_id))


def _reaches_told(world: World, person_id: int) -> set[str | None]:
    """Over what mandates reach that somebody may read of: their own, whether in force or not; those of who has
    nominated somebody for an edition they coordinate; and for administrators all."""
    mine = [held for held in world.held if held.person_id == person_id]
    counted = [held for held in mine if held.counts]
    if any(held.role is Role.ADMINISTRATOR for held in counted):
        return {held.scope_id for held in world.held}
    told = {who for edition, who in world.nominators if any(_coordinates(held, edition) for held in counted)}
    return {held.scope_id for held in world.held if held in mine or held.person_id in told}


def tells_of_home(world: World, viewer: int, mark: Mark) -> bool:
    """Whether somebody may read the name of the house of somebody who is not to be named: they serve the same state
    and chose from a list, or a mandate reaches over this very house."""
    there = [place for place in world.places if place.person_id == mark.person_id]
    if any((viewer, place.state_code) in world.serving for place in there):
        return True
    return bool({place.institution for place in there} & _reaches_told(world, viewer))


def shows_to_members(world: World, viewer: int, person_id: int) -> bool:
    """Whether both are members of the alumni community, and the one shows the name to all others."""
    return viewer in world.members and world.members.get(person_id, False)


def _over_all(held: Held) -> bool:
    return held.role in (Role.ADMINISTRATOR, Role.COORDINATOR) and held.scope is ScopeKind.ALL


def _follows(world: World, held: Held, mark: Mark) -> bool:
    """Whether a mandate shows everything of the place that a mark belongs to: to those who coordinate the edition."""
    there = [mark.edition] if mark.edition else _editions(world, mark.person_id)
    return bool(there) and (_over_all(held) or (held.role is Role.COORDINATOR and held.scope_id in there))


def _editions(world: World, person_id: int) -> list[str]:
    return [place.edition for place in world.places if place.person_id == person_id]


def _names(world: World, held: Held, person_id: int) -> bool:
    """Whether a mandate shows somebody's name."""
    if held.role is Role.ADMINISTRATOR and any(one.person_id == person_id for one in world.held):
        return True  # the list of mandates
    if held.role in AUTHORS and person_id in world.authored:
        return True
    if _over_all(held) and any(person_id in pair and _waits(world, pair[1]) for pair in world.handed):
        return True  # who is proposed to follow, and by whom
    beside = [edition for edition, other in (*world.companions, *world.nominators) if other == person_id]
    if beside and (_over_all(held) or (held.role is Role.COORDINATOR and held.scope_id in beside)):
        return True
    if any(_follows_focal_point(world, held, one) for one in world.held if one.person_id == person_id and one.counts):
        return True
    if any(_beside(held, one) for one in world.held if one.person_id == person_id and one.counts):
        return True
    return any(shows(held, place) for place in world.places if place.person_id == person_id)


def _waits(world: World, person_id: int) -> bool:
    return any(one.waits for one in world.held if one.person_id == person_id)


def _beside(held: Held, one: Held) -> bool:
    """Whether both coordinate one edition: each is told what the other did there, such as who answered a request."""
    staff = (Role.COORDINATOR, Role.ADMINISTRATOR)
    if held.role not in staff or one.role not in staff:
        return False
    return _over_all(held) or _over_all(one) or held.scope_id == one.scope_id


def _follows_focal_point(world: World, held: Held, one: Held) -> bool:
    """Whether a mandate coordinates an edition in which the other is the focal point of somebody: it writes to them."""
    if one.role is not Role.FOCAL_POINT or held.role not in (Role.ADMINISTRATOR, Role.COORDINATOR):
        return False
    return any(shows(held, place) and shows(one, place) for place in world.places if place.counted)


def _coordinates(held: Held, edition: str) -> bool:
    return _over_all(held) or (held.role is Role.COORDINATOR and held.scope_id == edition)


def shows(held: Held, place: Placed) -> bool:
    """Whether a mandate shows who is on a place."""
    if _over_all(held):
        return True
    if held.role is Role.COORDINATOR:
        return held.scope_id == place.edition
    if held.role is Role.FOCAL_POINT:
        return held.scope_id in (place.state_code, place.institution)
    return False


def watches(world: World, viewer: int, holder: int) -> bool:
    """Whether somebody is told the name of one who holds a mandate: where it shows something of themselves."""
    mine = [place for place in world.places if place.person_id == viewer]
    held = [one for one in world.held if one.person_id == holder and one.counts]
    return any(shows(one, place) or _counts(one, place) for one in held for place in mine)


def _counts(held: Held, place: Placed) -> bool:
    reaches = held.scope is ScopeKind.ALL or held.scope_id == place.edition
    return held.role is Role.EVALUATOR and reaches


def coordinates(world: World, viewer: str, edition: str) -> bool:
    """Whether somebody coordinates an edition."""
    person_id = world.viewers[viewer]
    return any(_coordinates(held, edition) for held in world.held if held.person_id == person_id and held.counts)


def over_all(world: World, viewer: str) -> bool:
    """Whether somebody coordinates everything."""
    person_id = world.viewers[viewer]
    return any(_over_all(held) for held in world.held if held.person_id == person_id and held.counts)


def near(world: World, viewer: str) -> set[str]:
    """The ids of a viewer's own places, records and mandates, and of those of which a mandate shows something, each
    with its edition."""
    person_id = world.viewers[viewer]
    mine = [held for held in world.held if held.person_id == person_id]
    places = [one for one in world.places if one.person_id == person_id or any(shows(held, one) for held in mine)]
    written_to = [one for one in world.held if any(_follows_focal_point(world, held, one) for held in mine)]
    editions = {one.edition for one in places} | {held.scope_id for held in mine if held.scope_id}
    there = {one.person_id for one in places}
    records = {record for record, holder in world.records if holder in there}
    return {*editions, *records, *(one.public_id for one in (*mine, *written_to, *places))}


def revealed(world: World, viewer: str, path: str) -> set[str]:
    """What this act shows beside: who follows a place may look behind its code name, which is noted."""
    if not path.endswith("/behind"):
        return set()
    there = [place for place in seen_places(world, viewer, fully=True) if f"/{place.public_id}/" in path]
    kinds = (Kind.NAME, Kind.ADDRESS, Kind.HOME)
    return {mark.text for place in there for kind in kinds for mark in world.of(place.person_id, kind)}


def seen_places(world: World, viewer: str, *, fully: bool) -> Iterable[Placed]:
    """The places whose people a viewer's mandates show by name; `fully` for those of editions they coordinate."""
    mandates = [held for held in world.held if held.person_id == world.viewers[viewer] and held.counts]
    roles = (Role.ADMINISTRATOR, Role.COORDINATOR) if fully else (Role.FOCAL_POINT,)
    return [place for place in world.places if any(shows(held, place) for held in mandates if held.role in roles)]
