"""Writes the demo portfolio: `python -m examples.build_demo [FOLDER]`, the same bytes every time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from examples import demo_layouts
from examples.demo_cases import LOCAL_PARTNER, copy_to_register, plant_cases
from examples.demo_iati import write_iati
from examples.demo_iati105 import write_iati105
from examples.demo_model import Party, Project, read_vocabulary
from examples.demo_projects import draw_projects

PORTFOLIO = Path(__file__).parent / "portfolio"
REGISTER = "KH-GOV-9901"

SHEETS: dict[str, Callable[[Path, list[Project]], None]] = {
    "global-affairs-canada.xlsx": demo_layouts.write_canada,
    "norad.xlsx": demo_layouts.write_norad,
    "fondation-lac-clair.xlsx": demo_layouts.write_lac_clair,
    "fundacion-sendero.xlsx": demo_layouts.write_sendero,
    "harbour-light.xlsx": demo_layouts.write_harbour_light,
    "aid-register-cambodia.xlsx": demo_layouts.write_register,
    "fondazione-porto-sicuro.csv": demo_layouts.write_porto_sicuro,
    "bayanihan-fund.csv": demo_layouts.write_bayanihan,
}


def collect_projects() -> dict[str, list[Project]]:
    """All projects of the demo by reporter, in the order of `vocabulary/donors.yaml`."""
    donors = read_vocabulary("donors")
    cases = plant_cases(donors)
    drawn = draw_projects(donors, {title for case in cases for title in case.titles.values()})
    register = next(Party(d["ref"], d["name"], d["type"]) for d in donors if d["ref"] == REGISTER)
    everything = drawn + cases + copy_to_register(drawn, register)
    refs = [*(donor["ref"] for donor in donors), LOCAL_PARTNER["ref"]]
    return {ref: [project for project in everything if project.reporter.ref == ref] for ref in refs}


def write_donor(path: Path, donor: dict[str, Any], projects: list[Project]) -> None:
    """The donor's file, in the format of its profile."""
    if path.name in SHEETS:
        SHEETS[path.name](path, projects)
    elif "1.05" in path.name:
        write_iati105(path, donor, projects)
    else:
        write_iati(path, donor, projects)


def build_portfolio(folder: Path) -> list[Path]:
    """Writes every file of the portfolio into `folder` and returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    projects = collect_projects()
    partner = {**LOCAL_PARTNER, "file": "krousar-setha.xml", "updated": "2020-03-31"}
    paths = []
    for donor in [*read_vocabulary("donors"), partner]:
        path = folder / donor["file"]
        write_donor(path, donor, projects[donor["ref"]])
        paths.append(path)
    return paths


if __name__ == "__main__":
    for written in build_portfolio(Path(sys.argv[1]) if len(sys.argv) > 1 else PORTFOLIO):
        print(f"{written.stat().st_size:>9,}  {written}")
