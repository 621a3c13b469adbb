"""How large a file of nominations may be."""

from __future__ import annotations

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 150 * 1024 * 1024
"""Bytes of a workbook when its parts are unpacked."""
MOST_ROWS = 20_000
MOST_COLUMNS = 100
LONGEST_CELL = 1000
FIRST_ROWS = 25
"""Within so many rows the headings must stand."""
