"""Imports side by side, and one that is killed: nobody fails "locked", nothing is half there."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.services.confirm_import import confirm_import
from app.services.import_portfolio import BATCH, ImportResult
from app.services.run_jobs import run_waiting_jobs
from app.services.suggest_areas import suggest_areas
from app.services.undo_import import undo_import
from tests.services.iati_files import activity, area, country, description, iati, related, spent
from tests.services.stored import Portfolio, by_country, counts, dump, findings, query, rolled_up, visible
from tests.services.uploads import person, send, show

WORDS = description("Legal aid for child victims of trafficking")
IMPORT = """
import sys
from pathlib import Path
from app.queries.record_writer import RecordWriter
from app.services.import_portfolio import ImportRequest, import_portfolio
from importers import iati_xml
from importers.base import Source

take = RecordWriter.take
def take_and_tell(self, batch):
    issues = take(self, batch)
    print("took", flush=True)
    sys.stdin.readline()
    return issues
if sys.argv[2] == "slowly":
    RecordWriter.take = take_and_tell
    iati_xml.AHEAD_FROM = 0
path = Path(sys.argv[1])
result = import_portfolio(ImportRequest([Source(path, path.name)], sys.argv[3], suggest=False))
print(result.state, result.counts.new, flush=True)
"""


def start(path: Path, owner: str, how: str = "at once") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", IMPORT, str(path), how, owner]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def projects(reporter: str, count: int, value: int = 1) -> list[str]:
    """Projects of which each is a child of the next one of the other reporter, so that netting reaches across."""
    other = {"XX-1": "YY-2", "YY-2": "XX-1"}[reporter]
    return [
        activity(f"{reporter}-{n}", country("KH"), WORDS, spent("2019-05-01", value), related("1", f"{other}-{n + 1}"),
                 reporter=reporter, hierarchy=count + 1 - n if n < 9 else None)
        for n in range(count)
    ]  # fmt: skip


def test_a_killed_import_leaves_the_data_as_it_was(portfolio: Portfolio) -> None:
    portfolio.take(activity("XX-1-0", country("LA"), area("N3"), spent("2019-05-01", 5)), owner="XX-1")
    before = dump("counter")  # PostgreSQL leaves out the numbers of what was rolled back
    count = BATCH + 100  # so that there are several batches, however fast the file is read
    path = portfolio.write(iati(*projects("XX-1", count, 7)))
    process = start(path, "XX-1", "slowly")
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "took\n"
    process.stdin.write("go on\n")
    process.stdin.flush()
    assert process.stdout.readline() == "took\n"
    readers = children(process.pid)
    process.kill()
    process.wait()
    assert dump("counter") == before
    assert counts(portfolio.import_paths([path], "XX-1", suggest=False)) == (count, count - 1, 1, 0, 0, 0)
    assert findings() == []
    waited = time.monotonic() + 10
    while any(is_running(reader) for reader in readers) and time.monotonic() < waited:
        time.sleep(0.02)
    assert not any(is_running(reader) for reader in readers)
    process.stdin.close()
    process.stdout.close()


def children(process: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == process:
            found.append(int(folder.name))
    return found


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_two_processes_import_at_once(portfolio: Portfolio) -> None:
    paths = {name: portfolio.write(iati(*projects(name, 150))) for name in ("XX-1", "YY-2")}
    running = [start(paths[name], name) for name in paths]
    said = sorted(process.communicate()[0].strip() for process in running)
    assert said == ["committed 150", "committed 150"]
    assert query("SELECT COUNT(*) FROM activity") == [(300,)]
    assert findings() == []
    assert rolled_up("gross") == 300_00


def test_threads_import_undo_and_suggest_at_once(portfolio: Portfolio) -> None:
    portfolio.take(*projects("XX-1", 30), suggest=False)
    taken_back = portfolio.take(*projects("YY-2", 30), suggest=False).import_id
    files = [portfolio.write(iati(*projects("XX-1", 30, value))) for value in range(2, 5)]

    def work(number: int) -> str:
        if number == 3:
            return undo_import(taken_back).state
        if number == 4:
            suggest_areas()
            return "suggested"
        result: ImportResult = portfolio.import_paths([files[number]])
        return f"{result.state} {counts(result)}"

    with ThreadPoolExecutor(5) as pool:
        said = list(pool.map(work, range(5)))
    assert said == [*["committed (30, 0, 30, 0, 0, 0)"] * 3, "undone", "suggested"]
    assert findings() == []
    assert by_country()["KH"] in (60_00, 90_00, 120_00)
    now = visible()
    suggest_areas()
    assert visible() == now


def test_two_people_upload_at_once(portfolio: Portfolio) -> None:
    """Two stagings side by side, each in its own worker, while a third person reads and a fourth one imports."""
    portfolio.take(*projects("XX-1", 30), owner="XX-1", suggest=False)
    people = {ref: person(f"{ref}@example.org", ref=ref) for ref in ("XX-1", "YY-2")}
    numbers = {ref: send(viewer, iati(*projects(ref, 250, 9)), f"{ref}.xml") for ref, viewer in people.items()}
    done = threading.Event()
    seen: list[int] = []

    def look_on() -> None:
        while not done.is_set():
            seen.append(query("SELECT COUNT(*) FROM activity WHERE state = 'current'")[0][0])

    reader = threading.Thread(target=look_on)
    reader.start()
    with ThreadPoolExecutor(3) as pool:
        workers = [pool.submit(run_waiting_jobs) for _ in range(2)]
        plain = pool.submit(portfolio.import_text, iati(activity("ZZ-3-1", reporter="ZZ-3")), "ZZ-3", suggest=False)
        assert plain.result().state == "committed"
        assert sum(worker.result() for worker in workers) == 2
    done.set()
    reader.join()
    assert set(seen) <= {30, 31}
    effects = {ref: show(viewer, numbers[ref]).run for ref, viewer in people.items()}
    assert {ref: (run.state, run.new, run.changed) for ref, run in effects.items()} == {
        "XX-1": ("previewed", 220, 30), "YY-2": ("previewed", 250, 0),
    }  # fmt: skip
    with ThreadPoolExecutor(2) as pool:
        assert [result.state for result in pool.map(confirm_import, numbers.values())] == ["committed"] * 2
    assert query("SELECT COUNT(*) FROM activity WHERE state = 'current'") == [(501,)]
    assert findings() == []
