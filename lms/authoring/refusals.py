"""Why an uploaded bundle, picture or document is not taken, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from lms.kernel.apart import TOO_HEAVY, Rejected
from lms.web.languages import lazy_gettext as _l

_MEGABYTE = 1024 * 1024
_SENTENCES: Mapping[str, LazyString] = {
    "no-zip": _l("This is not a .zip file. Pack the folder of the course as a .zip, and send that."),
    "other-zip": _l("This is a kind of .zip that is not read here. Pack the folder as a plain .zip, in one part."),
    "encrypted": _l("This .zip is locked with a password. Pack it without one."),
    "too-many": _l("This .zip holds more than %(most)s files. A course has fewer."),
    "packed-too-large": _l("This file has more than %(megabytes)s MB. A course is smaller."),
    "too-large": _l("What is packed in this .zip has more than %(megabytes)s MB. A course is smaller."),
    "bomb": _l("What is packed in this .zip is more than %(most)s times as large as the file. No course is like that."),
    "lying": _l("“%(name)s” is of another size than this .zip says. Pack the folder anew."),
    "lying-directory": _l("The list of files in this .zip does not agree with what it holds. Pack the folder anew."),
    "damaged": _l("“%(name)s” is damaged in this .zip. Pack the folder anew."),
    "overlap": _l("Files in this .zip lie over each other. Pack the folder anew."),
    "nested": _l("“%(name)s” is an archive within the .zip. Unpack it, or take it out."),
    "special": _l("“%(name)s” is a link or a device, not a file. Put the file itself in its place."),
    "twice": _l("“%(name)s” stands in this .zip twice, or beside a name that some computers take for the same."),
    "leads-out": _l("The name “%(name)s” leads out of the folder of the course. Rename the file."),
    "invisible": _l("The name “%(name)s” holds characters that cannot be seen. Rename the file."),
    "not-utf8": _l("The name “%(name)s” is not UTF-8. Use small letters, digits and hyphens in names."),
    "long-name": _l("The name “%(name)s” has more than %(most)s letters. Shorten it."),
    "device": _l("“%(name)s” cannot be the name of a file on every computer. Rename the file."),
    "several-folders": _l("There is something beside the folder of the course. Pack that folder alone."),
    "no-course": _l("There is no course.yaml at the top of this .zip, nor in its one folder."),
    TOO_HEAVY: _l("This .zip takes more time or memory to read than a course does. Pack the folder anew."),
}


def sentence(rejected: Rejected) -> str:
    """The reason as a person reads it."""
    values = dict(rejected.values)
    if "most" in values:
        values["megabytes"] = values["most"] // _MEGABYTE
    return str(_SENTENCES[rejected.reason]) % values


_OF_A_FILE: Mapping[str, LazyString] = {
    "unknown": _l("This is neither a picture (JPEG, PNG, WebP, GIF) nor a PDF, whatever its name says."),
    "markup": _l("This is a page or an SVG drawing, which can hold programs. Save it as PNG, and send that."),
    "broken": _l("This file is broken off or damaged. Save it anew with the program that made it."),
    "too-many-pixels": _l("This picture has more than %(most)s million pixels. Save it smaller."),
    "too-heavy-picture": _l("However it is written, this picture has more than %(most)s kB. Send a part of it."),
    "too-heavy-document": _l("This PDF has more than %(most)s MB. Leave pages out, or save its pictures smaller."),
    "locked": _l("This PDF is locked with a password. Save it without one."),
    "active": _l("This PDF holds what acts by itself, or other files (%(what)s). Print it to a new PDF."),
    TOO_HEAVY: _l("Reading this file takes more time or memory than we give to one. Save it anew, smaller."),
}


def of_a_file(rejected: Rejected) -> str:
    """Why a picture or document is not taken, as a person reads it."""
    return str(_OF_A_FILE[rejected.reason]) % rejected.values
