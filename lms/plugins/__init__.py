"""The seams for plugins: hook specifications and one manager per app."""
