"""The house's own text of a reminder, and what reasons and mistakes are called on pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString

from lms.web.languages import gettext as _
from lms.web.languages import lazy_gettext as _l
from lms.web.languages import speaking

from .rules import LeftOut, Mistake, Text

LEFT_OUT: Mapping[LeftOut, LazyString] = {
    LeftOut.ERASED: _l("were erased as they asked"),
    LeftOut.NOT_INVITED: _l("are not invited, or have left the edition"),
    LeftOut.FINISHED: _l("have finished already"),
    LeftOut.NO_ADDRESS: _l("have no e-mail address"),
    LeftOut.BOUNCED: _l("have an address from which letters come back"),
    LeftOut.UNSUBSCRIBED: _l("want no reminders"),
    LeftOut.CAP: _l("had a reminder less than a week ago"),
}
MISTAKES: Mapping[Mistake, LazyString] = {
    Mistake.UNKNOWN_PLACE: _l("This stands in braces and is no place that we can fill in: %(places)s."),
    Mistake.LINK_MISSING: _l("The text needs {link}: without it nobody finds the way back to the reading."),
    Mistake.LINK_IN_SUBJECT: _l("A subject cannot hold {link}. Put it into the text."),
    Mistake.NAME_IN_SUBJECT: _l("A subject cannot hold {name}: subjects are seen by others. Put it into the text."),
    Mistake.LINES_IN_SUBJECT: _l("A subject is one line."),
}


def house_text(locale: str) -> Text:
    """What a reminder says where no coordinator has written another text, in one language."""
    with speaking(locale):
        body = (
            _("this is a reminder of your pre-reading. It is due: %(deadline)s.", deadline="{deadline}"),
            _("Still to read: %(left)s.", left="{units left}"),
            _("Go on reading here:") + "\n{link}",
            _("If the date is not possible, answer this letter. We will find a way."),
        )
        subject = _("Raphael Lemkin Seminar: reading due %(deadline)s", deadline="{deadline}")
        return Text(subject, "\n\n".join(body))
