"""How long a large sheet takes to be staged and compared, against what python-calamine needs to read it alone.

The workbook has 100,000 projects in 30 columns. Each run is a process of its own; the two take turns. `again`: the
same portfolio is in already, and a tenth of its projects changed.
Run alone: python -m benchmarks.sheet_speed [--rows 100000] [--runs 3] [--again]
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from benchmarks.import_jobs import peak_megabytes
from benchmarks.preview_speed import COUNTRIES, WORDS

WANTED = 3.0  # times what calamine needs
YEARS = range(2013, 2023)
HEADINGS = (
    "Project ID", "Title", "Description", "Objectives", "Donor", "Implementing partner", "Country", "Sector code", "Sector name",
    "Status", "Start date", "End date", "Currency", "Total commitment", *(f"Disbursed {year}" for year in YEARS), "Contact email",
    "Website", "Location", "Notes", "Gender marker", "Our budget line",
)  # fmt: skip
SECTORS = (
    ("15160", "Human rights"),
    ("11220", "Primary education"),
    ("16010", "Social protection"),
    ("12240", "Basic nutrition"),
)
STATUSES = ("Implementation", "Finalisation", "Closed", "Pipeline/identification")


def write_sheet(path: Path, rows: int, changed: bool = False) -> None:
    """A sheet of `rows` projects; `changed`: every tenth one has another title."""
    draw = random.Random(4)
    workbook = Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
    sheet, days = workbook.add_worksheet("Projects"), workbook.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADINGS)
    for number, cells in enumerate(_list_projects(draw, rows), 1):
        if changed and number % 10 == 0:
            cells[1] += " again"
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(number, column, cell, days)
            elif cell != "":
                sheet.write(number, column, cell)
    workbook.close()


def _list_projects(draw: random.Random, rows: int) -> Iterator[list[Any]]:
    first = date(2012, 1, 1)
    for number in range(rows):
        code, sector = draw.choice(SECTORS)
        start = first + timedelta(days=draw.randrange(3000))
        yield [
            f"XX-{number:06}", " ".join(draw.sample(WORDS, 6)).capitalize(), " ".join(draw.choices(WORDS, k=25)),
            " ".join(draw.choices(WORDS, k=10)), f"Ministry {number % 40}", f"Partner {number % 900} & Sons",
            draw.choice(COUNTRIES), code, sector, draw.choice(STATUSES), start, start + timedelta(days=draw.randrange(200, 2000)),
            draw.choice(("EUR", "USD")), draw.randint(100, 9000) * 1000,
            *(draw.randint(1, 90_000_000) / 100 if draw.random() < 0.7 else "" for _ in YEARS),
            f"office{number % 300}@example.org", "https://example.org/projects", f"District {draw.randrange(400)}",
            draw.choice(("", "Second phase", "Co-financed with the region")), draw.randrange(3), f"BL-{draw.randrange(5000)}",
        ]  # fmt: skip


def read_bare(path: Path) -> int:
    """All cells of the sheet, as calamine gives them."""
    from python_calamine import CalamineWorkbook

    return len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False))


def stage(path: Path) -> int:
    """The product's own preview, from the upload to the counts of what each mode would do."""
    from app import database
    from app.queries.imports import get_run, organisation_id
    from app.rules.permissions import Viewer
    from app.services.import_upload import Upload, UploadChoices
    from app.services.run_jobs import run_waiting_jobs
    from app.services.start_import import start_import

    with database.write() as connection:
        viewer = Viewer(None, organisation_id(connection, "XX-1"), "editor")
    with path.open("rb") as stream:
        number = start_import(viewer, [Upload(path.name, stream)], UploadChoices())
    run_waiting_jobs()
    with database.read() as connection:
        run = get_run(connection, number)
    assert run.state == "previewed", (run.state, run.issue_counts, run.questions)
    return number


def confirm(path: Path) -> None:
    """Stage and write a sheet, so that the next one is compared with it."""
    from app.services.confirm_import import confirm_import

    confirm_import(stage(path))


def measure(job: str, path: Path, folder: Path) -> dict[str, float]:
    """Run one job in a process of its own: seconds, seconds of processors, peak resident megabytes."""
    env = {**os.environ, "TESSERA_DATA_DIR": str(folder)}
    env.pop("TESSERA_DATABASE_URL", None)
    command = [sys.executable, "-m", "benchmarks.sheet_speed", "--job", job, str(path)]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run_job(job: str, path: Path) -> None:
    if job == "bare":
        import python_calamine  # noqa: F401
    else:
        # Both have an empty database, if any, and the code that they need before the clock starts.
        import app.services.confirm_import
        import app.services.run_jobs
        import app.services.start_import  # noqa: F401
        from app.services.migrate_database import migrate_database

        migrate_database()
    start = time.perf_counter()
    {"bare": read_bare, "stage": stage, "confirm": confirm}[job](path)
    seconds = time.perf_counter() - start
    own, ahead = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = sum(one.ru_utime + one.ru_stime for one in (own, ahead))
    memory = {"megabytes": peak_megabytes(), "ahead": ahead.ru_maxrss / 1024}
    print(json.dumps({"seconds": seconds, "processor": worked, **memory}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--again", action="store_true", help="compare with a portfolio that is in")
    parser.add_argument("--job", nargs=2, help="measure one job on one sheet")
    arguments, _ = parser.parse_known_args()
    if arguments.job:
        run_job(arguments.job[0], Path(arguments.job[1]))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sheet(folder / "first.xlsx", arguments.rows)
        if arguments.again:
            measure("confirm", folder / "first.xlsx", folder / "kept")
            write_sheet(folder / "first.xlsx", arguments.rows, changed=True)
        size = (folder / "first.xlsx").stat().st_size / 1e6
        print(
            f"staging of {arguments.rows} projects x {len(HEADINGS)} columns ({size:.0f} MB), {arguments.runs} runs in turn"
        )
        runs = []
        for number in range(arguments.runs):
            own = folder / "kept" if arguments.again else folder / str(number)
            runs.append([measure(job, folder / "first.xlsx", own) for job in ("bare", "stage")])
    print_runs(runs)


def print_runs(runs: list[list[dict[str, float]]]) -> None:
    for at, name in enumerate(("calamine alone", "tessera")):
        seconds = [run[at]["seconds"] for run in runs]
        worked, memory, ahead = (max(run[at][key] for run in runs) for key in ("processor", "megabytes", "ahead"))
        print(
            f"  {name:<16} {statistics.median(seconds):6.2f} s ({min(seconds):.2f} to {max(seconds):.2f}), {worked:6.2f} s of processors"
            f", {memory:5.0f} MB resident at most, {ahead:.0f} MB in the process that reads ahead"
        )
    ratios = sorted(run[1]["seconds"] / run[0]["seconds"] for run in runs)
    print(
        f"  ratio: median {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}); at most {WANTED:.1f} wanted"
    )


if __name__ == "__main__":
    main()
