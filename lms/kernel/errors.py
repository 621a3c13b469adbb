"""The ways a change can be turned down, each with a sentence for the person who asked."""

from __future__ import annotations


class LmsError(Exception):
    """Something we say no to in words; `str()` of it is fit for the page."""

    status = 400


class Refused(LmsError):
    """The rules do not allow it; shown on the form, answered 422."""

    status = 422


class NotFound(LmsError):
    """There is no such thing for this person; one answer for missing and for forbidden (404)."""

    status = 404


class Gone(NotFound):
    """What somebody wrote for is not there any more, and they may know it: where the view keeps what was typed, the
    page gives it back (404)."""


class Unreadable(NotFound):
    """It is there, and cannot be opened for now; the check names it (503)."""

    status = 503


class Conflict(LmsError):
    """The same key came with another body, or somebody else changed it first (409)."""

    status = 409


class Overtaken(Refused, Conflict):
    """The rules do not allow it any more, since somebody else was faster (409)."""

    status = 409


class NotInstalled(LmsError):
    """What is stored needs a plugin that is not there (503)."""

    status = 503


class TooMany(LmsError):
    """Throttled; `retry_after` is in seconds (429)."""

    status = 429

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Misconfigured(LmsError):
    """The settings do not allow the system to start; the message names every one that is wrong."""

    status = 500
