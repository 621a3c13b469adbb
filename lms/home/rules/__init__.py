"""Which of a person's places is the present one, and who can see what about them, as pure functions."""
