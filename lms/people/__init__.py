"""Persons and their sealed identity, states, institutions, mandates, sign-in."""
