"""Files of nominations: read as offices write them, rehearsed row by row, taken over by one act, and taken back."""
