"""What a project does is told from what its text laments, leaves out and only names."""

import pytest

from app.rules.suggest import Suggester, suggester

SUGGEST = suggester("florence-2008").suggest


def codes(text: str) -> set[str]:
    return {area.code for area in SUGGEST(text).areas}


@pytest.mark.parametrize(
    ("lament", "aim"),
    [
        ("There is a lack of psychosocial support.", "It will offer psychosocial support."),
        ("Le pays fait face à un manque de soutien psychosocial.", "Objectif : offrir un soutien psychosocial."),
        ("Hay altas tasas de abandono y falta de apoyo psicosocial.", "Objetivo: brindar apoyo psicosocial."),
        ("C'è mancanza di sostegno psicosociale.", "Obiettivo: offrire sostegno psicosociale."),
        ("Há falta de apoio psicossocial.", "Objetivo: oferecer apoio psicossocial."),
        ("تعاني المنطقة من نقص في الدعم النفسي.", "يهدف المشروع إلى تقديم الدعم النفسي."),
    ],
)
def test_need_and_background_are_no_aims(lament: str, aim: str) -> None:
    title = "Child protection | Protection des enfants | Protección de la niñez | حماية الأطفال | "
    assert "N6" not in codes(title + lament)
    assert "N6" in codes(title + aim)
    assert "N6" in codes(f"{title}{lament} {aim}")


@pytest.mark.parametrize(
    "text",
    [
        "In a country where children are trafficked for sexual exploitation, we build roads.",
        "The programme does not cover child trafficking; it trains engineers.",
        "Le projet ne concerne pas la traite des enfants.",
        "El proyecto no incluye la trata de niños.",
        "Il progetto non riguarda la tratta di minori.",
        "O projeto não inclui o tráfico de crianças.",
        "المشروع لا يشمل الاتجار بالأطفال.",
    ],
)
def test_what_is_lamented_or_left_out_is_not_what_the_project_does(text: str) -> None:
    assert SUGGEST(text).relevance == "none"


def test_what_is_left_out_ends_with_its_clause() -> None:
    text = "Child protection | It does not include a helpline; it trains police officers."
    assert codes(text) == {"N5"}


def test_a_bare_mention_makes_a_component_without_areas() -> None:
    mention = SUGGEST("Food, water and health in the camps, including child protection and case management")
    assert (mention.relevance, mention.areas) == ("part", ())
    assert codes("Child protection and case management in the camps") == {"N6"}


def test_a_reason_reaches_over_a_few_words_only() -> None:
    text = "Child protection | Girls affected by conflict in the two districts of the north find safe shelters."
    assert codes(text) == {"N6"}


def test_a_title_counts_more_and_items_of_a_list_are_sentences() -> None:
    (titled,) = SUGGEST("Child helpline | In Lomé.").areas
    (later,) = SUGGEST("Child protection | In Lomé a helpline opens.").areas
    assert titled.confidence > later.confidence
    listed = "Child protection | Districts suffer: 1) lack of staff 2) a helpline opens"
    assert "N4" in codes(listed)


def test_the_same_text_gives_the_same_answer() -> None:
    text = "Child protection | It will offer psychosocial support and train police officers."
    assert SUGGEST(text) == Suggester("florence-2008").suggest(text)
