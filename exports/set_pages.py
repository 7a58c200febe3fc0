"""Sets a Typst template with the JSON of the standard input, in a process of its own: the compiler keeps what it has
set in memory, hundreds of megabytes after some packs, which a server must not hold on to.

Run by exports/meeting_pack.py: python set_pages.py TEMPLATE FOLDER-OF-FONTS FORMAT OUTPUT-FOLDER
"""

import sys
from pathlib import Path
from typing import Literal, cast

import typst

PIXELS_PER_INCH = 144  # a slide of 1920 x 1080


def main(template: Path, fonts: str, format_key: str, folder: Path) -> None:
    """One file for PDF, else one a page, named by its number."""
    name = "1.pdf" if format_key == "pdf" else f"{{p}}.{format_key}"
    typst.compile(
        str(template), str(folder / name), root=str(template.parent), font_paths=[fonts], ignore_system_fonts=True,
        format=cast(Literal["pdf", "svg", "png"], format_key), ppi=PIXELS_PER_INCH,
        sys_inputs={"pack": sys.stdin.buffer.read().decode()},
    )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]))
