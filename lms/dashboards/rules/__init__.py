"""What an edition's numbers are, and what of them may be shown to whom, as pure functions."""
