"""Codes and names of the IATI and DAC codelists."""

import subprocess
import sys

import pytest

from app.codelists import codes, current_code, is_code, match_code, name_of

NEEDED = [
    "ActivityDateType",
    "ActivityStatus",
    "AidType",
    "BudgetStatus",
    "BudgetType",
    "CollaborationType",
    "Country",
    "Currency",
    "DescriptionType",
    "DocumentCategory",
    "FinanceType",
    "FlowType",
    "GeographicExactness",
    "GeographicLocationClass",
    "GeographicLocationReach",
    "GeographicVocabulary",
    "LocationType",
    "OrganisationRole",
    "OrganisationType",
    "PolicyMarker",
    "PolicySignificance",
    "Region",
    "RelatedActivityType",
    "Sector",
    "SectorCategory",
    "SectorVocabulary",
    "TiedStatus",
    "TransactionType",
]


@pytest.mark.parametrize("codelist", NEEDED)
def test_every_code_has_a_name_in_english(codelist: str) -> None:
    every = codes(codelist, withdrawn=True)
    assert every
    assert [code for code in every if name_of(codelist, code) in ("", code)] == []


def test_names_come_in_the_language_of_the_page_where_there_is_one() -> None:
    assert name_of("Sector", "15160") == "Human rights"
    assert name_of("Sector", "15160", "fr") == "Droits de la personne"
    assert name_of("Sector", "15160", "it") == "Human rights"
    assert name_of("Country", "KH", "pt-BR") == "Camboja"
    assert name_of("Country", "XK") == "Kosovo"
    assert name_of("Country", "AN", "fr") == "Antilles néerlandaises"
    assert name_of("Currency", "EUR", "ar") == "يورو"


def test_a_code_that_no_list_knows_stands_for_itself() -> None:
    assert name_of("Sector", "00000") == "00000"
    assert not is_code("Sector", "00000")
    assert not is_code("Country", "kh")
    with pytest.raises(ValueError, match="no codelist named 'Sectors'"):
        codes("Sectors")


def test_a_withdrawn_code_is_known_but_not_offered() -> None:
    assert is_code("Sector", "23010")
    assert "23010" not in codes("Sector")
    assert is_code("Country", "AN")
    assert "AN" not in codes("Country")


@pytest.mark.parametrize(
    ("codelist", "old", "new"),
    [
        ("ActivityDateType", "start-planned", "1"),
        ("ActivityDateType", "end-actual", "4"),
        ("TransactionType", "C", "2"),
        ("TransactionType", "D", "3"),
        ("TransactionType", "E", "4"),
        ("TransactionType", "IF", "1"),
        ("TransactionType", "IR", "5"),
        ("TransactionType", "LR", "6"),
        ("TransactionType", "R", "7"),
        ("TransactionType", "QP", "8"),
        ("TransactionType", "QS", "9"),
        ("TransactionType", "CG", "10"),
        ("TransactionType", "11", "11"),
        ("OrganisationRole", "Funding", "1"),
        ("OrganisationRole", "implementing", "4"),
        ("SectorVocabulary", "DAC", "1"),
        ("SectorVocabulary", "DAC-3", "2"),
        ("SectorVocabulary", "RO", "99"),
        ("PolicyMarkerVocabulary", "DAC", "1"),
        ("BudgetType", "original", "1"),
        ("GazetteerAgency", "1", "G1"),
        ("GeographicalPrecision", "3", "2"),
        ("Sector", "15160", "15160"),
    ],
)
def test_codes_of_iati_1_become_those_of_iati_2(codelist: str, old: str, new: str) -> None:
    assert current_code(codelist, old) == new


@pytest.mark.parametrize(
    ("codelist", "text", "code"),
    [
        ("TransactionType", "Disbursement", "3"),
        ("TransactionType", " d ", "3"),
        ("TransactionType", "ENGAGEMENT SORTANT", "2"),
        ("ActivityStatus", "implementation", "2"),
        ("Sector", "Elections", "15151"),  # not 15161, withdrawn
        ("Sector", "Rural development", None),  # 43040 and 43042
        ("AidType", "c01", "C01"),
        ("Sector", "children", None),
    ],
)
def test_a_code_is_found_by_its_name(codelist: str, text: str, code: str | None) -> None:
    assert match_code(codelist, text) == code


def test_importing_the_codelists_reads_no_data_and_no_babel() -> None:
    script = (
        "import sys; opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "import app.codelists, app.codelists.countries, app.codelists.currencies, app.codelists.donors\n"
        "print([path for path in opened if path.endswith(('.csv', '.json'))], 'babel' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[] False"
