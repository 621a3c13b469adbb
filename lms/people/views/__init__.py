"""The pages of this context."""

from lms.people.views import (  # noqa: F401 the views hang themselves on bp
    account,
    addresses,
    decisions,
    doors,
    language,
    letters,
    mail,
    mandates,
    successions,
    welcome,
)

from .blueprint import bp as bp
