"""Alumni status, derived from valid completion records."""
