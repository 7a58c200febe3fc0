"""How long the preview of a sheet takes, from upload to page: files kept, staged by a worker, compared, shown.

A sheet of 2,000 projects is uploaded to an empty portfolio, confirmed, and uploaded again with every tenth project
changed. Run alone: python -m benchmarks.preview_speed [--rows 2000] [--runs 3]
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from xlsxwriter import Workbook

WANTED = 2.0  # seconds
HEADINGS = (
    "Project ID", "Title", "Description", "Country", "Sector code", "Start date", "End date", "Status", "Implementing partner",
    "Currency", "Disbursed 2018", "Disbursed 2019", "Disbursed 2020", "Total commitment", "Contact",
)  # fmt: skip
WORDS = [
    "child",
    "protection",
    "school",
    "water",
    "health",
    "violence",
    "rural",
    "justice",
    "training",
    "women",
    "access",
    "education",
    "families",
    "police",
]
COUNTRIES = ("Kenya", "Cambodia", "Peru", "Nepal", "Uganda", "Mali")


def write_sheet(path: Path, rows: int, changed: bool = False) -> None:
    """A sheet of `rows` projects; `changed`: every tenth one has another title."""
    draw = random.Random(4)
    workbook = Workbook(str(path))
    sheet = workbook.add_worksheet("Projects")
    sheet.write_row(0, 0, HEADINGS)
    for number in range(rows):
        title = " ".join(draw.sample(WORDS, 5)) + (" again" if changed and number % 10 == 0 else "")
        amounts = [draw.randint(1, 99) * 1000.5 for _ in range(4)]
        sheet.write_row(number + 1, 0, [
            f"P-{number}", title, " ".join(draw.choices(WORDS, k=20)), draw.choice(COUNTRIES), "15160", "2018-01-15", "2021-12-31",
            "Implementation", f"Partner {number % 50}", "EUR", *amounts, "office@example.org",
        ])  # fmt: skip
    workbook.close()


def measure(folder: Path) -> dict[str, float]:
    """Seconds of the first preview, and of one of a portfolio that is in."""
    from app import database
    from app.queries.imports import organisation_id
    from app.rules.permissions import Viewer
    from app.services.confirm_import import confirm_import
    from app.services.import_upload import Upload, UploadChoices
    from app.services.migrate_database import migrate_database
    from app.services.run_jobs import run_waiting_jobs
    from app.services.show_import import show_import
    from app.services.start_import import start_import

    migrate_database()
    with database.write() as connection:
        viewer = Viewer(None, organisation_id(connection, "XX-1"), "editor")

    def preview(path: Path) -> tuple[int, float]:
        start = time.perf_counter()
        number = start_import(viewer, [Upload(path.name, BytesIO(path.read_bytes()))], UploadChoices())
        run_waiting_jobs()
        with database.read() as connection:
            shown = show_import(connection, viewer, number)
        assert shown.run.state == "previewed", shown.groups[:3]
        assert shown.changes_total > 0
        return number, time.perf_counter() - start

    number, first = preview(folder / "first.xlsx")
    confirm_import(number)
    return {"first": first, "again": preview(folder / "again.xlsx")[1]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--job", type=Path, help="measure once, on the sheets in this folder")
    arguments, _ = parser.parse_known_args()
    if arguments.job:
        print(json.dumps(measure(arguments.job)))
        return
    found = []
    with tempfile.TemporaryDirectory() as folder:
        write_sheet(Path(folder, "first.xlsx"), arguments.rows)
        write_sheet(Path(folder, "again.xlsx"), arguments.rows, changed=True)
        for run in range(arguments.runs):
            env = {**os.environ, "TESSERA_DATA_DIR": str(Path(folder, str(run)))}
            env.pop("TESSERA_DATABASE_URL", None)
            command = [sys.executable, "-m", "benchmarks.preview_speed", "--job", folder]
            done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
            found.append(json.loads(done.stdout))
    print(f"preview of a sheet with {arguments.rows} projects, upload to page, {arguments.runs} runs")
    for name, told in (("first", "all new"), ("again", "a tenth changed")):
        seconds = [one[name] for one in found]
        print(
            f"  {told:<16} {statistics.median(seconds):6.2f} s ({min(seconds):.2f} to {max(seconds):.2f}); under {WANTED:.0f} s wanted"
        )


if __name__ == "__main__":
    main()
