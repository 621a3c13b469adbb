"""The pages of this context."""

from lms.people.views import account, addresses, doors, language, letters, mail, mandates, successions, welcome  # noqa: F401 the views hang themselves on bp

from .blueprint import bp as bp
