"""Recommendation frameworks: the areas that projects are mapped to, and how areas of two frameworks match.

The built-in ones are the YAML files of this folder. A user's own comes as YAML of the same shape, as a workbook
whose first sheet has the columns code, title, group, summary, or as SKOS in Turtle or JSON-LD.
"""

import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from app.frameworks.checking import build_framework, describe_framework
from app.frameworks.reading import WORKBOOK_SIGNATURES, parse_yaml, read_workbook, read_yaml
from app.frameworks.shapes import MATCHES, Area, AreaMatch, Framework, FrameworkError, Group
from app.frameworks.skos import POSITION, SKOS_MATCHES, is_json_ld, is_turtle, read_json_ld, read_turtle

__all__ = [
    "MATCHES", "POSITION", "SKOS_MATCHES", "Area", "AreaMatch", "Framework", "FrameworkError", "Group",
    "build_framework", "describe_framework", "framework_key_of", "load_builtin", "load_crosswalk", "load_framework",
    "vocabulary_uri",
]  # fmt: skip

FOLDER = Path(__file__).parent
BUILT_IN = ("florence-2008", "rome-2012", "inspire-2016", "italian-cooperation-2008", "sdg-2030", "exploitation-forms")

_KEY_IN_PATH = re.compile(r"/frameworks/([a-z0-9][a-z0-9-]*)/?$")


def load_builtin() -> list[Framework]:
    """The built-in frameworks, the one that reports start with first."""
    return list(_builtin())


def load_framework(source: Path | str | bytes, name: str = "") -> Framework:
    """The framework in a file (YAML, workbook, Turtle, JSON-LD), given by path or by content; then `name` is the
    file's name.

    A workbook without a sheet “Framework” names nothing but areas: its key and title come from the file's name, its version is "1".
    Raises FrameworkError with every problem found, OSError for a path that cannot be read.
    """
    content = source if isinstance(source, bytes) else Path(source).read_bytes()
    name = name or ("" if isinstance(source, bytes) else Path(source).name)
    if content.startswith(WORKBOOK_SIGNATURES):
        return read_workbook(content, name)
    if is_turtle(content, name):
        return read_turtle(content)
    return read_json_ld(content) if is_json_ld(content, name) else read_yaml(content)


@lru_cache
def load_crosswalk() -> tuple[AreaMatch, ...]:
    """The matches between areas of the built-in frameworks."""
    pairs = parse_yaml((FOLDER / "crosswalk.yaml").read_bytes())["pairs"]
    return tuple(_area_match(pair["from"], pair["to"], pair["match"]) for pair in pairs)


def vocabulary_uri(key: str) -> str:
    """What stands in IATI's `vocabulary-uri` for the framework. It is a name, not an address to call."""
    return f"https://tessera.example/frameworks/{key}"


@lru_cache(maxsize=1024)
def framework_key_of(uri: str) -> str | None:
    """The key in a framework's vocabulary URI, whatever the host that wrote it; None for other URIs."""
    try:
        found = _KEY_IN_PATH.search(urlsplit(uri.strip()).path)
    except ValueError:  # such as http://[x
        return None
    return found[1] if found else None


@lru_cache
def _builtin() -> tuple[Framework, ...]:
    return tuple(load_framework(FOLDER / f"{key}.yaml") for key in BUILT_IN)


def _area_match(left: str, right: str, match: str) -> AreaMatch:
    (framework, area), (other_framework, other_area) = left.split("/"), right.split("/")
    return AreaMatch(framework, area, other_framework, other_area, match)
