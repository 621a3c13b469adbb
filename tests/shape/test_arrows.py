"""The house holds its shape: imports point one way, rules are pure, one place commits, nothing is hidden."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LMS = ROOT / "lms"
FILES = sorted(path for path in LMS.rglob("*.py"))
# Each may import what stands after it.
CONTEXTS = (
    "home",
    "integrations",
    "reminders",
    "dashboards",
    "authoring",
    "community",
    "alumni",
    "records",
    "learning",
    "seminars",
    "catalogue",
    "people",
    "web",
    "plugins",
    "kernel",
)
# Within a context, each may import what stands after it or beside it.
ROLES = (
    {"views", "cli", "mail", "backup"},
    {"forms", "services", "reactions", "checks", "sign_in", "letters"},
    {"queries"},
    {"events"},
    {"models"},
    {"rules"},
)
IMPURE = ("flask", "sqlalchemy", "lms.kernel.clock", "lms.kernel.db", "wtforms", "flask_babel")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
            module = f"{base}.{node.module or ''}".rstrip(".") if node.level else str(node.module)
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def context_of(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "lms" and parts[1] in CONTEXTS else None


def role_of(name: str) -> int | None:
    parts = name.split(".")
    return next((level for level, names in enumerate(ROLES) if len(parts) > 2 and parts[2] in names), None)


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("path", FILES, ids=dotted)
def test_imports_point_one_way(path: Path) -> None:
    mine, wrong = context_of(dotted(path)), []
    for line, name in imports(path):
        theirs = context_of(name)
        if mine and name.startswith("lms.") and theirs is None and name.split(".")[1] not in CONTEXTS:
            wrong.append(f"{path.name}:{line} a context imports {name}, which is above every context")
        if mine and theirs and CONTEXTS.index(theirs) < CONTEXTS.index(mine):
            wrong.append(f"{path.name}:{line} {mine} must not know {name}")
        if mine == theirs and (here := role_of(dotted(path))) is not None:
            there = role_of(name)
            if there is not None and there < here:
                wrong.append(f"{path.name}:{line} {dotted(path)} must not import {name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", [p for p in FILES if p.stem == "rules" or p.parent.name == "rules"], ids=dotted)
def test_rules_are_pure(path: Path) -> None:
    wrong = [f"{line}: {name}" for line, name in imports(path) if name.startswith(IMPURE)]
    assert not wrong, f"{dotted(path)} imports {wrong}"


def test_services_and_queries_know_no_flask() -> None:
    named = [p for p in FILES if {"services", "queries", "reactions", "models"} & {p.stem, p.parent.name}]
    wrong = [
        f"{dotted(p)}:{line} {name}"
        for p in named
        for line, name in imports(p)
        if name.split(".")[0] == "flask" or name.startswith("lms.web.render")
    ]
    assert named
    assert not wrong, wrong


def test_services_do_not_read_the_clock() -> None:
    wrong = [
        dotted(p) for p in FILES if "services" in {p.stem, p.parent.name} for _, n in imports(p) if "kernel.clock" in n
    ]
    assert not wrong, wrong


def test_nothing_is_imported_inside_a_function() -> None:
    hidden = [
        f"{dotted(path)}:{inner.lineno}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not hidden, hidden


def test_values_share_their_methods() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: take `dataclass` from lms.kernel.values"
        for path in FILES
        for line, name in imports(path)
        if name == "dataclasses.dataclass" and path != LMS / "kernel" / "values.py"
    ]
    assert found == []


def test_only_the_unit_of_work_commits() -> None:
    places = [
        f"{dotted(path)}:{node.lineno}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert [place.split(":")[0] for place in places] == ["lms.kernel.unit_of_work"], places


def test_functions_fit_in_the_eye_and_files_on_the_desk() -> None:
    lengths, long = [], []
    for path in FILES:
        text = path.read_text()
        if text.count("\n") > 350:
            long.append(f"{dotted(path)} has {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lengths.append((node.end_lineno or 0) - node.lineno + 1)
                if lengths[-1] > 50:
                    long.append(f"{dotted(path)}.{node.name} has {lengths[-1]} lines")
    assert not long, long
    assert sorted(lengths)[len(lengths) // 2] <= 9


def test_every_public_thing_says_what_it_means() -> None:
    bare = []
    for path in FILES:
        tree = ast.parse(path.read_text())
        if path.stat().st_size and not ast.get_docstring(tree):
            bare.append(dotted(path))
        for node in tree.body:
            named = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if named and not ast.get_docstring(node):  # type: ignore[arg-type]
                bare.append(f"{dotted(path)}.{node.name}")  # type: ignore[attr-defined]
    assert not bare, bare


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    assert not [dotted(p) for p in FILES if p.stem in {"utils", "util", "helpers", "common", "misc"}]


def test_the_code_names_no_particular_course() -> None:
    slugs = [folder.name for folder in (ROOT / "courses").iterdir() if folder.is_dir()]
    assert slugs
    named = [dotted(path) for path in FILES for slug in slugs if slug in path.read_text()]
    assert not named, named
