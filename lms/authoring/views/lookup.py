"""Sources, terms, pictures and documents of a draft by search, each with what is to be written to use it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import jsonify, request
from werkzeug.wrappers import Response

from lms.authoring.lists import Entries, draft_lists
from lms.authoring.queries import draft_of, files_of
from lms.authoring.rules.illustrating import snippet
from lms.catalogue.rules.alphabet import holds
from lms.catalogue.rules.media import PICTURE
from lms.catalogue.rules.texts import localised, written_in
from lms.kernel.db import db
from lms.kernel.values import dataclass
from lms.people.sign_in import me
from lms.web.access import Permission, requires
from lms.web.errors import wants_json
from lms.web.languages import gettext as _
from lms.web.languages import language
from lms.web.render import render

MOST = 30


@dataclass(frozen=True)
class Hit:
    """A source or a term: its name, what else is known, and what is to be written."""

    name: str
    detail: str
    snippet: str


@requires(Permission.AUTHOR)
def lookup(slug: str, draft: str) -> Response | str:
    """What a search finds; the editor's script asks for the same as JSON."""
    session = db.session()
    row = draft_of(session, me().grants, slug, draft)
    asked = request.args.get("q", "")[:100]
    found = list(_hits(asked, *draft_lists(files_of(session, row)))) if asked.strip() else []
    if wants_json():
        said = _("Nothing is found.") if asked.strip() and not found else ""
        hits = [{"name": hit.name, "detail": hit.detail, "snippet": hit.snippet} for hit in found[:MOST]]
        return jsonify(hits=hits, said=said)
    return render(
        "lms/authoring/lookup.html", slug=slug, draft=row, asked=asked, hits=found[:MOST], more=len(found) > MOST
    )


def _hits(asked: str, sources: Entries, terms: Entries, media: Entries) -> Iterator[Hit]:
    for term in terms:
        texts = written_in(term.get("term"))
        if texts and holds(asked, (str(term["key"]), *texts.values())):
            yield Hit(localised(texts, language()), str(_("Term of the glossary")), f"[[{term['key']}]]")
    for source in sources:
        said = [str(source.get(name, "")) for name in ("title", "author", "date")]
        if holds(asked, (str(source["id"]), *said)):
            yield Hit(said[0] or str(source["id"]), ", ".join(part for part in said[1:] if part), f"[@{source['id']}]")
    for medium in media:
        if holds(asked, tuple(str(medium.get(name, "")) for name in ("id", "title", "provenance"))):
            kind = _("Picture") if medium.get("kind") == PICTURE else _("Document")
            yield Hit(str(medium.get("title") or medium["id"]), str(kind), snippet(medium, _("what the picture shows")))
