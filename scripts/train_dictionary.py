"""Make the dictionary that records are compressed with, from the records of the demo portfolio.

python scripts/train_dictionary.py NUMBER FILE: only ever for a new one, with the next number; see app/models/packed.py.
"""

import sys
import tempfile
from pathlib import Path

import zstandard
from lxml import etree

from app.models.packed import unpack_record
from examples.build_demo import build_portfolio
from importers.base import Source
from importers.registry import read

_BYTES = 16 << 10  # larger ones gain nothing


def list_records(folder: Path) -> list[bytes | bytearray | memoryview]:
    """The XML of each record that the files in `folder` make."""
    found: list[bytes | bytearray | memoryview] = []
    for path in sorted(folder.iterdir()):
        _, reading = read([Source(path, path.name, {"reporter": {"ref": "XX-1", "name": "X"}})])
        for one in reading:
            if one.packed:
                found.append(unpack_record(one.packed))
            elif one.element is not None:
                found.append(one.xml or etree.tostring(one.element, encoding="utf-8", with_tail=False))
    return found


def main() -> None:
    number, path = int(sys.argv[1]), Path(sys.argv[2])
    if path.exists():
        sys.exit(f"{path} exists: records that are kept need it as it is")
    with tempfile.TemporaryDirectory() as folder:
        build_portfolio(Path(folder))
        records = list_records(Path(folder))
    path.write_bytes(zstandard.train_dictionary(_BYTES, records, level=1, dict_id=number).as_bytes())


if __name__ == "__main__":
    main()
