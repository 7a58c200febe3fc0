"""How well areas are suggested: precision, recall and F1 against a file labelled by people.

    python -m benchmarks.measure_suggest FILE [--folds 5] [--misses]

benchmarks/coded_texts.json is such a file, invented for this project; parts of words were learned from it, so it says how well
those are remembered, and not how good suggestions are.

FILE is JSON: a list of `{"id", "text", "countries", "relevance", "areas", "areas_disputed", "forms",
"forms_disputed"}`, areas being those of florence-2008. Relevance `unsure`, and areas or forms that the
readers disputed, count neither for nor against.

`--folds N` fits the numbers of weights.yaml to all folds but one and suggests for that one, N times over,
so that no text is measured with numbers fitted to it. That says nothing of the words: those were written with
texts at hand. So the table comes twice more, for the texts whose words were read while the word lists were
written and for those that nobody opened (a fifth; see UNREAD). `--misses` prints what was wrong, project by project,
and opens them: not for use while word lists are written.
"""

import argparse
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.rules.lexicon import read_weights
from app.rules.suggest import Suggester, Suggestion
from benchmarks.fit_weights import FRAMEWORK, Project, fit_weights

Suggested = list[tuple[Project, Suggestion]]
BANDS = (0.55, 0.65, 0.75, 0.85, 1.01)
UNREAD = (
    8  # of the texts, hashed to 0..9, those from here on were never opened; 6 and 7 were, after a measure on 6 to 9
)


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


def number_of(project: Project) -> int:
    """A number that has nothing to do with what the project is about, and is the same on every machine."""
    return int(hashlib.sha256(str(project["id"]).encode()).hexdigest(), 16)


def suggest_by_folds(projects: Sequence[Project], folds: int) -> Suggested:
    """Each project with what is suggested by numbers fitted to the other folds; one fold: those of the file."""
    suggested: Suggested = []
    for fold in range(folds):
        here = [project for project in projects if number_of(project) // 10 % folds == fold]
        others = [project for project in projects if number_of(project) // 10 % folds != fold]
        weights = fit_weights(others, read_weights()) if folds > 1 else read_weights()
        suggest = Suggester(FRAMEWORK, weights).suggest
        suggested += [(project, suggest(project["text"], (), project["countries"])) for project in here]
    return suggested


def print_table(title: str, projects: Suggested, by_code: bool) -> None:
    """Relevance, areas and forms of some projects."""
    counted = count_relevance(projects)
    judged = sum(project["relevance"] != "unsure" for project, _ in projects)
    accuracy = 1 - (counted["wrong"] + counted["missed"]) / max(1, judged)
    print(
        f"{title + f' ({len(projects)})':<18}{'right':>6}{'wrong':>6}{'missed':>7}   {'precision':>6} {'recall':>6}  F1"
    )
    print(f"{format_row('relevance', counted)}   accuracy {accuracy:.3f}")
    for field in ("areas", "forms"):
        codes = count_codes(projects, field)
        print(format_row(field, sum(codes.values(), Counter())))
        for code in sorted(codes) if by_code else ():
            print(format_row(f"  {code}", codes[code]))


def print_reliability(title: str, projects: Suggested) -> None:
    """What suggestions said of their confidence, and how many of them were right."""
    bands: dict[float, list[tuple[float, bool]]] = {}
    for project, suggestion in projects:
        for area in suggestion.areas:
            if area.code not in project["areas_disputed"]:
                low = min(band for band in BANDS if area.confidence < band)
                bands.setdefault(low, []).append((area.confidence, area.code in project["areas"]))
    print(f"{title}: confidence, said and right")
    for band, ones in sorted(bands.items()):
        said, right = sum(one for one, _ in ones) / len(ones), sum(right for _, right in ones)
        print(f"    under {band:.2f}   {said:.2f}   {right / len(ones):.2f} ({right} of {len(ones)})")


def main() -> None:
    """Reads FILE, suggests, prints the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--folds", type=int, default=1, metavar="N")
    parser.add_argument("--misses", action="store_true")
    arguments = parser.parse_args()
    labelled: list[Project] = json.loads(arguments.file.read_text(encoding="utf-8"))
    Suggester(FRAMEWORK).suggest("protection of children from sexual exploitation")  # builds the word lists first
    started = time.perf_counter()
    projects = suggest_by_folds(labelled, arguments.folds)
    elapsed = time.perf_counter() - started
    if arguments.misses:
        print_misses(projects)
    print_table("all", projects, by_code=True)
    if arguments.folds > 1:
        unread = [one for one in projects if number_of(one[0]) % 10 >= UNREAD]
        print_table("words read", [one for one in projects if number_of(one[0]) % 10 < UNREAD], by_code=False)
        print_table("never opened", unread, by_code=False)
        print_reliability("all", projects)
        print_reliability("never opened", unread)
    else:
        print(f"{len(projects)} texts in {1000 * elapsed:.1f} ms")


if __name__ == "__main__":
    main()
