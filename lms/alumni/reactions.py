"""What we do when a lower context says that something happened."""
