"""From where on a text asks much of those who read it, in a language that is not theirs and over a slow line."""

from __future__ import annotations

HARD = 60
"""LIX; 50 is an official text."""
FAST = 200
"""Words in a minute; in a language that is not one's own about 150 are read."""
HEAVY, HEAVY_WITH_FIGURES = 15_000, 25_000
"""Bytes of a page as it travels, without styles and letters."""
