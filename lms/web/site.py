"""The Flask app itself, which remembers the addresses it has built."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import FunctionType
from typing import Any

from flask import Flask, has_request_context, request

Key = tuple[str, str, tuple[tuple[str, Any], ...]]
"""Where the app is mounted, the endpoint, and what fills its path and query."""
_PLAIN = (str, int)


class Site(Flask):
    """A Flask app as any other. A page names two dozen addresses, most of them those of the page before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._remembered: Callable[[Key], str] = lru_cache(maxsize=2048)(self._build)
        self._in_step: Callable[[Callable[..., Any]], Callable[..., Any]] = lru_cache(maxsize=512)(super().ensure_sync)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As Flask's, which looks anew at each of the two dozen functions that a request goes through. What is made
        for one request alone, as what follows it, mostly holds something of it, and is not remembered."""
        if type(func) is FunctionType and func.__closure__ is None:
            return self._in_step(func)
        return super().ensure_sync(func)

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """As Flask's. An address within the site depends on nothing but its parts and where the site is mounted."""
        given = {name: value for name, value in values.items() if value is not None} if values else values
        if not self._depends_on_its_parts_alone(endpoint, given):
            return super().url_for(endpoint, **given)
        # Asked of the request itself: what stands for it costs as much as all the rest here.
        mounted: str = request._get_current_object().root_path  # type: ignore[attr-defined]
        return self._remembered((mounted, endpoint, tuple(given.items())))

    def _depends_on_its_parts_alone(self, endpoint: str, given: dict[str, Any]) -> bool:
        for name, value in given.items():  # without a generator, each step of which is a call
            if name[0] == "_" or type(value) not in _PLAIN:
                return False
        return endpoint[0] != "." and has_request_context() and not self.url_default_functions

    def _build(self, key: Key) -> str:
        _mounted, endpoint, values = key
        return super().url_for(endpoint, **dict(values))
