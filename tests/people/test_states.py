"""The list of states, its names and the ways to look one up."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest
import yaml
from babel import Locale
from babel.core import get_global

from lms.people import states

TRAPS = {
    "AE": ("United Arab Emirates", "Emiratos Árabes Unidos", "Émirats arabes unis"),
    "BN": ("Brunei Darussalam", "Brunei Darussalam", "Brunéi Darussalam"),
    "BO": (
        "Bolivia (Plurinational State of)",
        "Bolivia (Estado Plurinacional de)",
        "Bolivie (État plurinational de)",
    ),
    "BY": ("Belarus", "Belarús", "Bélarus"),
    "CD": (
        "Democratic Republic of the Congo",
        "República Democrática del Congo",
        "République démocratique du Congo",
    ),
    "CG": ("Congo", "Congo", "Congo"),
    "CI": ("Côte d'Ivoire", "Côte d'Ivoire", "Côte d'Ivoire"),
    "CV": ("Cabo Verde", "Cabo Verde", "Cabo Verde"),
    "CZ": ("Czechia", "Chequia", "Tchéquie"),
    "FM": (
        "Micronesia (Federated States of)",
        "Micronesia (Estados Federados de)",
        "Micronésie (États fédérés de)",
    ),
    "GB": (
        "United Kingdom of Great Britain and Northern Ireland",
        "Reino Unido de Gran Bretaña e Irlanda del Norte",
        "Royaume-Uni de Grande-Bretagne et d'Irlande du Nord",
    ),
    "IR": ("Iran (Islamic Republic of)", "Irán (República Islámica del)", "Iran (République islamique d')"),
    "KP": (
        "Democratic People's Republic of Korea",
        "República Popular Democrática de Corea",
        "République populaire démocratique de Corée",
    ),
    "KR": ("Republic of Korea", "República de Corea", "République de Corée"),
    "LA": (
        "Lao People's Democratic Republic",
        "República Democrática Popular Lao",
        "République démocratique populaire lao",
    ),
    "MD": ("Republic of Moldova", "República de Moldova", "République de Moldova"),
    "MK": ("North Macedonia", "Macedonia del Norte", "Macédoine du Nord"),
    "MM": ("Myanmar", "Myanmar", "Myanmar"),
    "NL": ("Netherlands (Kingdom of the)", "Países Bajos (Reino de los)", "Pays-Bas (Royaume des)"),
    "NO": ("Norway", "Noruega", "Norvège"),
    "NR": ("Naoero", "Naoero", "Naoero"),
    "NZ": ("New Zealand", "Nueva Zelandia", "Nouvelle-Zélande"),
    "PS": ("State of Palestine", "Estado de Palestina", "État de Palestine"),
    "RU": ("Russian Federation", "Federación de Rusia", "Fédération de Russie"),
    "SY": ("Syrian Arab Republic", "República Árabe Siria", "République arabe syrienne"),
    "SZ": ("Eswatini", "Eswatini", "Eswatini"),
    "TL": ("Timor-Leste", "Timor-Leste", "Timor-Leste"),
    "TR": ("Türkiye", "Türkiye", "Türkiye"),
    "TT": ("Trinidad and Tobago", "Trinidad y Tabago", "Trinité-et-Tobago"),
    "TZ": ("United Republic of Tanzania", "República Unida de Tanzanía", "République-Unie de Tanzanie"),
    "US": ("United States of America", "Estados Unidos de América", "États-Unis d'Amérique"),
    "VA": ("Holy See", "Santa Sede", "Saint-Siège"),
    "VE": (
        "Venezuela (Bolivarian Republic of)",
        "Venezuela (República Bolivariana de)",
        "Venezuela (République bolivarienne du)",
    ),
    "VN": ("Viet Nam", "Viet Nam", "Viet Nam"),
}


def file_text() -> str:
    """The data file as it is stored."""
    return files("lms.people").joinpath("data", "states.yaml").read_text(encoding="utf-8")


def codes_in_order(locale: str, *codes: str) -> list[str]:
    """These codes in the order in which a page in this language lists them."""
    return [state.code for state in states.sorted_for(locale) if state.code in codes]


def test_there_are_193_members_and_2_observers() -> None:
    assert Counter(state.membership for state in states.all_states()) == {"member": 193, "observer": 2}
    assert {state.code for state in states.all_states() if state.membership == "observer"} == {"PS", "VA"}


def test_codes_are_unique_iso_codes_that_cldr_knows() -> None:
    codes = [state.code for state in states.all_states()]
    assert len(set(codes)) == len(codes) == 195
    assert all(len(code) == 2 and code.isupper() for code in codes)
    assert set(codes) <= set(Locale("en").territories)


def test_territories_are_not_states() -> None:
    # They have codes, and two of them full treaty-making capacity, but none is a member or an observer.
    assert not {"AQ", "CK", "EH", "GL", "HK", "MO", "NU", "PR", "TW", "XK"} & {s.code for s in states.all_states()}


def test_the_file_is_in_canonical_order_and_form() -> None:
    text = file_text()
    body = text[text.index("source:") :]
    data = yaml.safe_load(text)
    assert body == yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1000)
    codes = [entry["code"] for entry in data["states"]]
    assert codes == sorted(codes)
    shape = ["code", "membership", "region", "names", "also", "footnote"]
    assert all(list(entry) == [key for key in shape if key in entry] for entry in data["states"])
    assert all(entry["also"] == sorted(entry["also"], key=str.casefold) for entry in data["states"] if "also" in entry)


def test_the_file_names_its_sources() -> None:
    sources = yaml.safe_load(file_text())["source"]
    titles = " ".join(source["title"] for source in sources)
    assert all(document in titles for document in ("UNTERM", "M49", "ISO 3166"))
    assert all(source["consulted"] and source["url"].startswith("https://") for source in sources)


def test_every_state_has_a_name_in_three_languages() -> None:
    for state in states.all_states():
        assert list(state.names) == ["en", "es", "fr"]
        assert all(text and text == text.strip() and "’" not in text for text in state.names.values())


@pytest.mark.parametrize("language", states.UN_LANGUAGES)
def test_no_two_states_share_a_name(language: str) -> None:
    names = Counter(state.names[language] for state in states.all_states())
    assert [text for text, times in names.items() if times > 1] == []


def test_no_name_of_one_state_is_recognised_as_another() -> None:
    wrong = [(s.code, text) for s in states.all_states() for text in s.names.values() if states.named(text) != s]
    assert wrong == []


def test_what_else_a_state_is_called_is_no_other_states_name() -> None:
    wrong = [(s.code, text) for s in states.all_states() for text in s.also if states.named(text) != s]
    assert wrong == []


def test_every_code_of_three_letters_is_known() -> None:
    three = {
        held[0]: code for code, held in get_global("territory_aliases").items() if len(code) == 3 and len(held) == 1
    }
    assert [s.code for s in states.all_states() if states.named(three[s.code]) != s] == []


def test_an_everyday_name_belongs_to_one_state_only() -> None:
    wrong = [
        (state.code, language, text)
        for language in states.UN_LANGUAGES
        for state in states.all_states()
        if states.named(text := Locale(language).territories[state.code]) != state
    ]
    assert wrong == []


@pytest.mark.parametrize("code", TRAPS)
def test_names_are_spelled_as_the_united_nations_spells_them(code: str) -> None:
    assert tuple(states.name(code, language) for language in states.UN_LANGUAGES) == TRAPS[code]


def test_the_region_is_the_smallest_one_that_m49_has() -> None:
    regions = {state.code: state.region for state in states.all_states()}
    assert len(set(regions.values())) == 22
    assert regions["RW"] == "eastern_africa"
    assert regions["GT"] == "central_america"
    assert regions["BA"] == "southern_europe"
    assert regions["PS"] == "western_asia"


def test_states_sort_in_english() -> None:
    assert codes_in_order("en", "CI", "HR", "CU", "CR") == ["CR", "CI", "HR", "CU"]
    assert codes_in_order("en", "NG", "NE", "GW", "GN", "GQ") == ["GQ", "GN", "GW", "NE", "NG"]
    assert [states.sorted_for("en")[place].code for place in (0, -1)] == ["AF", "ZW"]


def test_states_sort_in_spanish() -> None:
    assert codes_in_order("es", "DE", "ZA", "ET", "SV", "ES") == ["DE", "SV", "ES", "ET", "ZA"]
    assert codes_in_order("es", "IR", "IQ", "IE", "IT") == ["IR", "IQ", "IE", "IT"]


def test_states_sort_in_french_with_accents_as_their_plain_letter() -> None:
    assert codes_in_order("fr", "EG", "AE", "ES", "ZW", "DM", "ET") == ["DM", "EG", "AE", "ES", "ET", "ZW"]


def test_a_sorted_list_leaves_nobody_out() -> None:
    assert set(states.sorted_for("fr")) == set(states.all_states())
    assert len(states.sorted_for("ar")) == 195


def test_other_languages_take_their_names_from_cldr() -> None:
    assert states.name("DE", "pt") == "Alemanha"
    assert states.name("RW", "ar") == "رواندا"
    assert states.name("CH", "sw") == "Uswisi"


def test_a_regional_locale_has_the_names_of_its_language() -> None:
    assert states.name("CI", "fr_CA") == states.name("CI", "fr-CI") == "Côte d'Ivoire"
    assert states.name("GB", "es-MX") == "Reino Unido de Gran Bretaña e Irlanda del Norte"
    assert states.name("DE", "pt-BR") == "Alemanha"


@pytest.mark.parametrize("locale", ["xx", "", "not a locale", "en_Nowhere_Atall"])
def test_an_unknown_locale_speaks_english(locale: str) -> None:
    assert states.name("MD", locale) == "Republic of Moldova"


def test_a_state_is_found_by_its_code() -> None:
    rwanda = states.find("rw")
    assert rwanda is not None
    assert (rwanda.code, rwanda.membership, rwanda.footnote) == ("RW", "member", None)
    assert states.find("NO") == states.named("Norway")
    assert states.find("ZZ") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cote d'ivoire", "CI"),
        ("CÔTE D’IVOIRE", "CI"),
        ("Turkiye", "TR"),
        ("  Viet   Nam ", "VN"),
        ("Vietnam", "VN"),
        ("guinee bissau", "GW"),
        ("Lao Peoples Democratic Republic", "LA"),
        ("Bolivia Plurinational State of", "BO"),
        ("Bolivia", "BO"),
        ("Tanzania", "TZ"),
        ("Nauru", "NR"),
        ("Etats-Unis d'Amerique", "US"),
        ("sudáfrica", "ZA"),
        ("ps", "PS"),
    ],
)
def test_a_state_is_recognised_whatever_the_case_accents_and_punctuation(text: str, code: str) -> None:
    assert states.recognise(text).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("U.S.A.", "US"), ("EE.UU.", "US"), ("UK", "GB"), ("U.K.", "GB"), ("UAE", "AE"), ("TZA", "TZ"), ("ken", "KE"),
        ("Turkey", "TR"), ("Ivory Coast", "CI"), ("Czech Republic", "CZ"), ("Swaziland", "SZ"), ("Palestine", "PS"),
        ("DR Congo", "CD"), ("Congo (DRC)", "CD"), ("RDC", "CD"), ("Democratic Republic of Congo", "CD"),
        ("Congo, Democratic Republic of the", "CD"), ("Republic of the Congo", "CG"), ("Congo", "CG"),
        ("Tanzania, United Republic of", "TZ"), ("Korea, Republic of", "KR"), ("Moldova, Republic of", "MD"),
        ("Republic of Kenya", "KE"), ("Federal Republic of Germany", "DE"), ("République du Kenya", "KE"),
        ("Reino de España", "ES"), ("The Netherlands", "NL"), ("The Gambia", "GM"), ("St. Lucia", "LC"),
        ("Bosnia & Herzegovina", "BA"), ("Republic of South Sudan", "SS"), ("Republic of Guinea", "GN"),
        ("Deutschland", "DE"), ("Россия", "RU"), ("中国", "CN"), ("مصر", "EG"),
    ],
)  # fmt: skip
def test_a_state_is_recognised_by_the_names_that_offices_write(text: str, code: str) -> None:
    assert states.recognise(text).code == code


@pytest.mark.parametrize(
    "text", ["", " ", "Atlantis", "Europe", "World", "٣", "the", "Republic of", "Republic of China", "Korea", "Kosovo"]
)
def test_what_is_no_state_is_not_recognised(text: str) -> None:
    assert states.named(text) is None


def test_an_unknown_name_is_refused_with_close_ones() -> None:
    with pytest.raises(states.UnknownState) as refusal:
        states.recognise("Rwenda")
    assert refusal.value.text == "Rwenda"
    assert refusal.value.close[0] == states.find("RW")
    assert str(refusal.value).startswith("No state is known as “Rwenda”. Close to it: Rwanda")


@pytest.mark.parametrize(
    ("text", "codes"), [("Korea", {"KP", "KR"}), ("Herzegovina", {"BA"}), ("Kenyaa", {"KE"}), ("Russsia", {"RU"})]
)
def test_part_of_a_name_and_a_slip_of_the_pen_suggest_what_was_meant(text: str, codes: set[str]) -> None:
    with pytest.raises(states.UnknownState) as refusal:
        states.recognise(text)
    assert codes <= {state.code for state in refusal.value.close}
    assert len(refusal.value.close) <= 3


@pytest.mark.parametrize("text", ["Eastern Congo", "ROC", "Republic of China", "Northern Cyprus"])
def test_no_state_is_guessed_that_only_a_part_of_the_text_speaks_of(text: str) -> None:
    with pytest.raises(states.UnknownState) as refusal:
        states.recognise(text)
    assert not {"CG", "CD", "CN", "CY"} & {state.code for state in refusal.value.close}


def test_a_name_like_no_other_is_refused_without_suggestions() -> None:
    with pytest.raises(states.UnknownState, match=r"^No state is known as “Xyzzy”\.$"):
        states.recognise("Xyzzy")


def test_an_unknown_code_has_no_name() -> None:
    with pytest.raises(states.UnknownState):
        states.name("ZZ", "en")


def test_observer_states_have_a_footnote_and_members_none() -> None:
    assert states.footnote("VA", "en") == "Non-member observer State"
    assert states.footnote("PS", "es") == "Estado observador no miembro"
    assert states.footnote("PS", "fr-CH") == "État non membre observateur"
    assert states.footnote("VA", "sw") == "Non-member observer State"
    assert states.footnote("RW", "en") is None
    assert {s.code for s in states.all_states() if s.footnote} == {"PS", "VA"}


def test_states_are_values_parsed_once() -> None:
    assert states.all_states() is states.all_states()
    assert len({*states.all_states(), *states.sorted_for("en")}) == 195


@pytest.mark.parametrize(
    ("code", "spoken"),
    [("TZ", ("sw", "en")), ("KH", ("km",)), ("RW", ("rw", "en", "fr")), ("AR", ("es",)), ("VA", ("it", "la"))],
)
def test_a_state_has_its_languages_with_those_of_most_people_first(code: str, spoken: tuple[str, ...]) -> None:
    assert states.languages_of(code) == spoken


def test_every_state_has_a_language() -> None:
    assert all(states.languages_of(state.code) for state in states.all_states())
