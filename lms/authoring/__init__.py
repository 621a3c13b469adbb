"""Trainers and reviewers at work on the texts of a course: what there is, in which language, and what waits."""
