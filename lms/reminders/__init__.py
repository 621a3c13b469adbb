"""Reminders of what people still have to read: who gets one, what it says, when one goes by itself."""
