"""How long an IATI file takes to import, against reading it bare into four SQLite tables; and the memory needed.

The file is made by repeating the demo portfolio's IATI files (or those named on the command line) under new
identifiers until it has the wanted size. Each run is a process of its own; the two take turns.
Run alone: python -m benchmarks.import_speed [--megabytes 118] [--runs 3] [FILE...]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from lxml import etree

PORTFOLIO = Path(__file__).parent.parent / "examples" / "portfolio"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03">\n'


def write_large_file(sources: list[Path], target: Path, size: int) -> int:
    """Repeat the activities of `sources` under new identifiers until `target` has `size` bytes; how many."""
    fragments = []
    for source in sources:
        for _, element in etree.iterparse(str(source), tag="iati-activity", huge_tree=True):
            fragments.append(etree.tostring(element, encoding="utf-8").strip())
    count = 0
    with target.open("wb") as out:
        out.write(HEAD)
        while out.tell() < size:
            for fragment in fragments:
                out.write(
                    fragment.replace(b"<iati-identifier>", b"<iati-identifier>%d-" % (count // len(fragments)), 1)
                )
                out.write(b"\n")
                count += 1
        out.write(b"</iati-activities>\n")
    return count


def measure(job: str, path: Path) -> dict[str, float]:
    """Run one job in a process of its own: seconds, peak resident megabytes, activities."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "TESSERA_DATA_DIR": folder}
        env.pop("TESSERA_DATABASE_URL", None)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.import_jobs", job, str(path), folder],
            env=env, check=True, capture_output=True, text=True,
        )  # fmt: skip
        found: dict[str, float] = json.loads(done.stdout)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--megabytes", type=int, default=118)
    parser.add_argument("--runs", type=int, default=3)
    arguments, _ = parser.parse_known_args()
    sources = arguments.files or sorted(path for path in PORTFOLIO.glob("*.xml") if "1.05" not in path.name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.xml"
        count = write_large_file(sources, path, arguments.megabytes * 1_000_000)
        print(f"import of {path.stat().st_size / 1e6:.0f} MB, {count} activities, {arguments.runs} runs in turn")
        runs = [(measure("bare", path), measure("tessera", path)) for _ in range(arguments.runs)]
    print_runs(runs, count)


def print_runs(runs: list[tuple[dict[str, float], dict[str, float]]], count: int) -> None:
    for name, number in (("lxml + executemany", 0), ("tessera", 1)):
        seconds = [run[number]["seconds"] for run in runs]
        memory, ahead = (max(run[number][key] for run in runs) for key in ("megabytes", "ahead"))
        median = statistics.median(seconds)
        print(
            f"  {name:<20} {median:6.2f} s  {count / median:8.0f} activities/s  {memory:5.0f} MB resident at most"
            f", {ahead:.0f} MB in the process that reads ahead"
        )
    ratios = sorted(run[1]["seconds"] / run[0]["seconds"] for run in runs)
    print(f"  ratio: median {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}); at most 2.0 wanted")


if __name__ == "__main__":
    main()
