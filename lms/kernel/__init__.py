"""What every context stands on: database, unit of work, events, jobs, clock, settings, secrets, errors."""
