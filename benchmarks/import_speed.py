"""How long an IATI file takes to import, against reading it bare into four SQLite tables; and the memory needed.

The file is made by repeating the demo portfolio's IATI files (or those named on the command line) under new
identifiers until it has the wanted size. Each run is a process of its own; the two take turns.

The demo's files come twice: written out as most publishers do it (see `write_out`), and as they are, which is harder:
nearly twice the amounts a megabyte, and each project says its areas in tags of ours.
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

from app.models.record import TESSERA_NS

PORTFOLIO = Path(__file__).parent.parent / "examples" / "portfolio"
CONTACT = """<contact-info type="1"><organisation><narrative>Office for development cooperation</narrative></organisation>
<person-name><narrative>Team for social affairs</narrative></person-name><telephone>+00 000 0000</telephone>
<email>office@example.org</email><website>https://example.org/cooperation/projects</website>
<mailing-address><narrative>1 Example Street, 1000 Example</narrative></mailing-address></contact-info>"""
OWN_NAMESPACE = f' xmlns:tessera="{TESSERA_NS}"'.encode()
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03">\n'


def write_out(activity: etree._Element) -> None:
    """Give an activity of the demo the bulk that those of publishers have: whom to ask, and of each transaction its channel,
    sectors in two vocabularies, country and kinds, indented; no tags of ours.

    So an amount takes up 1,200 bytes, as in the files of eight publishers that were measured (1,140 to 1,970).
    """
    for tag in activity.findall("tag"):
        activity.remove(tag)
    activity.find("activity-status").addnext(etree.fromstring(CONTACT))  # type: ignore[union-attr]
    sectors = {one.get("vocabulary", "1"): one for one in activity.findall("sector")}
    places = activity.findall("recipient-country") or activity.findall("recipient-region")
    for transaction in activity.findall("transaction"):
        for kind in ("disbursement-channel", "sector", "recipient-country", "recipient-region"):
            for element in transaction.findall(kind):
                transaction.remove(element)
        etree.SubElement(transaction, "disbursement-channel", code="2")
        for vocabulary, code, name in (
            ("1", sectors["1"].get("code", "") if "1" in sectors else "16010", "Social protection"),
            ("99", "4001", "Families, children and young people"),
        ):
            sector = etree.SubElement(transaction, "sector", vocabulary=vocabulary, code=code)
            etree.SubElement(sector, "narrative").text = name
        for place in places[:1]:
            etree.SubElement(transaction, place.tag, code=place.get("code", ""))
        for kind, code in (("flow-type", "10"), ("finance-type", "110"), ("aid-type", "C01"), ("tied-status", "5")):
            etree.SubElement(transaction, kind, code=code)
    etree.indent(activity, "    ", level=1)


def write_large_file(sources: list[Path], target: Path, size: int, *, is_written_out: bool) -> int:
    """Repeat the activities of `sources` under new identifiers until `target` has `size` bytes; how many."""
    fragments = []
    for source in sources:
        for _, element in etree.iterparse(str(source), tag="iati-activity", huge_tree=True):
            if is_written_out:
                write_out(element)
            fragment = etree.tostring(element, encoding="utf-8").strip()
            # What lxml writes into each activity, since the demo's files declare it at their root.
            fragments.append(fragment.replace(OWN_NAMESPACE, b"") if is_written_out else fragment)
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
    if arguments.files:
        compare("files", arguments.files, arguments.megabytes, arguments.runs)
        return
    demo = sorted(path for path in PORTFOLIO.glob("*.xml") if "1.05" not in path.name)
    compare("demo, written out", demo, arguments.megabytes, arguments.runs, is_written_out=True)
    compare("demo as it is", demo, arguments.megabytes, arguments.runs)


def compare(name: str, sources: list[Path], megabytes: int, number: int, *, is_written_out: bool = False) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.xml"
        count = write_large_file(sources, path, megabytes * 1_000_000, is_written_out=is_written_out)
        print(f"import of {path.stat().st_size / 1e6:.0f} MB ({name}), {count} activities, {number} runs in turn")
        runs = [(measure("bare", path), measure("tessera", path)) for _ in range(number)]
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
