"""The alumni feed: what partners outside may read of alumni status and completion records, as a list of events."""
