"""Where the migrations lie: beside `lms` in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """The folder for `Migrate(app, db, directory=folder())`.

    The wheel's place is asked first: beside an installed `lms` a stranger's folder `migrations` may lie.
    """
    package = Path(__file__).resolve().parents[1]
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"
