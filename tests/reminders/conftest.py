"""The mail server that tests of reminders send to."""

from __future__ import annotations

from tests.integrations.conftest import post

__all__ = ["post"]
