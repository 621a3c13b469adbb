"""The stylesheet keeps what the design promises: logical, tokens only, measured contrast, small."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest

from tools.assets import minified

SOURCE = Path(__file__).parents[2] / "lms" / "web" / "static_src" / "lemkin.css"
CSS = re.sub(r"/\*.*?\*/", "", SOURCE.read_text(encoding="utf-8"), flags=re.S)
AUTHORS = SOURCE.with_name("authoring.css")
FOR_AUTHORS = re.sub(r"/\*.*?\*/", "", AUTHORS.read_text(encoding="utf-8"), flags=re.S)
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b")
PHYSICAL = re.compile(
    r"(?<![\w-])((?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)"
    r"|left|right|top|bottom|width|height|(?:min|max)-(?:width|height)|float|clear)\s*:"
)

# Pairs and the least ratio the design document states for them, light and dark.
PAIRS = [
    ("ink", "paper", 15.6, 14.9),
    ("ink", "surface", 16.7, 13.6),
    ("soft", "paper", 7.9, 9.9),
    ("faint", "paper", 6.0, 7.3),
    ("faint", "sunken", 5.5, 7.7),
    ("accent", "paper", 9.5, 10.1),
    ("on-accent", "accent", 10.1, 9.8),
    ("done", "paper", 7.5, 9.7),
    ("done", "done-wash", 6.7, 8.2),
    ("care", "paper", 7.4, 9.9),
    ("care", "care-wash", 6.7, 8.2),
    ("error", "paper", 7.9, 9.4),
    ("error", "error-wash", 7.1, 8.1),
    ("ink", "done-wash", 13.8, 11.8),
    ("ink", "care-wash", 13.8, 11.8),
    ("ink", "error-wash", 13.8, 11.8),
    ("ink", "accent-wash", 13.8, 11.8),
    ("edge", "paper", 3.8, 5.0),
    ("edge", "surface", 4.1, 4.6),
]


def block_at(start: int) -> str:
    """The text between the brace that opens at or after `start` and the one that closes it."""
    opening = CSS.index("{", start)
    depth = 0
    for position in range(opening, len(CSS)):
        depth += {"{": 1, "}": -1}.get(CSS[position], 0)
        if depth == 0:
            return CSS[opening + 1 : position]
    raise AssertionError("a brace is never closed")


TOKENS = block_at(CSS.index("@layer tokens {"))


def colours(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,6})", text))


LIGHT = colours(block_at(CSS.index(":root {")))
DARK = LIGHT | colours(block_at(CSS.index("@media (prefers-color-scheme: dark)")))


def test_the_dark_theme_gives_colours_other_values_and_does_nothing_else() -> None:
    dark = block_at(CSS.index("@media (prefers-color-scheme: dark)"))
    assert (CSS + FOR_AUTHORS).count("prefers-color-scheme") == 1
    inside = block_at(CSS.index(":root", CSS.index("@media (prefers-color-scheme: dark)")))
    assert dark.strip() == f":root {{{inside}}}"
    assert set(re.findall(r"([\w-]+)\s*:\s", inside)) == {f"--{name}" for name in {*colours(inside), "shadow"}}


def test_nothing_changes_between_the_two_widths_of_a_phone() -> None:
    asked = re.findall(r"@(?:media|container)[^{]*(?:width|inline-size)[^{]*", CSS + FOR_AUTHORS)
    widths = re.findall(r"\((?:min|max)-width:\s*([\d.]+)(rem|px)\)", "".join(asked))
    assert len(widths) == sum(len(re.findall(r"width|inline-size", one)) for one in asked) > 0
    assert [(size, unit) for size, unit in widths if float(size) * (16 if unit == "rem" else 1) < 370] == []


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("front", "back", "light", "dark"), PAIRS)
def test_a_pair_of_colours_has_the_contrast_the_design_states(front: str, back: str, light: float, dark: float) -> None:
    assert contrast(LIGHT[front], LIGHT[back]) >= light - 0.1
    assert contrast(DARK[front], DARK[back]) >= dark - 0.1


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_on_every_tint_of_a_matrix_can_be_read(theme: dict[str, str]) -> None:
    for band in ("band-1", "band-2", "band-3", "band-4"):
        assert contrast(theme["ink"], theme[band]) >= 7


def test_no_property_names_a_physical_side() -> None:
    rules = re.sub(r"@media[^{]*\{", "{", CSS)
    assert PHYSICAL.findall(rules) == []


def test_no_shorthand_of_four_values_treats_left_and_right_differently() -> None:
    four = re.findall(r"(?<![\w-])(?:margin|padding|inset|border-width|border-radius):\s*([^;{}]+)", CSS)
    uneven = [
        value
        for value in four
        if len(sides := re.sub(r"\([^()]*(\([^()]*\)[^()]*)*\)", "()", value).split()) == 4 and sides[1] != sides[3]
    ]
    # The arrow of the contents list is drawn with two borders and turned: it has no start or end.
    assert [value for value in uneven if value.strip() != "0 2px 2px 0"] == []


def test_colours_stand_in_the_tokens_alone() -> None:
    assert HEX.findall(CSS.replace(TOKENS, "")) == []


def test_every_token_that_is_used_is_declared() -> None:
    used = set(re.findall(r"var\(--([\w-]+)", CSS))
    declared = set(re.findall(r"--([\w-]+)\s*:", CSS))
    assert used - declared == set()


def test_every_token_that_is_declared_is_used() -> None:
    used = set(re.findall(r"var\(--([\w-]+)", CSS))
    declared = set(re.findall(r"--([\w-]+)\s*:", TOKENS))
    assert declared - used == set()


def test_layers_stand_in_their_order() -> None:
    assert re.findall(r"@layer (\w+) \{", CSS) == ["tokens", "base", "layout", "components", "utilities", "print"]


def test_the_stylesheet_loads_nothing_from_elsewhere() -> None:
    assert all(url.startswith("fonts/") for url in re.findall(r'url\("?([^")]+)', CSS))
    assert "@import" not in CSS


def test_the_stylesheet_stays_under_ten_kilobytes_on_the_wire() -> None:
    assert len(brotli.compress(minified(SOURCE.read_text(encoding="utf-8")).encode())) <= 10_000


def test_the_sheet_of_those_who_write_keeps_the_same_rules_and_is_small() -> None:
    assert PHYSICAL.findall(re.sub(r"@media[^{]*\{", "{", FOR_AUTHORS)) == []
    assert HEX.findall(FOR_AUTHORS) == []
    used = set(re.findall(r"var\(--([\w-]+)", FOR_AUTHORS))
    assert used <= set(re.findall(r"--([\w-]+)\s*:", CSS))
    assert re.findall(r"@layer (\w+) \{", FOR_AUTHORS) == ["components"]
    assert "url(" not in FOR_AUTHORS
    assert len(brotli.compress(minified(FOR_AUTHORS).encode())) <= 4_000
