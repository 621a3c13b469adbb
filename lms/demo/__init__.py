"""Demonstration data: plainly fictitious officials at every stage of the way; never in production."""
