"""Copies the files that pages load, and the fonts of the meeting pack, from node_modules into app/static/vendor, which is not committed."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE_FILES = (
    "htmx.org/dist/htmx.min.js",
    "@picocss/pico/css/pico.min.css",
    "world-atlas/countries-50m.json",
    "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
    "@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf",
    "@expo-google-fonts/noto-naskh-arabic/400Regular/NotoNaskhArabic_400Regular.ttf",
    "@expo-google-fonts/noto-naskh-arabic/700Bold/NotoNaskhArabic_700Bold.ttf",
)


def copy_frontend(modules: Path, vendor: Path) -> None:
    """Replaces `vendor` by the page files of `modules`; raises FileNotFoundError if one is missing."""
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    for name in PAGE_FILES:
        shutil.copy(modules / name, vendor)


if __name__ == "__main__":
    copy_frontend(ROOT / "node_modules", ROOT / "app" / "static" / "vendor")
