"""Code names: what stands in a list in the place of a name that is not to be there."""

from __future__ import annotations

from collections.abc import Callable

FIRST = (
    "Amber", "Ample", "Autumn", "Azure", "Bright", "Broad", "Bronze", "Calm", "Cedar", "Clear", "Cloudy", "Cobalt",
    "Copper", "Coral", "Crystal", "Curved", "Distant", "Early", "Eastern", "Elm", "Emerald", "Even", "Fair", "Fern",
    "Flaxen", "Fresh", "Gentle", "Glass", "Golden", "Granite", "Grassy", "Green", "Hazel", "High", "Indigo", "Inner",
    "Ivory", "Ivy", "Jade", "Juniper", "Lasting", "Lavender", "Level", "Light", "Lilac", "Linen", "Lofty", "Long",
    "Lunar", "Maple", "Marble", "Meadow", "Mellow", "Mild", "Misty", "Morning", "Mossy", "Narrow", "Northern", "Oaken",
    "Ochre", "Olive", "Open", "Outer", "Pale", "Pearl", "Pine", "Plain", "Polished", "Quiet", "Rainy", "Round",
    "Rowan", "Rustic", "Sandy", "Scarlet", "Shaded", "Silent", "Silver", "Slate", "Slow", "Smooth", "Snowy", "Soft",
    "Southern", "Spring", "Steady", "Still", "Stone", "Summer", "Sunlit", "Tall", "Teal", "Upper", "Velvet", "Violet",
    "Warm", "Western", "Willow", "Winter", "Wooden",
)  # fmt: skip
SECOND = (
    "Acorn", "Anchor", "Arbour", "Arch", "Atlas", "Balcony", "Barley", "Basin", "Bay", "Beacon", "Bench", "Birch",
    "Blossom", "Bridge", "Brook", "Canal", "Candle", "Canvas", "Canyon", "Cape", "Chalk", "Cliff", "Clover", "Coast",
    "Comet", "Compass", "Cove", "Creek", "Dale", "Delta", "Dune", "Estuary", "Feather", "Field", "Fjord", "Forest",
    "Fountain", "Garden", "Gate", "Glacier", "Glade", "Gorge", "Grove", "Gulf", "Harbour", "Harvest", "Hedge", "Hill",
    "Horizon", "Inlet", "Island", "Kettle", "Lagoon", "Lake", "Lantern", "Ledge", "Library", "Loom", "Market", "Marsh",
    "Mill", "Mirror", "Moor", "Mountain", "Oasis", "Ocean", "Orchard", "Paddle", "Path", "Pavilion", "Peak", "Pebble",
    "Plateau", "Pond", "Prairie", "Quarry", "Reed", "Ridge", "River", "Road", "Sail", "Shell", "Shore", "Sky",
    "Spire", "Square", "Stair", "Star", "Stream", "Summit", "Terrace", "Thread", "Tide", "Tower", "Valley", "Veranda",
    "Wharf", "Window", "Wood", "Yard", "Zephyr",
)  # fmt: skip
ROUNDS = 4
NOMINEE = "Nominee"


def looks_like_code_name(text: str) -> bool:
    """Whether a text is two words of the lists, as a code name is; a person may be called so, too."""
    words = text.split()
    return len(words) == 2 and words[0] in FIRST and words[1] in SECOND


def code_name(person_id: int, veil: Callable[[str], str]) -> str:
    """Two plain words for a person, always the same ones; `veil` is a keyed hash (hexadecimal).

    A Feistel network over the places of the two lists, of equal length (NIST SP 800-38G describes the construction): of
    some ten thousand people who came one after another no two have one code name, and nobody without the key can tell
    whose it is, or who came first.
    """
    size = len(FIRST)
    left, right = divmod(person_id % (size * size), size)
    for turn in range(ROUNDS):
        left, right = right, (left + int(veil(f"code-name:{turn}:{right}"), 16)) % size
    return f"{FIRST[left]} {SECOND[right]}"


def nominee_name(nomination_id: int, veil: Callable[[str], str]) -> str:
    """As a code name, for somebody of whom there is nothing but a nomination: of another form, so that it is nobody's
    who is here, and other words than those of a person with this number."""
    return f"{NOMINEE} {code_name(nomination_id, lambda said: veil(f'nomination:{said}'))}"


def is_nominee_name(text: str) -> bool:
    """Whether a text has the form of `nominee_name`, which nobody's name has."""
    first, _blank, rest = text.partition(" ")
    return first == NOMINEE and looks_like_code_name(rest)
