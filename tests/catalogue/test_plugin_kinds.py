"""Our kinds and a plugin's come through the same door, and a plugin's is checked, formatted and published like ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from lms.catalogue import queries, services
from lms.catalogue.checks import check
from lms.catalogue.kinds.plugin import OURS
from lms.plugins.unit_kind import Question, RenderContext, RenderedUnit, Score, UnitKind, UnitSource
from tests.conftest import NOW

from .tiny import CASES, KINDS, encoded, tiny_files, written

POEM = "key: thought\nkind: poem\ntitle:\n  en: A poem\nminutes: 1\nsubstance: s1\nlines:\n- One line. [@S001]\n"


class Poem:
    """A unit of lines."""

    key = "poem"
    suffix = ".yaml"
    anchors: tuple[str, ...] = ()
    schema: Mapping[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["key", "kind", "title", "minutes", "substance", "lines"],
        "properties": {
            "key": {"$ref": "common.json#/$defs/key"},
            "kind": {"const": "poem"},
            "title": {"$ref": "common.json#/$defs/texts"},
            "minutes": {"$ref": "common.json#/$defs/minutes"},
            "substance": {"$ref": "common.json#/$defs/substance"},
            "lines": {"type": "array", "items": {"$ref": "common.json#/$defs/prose"}},
        },
    }

    def parse(self, source: UnitSource) -> dict[str, Any]:
        return dict(source.front)

    def render(self, data: Mapping[str, Any], context: RenderContext) -> RenderedUnit:
        return context.rendered("".join(f"<p onclick='x()'>{context.inline(line)}</p>" for line in data["lines"]))

    def questions(self, data: Mapping[str, Any]) -> tuple[Question, ...]:
        return ()

    def score(self, data: Mapping[str, Any], answers: Mapping[str, Any]) -> Score:
        return Score(0, 0)


WITH_POEM: dict[str, UnitKind] = {**KINDS, "poem": Poem()}


def files(poem: str = POEM) -> dict[str, bytes]:
    made = encoded(tiny_files(cases=CASES))
    del made["modules/02-cases/thought.md"]
    return {**made, "modules/02-cases/thought.yaml": poem.encode()}


def test_our_kinds_are_unit_kinds_and_registered_by_the_hook(sqlite_app: Flask) -> None:
    assert all(isinstance(kind, UnitKind) for kind in OURS)
    assert {kind.key for kind in OURS} <= set(sqlite_app.extensions["lms.unit_kinds"])


def test_a_kind_that_is_not_installed_is_named() -> None:
    assert "“poem” is no kind of unit" in str(check(files(), KINDS).mistakes[0])


def test_the_text_of_a_plugins_unit_must_cite_its_sources_too() -> None:
    assert check(files(), WITH_POEM).mistakes == []
    wrong = check(files(POEM.replace("One line. [@S001]", "In 1900.")), WITH_POEM).mistakes
    assert [str(mistake).partition(" — ")[0] for mistake in wrong] == [
        "modules/02-cases/thought.yaml:8: “1900” is stated without a source"
    ]


def test_a_plugins_unit_is_published_and_cleaned(session: Session, tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "modules/02-cases/thought.md").unlink()
    (folder / "modules/02-cases/thought.yaml").write_text(POEM)
    report = services.load(session, folder=folder, kinds=WITH_POEM, at=NOW)
    unit = queries.outline(session, report.version_id).modules[1].units[0]
    assert unit.kind == "poem"
    assert queries.unit_text(session, unit.revision_id).html.startswith("<p>One line.<a")


class Careless(Poem):
    """A kind that hands back HTML of its own making."""

    def render(self, data: Mapping[str, Any], context: RenderContext) -> RenderedUnit:
        return RenderedUnit(html="<p onclick='x()'>A line.<script>x()</script></p>")


def test_what_a_kind_makes_by_itself_is_sanitised_too(session: Session, tmp_path: Path) -> None:
    folder = written(tmp_path, cases=CASES)
    (folder / "modules/02-cases/thought.md").unlink()
    (folder / "modules/02-cases/thought.yaml").write_text(POEM)
    report = services.load(session, folder=folder, kinds={**KINDS, "poem": Careless()}, at=NOW)
    unit = queries.outline(session, report.version_id).modules[1].units[0]
    assert queries.unit_text(session, unit.revision_id).html == "<p>A line.</p>"


class Statue(Poem):
    """A kind that means something of its own by `figures`, and keeps nothing but what it draws from."""

    schema: Mapping[str, Any] = {
        **Poem.schema,
        "properties": {**Poem.schema["properties"], "figures": {"type": "array", "items": {"type": "string"}}},
    }

    def parse(self, source: UnitSource) -> dict[str, Any]:
        return {name: source.front[name] for name in ("lines", "figures")}


def test_a_plugins_field_of_the_name_of_ours_is_its_own_affair(session: Session, tmp_path: Path) -> None:
    folder = written(tmp_path, cases=CASES)
    (folder / "modules/02-cases/thought.md").unlink()
    (folder / "modules/02-cases/thought.yaml").write_text(POEM + "figures:\n- one\n- two\n")
    report = services.load(session, folder=folder, kinds={**KINDS, "poem": Statue()}, at=NOW)
    unit = queries.outline(session, report.version_id).modules[1].units[0]
    text = queries.unit_text(session, unit.revision_id)
    assert text.data["figures"] == ["one", "two"]
    assert text.html.startswith("<p>One line.<a")
