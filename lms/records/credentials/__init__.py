"""The signed form of a completion record, the keys it is signed with, and what the public needs to verify it."""
