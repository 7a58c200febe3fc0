"""Copies the files that pages load from node_modules into app/static/vendor, which is not committed."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE_FILES = (
    "htmx.org/dist/htmx.min.js",
    "@picocss/pico/css/pico.min.css",
    "world-atlas/countries-50m.json",
)


def copy_frontend(modules: Path, vendor: Path) -> None:
    """Replaces `vendor` by the page files of `modules`; raises FileNotFoundError if one is missing."""
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    for name in PAGE_FILES:
        shutil.copy(modules / name, vendor)


if __name__ == "__main__":
    copy_frontend(ROOT / "node_modules", ROOT / "app" / "static" / "vendor")
