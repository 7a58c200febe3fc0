"""Headings as people write them, in five languages."""

from datetime import date

import pytest

from importers.headings import Meaning, recognise_heading


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Project ID", "identifier"),
        ("N° projet", "identifier"),
        ("N° de dossier", "identifier"),
        ("Núm. de expediente", "identifier"),
        ("N. pratica", "identifier"),
        ("N.º do processo", "identifier"),
        ("File no.", "identifier"),
        ("Código del proyecto", "identifier"),
        ("Codice progetto", "identifier"),
        ("iati-identifier", "identifier"),
        ("PROJECT TITLE", "title"),
        ("Titre du projet", "title"),
        ("Nombre del proyecto", "title"),
        ("Titolo del progetto", "title"),
        ("Título do projeto", "title"),
        ("title/narrative", "title"),
        ("Bailleurs de fonds", "donor"),
        ("Donante", "donor"),
        ("Ente finanziatore", "donor"),
        ("Doador", "donor"),
        ("Implementing partner(s)", "implementer"),
        ("Agence d'exécution", "implementer"),
        ("Recipient Country", "country"),
        ("Pays bénéficiaire", "country"),
        ("País", "country"),
        ("Paese", "country"),
        ("Country(ies)", "country"),
        ("recipient-country/0/@code", "country-code"),
        ("recipients_iso3", "country-code"),
        ("% Country", "country-percentage"),
        ("Country %", "country-percentage"),
        ("DAC sector code", "sector"),
        ("Code secteur", "sector"),
        ("ad_sector_codes", "sector"),
        ("Setor", "sector"),
        ("Start date", "start"),
        ("Fecha de inicio", "start"),
        ("Data di inizio", "start"),
        ("Date de début", "start"),
        ("start_actual_isodate", "start-actual"),
        ("Planned end date", "end-planned"),
        ("Data de fim", "end"),
        ("Statut", "status"),
        ("Estado", "status"),
        ("Devise", "currency"),
        ("Moeda", "currency"),
        ("Total commitment (USD)", "commitment"),
        ("Montant engagé", "commitment"),
        ("Importo deliberato", "commitment"),
        ("Total disbursed", "disbursement"),
        ("Décaissements", "disbursement"),
        ("Erogato", "disbursement"),
        ("Presupuesto total", "budget"),
        ("Orçamento", "budget"),
        ("Recommendation areas", "areas"),
        ("Gender marker", "marker:1"),
        ("Contact person", "contact-name"),
        ("E-mail", "contact-email"),
    ],
)
def test_a_heading_is_recognised(heading: str, field: str) -> None:
    assert recognise_heading(heading).field == field


@pytest.mark.parametrize(
    "heading", ["Colour of the folder", "Strategy 2015-2020", "Population 2019", "", "No.", "donors_iso3"]
)
def test_what_nobody_knows_stays_unknown(heading: str) -> None:
    assert recognise_heading(heading) == Meaning()


@pytest.mark.parametrize(
    ("heading", "flow", "first", "last"),
    [
        ("2019", "", "2019-01-01", "2019-12-31"),
        ("Disbursed 2019", "3", "2019-01-01", "2019-12-31"),
        ("2019 Q1", "", "2019-01-01", "2019-03-31"),
        ("Q4 2020 commitments", "2", "2020-10-01", "2020-12-31"),
        ("Budget 2020 (EUR)", "budget", "2020-01-01", "2020-12-31"),
        ("Décaissements 2019", "3", "2019-01-01", "2019-12-31"),
        ("Spesa 2021", "4", "2021-01-01", "2021-12-31"),
        ("FY 2019/20", "", "2019-07-01", "2020-06-30"),
        ("Budget FY2019-2020", "budget", "2019-07-01", "2020-06-30"),
        ("Planned 2025", "planned-disbursement", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_column_of_amounts_by_period(heading: str, flow: str, first: str, last: str) -> None:
    meaning = recognise_heading(heading)
    assert meaning.field == "period-amount"
    assert meaning.flow == flow
    assert meaning.period == (date.fromisoformat(first), date.fromisoformat(last))
    assert meaning.is_fiscal == ("FY" in heading)


@pytest.mark.parametrize(
    ("heading", "currency", "scale"),
    [
        ("Budget (EUR million)", "EUR", 1_000_000),
        ("Amount USD '000", "USD", 1000),
        ("Montant en milliers d'euros", "EUR", 1000),
        ("Importo deliberato (€)", "EUR", 1),
        ("Disbursed 2019 (USD m)", "USD", 1_000_000),
        ("Total budget", "", 1),
    ],
)
def test_currency_and_unit_in_a_heading(heading: str, currency: str, scale: int) -> None:
    meaning = recognise_heading(heading)
    assert (meaning.currency, meaning.scale) == (currency, scale)


def test_numbers_and_languages_in_headings() -> None:
    assert recognise_heading("Country 2").number == 2
    assert recognise_heading("recipient-country/1/@percentage").number == 1
    assert recognise_heading("Title (FR)").language == "fr"
    assert recognise_heading("Descripción - español").language == "es"


def test_the_same_word_means_the_transactions_own_in_a_table_of_transactions() -> None:
    assert recognise_heading("Description").field == "description"
    assert recognise_heading("Description", "transaction", has_titles=False).field == "transaction-description"
    assert recognise_heading("Amount", "transaction").field == "value"
    assert recognise_heading("Start", "budget").field == "period-start"
