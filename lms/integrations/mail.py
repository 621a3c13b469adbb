"""Mail, from the outbox to SMTP."""
