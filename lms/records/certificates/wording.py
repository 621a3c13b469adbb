"""A record in the words of its certificate, in the language of the moment."""

from __future__ import annotations

from urllib.parse import urlsplit

from lms.kernel.settings import present_settings
from lms.people.rules.names import PersonName
from lms.people.states import footnote, name
from lms.records.queries import RecordPage, RecordState
from lms.records.rules.public import Public, grouped
from lms.records.words import attendance_line, ended, other_titles, reading_line
from lms.web.dates import short_day
from lms.web.languages import gettext as _
from lms.web.languages import language, text_direction
from lms.web.pages import PRODUCT

from .faces import language_of, right_to_left
from .sheet import Piece, Sheet, Spoken


def sheet_of(page: RecordPage, public: Public, state: RecordState, fragment: str = "") -> Sheet:
    """The certificate of a record; `fragment` is the signed short form, which no server is told."""
    held, here, dated = page.held, language().replace("_", "-"), page.held.dated
    address, code = present_settings().public_url, grouped(public.code)
    shown = urlsplit(address)
    at = f"{shown.netloc}{shown.path}/v"
    lines = (_("Issued %(day)s", day=short_day(dated)), reading_line(page), attendance_line(page))
    return Sheet(
        lang=here.split("-")[0],
        rtl=text_direction() == "rtl",
        dated=(dated.year, dated.month, dated.day),
        title=_("Certificate of completion"),
        owner=str(PRODUCT["owner"]).rstrip("."),
        also=tuple(Spoken(title, code, text_direction(code) == "rtl") for code, title in other_titles()),
        name=Spoken(page.name.full, language_of(page.name.full, here.split("-")[0]), right_to_left(page.name.full)),
        latin=_latin(page.name),
        of=(page.institution, name(page.state_code, language())),
        footnote=footnote(page.state_code, language()) or "",
        sentence=_sentence(held.edition_title, held.place, short_day(held.starts_on), short_day(held.ends_on)),
        ended=_ended(state),
        signs=tuple((one.name, one.title) for one in page.signatories),
        square=f"{address}/v/{public.code}{'#' if fragment else ''}{fragment}",
        square_says=_("Square code that leads to %(address)s", address=f"{at}/{code}"),
        check=_("Check this certificate at"),
        address=at,
        code=code,
        lines=tuple(filter(None, lines)),
    )


def _latin(shown: PersonName) -> str:
    return shown.latin if shown.latin != shown.full else ""


def _sentence(title: str, place: str, start: str, end: str) -> tuple[Piece, ...]:
    """The sentence of the certificate; what is filled in is never looked at for marks of ours."""
    sentence = _("has completed the <b>%(title)s</b>, held in %(place)s, from %(start)s to %(end)s.")
    before, _mark, rest = sentence.partition("<b>")
    strong, _mark, after = rest.partition("</b>")
    said = {"title": title, "place": place, "start": start, "end": end}
    return (Piece(before % said), Piece(strong % said, strong=True), Piece(after % said))


def _ended(state: RecordState) -> str:
    if state.valid or state.ended_on is None:
        return ""
    when = _("This was on %(day)s.", day=short_day(state.ended_on))
    return f"{ended(state.act)} {when}"
