"""Focal points nominate officials of their own state or institution; coordinators take them over, or do not."""
