"""The commands behind the Makefile: `python3 -m tools run|test|check|bench|pictures`, on the standard library alone."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  this is the place that says so
    sys.exit(
        "Python 3.11 or newer is needed; this is Python %d.%d. "  # noqa: UP031  older ones must be able to read this
        "Name a newer one, for example: make run PYTHON=python3.12" % sys.version_info[:2]
    )
