"""A copy of everything that is kept about a person, for that person: as data (JSON) and to be read (PDF).

walking    every row of the database that leads to the person, by the foreign keys of the schema itself
opening    what is sealed under the person's key, and what stays closed and why
gathering  both together, as plain data
wording    the same in words, in sections
setting    from the words to a tagged PDF; the worker alone imports it
"""
