"""What those who look after the texts of a course work with: texts, never people."""
