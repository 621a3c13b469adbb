"""The kinds of unit that come with the house, and how questions are asked and scored."""
