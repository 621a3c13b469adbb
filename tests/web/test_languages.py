"""The language of a page comes from a whitelist; the made-up languages show what does not go through gettext."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.people.states import name
from lms.seminars.labels import SECTORS
from lms.web.languages import have_catalogue, language_name, language_names, mark, own_name, speaking
from tools.catalogues import language_of, sources


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Save", "⟦Såvé·⟧"),
        ("Hello %(name)s", "⟦Hélløü %(name)s····⟧".replace("øü", "ø")),
        ("<b>Read</b> this", "⟦<b>Réåd</b> thîs·····⟧"),
        ("80%% of it", "⟦80%% øf ît···⟧"),
    ],
)
def test_the_made_up_language_keeps_placeholders_tags_and_percent_signs(text: str, expected: str) -> None:
    assert mark(text) == expected


def test_a_page_in_the_made_up_right_to_left_language_runs_from_right_to_left(sqlite_app: Flask) -> None:
    page = sqlite_app.test_client().get("/help?lang=x-rtl").text
    assert 'dir="rtl"' in page
    assert "⟦" in page


@pytest.mark.parametrize("asked", ["xx", "en-GB-oed", "../../etc", "", "x-unknown", "zz_ZZ" * 50])
def test_an_unknown_language_is_english_and_never_a_fault(sqlite_app: Flask, asked: str) -> None:
    answer = sqlite_app.test_client().get("/help", query_string={"lang": asked}, headers={"Accept-Language": asked})
    assert answer.status_code == 200
    assert '<html lang="en" dir="ltr">' in answer.text


def test_english_and_every_language_with_a_catalogue_are_offered() -> None:
    assert have_catalogue() == ("en", *(language_of(source) for source in sources()))


@pytest.mark.parametrize("asked", ["es", "es-MX,en;q=0.7", "de, es-AR;q=0.9, en;q=0.5"])
def test_a_browser_that_reads_spanish_is_answered_in_spanish(sqlite_app: Flask, asked: str) -> None:
    page = sqlite_app.test_client().get("/sign-in", headers={"Accept-Language": asked}).text
    assert '<html lang="es" dir="ltr">' in page
    assert "Iniciar sesión" in page
    assert "Sign in" not in page


def test_a_visitor_can_choose_a_language_and_it_is_kept_for_the_next_page(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    offered = '<button class="btn-link" type="submit" name="language" value="es" lang="es" dir="ltr">Español</button>'
    assert offered in client.get("/help").text
    assert client.post("/language", data={"language": "es", "back": "/help"}).location == "/help"
    assert '<html lang="es"' in client.get("/privacy").text


def test_a_link_can_carry_a_language_along(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    assert '<html lang="es"' in client.get("/help?lang=es").text
    assert '<html lang="es"' in client.get("/privacy").text


def test_sectors_and_states_have_their_names_in_spanish(sqlite_app: Flask) -> None:
    with speaking("es"):
        assert [str(word) for word in SECTORS.values()] == [
            "Relaciones exteriores",
            "Justicia",
            "Defensa",
            "Interior",
            "Educación",
            "Institución de derechos humanos",
            "Otro ministerio o institución",
        ]
    assert name("TZ", "es") == "República Unida de Tanzanía"


def test_values_put_into_a_text_are_escaped(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context("/help"):
        template = sqlite_app.jinja_env.from_string('{{ _("Dear %(name)s, 80%% is enough", name=name) }}')
        assert template.render(name="<script>") == "Dear &lt;script&gt;, 80% is enough"
        counted = sqlite_app.jinja_env.from_string('{{ ngettext("%(num)s day", "%(num)s days", n) }}')
        assert (counted.render(n=1), counted.render(n=3)) == ("1 day", "3 days")


def test_languages_are_named_in_the_language_of_the_page(sqlite_app: Flask) -> None:
    for locale, wanted in (("en", "Swahili"), ("ar", "السواحلية"), ("fr", "swahili")):
        with speaking(locale):
            assert (language_name("sw"), language_name("xyz")) == (wanted, "xyz")


def test_every_language_is_one_and_no_variety_of_one() -> None:
    names = language_names("en")
    assert {"rom", "ti", "quc", "ar", "pt"} <= set(names)
    assert not {"mul", "und", "zxx", "root", "pt_BR", "ar_001"} & set(names)


@pytest.mark.parametrize(
    ("code", "english", "french"),
    [
        ("tet", "Tetum", "Tétoum"), ("ay", "Aymara", "Aymara"), ("sm", "Samoan", "Samoan"), ("kri", "Krio", "Krio"),
        ("umb", "Umbundu", "Umbundu"), ("es", "Español", "Español"),
        ("qqq", "Qqq", "Qqq"),
    ],
)  # fmt: skip
def test_a_language_without_texts_in_cldr_has_its_name_in_the_language_of_the_page(
    sqlite_app: Flask, code: str, english: str, french: str
) -> None:
    for page, name_there in (("en", english), ("fr", french)):
        with sqlite_app.test_request_context(), speaking(page):
            assert own_name(code) == name_there
