"""What is true of a course: pure functions over its files."""
