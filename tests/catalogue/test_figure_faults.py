"""What is wrong with a figure or its place is named with file, line and cure."""

# ruff: noqa: E501 - a mistake and the sentence it must give stand on one line
from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from lms.catalogue.checks import Checked, check
from lms.catalogue.figures.faults import faults
from lms.catalogue.files.emit import emit
from lms.catalogue.publication import published_modules
from lms.catalogue.rules.translation import text_hash

from .figures import PATH, PILLARS, SCALE
from .test_plugin_kinds import POEM, Poem
from .tiny import CASES, FIRST, KINDS, complaints, encoded, tiny_files

UNIT = "modules/01-words/first.md"
Change = Callable[[dict[str, Any]], object]


def unit(*figures: dict[str, Any], body: str = "") -> str:
    """The first unit of the tiny course with these figures, each placed at the end unless the body says where."""
    head, _, text = FIRST.partition("---\n\n")
    places = body or "\n".join(f"{{{{figure: {figure['id']}}}}}\n" for figure in figures)
    return f"{head}{emit({'figures': list(figures)}) if figures else ''}---\n\n{text}\n{places}".rstrip() + "\n"


def line_of(text: str, part: str) -> int:
    """The line of the unit's file at which the first line with `part` stands."""
    return next(number for number, line in enumerate(text.split("\n"), 1) if part in line)


def changed(figure: dict[str, Any], change: Change) -> dict[str, Any]:
    made = copy.deepcopy(figure)
    change(made)
    return made


def test_each_kind_of_figure_can_be_in_order() -> None:
    assert complaints(first=unit(PILLARS, SCALE, PATH)) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", []),
        ("\nNothing.\n", ["the figure “between” stands nowhere in the text — put {{figure: between}} on a line of its own, or delete it"]),
        ("{{figure: between}}\n\n{{figure: between}}", ["the figure “between” stands here twice — keep one of the places"] * 2),
        ("{{figure: betwen}}", ["the figure “between” stands nowhere in the text — put {{figure: between}} on a line of its own, or delete it", "there is no figure “betwen” — did you mean “between”?"]),
        ("Here: {{figure: between}}", ["the figure “between” stands nowhere", "“Here: {{figure: between}}” is no place for a figure — write {{figure: its id}} at the start of a line, with a blank line before and after"]),
        ("- {{figure: between}}", ["the figure “between” stands nowhere", "is no place for a figure"]),
        ("> {{figure: between}}", ["the figure “between” stands nowhere", "is no place for a figure"]),
        ("So it was.\n{{figure: between}}", ["the figure “between” stands nowhere", "is no place for a figure"]),
        ("{{figure:}}", ["the figure “between” stands nowhere", "is no place for a figure"]),
        ("{{figure: between}} {{figure: between}}", ["the figure “between” stands nowhere", "is no place for a figure"]),
    ],
)  # fmt: skip
def test_a_figure_stands_at_one_place_on_a_line_of_its_own(body: str, said: list[str]) -> None:
    text = unit(SCALE, body=body)
    found = complaints(first=text)
    assert len(found) == len(said), found
    for complaint, wanted in zip(found, said, strict=True):
        assert wanted in complaint
        at = line_of(text, "- id: between") if "nowhere" in complaint else line_of(text, "{{figure")
        assert f"{UNIT}:{at}: " in complaint or "twice" in complaint


def test_a_place_in_a_unit_without_figures_is_named() -> None:
    text = unit(body="{{figure: between}}")
    assert complaints(first=text) == [
        f"{UNIT}:{line_of(text, '{{')}: there is no figure “between” — describe it in the field figures"
    ]


def test_two_figures_of_one_id_are_named() -> None:
    found = complaints(first=unit(SCALE, SCALE, body="{{figure: between}}"))
    assert any("there are two figures “between” — rename one of them" in complaint for complaint in found)


def set_event(number: int, **fields: Any) -> Change:
    return lambda figure: figure["events"][number].update(fields)


@pytest.mark.parametrize(
    ("figure", "change", "at", "said"),
    [
        (SCALE, lambda f: f.update(kind="skale"), "kind: skale", "“skale” is no kind of figure — did you mean “scale”?"),
        (SCALE, lambda f: f["events"][0].pop("cites"), "- id: wind", "“cites” is missing — add cites: …"),
        (SCALE, lambda f: f["periods"][1].pop("cites"), "- id: repair", "“cites” is missing — add cites: …"),
        (SCALE, lambda f: f.pop("text"), "- id: between", "“text” is missing — add text: …"),
        (SCALE, lambda f: f.update(text="From 2010 to 2011, 2013 and 2014."), "text:", "“2010” is stated without a source"),
        (SCALE, set_event(1, cites=["S009"]), "- S009", "sources.yaml has no “S009”"),
        (SCALE, set_event(2, at="2011-02-30"), 'at: "2011-02-30"', "“2011-02-30” is not in the calendar — correct the date"),
        (SCALE, set_event(2, at="2011-2"), 'at: "2011-2"', "“2011-2” is not written as “at” must be"),
        (SCALE, set_event(2, at="2009"), "- id: plan", "“plan” comes after “calm”, which is later — put them in the order of time; a year counts by its middle"),
        (SCALE, set_event(2, at="2012"), 'at: "2012"', "“2012” is in the drawing and not in the figure’s text — say the same in the text"),
        (SCALE, set_event(3, label="A roof of 12 beams"), "label: A roof", "“12” is in the drawing and not in the figure’s text"),
        (SCALE, set_event(0, id="calm"), "- id: calm", "the id “calm” stands in this list twice — rename one of them"),
        (SCALE, set_event(4, label="Over 2,010 people died"), "label: Over", "a number of victims is never drawn — leave the number in a sentence of the text, with whose it is"),
        (SCALE, set_event(4, label="Las 2010 víctimas"), "label: Las", "a number of victims is never drawn"),
        (SCALE, set_event(4, label="Unverantwortlichkeitsvermutung"), "label: Unver", "“Unverantwortlichkeitsvermutung” is too long for its place in the drawing — shorten it to 6 lines of about 14 letters"),
        (SCALE, set_event(4, label="all of it " * 15 + "done"), "label: |-", "is too long for its place in the drawing"),
        (SCALE, lambda f: f["periods"][1].update({"from": "2010-02"}), "- id: repair", "“repair” begins before “storm” ends — put periods in the order of time, none over another"),
        (SCALE, lambda f: f["periods"][0].update(to="2009"), 'to: "2009"', "“storm” ends before it begins — correct one of the dates"),
        (SCALE, lambda f: f["periods"][0].update(grave=False), "grave: false", "“grave” can only be true — write true, or leave the field out"),
        (PATH, lambda f: f["strands"][0]["stations"][1].update(at="2000-05"), "- id: mill", "“mill” comes after “spring”, which is later — put them in the order of time"),
        (PATH, lambda f: f["together"][0].update(at="2002"), "- id: bridge", "“bridge” comes after “mill”, which is later"),
        (PATH, lambda f: f["strands"][0]["stations"][0].pop("at"), "- id: spring", "“at” is missing"),
        (PILLARS, lambda f: f["pillars"][0].update(cites=["S001", "S002"]), "cites:", "the figure’s text does not cite “S002” — say in the figure’s text what is known from it, with [@S002]"),
        (PILLARS, lambda f: f["pillars"][0].update(name="Überwältigungsbewältigung"), "name: Über", "is too long for its place in the drawing"),
        (PILLARS, lambda f: f.update(text="A roof of “stone”."), "text:", "““” is stated without a source"),
        (PILLARS, lambda f: f.update(colour="red"), "colour: red", "“colour” is not a field here"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_figure_is_named_with_its_line_and_cure(
    figure: dict[str, Any], change: Change, at: str, said: str
) -> None:
    text = unit(changed(figure, change))
    found = complaints(first=text)
    assert any(f"{UNIT}:{line_of(text, at)}: " in complaint and said in complaint for complaint in found), found


def test_a_year_in_a_title_needs_a_source_in_the_text() -> None:
    figure = {**PILLARS, "title": "The house of March", "text": "A roof over everybody."}
    assert "“March” is stated without a source" in {fault.what for fault in faults(figure, "en")}


def test_what_is_known_to_the_year_may_stand_on_either_side_of_a_month() -> None:
    figure = changed(PATH, lambda f: f["together"][0].update(at="2003"))
    assert faults(figure, "en") == []


def spanish(fields: dict[str, Any], body: str = "") -> Checked:
    """The tiny course whose first unit has the scale, with a Spanish translation of it."""
    first = unit(SCALE).replace("  en: First\n", "  en: First\n  es: Primero\n")
    course = check(encoded(tiny_files(first=first)), KINDS).course
    assert course is not None
    front = {"follows": text_hash(course.modules[0].units[0]), "status": "confirmed", **fields}
    files = tiny_files(first=first)
    translation = f"---\n{emit(front)}---\n" + (f"\n{body}\n" if body else "")
    return check(encoded({**files, "modules/01-words/first.es.md": translation}), KINDS)


TRANSLATED: dict[str, Any] = {
    "id": "between",
    "title": "Tormenta corta",
    "periods": [{"id": "repair", "label": "de trabajo"}],
    "events": [{"id": "roof", "label": "Un techo"}, {"id": "wind", "label": "Llega el viento"}],
    "text": "La tormenta de 2010 fue corta; el trabajo de 2011 a 2014, con un techo en 2013, fue largo. [@S001]",
}


def test_labels_are_translated_by_their_ids_and_dates_are_told_in_the_other_language() -> None:
    checked = spanish({"figures": [TRANSLATED]})
    assert checked.mistakes == []
    (translation,) = published_modules(checked, KINDS)["words"].units[0].translations
    html = translation.rendered["html"]
    for words in ("Tormenta corta", "de trabajo", "Llega el viento", "10 de enero de 2010", "4 años", "It is calm"):
        assert f">{words}<" in html, words
    assert "The wind" not in html
    assert translation.document["figures"][0]["events"][0]["at"] == "2010-01-10"


@pytest.mark.parametrize(
    ("change", "at", "said"),
    [
        (lambda f: f["events"][0].update(at="2012"), 'at: "2012"', "“at” is the source's to say"),
        (lambda f: f["periods"][0].update({"from": "2012"}), 'from: "2012"', "“from” is the source's to say"),
        (lambda f: f["events"][0].update(cites=["S001"]), "cites:", "“cites” is the source's to say"),
        (lambda f: f.update(kind="path"), "kind: path", "“kind” is the source's to say"),
        (lambda f: f["events"][0].update(id="rouf"), "- id: rouf", "the source has no “rouf” in this list"),
        (lambda f: f["periods"][0].update(label="de una reconstrucciónininterrumpida"), "label: de una", "is too long for its place in the drawing"),
        (lambda f: f.update(text="Una tormenta de 2010. [@S001]"), "figures:", "is in the drawing and not in the figure’s text"),
        (lambda f: f["events"][1].update(label="Un techo de 2013 muertos"), "label: Un techo de", "a number of victims is never drawn"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_translated_figure_is_named_in_the_translation(change: Change, at: str, said: str) -> None:
    checked = spanish({"figures": [changed(TRANSLATED, change)]})
    path = "modules/01-words/first.es.md"
    found = [str(mistake) for mistake in checked.mistakes]
    assert any(complaint.startswith(f"{path}:") and said in complaint for complaint in found), found


def test_a_translated_text_places_the_figures_of_its_source() -> None:
    body = "## Inicio {#beginning}\n\nEn 2012 un Estado actuó. [@S001]"
    assert [mistake.what for mistake in spanish({}, body).mistakes] == [
        "the figure “between” stands nowhere in the text"
    ]
    assert spanish({}, body + "\n\n{{figure: between}}").mistakes == []


def test_a_translation_of_an_older_text_may_lack_a_figure_and_name_another() -> None:
    body = "## Inicio {#beginning}\n\nEn 2012 un Estado actuó. [@S001]\n\n{{figure: gone}}"
    checked = spanish({"follows": "t23456789abcdef0"}, body)
    assert checked.mistakes == []
    (translation,) = published_modules(checked, KINDS)["words"].units[0].translations
    assert "<figure" not in translation.rendered["html"]


class PoemWithFigures(Poem):
    """A plugin's kind of fields alone, with a field for figures."""

    schema: Mapping[str, Any] = {
        **Poem.schema,
        "properties": {**Poem.schema["properties"], "figures": {"$ref": "figures.json#/$defs/figures"}},
    }

    def render(self, data: Any, context: Any) -> Any:
        return context.rendered("".join(context.figure(figure["id"]) for figure in data.get("figures", ())))


def poem(figure: dict[str, Any]) -> Checked:
    files = encoded(tiny_files(cases=CASES))
    del files["modules/02-cases/thought.md"]
    files["modules/02-cases/thought.yaml"] = (POEM + emit({"figures": [figure]})).encode()
    return check(files, {**KINDS, "poem": PoemWithFigures()})


def test_a_kind_of_a_plugin_takes_figures_by_naming_the_field() -> None:
    checked = poem(SCALE)
    assert checked.mistakes == []
    kinds = {**KINDS, "poem": PoemWithFigures()}
    (published,) = published_modules(checked, kinds)["cases"].units
    assert published.text.rendered["html"].startswith('<figure class="fig" dir="ltr">')
    wrong = [mistake.what for mistake in poem({**SCALE, "title": "Of 1999"}).mistakes]
    assert wrong == ["“1999” is in the drawing and not in the figure’s text"]


def test_the_samples_are_written_in_the_canonical_order() -> None:
    text = unit(PILLARS, SCALE, PATH)
    assert yaml.safe_load(text.split("---\n")[1])["figures"] == [PILLARS, SCALE, PATH]
