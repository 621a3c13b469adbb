"""YAML to plain data with the line of every field; refuses what makes YAML surprising."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

import yaml

from lms.catalogue.rules.mistakes import Mistake
from lms.kernel.values import dataclass

from .text import tidy

Where = tuple[str | int, ...]
DEEPEST = 12
_STRING, _INT, _BOOL = (f"tag:yaml.org,2002:{name}" for name in ("str", "int", "bool"))
_TRUTHS = {"true": True, "false": False}
# The C parser where the wheel has it: a curriculum of a few hundred files is read at every start of `make run`.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """What a YAML text says, and at which line (from 1) each part of it stands."""

    data: Any
    lines: Mapping[Where, int] = field(default_factory=dict)

    def line(self, where: Where) -> int:
        """The line of the field at `where`, or of the nearest field around it."""
        while where not in self.lines and where:
            where = where[:-1]
        return self.lines.get(where, 1)


def read_yaml(path: str, text: str, first_line: int = 1) -> tuple[Document, list[Mistake]]:
    """The document; with mistakes, its data may be incomplete and must not be used."""
    try:
        # Aliases and depth are looked for before nodes are composed: a chain or a tower of them grows without bound.
        surprise = _surprise(text)
        if surprise is not None:
            line, what, cure = surprise
            return Document({}), [Mistake(path, line + first_line, what, cure)]
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        return Document({}), [_syntax(path, error, first_line)]
    except yaml.YAMLError as error:
        return Document({}), [Mistake(path, first_line, f"this is not YAML: {error}", "see docs/course-format.md")]
    reader = _Reader(path, first_line)
    data = reader.value(node, ()) if node is not None else {}
    return Document(data, reader.lines), reader.mistakes


def _surprise(text: str) -> tuple[int, str, str] | None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = int(event.start_mark.line) if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return line, "there is an anchor or alias (& or *)", "write the text out, or put it in quotes"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return line, "this is nested too deeply", "see docs/course-format.md"
    return None


def _syntax(path: str, error: yaml.MarkedYAMLError, first_line: int) -> Mistake:
    mark = error.problem_mark or error.context_mark
    line = int(mark.line if mark else 0) + first_line
    return Mistake(
        path, line, f"this is not YAML: {error.problem or error.context}", "check indentation, colons and quotes"
    )


class _Reader:
    """Builds plain data from nodes, keeping lines and mistakes."""

    def __init__(self, path: str, first_line: int) -> None:
        self.path, self.first_line = path, first_line
        self.lines: dict[Where, int] = {}
        self.mistakes: list[Mistake] = []

    def value(self, node: yaml.Node, where: Where) -> Any:
        """The plain data of a node; notes its line."""
        self.lines.setdefault(where, node.start_mark.line + self.first_line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*where, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != _STRING:
                self._wrong(key_node, "a field's name must be a word", "put it in quotes if it is one")
                continue
            key = key_node.value
            if key in found:
                self._wrong(key_node, f"“{key}” stands here twice", "keep one of them")
                continue
            self.lines[(*where, key)] = key_node.start_mark.line + self.first_line
            found[key] = self.value(value_node, (*where, key))
        return found

    def _scalar(self, node: yaml.Node) -> Any:
        text = str(node.value)
        if node.tag == _STRING:
            return tidy(text)
        if node.tag == _BOOL and text in _TRUTHS:
            return _TRUTHS[text]
        if node.tag == _INT and text.isdecimal() and text.isascii() and len(text) < 10:
            return int(text)
        if text == "":
            return self._wrong(node, "this field is empty", "write its value or delete the field")
        return self._wrong(
            node, f"“{text}” is neither text, a whole number, true nor false", f'if it is text, write "{text}"'
        )

    def _wrong(self, node: yaml.Node, what: str, cure: str) -> None:
        self.mistakes.append(Mistake(self.path, node.start_mark.line + self.first_line, what, cure))
