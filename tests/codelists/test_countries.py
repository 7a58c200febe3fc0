"""Countries and regions as people write them."""

import pytest

from app.codelists import codes, is_code
from app.codelists.countries import (
    countries_of_region,
    country_candidates,
    country_of_m49,
    match_country,
    match_region,
    place_of_dac_recipient,
    regions_of,
)
from app.codelists.reading import read_rows

SPELLINGS = {
    "CD": [
        "DRC",
        "DR Congo",
        "Congo, Dem. Rep.",
        "Congo (the Democratic Republic of the)",
        "RDC",
        "Zaire",
        "COD",
    ],
    "CG": ["Congo, Rep.", "Republic of Congo", "Congo-Brazzaville", "República del Congo"],
    "LA": ["Lao PDR", "Laos", "Lao People's Democratic Republic", "Lao People’s Democratic Republic"],
    "MM": ["Burma", "Myanmar", "Birmanie", "MMR"],
    "CI": ["Ivory Coast", "Cote d'Ivoire", "CÔTE D’IVOIRE", "Costa de Marfil", "Costa d'Avorio"],
    "VN": ["Viet Nam", "Vietnam", "vietnam "],
    "MK": ["Macedonia", "FYROM", "North Macedonia", "Macedonia (Former Yugoslav Republic of)"],
    "SZ": ["Swaziland", "Eswatini", "Kingdom of Eswatini"],
    "PS": ["Palestine", "West Bank and Gaza Strip", "West Bank & Gaza", "oPt", "Palestine, State of"],
    "XK": ["Kosovo", "Kosovo (UNSCR 1244)", "XK"],
    "CZ": ["Czech Republic", "Czechia", "République tchèque"],
    "CV": ["Cape Verde", "Cabo Verde", "Cap-Vert"],
    "TR": ["Turkiye", "Türkiye", "Turkey", "TÜRKİYE", "Turquía"],
    "BO": ["Bolivia (Plurinational State of)", "Bolivia", "Plurinational State of Bolivia", "Bolivie"],
    "KH": ["KH", "kh", "KHM", "Cambodia", "Cambodge", "Camboya", "Cambogia", "Camboja", "كمبوديا"],
    "TZ": ["Tanzania, United Republic of", "United Republic of Tanzania", "Tanzanie"],
    "KR": ["Korea, Republic of", "South Korea", "Korea, Rep.", "Republic of Korea"],
    "KP": ["DPRK", "Korea (the Democratic People's Republic of)", "North Korea", "Korea, Dem. People's Rep."],
    "GN": ["Guinea", "Guinée"],
    "GW": ["Guinea Bissau", "Guinea-Bissau", "GNB"],
    "GQ": ["Equatorial Guinea", "Guinea Ecuatorial"],
    "SS": ["South Sudan", "Sudan, South", "Soudan du Sud"],
    "SD": ["Sudan", "Sudan (the)"],
    "GB": ["UK", "United Kingdom", "Great Britain", "U.K."],
    "US": ["USA", "U.S.A.", "United States of America", "États-Unis", "EE.UU."],
    "IR": ["Iran", "Iran (Islamic Republic of)", "Iran, Islamic Rep."],
    "MD": ["Moldova", "Republic of Moldova", "Moldova, Republic of"],
    "SY": ["Syria", "Syrian Arab Republic"],
    "LC": ["St. Lucia", "Saint Lucia"],
    "ST": ["Sao Tome and Principe", "São Tomé & Príncipe"],
    "GM": ["Gambia, The", "The Gambia"],
    "TL": ["East Timor", "Timor-Leste", "TP"],
    "VI": ["Virgin Islands (U.S.)", "US Virgin Islands"],
    "KE": ["Kenya (KE)", "KE - Kenya"],
    "CS": ["Serbia and Montenegro"],
    "EG": ["Egypt, Arab Rep.", "مصر"],
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in SPELLINGS.items() for text in texts])
def test_a_country_is_known_by_its_codes_and_spellings(code: str, text: str) -> None:
    assert match_country(text) == code


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Congo", ("CD", "CG")),
        ("Korea", ("KP", "KR")),
        ("Virgin Islands", ("VG", "VI")),
        ("Saint Martin", ("MF", "SX")),
        ("Republic of China", ("CN", "TW")),
    ],
)
def test_a_name_of_several_countries_is_a_question(text: str, options: tuple[str, ...]) -> None:
    assert match_country(text) is None
    assert country_candidates(text) == options


@pytest.mark.parametrize("text", ["", "Africa", "n/a", "Camboda", "728", "116", "Kenya (UG)", "Kenya; Uganda", "XX"])
def test_what_is_no_country_is_not_guessed(text: str) -> None:
    assert match_country(text) is None


def test_a_slip_of_the_pen_is_met_with_a_suggestion() -> None:
    assert "KH" in country_candidates("Camboda")
    assert country_candidates("Kenya") == ("KE",)
    assert country_candidates("Atlantis of the Deep") == ()


def test_dac_recipients_are_countries_and_regions_under_their_own_numbers() -> None:
    assert [place_of_dac_recipient(code) for code in ("728", "289", "57", "1031", "9999")] == [
        "KH",
        "289",
        "XK",
        "1031",
        None,
    ]
    for row in read_rows("dac_recipients"):
        place = row["place"]
        assert is_code("Region", place) if place.isdigit() else match_country(place) == place
    donors = {row["code"]: row["government"] for row in read_rows("dac_donors")}
    both = {row["code"]: row["place"] for row in read_rows("dac_recipients") if row["code"] in donors}
    assert both == {code: donors[code] for code in both}


def test_m49_numbers() -> None:
    assert country_of_m49("116") == "KH"
    assert country_of_m49("728") == "SS"
    assert country_of_m49("999") is None


@pytest.mark.parametrize(
    ("country", "regions"),
    [
        ("KH", ("789", "798")),
        ("SN", ("1030", "289", "298")),
        ("MA", ("189", "298")),
        ("SD", ("1027", "289", "298")),
        ("TR", ("89",)),
        ("XK", ("88", "89")),
        ("GE", ("619", "689", "798")),
        ("MM", ("679", "689", "798")),
        ("JO", ("589", "798")),
        ("MX", ("1032", "389", "498")),
        ("BR", ("489", "498")),
        ("FJ", ("1033", "889")),
        ("XX", ()),
    ],
)
def test_a_country_stands_in_its_dac_regions_smallest_first(country: str, regions: tuple[str, ...]) -> None:
    assert regions_of(country) == regions


def test_a_region_holds_its_sub_regions() -> None:
    assert countries_of_region("1030") < countries_of_region("289") < countries_of_region("298")
    assert countries_of_region("189") | countries_of_region("289") == countries_of_region("298")
    assert countries_of_region("998") == countries_of_region("nowhere") == frozenset()


def test_no_country_but_antarctica_is_without_a_region_and_none_is_on_two_continents() -> None:
    continents = [countries_of_region(code) for code in ("89", "298", "498", "798", "889")]
    places = {country: sum(country in continent for continent in continents) for country in codes("Country")}
    assert {country: count for country, count in places.items() if count != 1} == {"AQ": 0}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("298", "298"),
        ("Africa", "298"),
        ("Africa, regional", "298"),
        ("South of Sahara", None),
        ("Sub-Saharan Africa", "289"),
        ("Afrique de l’Ouest", "1030"),
        ("Developing countries, unspecified", "998"),
        ("MENA", None),
    ],
)
def test_regions_are_known_by_code_and_name(text: str, code: str | None) -> None:
    assert match_region(text) == code
