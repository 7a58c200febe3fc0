"""A workbook as a ministry keeps it: nothing in it is where or how a program would want it."""

from pathlib import Path

from xlsxwriter import Workbook

HEADINGS = (
    "N° de dossier", "Intitulé du projet", "Pays", "Partenaire de mise en œuvre", "Date de début", "Date de fin",
    2018, 2019, 2020, "Chargé de dossier", "Observations",
)  # fmt: skip
TITLES = (
    "École sans violence", "Rétablissement psychosocial des enfants victimes", "Routes rurales",
    "Appui aux tribunaux pour mineurs", "Prévention du tourisme sexuel", "Lignes d'écoute 116",
)  # fmt: skip
COUNTRIES = ("Cambodge", "Népal", "Kenya", "Niger", "Maroc", "Bénin")


def write_strange_sheet(path: Path, titles: tuple[str, ...] = TITLES, *, first_amount: int = 10000) -> Path:
    """French headings below titles, a heading over three years, days that may be months, no currency, a totals row."""
    with Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Portefeuille 2019")
        sheet.write(0, 0, "Direction générale de la coopération – Protection de l'enfance")
        sheet.write(1, 0, "État au 31 décembre 2019, document de travail")
        sheet.merge_range(3, 6, 3, 8, "Décaissements")
        sheet.write_row(4, 0, HEADINGS)
        for number, title in enumerate(titles):
            who = [f"DG-{2015 + number}-{100 + number}", title, COUNTRIES[number % len(COUNTRIES)], "UNICEF"]
            days = [f"0{number + 1}/04/2018", f"03/0{number + 4}/2021"]
            amounts = [first_amount + 1000 * number, 15000, 5000]
            sheet.write_row(5 + number, 0, [*who, *days, *amounts, "M. Kaboré", "à revoir" if number == 2 else ""])
        end = 5 + len(titles)
        sheet.write(end, 0, "TOTAL")
        for column, letter in enumerate("GHI", 6):
            sheet.write_formula(end, column, f"=SUM({letter}6:{letter}{end})")
        workbook.add_worksheet("Notes").write(0, 0, "Montants hors frais de gestion.")
    return path
