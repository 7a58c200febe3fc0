"""How well areas are suggested: precision, recall and F1 against a file labelled by people.

    python -m benchmarks.measure_suggest FILE [--misses]

FILE is JSON: a list of `{"id", "text", "countries", "relevance", "areas", "areas_disputed", "forms",
"forms_disputed"}`, areas being those of florence-2008. Relevance `unsure`, and areas or forms that the
readers disputed, count neither for nor against. `--misses` prints what was wrong, project by project.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.rules.suggest import Suggestion, suggester

Project = dict[str, Any]
FRAMEWORK = "florence-2008"


def count_relevance(projects: Iterable[tuple[Project, Suggestion]]) -> Counter[str]:
    """Right, wrong and missed projects: `{"right": n, "wrong": n, "missed": n}`."""
    counted: Counter[str] = Counter()
    for project, suggestion in projects:
        if project["relevance"] != "unsure":
            labelled, suggested = project["relevance"] != "none", suggestion.relevance != "none"
            counted["right"] += labelled and suggested
            counted["wrong"] += suggested and not labelled
            counted["missed"] += labelled and not suggested
    return counted


def count_codes(projects: Iterable[tuple[Project, Suggestion]], field: str) -> dict[str, Counter[str]]:
    """Right, wrong and missed codes of `areas` or `forms`, by code."""
    by_code: dict[str, Counter[str]] = {}
    for project, suggestion in projects:
        labelled, disputed = set(project[field]), set(project[f"{field}_disputed"])
        suggested = {area.code for area in getattr(suggestion, field)} - disputed
        for code in labelled | suggested:
            verdict = "missed" if code not in suggested else "right" if code in labelled else "wrong"
            by_code.setdefault(code, Counter())[verdict] += 1
    return by_code


def format_row(name: str, counted: Counter[str]) -> str:
    """One line of the table; a figure that does not exist is a dash."""
    right, wrong, missed = counted["right"], counted["wrong"], counted["missed"]
    precision = right / (right + wrong) if right + wrong else None
    recall = right / (right + missed) if right + missed else None
    f1 = 2 * right / (2 * right + wrong + missed) if right + wrong + missed else None
    figures = ["     -" if value is None else f"{value:6.3f}" for value in (precision, recall, f1)]
    return f"{name:<18}{right:>6}{wrong:>6}{missed:>7}   {'  '.join(figures)}"


def print_misses(projects: Iterable[tuple[Project, Suggestion]]) -> None:
    """Every project whose relevance, areas or forms differ from the readers'."""
    for project, suggestion in projects:
        areas = {area.code: area.evidence for area in suggestion.areas}
        disputed = set(project["areas_disputed"])
        if set(project["areas"]) - disputed != set(areas) - disputed:
            print(f"{project['id']}: {suggestion.relevance}, labelled {project['relevance']} {project['areas']}")
            for code, evidence in areas.items():
                print(f"    {code}{' ' if code in project['areas'] else '?'} {', '.join(evidence)}")


def main() -> None:
    """Reads FILE, suggests, prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--misses", action="store_true")
    arguments = parser.parse_args()
    labelled: list[Project] = json.loads(arguments.file.read_text(encoding="utf-8"))
    suggest = suggester(FRAMEWORK).suggest
    suggest("protection of children from sexual exploitation")  # builds the word lists before the clock starts
    started = time.perf_counter()
    projects = [(project, suggest(project["text"], (), project["countries"])) for project in labelled]
    elapsed = time.perf_counter() - started
    if arguments.misses:
        print_misses(projects)
    print(f"{'':<18}{'right':>6}{'wrong':>6}{'missed':>7}   {'precision':>6} {'recall':>6}  {'F1':>6}")
    print(format_row("relevance", count_relevance(projects)))
    for field in ("areas", "forms"):
        by_code = count_codes(projects, field)
        print(format_row(field, sum(by_code.values(), Counter())))
        for code in sorted(by_code):
            print(format_row(f"  {code}", by_code[code]))
    print(f"{len(projects)} texts in {1000 * elapsed:.1f} ms")


if __name__ == "__main__":
    main()
