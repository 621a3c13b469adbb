"""The certificate: a record as one sheet of paper, a tagged PDF in its holder's language and script, set in the worker.

faces        which letters a text needs, and who has them
sheet        everything that stands on the sheet, in words
setting      from the sheet to a PDF, in the worker
typesetting  typst with our faces; only the worker imports it
copying      what a reader copies out of scripts whose letters are built of several pieces
services     asking for one, and what the worker does then
"""
