"""The documents say what the code does: what one of them names, the other has."""

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from app.cli import build_parser
from app.main import create_app
from app.models.tables import TABLES
from app.routers import health, measures
from app.settings import settings
from importers.headings import Kind, recognise_heading

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", ROOT / "examples" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SOURCES_OF_ISSUES = [
    *sorted((ROOT / "importers").glob("*.py")),
    ROOT / "app" / "models" / "read_record.py",
    ROOT / "app" / "queries" / "hand_edits.py",
    ROOT / "app" / "queries" / "taken.py",
    ROOT / "app" / "rules" / "text_care.py",
    ROOT / "app" / "services" / "ask_organisations.py",
    ROOT / "app" / "services" / "import_outcome.py",
    ROOT / "app" / "services" / "settle_import.py",
    ROOT / "app" / "services" / "stage_import.py",
]
# Where each call that makes an issue takes its code.
CODE_ARGUMENT = {"refuse_file": 0, "Unclear": 0, "Issue": 1, "note": 1, "say_once": 1, "_warn_at": 1}
CODE = re.compile(r"[a-z]+(-[a-z]+)+")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """The text below `heading` (with its signs #) up to the next heading of that rank or above."""
    rank = heading.index(" ")
    found = re.search(rf"^{re.escape(heading)}$\n(.*?)(?=^#{{1,{rank}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no heading “{heading}”"
    return found[1]


def commands(parser: argparse.ArgumentParser, path: str = "tessera") -> Iterator[tuple[str, set[str]]]:
    """Each command in full, with its options."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not any(group.required for group in groups):
        yield path, {option for action in parser._actions for option in action.option_strings} - {"-h", "--help"}
    for group in groups:
        for name, one in group.choices.items():
            yield from commands(one, f"{path} {name}")


def test_each_command_and_option_is_described_where_it_belongs() -> None:
    text = read("docs/commands.md")
    described = set(re.findall(r"^### `(tessera [^`]+)`$", text, re.MULTILINE))
    known = dict(commands(build_parser()))
    assert described == set(known)
    for command, options in known.items():
        listed = re.findall(r"^- (`-.*?`)(?= \(|:)", section(text, f"### `{command}`"), re.MULTILINE)
        assert set(re.findall(r"`(-[\w-]+)`", " ".join(listed))) == options, command


def examples() -> list[str]:
    """Every command line in a block of a document, without what the shell adds to it."""
    blocks = [block for path in DOCS for _, block in FENCE.findall(path.read_text(encoding="utf-8"))]
    lines = [line.removeprefix(".venv/bin/") for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("tessera ")]


@pytest.mark.parametrize("line", examples())
def test_each_example_is_a_command_that_is_understood(line: str) -> None:
    assert build_parser().parse_args(shlex.split(line)[1:]).command


def test_each_command_has_an_example_of_its_own() -> None:
    text = read("docs/commands.md")
    for command, _ in commands(build_parser()):
        assert f"\n```\n{command}" in section(text, f"### `{command}`"), command


def test_the_settings_are_those_of_the_code() -> None:
    setting = re.compile(r"TESSERA_[A-Z]+(?:_[A-Z]+)*")
    in_code = set(setting.findall(read("app/settings.py")))
    rows = re.findall(r"^\| `(TESSERA_\w+)` \|", read("docs/operators.md"), re.MULTILINE)
    assert set(rows) == in_code
    assert set(setting.findall(read("docs/operators.md"))) == in_code


def issue_codes() -> set[str]:
    """Every code that an importer or the record's reader or writer can give an issue."""
    return {
        code for path in SOURCES_OF_ISSUES for node in ast.walk(ast.parse(path.read_text())) for code in _codes(node)
    }


def _codes(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = CODE_ARGUMENT.get(name)
        chosen = node.args[place] if place is not None and place < len(node.args) else None
        if isinstance(chosen, ast.Constant):
            yield str(chosen.value)
    elif isinstance(node, ast.Tuple):  # a table of refusals: (signs, code, message, hint)
        texts = [_text(one) for one in node.elts]
        for code, message in pairwise(texts):
            if isinstance(code, str) and CODE.fullmatch(code) and isinstance(message, str) and " " in message:
                yield code


def _text(node: ast.AST) -> object:
    """A text in place, or one that is marked with `phrase`; None for anything else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "phrase":
        node = node.args[0]
    return node.value if isinstance(node, ast.Constant) else None


def test_each_issue_is_explained_and_none_that_does_not_exist() -> None:
    text = section(read("docs/users.md"), "## Issues and what to do")
    explained = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    assert len(explained) == len(set(explained))
    assert set(explained) == issue_codes()


def test_no_issue_code_is_hidden_from_this_test() -> None:
    """A code that is neither text nor in a table would be missed: only these pass one on that is found elsewhere."""
    passing_on = {"code", "unclear.code", "self.code"}
    for path in SOURCES_OF_ISSUES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                place = CODE_ARGUMENT.get(name, len(node.args))
                if place < len(node.args) and not isinstance(node.args[place], ast.Constant):
                    assert ast.unparse(node.args[place]) in passing_on, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize(("sheet", "kind"), [("projects", "activity"), ("Transactions", "transaction")])
def test_each_heading_that_users_are_told_is_understood(sheet: str, kind: Kind) -> None:
    table = section(read("docs/users.md"), f"### Headings of the {sheet} sheet")
    headings = [text for text in re.findall(r"`([^`]+)`", table) if text not in {"importers/words.yaml", "ref"}]
    assert len(headings) > 10
    assert [text for text in headings if not recognise_heading(text, kind, kind == "activity").field] == []


def test_each_route_of_the_api_is_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSERA_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    paths = create_app().openapi()["paths"]
    settings.cache_clear()
    routes = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    rows = re.findall(r"^\| `([A-Z]+ /[^`]+)` \|(.*)$", read("docs/api.md"), re.MULTILINE)
    assert {route for route, _ in rows} == routes
    for route, told in rows:
        method, path = route.split(" ")
        asked = {one["name"] for one in paths[path][method.lower()].get("parameters", []) if one["in"] == "query"}
        assert asked - {"limit", "cursor"} <= set(re.findall(r"`(\w+)`", told)), route


def test_each_table_of_the_database_is_described() -> None:
    tables = section(read("docs/data.md"), "## Tables")
    assert set(re.findall(r"`(\w+)`", tables)) >= set(TABLES)
    rows = [row.split("|")[1] for row in tables.splitlines() if row.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) <= {*TABLES, "activity_search"}


def anchors(text: str) -> set[str]:
    """The anchors that headings get: small letters, no signs, hyphens for spaces."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_link_leads_somewhere(path: Path) -> None:
    for link in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        name, _, anchor = link.partition("#")
        if name.startswith(("http://", "https://", "mailto:")):
            continue
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


def test_the_addresses_to_watch_are_those_that_are_served() -> None:
    told = re.findall(r"^\| `(/[\w/]+)` \|", section(read("docs/operators.md"), "## Watching it"), re.MULTILINE)
    served = [*health.router.routes, *measures.router.routes]
    assert set(told) == {route.path for route in served if isinstance(route, APIRoute)}
