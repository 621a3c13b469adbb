"""The glossary of a version: names, how sure they are, sources with their places, and the units that use them."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from lms.catalogue import queries
from lms.catalogue import services as courses
from lms.catalogue.rules.glossary import GlossaryTerm, by_initial
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from tests.catalogue import tiny
from tests.conftest import statements

GLOSSARY = """\
terms:
- key: state
  term:
    en: state
    es: Estado
    fr: État
  status:
    es: official
    fr: translation
  definition:
    en: A member or observer of the United Nations.
    es: Miembro u observador de las Naciones Unidas.
  cites:
  - S001 p. 7
- key: zone
  term:
    en: Zone
    es: ámbito
  status:
    es: translation
  definition:
    en: A place that nothing speaks of.
  needs_review: true
"""


def publish(tmp_path: Path) -> int:
    with unit_of_work() as session:
        report = courses.load(
            session, folder=tiny.written(tmp_path, glossary=GLOSSARY), kinds=tiny.KINDS, at=now(), by=None
        )
    assert report.version_id
    db.session.remove()  # what it read while publishing is kept nowhere
    return report.version_id


def test_a_term_knows_its_names_sources_and_units(app: Flask, tmp_path: Path) -> None:
    version = publish(tmp_path)
    glossary = queries.glossary(db.session(), version)
    state, zone = glossary.terms
    assert state.names == {"en": "state", "es": "Estado", "fr": "État"}
    assert state.standings == {"es": "official", "fr": "translation"}
    assert state.units == ("first",)
    assert zone.units == ()
    (source,) = state.sources
    assert source.place == "p. 7"
    assert 'href="https://example.org/first"' in source.html
    assert glossary.term("zone") is zone
    assert glossary.term("nothing") is None


def test_the_order_is_that_of_the_reader(sqlite_app: Flask, tmp_path: Path) -> None:
    version = publish(tmp_path)
    glossary = queries.glossary(db.session(), version)
    assert [term.key for term in glossary.alphabetical("en")] == ["state", "zone"]
    assert [term.key for term in glossary.alphabetical("es")] == ["zone", "state"]
    assert [letter for letter, _terms in by_initial(glossary.alphabetical("es"), "es")] == ["A", "E"]
    before, after = glossary.neighbours("state", "es")
    assert (before and before.key, after) == ("zone", None)
    assert glossary.languages() == ["en", "es", "fr"]


def test_a_reader_searches_every_name_and_the_definition_they_get() -> None:
    term = GlossaryTerm("state", {"en": "state", "es": "Estado"}, {}, {"en": "A member.", "es": "Miembro."}, ())
    assert term.texts("es") == ("state", "Estado", "Miembro.")
    assert term.texts("fr") == ("state", "Estado", "A member.")
    assert term.others("es") == ["en"]
    assert term.others("ar") == ["es"]


def test_a_glossary_costs_one_statement_besides_the_outline_and_then_none(sqlite_app: Flask, tmp_path: Path) -> None:
    version = publish(tmp_path)
    queries.outline(db.session(), version)
    with statements(sqlite_app) as sent:
        queries.glossary(db.session(), version)
        queries.glossary(db.session(), version)
    assert len(sent) == 1
