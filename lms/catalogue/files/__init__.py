"""Reading and writing a course's files in their one canonical form; no database, and no disk but in `disk`."""
