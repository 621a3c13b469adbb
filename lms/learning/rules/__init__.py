"""What is true of a person on the course, as pure functions over plain values."""
