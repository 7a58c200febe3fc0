"""Names with ages, telephones, addresses, case numbers, shelters: found in six languages, and little else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.personal_data import find_personal_data, mask, names_shelter


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("The story of Srey Mom, 14 years old, who was rescued.", "name-age", "Srey Mom, 14 years old"),
        ("And Srey, aged 9, too.", "name-age", "And Srey, aged 9"),
        ("Maria is 12 years old and lives with her aunt.", "name-age", "Maria is 12 years old"),
        ("We met Joseph, aged 9, at the market.", "name-age", "Joseph, aged 9"),
        ("A 13-year-old Amina was sold by her uncle.", "name-age", "13-year-old Amina"),
        ("One girl, Dara (15), told us her story.", "name-age", "Dara (15"),
        ("L'histoire d'Aminata, âgée de 13 ans.", "name-age", "Aminata, âgée de 13 ans"),
        ("La fillette Fatou, 11 ans, vit au foyer.", "name-age", "Fatou, 11 ans"),
        ("María, de 12 años, fue vendida.", "name-age", "María, de 12 años"),
        ("La niña Rosa, 10 años, vive con su tía.", "name-age", "Rosa, 10 años"),
        ("Giulia, di 14 anni, racconta.", "name-age", "Giulia, di 14 anni"),
        ("A menina Joana, de 9 anos, fugiu.", "name-age", "Joana, de 9 anos"),
        ("قصة الطفلة مريم البالغة من العمر 12 عاما", "name-age", "الطفلة مريم البالغة من العمر 12"),
        ("Call the mother at +855 12 345 678 after six.", "phone", "+855 12 345 678"),
        ("Tel.: 012 345 6789 (family)", "phone", "Tel.: 012 345 6789"),
        ("téléphone 06 12 34 56 78", "phone", "téléphone 06 12 34 56 78"),
        ("هاتف: 0791234567", "phone", "هاتف: 0791234567"),
        ("Write to maria.lopez99@gmail.com for details", "e-mail", "maria.lopez99@gmail.com"),
        ("The child lives at 12 Green Hill Road with her family.", "address", "12 Green Hill Road"),
        ("La famille habite 14 rue des Lilas.", "address", "14 rue des Lilas"),
        ("La niña vive en la Calle Los Olivos 123.", "address", "Calle Los Olivos 123"),
        ("La bambina abita in Via Giuseppe Verdi 12.", "address", "Via Giuseppe Verdi 12"),
        ("A menina mora na Rua das Flores, 45.", "address", "Rua das Flores, 45"),
        ("Court case no. 2019/123 against the owner", "case-number", "Court case no. 2019/123"),
        ("Police report number 4711-B was filed", "case-number", "Police report number 4711-B"),
        ("dossier judiciaire n° 88/2018", "case-number", "dossier judiciaire n° 88/2018"),
        ("expediente judicial n.º 55/2017", "case-number", "expediente judicial n.º 55/2017"),
        ("رقم القضية: 123/2019", "case-number", "رقم القضية: 123/2019"),
        ("The safe house at 8 Palm Street is staffed day and night.", "shelter-address", "8 Palm Street"),
        ("Women's shelter (11.55612, 104.92821)", "shelter-address", "11.55612, 104.92821"),
        ("Casa rifugio, Via Roma 3", "shelter-address", "Via Roma 3"),
    ],
)
def test_what_must_not_be_published_is_found(text: str, kind: str, words: str) -> None:
    assert [(one.kind, one.words.rstrip(".,)")) for one in find_personal_data(text)] == [(kind, words)]


@pytest.mark.parametrize(
    "text",
    [
        "Support for children aged 12 to 17 in Kenya, aged 15 years and above.",
        "Girls, aged 9-14 years, and Boys aged 10 years old take part.",
        "Young people aged 11-25; women aged 15 years old or older. Adolescents (10-19).",
        "Phase 2, 5 years. Target (5) of SDG 16, 12, 13. Table 3, 12, was added.",
        "Programme de 5 ans au Sénégal, 3 ans. Enfants de 6 ans et filles de 12 ans.",
        "Niños de 5 años en el Perú, de 3 años. Proyecto de 2 años.",
        "Bambini di 6 anni. Progetto di 3 anni. Crianças de 4 anos.",
        "Training of 120 12-year-old Cambodian girls and 14-year-old students.",
        "In Cambodia, 12, the number of centres, was reached. Cambodia (12)",
        "الأطفال دون سن 18 سنة. تدريب 12 مدرسا على حماية الطفل",
        "Construction of the Kigali to Gitarama road, 12 km; office at 5 Kimironko Road, Kigali.",
        "Broadcast via radio on 3 stations, via 12 partners. House 3, Senate.",
        "The helpline 116 111 and the number 1098 take 30,000 calls a year; +20 % more.",
        "Budget 1 000 000 EUR (2019-2022); 00 12 34; ISO 3166; SDG 5.2, 16.2; 15160.",
        "Contact info@unicef.org or j.smith@fcdo.gov.uk. Rio+20 2012-2015.",
        "Business case for phase 2; the case of 12 girls; use case 3; Caso 2: Bolivia; Expediente 2009/123",
        "Cyclone shelters at 22.356789, 91.783200; emergency shelter and NFI for 1200 families",
        "",
    ],
)
def test_what_reports_usually_say_passes(text: str) -> None:
    assert find_personal_data(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "a safe house in the north", "Shelter for trafficked girls", "the women's refuge", "foyer d'accueil", "casa de acogida",
        "casa famiglia", "casa de acolhimento", "centro de acolhimento", "دار إيواء للفتيات", "a transit home for victims",
    ],
)  # fmt: skip
def test_shelters_are_known_in_six_languages(text: str) -> None:
    assert names_shelter(text)


@pytest.mark.parametrize(
    "text",
    [
        "cyclone shelters",
        "shelter, water and sanitation",
        "home gardens",
        "refugee camps",
        "health centres",
        "safe schools",
    ],
)
def test_other_shelters_are_none(text: str) -> None:
    assert not names_shelter(text)


def test_found_words_are_masked() -> None:
    assert mask("Srey Mom, 14 years old") == "S••• M••, •• y•••• o••"
    assert "Maria" not in find_personal_data("Maria is 12 years old")[0].masked


@given(st.text())
def test_any_text_can_be_checked(text: str) -> None:
    for one in find_personal_data(text + " Amina, aged 9,"):
        assert one.start < one.end
