"""The operators' page names every setting and every check, and none that does not exist."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

import lms.app
from lms.kernel.checks import checks
from lms.kernel.errors import Misconfigured
from lms.kernel.settings import KEY_NAMES, Settings, from_environment

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")


def first_cells(heading: str) -> set[str]:
    """What stands in the first column of the table under a heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.M))


def variables() -> set[str]:
    """The environment variable of every field of the settings."""
    fields = {field.name for field in dataclasses.fields(Settings)} - {"database_url", "keys", "key_folder"}
    keys = {"LMS_KEYS", *(f"LMS_{name.upper()}_KEY" for name in KEY_NAMES)}
    return {f"LMS_{name.upper()}" for name in fields} | keys | {"DATABASE_URL"}


def test_the_table_names_every_setting() -> None:
    assert first_cells("Settings") == variables()


def test_the_code_reads_no_setting_that_the_table_leaves_out() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "lms").rglob("*.py")]
    read = {name for text in texts for name in re.findall(r"environ(?:\.get\(|\[)\"(LMS_[A-Z_]+|DATABASE_URL)\"", text)}
    assert read <= variables()


def test_the_table_says_which_settings_production_needs(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refusal:
        from_environment({"LMS_HOME": str(tmp_path)})
    needed = {name for name in variables() if re.search(rf"\b{name}\b", str(refusal.value))}
    marked = set(re.findall(r"^\| `([^`]+)` \|.*\| (?:yes|these,|or this) \|$", PAGE, re.M))
    assert marked - {"LMS_KEYS"} == needed


def test_every_key_is_explained_with_what_its_loss_means() -> None:
    assert first_cells("Keys") == set(KEY_NAMES)


def test_every_check_is_explained_and_none_that_does_not_exist() -> None:
    assert lms.app.create_app is not None  # every context has registered its checks
    assert first_cells("Checks") == {name for name in checks if "." in name}
