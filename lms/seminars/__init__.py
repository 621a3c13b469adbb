"""Editions, enrolments, invitations, deadlines, on-site sessions, attendance."""
