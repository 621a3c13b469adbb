"""Published courses: versions, modules, units, sources, glossary; reading and writing course files."""
