"""The pages of the alumni community."""

from lms.alumni.views import index, introductions, networks, office, own, past, reinvitations, yearly  # noqa: F401 the views hang themselves on bp

from .blueprint import bp as bp
