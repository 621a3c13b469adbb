"""Checking data against the schemas; apart from them, because a web worker never needs this library."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from .schemas import FOLDER, Schema, schema


@cache
def _registry() -> Registry[Any]:
    names = [path.stem for path in FOLDER.glob("*.json")]
    return Registry().with_resources((f"{name}.json", Resource.from_contents(schema(name))) for name in names)


def validator(of: Schema) -> Draft202012Validator:
    """A validator of `of` that finds the shared parts."""
    return Draft202012Validator(of, registry=_registry())
