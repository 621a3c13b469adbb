"""What a course asks of its readers and of their lines: words, minutes, reading level, bytes, citations, languages."""
