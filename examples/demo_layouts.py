"""Which columns each spreadsheet of the demo has, under the headings of its owner."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from examples import demo_sheets as sheets
from examples.demo_model import Project
from examples.demo_sheets import Cell, Reader

STATUSES = {
    "en": {"1": "Planned", "2": "Ongoing", "4": "Closed"},
    "fr": {"1": "Prévu", "2": "En cours", "4": "Terminé"},
    "es": {"1": "Previsto", "2": "En ejecución", "4": "Finalizado"},
    "it": {"1": "Previsto", "2": "In corso", "4": "Concluso"},
}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def status_in(language: str) -> Reader:
    return lambda project: STATUSES[language][project.status_on()]


def countries_in(language: str) -> Reader:
    return lambda project: sheets.countries(project, language)


def sector_codes(project: Project) -> Cell:
    codes = [code for code, _ in project.sectors]
    return int(codes[0]) if len(codes) == 1 else sheets.join_cells(codes)


def sector_shares(project: Project) -> Cell:
    return sheets.share_cell([share for _, share in project.sectors])


def write_canada(path: Path, projects: list[Project]) -> None:
    """The tidy workbook: one row a project, areas with shares, transactions on their own sheet."""
    columns: dict[str, Reader] = {
        "Project ID": lambda p: p.identifier,
        "Title": sheets.title,
        "Description": sheets.description,
        "Donor": lambda p: p.funder.name,
        "Implementing partner": lambda p: p.implementer.name,
        "Country": countries_in("code"),
        "Country %": sheets.country_shares,
        "Region code": sheets.region,
        "Sector code": sector_codes,
        "Sector %": sector_shares,
        "Start date": lambda p: p.start,
        "End date": lambda p: p.end,
        "Status": status_in("en"),
        "Currency": lambda p: p.currency,
        "Budget": sheets.budget,
        "Areas": lambda p: sheets.join_cells(list(p.florence)),
        "Area %": lambda p: sheets.share_cell(list(p.florence.values())) if p.florence else "",
    }
    headings = ["Project ID", "Type", "Date", "Amount", "Currency", "Receiver"]
    flows = sheets.transaction_rows(projects, headings, ["Commitment", "Disbursement"])
    sheets.write_workbook(path, {"Projects": sheets.project_rows(projects, columns), "Transactions": flows})


def write_norad(path: Path, projects: list[Project]) -> None:
    """The same layout under an agency's own headings, country names for codes, no areas.

    "Archive box" is a column that nobody else knows.
    """
    columns: dict[str, Reader] = {
        "Agreement number": lambda p: p.identifier,
        "Project title": sheets.title,
        "Summary": sheets.description,
        "Funding agency": lambda p: p.funder.name,
        "Implementing partner": lambda p: p.implementer.name,
        "Recipient country": countries_in("en"),
        "Country share (%)": sheets.country_shares,
        "Recipient region": sheets.region,
        "DAC sector": sector_codes,
        "Sector share (%)": sector_shares,
        "Start date": lambda p: p.start,
        "End date": lambda p: p.end,
        "Status": status_in("en"),
        "Currency": lambda p: p.currency,
        "Total budget": sheets.budget,
        "Archive box": lambda p: f"{p.start.year}/{p.identifier[-3:]}",
    }
    headings = ["Agreement number", "Transaction type", "Transaction date", "Amount", "Currency", "Paid to"]
    flows = sheets.transaction_rows(projects, headings, ["Commitment", "Disbursement"])
    sheets.write_workbook(path, {"Agreements": sheets.project_rows(projects, columns), "Transactions": flows})


def write_lac_clair(path: Path, projects: list[Project]) -> None:
    """French headings, country names in French, amounts in CHF and XOF."""
    columns: dict[str, Reader] = {
        "N° de projet": lambda p: p.identifier,
        "Intitulé du projet": sheets.title,
        "Description": sheets.description,
        "Bailleur": lambda p: p.funder.name,
        "Partenaire de mise en œuvre": lambda p: p.implementer.name,
        "Pays": countries_in("fr"),
        "Pays %": sheets.country_shares,
        "Code région": sheets.region,
        "Code secteur": sector_codes,
        "Secteur %": sector_shares,
        "Date de début": lambda p: p.start,
        "Date de fin": lambda p: p.end,
        "Statut": status_in("fr"),
        "Devise": lambda p: p.currency,
        "Budget": sheets.budget,
    }
    headings = ["N° de projet", "Type", "Date", "Montant", "Devise", "Destinataire"]
    flows = sheets.transaction_rows(projects, headings, ["Engagement", "Décaissement"])
    sheets.write_workbook(path, {"Projets": sheets.project_rows(projects, columns), "Transactions": flows})


def write_sendero(path: Path, projects: list[Project]) -> None:
    """Spanish headings, payments in columns by year."""
    columns: dict[str, Reader] = {
        "Código": lambda p: p.identifier,
        "Título del proyecto": sheets.title,
        "Descripción": sheets.description,
        "Donante": lambda p: p.funder.name,
        "Socio ejecutor": lambda p: p.implementer.name,
        "País": countries_in("es"),
        "País %": sheets.country_shares,
        "Código de región": sheets.region,
        "Sector CAD": sector_codes,
        "Fecha de inicio": lambda p: p.start,
        "Fecha de finalización": lambda p: p.end,
        "Estado": status_in("es"),
        "Moneda": lambda p: p.currency,
        "Presupuesto": sheets.budget,
        **sheets.paid_years(projects, "Desembolso {}"),
    }
    sheets.write_workbook(path, {"Proyectos": sheets.project_rows(projects, columns)})


def write_harbour_light(path: Path, projects: list[Project]) -> None:
    """A foundation's grants list: payments in columns by year."""
    columns: dict[str, Reader] = {
        "Grant ID": lambda p: p.identifier,
        "Grant title": sheets.title,
        "Purpose": sheets.description,
        "Grantee": lambda p: p.implementer.name,
        "Country": countries_in("en"),
        "Sector code": sector_codes,
        "Start date": lambda p: p.start,
        "End date": lambda p: p.end,
        "Status": status_in("en"),
        "Currency": lambda p: p.currency,
        "Amount awarded": sheets.budget,
        **sheets.paid_years(projects, "Paid {}"),
    }
    sheets.write_workbook(path, {"Grants": sheets.project_rows(projects, columns)})


def write_register(path: Path, projects: list[Project]) -> None:
    """A ministry's list: a title, a blank row, then headings; payments under the bare year."""
    columns: dict[str, Reader] = {
        "Project code": lambda p: p.identifier,
        "Project name": sheets.title,
        "Objectives": sheets.description,
        "Development partner": lambda p: p.funder.name,
        "Implementing agency": lambda p: p.implementer.name,
        "Country": countries_in("en"),
        "Province": lambda p: p.towns[0][1] if p.towns else "",
        "Start": lambda p: p.start,
        "End": lambda p: p.end,
        "Currency": lambda p: p.currency,
        "Total budget": sheets.budget,
        **sheets.paid_years(projects, "{}"),
    }
    top: list[list[Cell]] = [["External assistance to child protection - disbursements by calendar year"], []]
    rows = top + sheets.project_rows(projects, columns)
    sheets.write_workbook(path, {"Register": rows}, headings_at=2)


def write_porto_sicuro(path: Path, projects: list[Project]) -> None:
    """Italian CSV: semicolons, `1.250,00`, `31/12/2019`, a byte order mark."""
    columns: dict[str, Reader] = {
        "Codice progetto": lambda p: p.identifier,
        "Titolo": sheets.title,
        "Descrizione": sheets.description,
        "Ente finanziatore": lambda p: p.funder.name,
        "Ente esecutore": lambda p: p.implementer.name,
        "Paese": countries_in("it"),
        "Paese %": sheets.country_shares,
        "Codice settore": sector_codes,
        "Data di inizio": lambda p: p.start,
        "Data di fine": lambda p: p.end,
        "Stato": status_in("it"),
        "Valuta": lambda p: p.currency,
        "Budget": lambda p: float(sum(item.cents for item in p.budgets) / 100),
        **{name: as_float(read) for name, read in sheets.paid_years(projects, "Erogato {}").items()},
    }
    rows = [[european(cell) for cell in row] for row in sheets.project_rows(projects, columns)]
    sheets.write_csv(path, rows, ";", "utf-8-sig")


def write_bayanihan(path: Path, projects: list[Project]) -> None:
    """CSV with commas, amounts like `1,250,000.00` and dates like `15 Mar 2016`."""
    columns: dict[str, Reader] = {
        "Project ID": lambda p: p.identifier,
        "Project title": sheets.title,
        "Description": sheets.description,
        "Donor": lambda p: p.funder.name,
        "Partner": lambda p: p.implementer.name,
        "Country": countries_in("en"),
        "Sector code": sector_codes,
        "Start": lambda p: p.start,
        "End": lambda p: p.end,
        "Status": status_in("en"),
        "Currency": lambda p: p.currency,
        "Total budget": lambda p: float(sum(item.cents for item in p.budgets) / 100),
        **{name: as_float(read) for name, read in sheets.paid_years(projects, "Disbursed {}").items()},
    }
    rows = [[anglophone(cell) for cell in row] for row in sheets.project_rows(projects, columns)]
    sheets.write_csv(path, rows, ",", "utf-8")


def as_float(read: Reader) -> Reader:
    """Amounts always with decimals, so that they are told from codes when written as text."""

    def read_float(project: Project) -> Cell:
        cell = read(project)
        return float(cell) if isinstance(cell, int) else cell

    return read_float


def european(cell: Cell) -> str:
    """`1.250,00` and `31/12/2019`."""
    if isinstance(cell, float):
        return f"{cell:,.2f}".translate(str.maketrans(",.", ".,"))
    return cell.strftime("%d/%m/%Y") if isinstance(cell, date) else str(cell)


def anglophone(cell: Cell) -> str:
    """`1,250.00` and `31 Dec 2019`."""
    if isinstance(cell, float):
        return f"{cell:,.2f}"
    return f"{cell.day} {MONTHS[cell.month - 1]} {cell.year}" if isinstance(cell, date) else str(cell)
