"""What docs/course-format.md says is what the schemas say."""

from __future__ import annotations

import pytest

from lms.catalogue.cli import packaged_courses
from lms.catalogue.files.schemas import schema

from .tiny import KINDS

GUIDE = (packaged_courses().parent / "docs" / "course-format.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["course", "module", *KINDS])
def test_every_field_is_explained(name: str) -> None:
    missing = [field for field in schema(name)["properties"] if f"`{field}`" not in GUIDE and f"{field}:" not in GUIDE]
    assert missing == []


@pytest.mark.parametrize("name", ["glossary", "media", "sources"])
def test_every_field_of_a_list_is_explained(name: str) -> None:
    entry = next(iter(schema(name)["properties"].values()))["items"]
    assert [field for field in entry["properties"] if f"`{field}" not in GUIDE] == []


@pytest.mark.parametrize("name", ["pillars", "scale", "path", "period", "moment", "station"])
def test_every_field_of_a_figure_is_explained(name: str) -> None:
    assert [field for field in schema("figures")["$defs"][name]["properties"] if f"`{field}" not in GUIDE] == []
    kinds = schema("figures")["$defs"]["figures"]["items"]["oneOf"]
    assert all(f"| `{kind['$ref'].rpartition('/')[2]}` |" in GUIDE for kind in kinds)


def test_every_kind_of_question_is_explained() -> None:
    kinds = [
        option["properties"]["kind"]["const"] for option in schema("quiz")["properties"]["questions"]["items"]["oneOf"]
    ]
    assert all(f"`{kind}`" in GUIDE for kind in kinds)
