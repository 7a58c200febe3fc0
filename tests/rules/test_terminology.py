"""Wording that the Florence report asks to give up is pointed out, with the term to use instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.terminology import find_discouraged, search_variants


@pytest.mark.parametrize(
    ("text", "found", "preferred"),
    [
        ("A campaign against child sex tourism.", "child sex tourism", "in travel and tourism"),
        ("Hotels fight Child-Sex Tourism together", "Child-Sex Tourism", "in travel and tourism"),
        ("Police units on child\npornography", "child\npornography", "through abusive images"),
        ("shelter for child prostitutes", "child prostitutes", "through prostitution"),
        ("ending child prostitution.", "child prostitution", "through prostitution"),
    ],
)
def test_discouraged_wording_is_found_as_written(text: str, found: str, preferred: str) -> None:
    assert find_discouraged(text) == [(found, f"sexual exploitation of children {preferred}")]


def test_every_use_is_named_in_order() -> None:
    text = "Child pornography and child prostitution; the laws on child pornography."
    assert [found for found, _ in find_discouraged(text)] == [
        "Child pornography",
        "child prostitution",
        "child pornography",
    ]


@pytest.mark.parametrize(
    ("text", "found", "preferred"),
    [
        ("Lutte contre la pédopornographie.", "pédopornographie", "exploitation sexuelle des enfants par des images d'abus"),
        ("PROSTITUCIÓN INFANTIL en la costa", "PROSTITUCIÓN INFANTIL", "explotación sexual de niños en la prostitución"),
        ("contro il turismo sessuale a danno di minori", "turismo sessuale a danno di minori",
         "sfruttamento sessuale dei minori nei viaggi e nel turismo"),
        ("combate à prostituição de menores", "prostituição de menores", "exploração sexual de crianças na prostituição"),
        ("مكافحة بغاء الأطفال", "بغاء الأطفال", "الاستغلال الجنسي للأطفال في الدعارة"),
    ],
)  # fmt: skip
def test_the_other_languages_have_their_pairs(text: str, found: str, preferred: str) -> None:
    assert find_discouraged(text) == [(found, preferred)]


def test_each_wording_finds_the_others_of_its_language() -> None:
    variants = search_variants("Police and child-pornography")
    assert variants[0] == "Police and child-pornography"
    assert "Police sexual exploitation children abusive images" in variants
    assert not any("infantil" in variant for variant in variants)
    for words in ("roads", "", "images", "sexual exploitation of children", "tourism"):
        assert search_variants(words) == [words]


@pytest.mark.parametrize(
    ("asked", "finds"),
    [
        ("prostitution of children in Kenya", "Kenya child prostitution"),
        ("abusive images of children", "child pornography"),
        ("ecoles pornographie enfantine", "ecoles pédopornographie"),
        ("prostitucion de ninos", "prostitución menores"),
        ("exploitation tourisme et voyages", "tourisme sexuel infantile"),
        ("minori viaggi turismo sfruttamento", "turismo sessuale minorile"),
        ("crianças exploradas na prostituiçao", "exploradas prostituição infantil"),
        ("turismo sexual infantil", "exploração sexual crianças viagens turismo"),
        ("بغاء الاطفال", "دعارة الأطفال"),
    ],
)  # fmt: skip
def test_words_of_a_wording_find_the_others_in_any_order_with_or_without_accents(asked: str, finds: str) -> None:
    assert finds in search_variants(asked)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sexual exploitation of children through abusive images",
        "grandchild prostitution",
        "child, sex tourism",
    ],
)
def test_other_wording_passes(text: str) -> None:
    assert find_discouraged(text) == []


@given(st.text())
def test_any_text_can_be_checked(text: str) -> None:
    assert find_discouraged(text + " ch\u0130ld prost\u0131tution") == find_discouraged(text)
