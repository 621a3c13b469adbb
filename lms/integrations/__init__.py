"""Mail and everything else that talks to the outside."""
