"""Figures drawn from the data of course files, once, when a course is published: pure functions from data to SVG.

A layout (`pillars`, `scale`, `path`) puts lettering and shapes on a `sheet`; `svg` writes the sheet down; `figure`
makes the whole figure with its words; `faults` says what is wrong with the data. Nothing here knows a database or a
request.
"""
