"""A person on the course: progress, quiz tries, private reflections, receipts."""
