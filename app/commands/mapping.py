"""Areas suggested, frameworks loaded."""

import argparse
import json
from pathlib import Path
from typing import Any

from app.commands.base import add_command, make_ready


def add_mapping(commands: Any) -> None:
    mapping = add_command(commands, "map", "suggest areas for projects without confirmed ones", _map)
    mapping.add_argument("--framework", metavar="KEY")
    mapping.add_argument("--all", action="store_true", help="in every framework that has a word list")
    mapping.add_argument("--json", action="store_true")
    learn = add_command(
        commands, "learn", "learn words from confirmed areas, and use them where they do better", _learn
    )
    learn.add_argument("--framework", default="florence-2008", metavar="KEY")
    learn.add_argument("--off", action="store_true", help="use the word list alone again")
    learn.add_argument("--on", action="store_true", help="use what was learned again")
    learn.add_argument("--json", action="store_true")
    suggest = add_command(commands, "suggest", "suggest areas for texts in JSON Lines; touches no database", _suggest)
    suggest.add_argument("file", type=Path, metavar="FILE.jsonl")
    suggest.add_argument("--framework", default="florence-2008", metavar="KEY")
    frameworks = add_command(commands, "frameworks", "list frameworks, or load one", _list_frameworks)
    frameworks.add_argument("--json", action="store_true")
    load = add_command(
        frameworks.add_subparsers(metavar="ACTION"), "load", "add a framework or bring it up to date", _load_framework
    )
    load.add_argument("file", type=Path)


def _map(arguments: argparse.Namespace) -> int:
    from app import database
    from app.rules.permissions import OPERATOR
    from app.services.learn_areas import read_learned
    from app.services.list_mappings import list_mappings
    from app.services.suggest_areas import suggest_areas

    make_ready()
    framework = None if arguments.all else arguments.framework or "florence-2008"
    changed = suggest_areas(framework)
    if arguments.json:
        with database.read() as connection:
            mapped = list_mappings(connection, OPERATOR, framework)
        learned = {key: {"version": one.version, "areas": one.used} for key, one in read_learned().items() if one.used
                   and framework in (None, key)}  # fmt: skip
        print(json.dumps({"framework": framework, "projects": changed, "learned": learned, "mappings": mapped},
                         ensure_ascii=False))  # fmt: skip
    else:
        print(f"{changed} projects have new suggestions.")
    return 0


def _learn(arguments: argparse.Namespace) -> int:
    from app.services.learn_areas import describe_learned, learn_areas, switch_learned
    from app.services.suggest_areas import suggest_areas

    make_ready()
    key = arguments.framework
    learned = switch_learned(key, arguments.on) if arguments.on or arguments.off else learn_areas(key)
    changed = suggest_areas(key)
    if arguments.json:
        print(json.dumps({**describe_learned(learned), "changed": changed}, ensure_ascii=False))
        return 0
    print(f"{key}, version {learned.version}: learned from {learned.projects} projects")
    for area in learned.areas:
        used = "used" if area.code in learned.used else "not used"
        print(f"{area.code:<8} word list {area.listed_f1:.2f}   learned {area.learned_f1:.2f}   {used}")
    print(f"{changed} projects have new suggestions.")
    return 0


def _suggest(arguments: argparse.Namespace) -> int:
    from app.services.suggest_lines import suggest_lines

    with arguments.file.open(encoding="utf-8") as lines:
        for answer in suggest_lines(lines, arguments.framework):
            print(json.dumps(answer, ensure_ascii=False))
    return 0


def _list_frameworks(arguments: argparse.Namespace) -> int:
    from app import database
    from app.queries.frameworks import list_frameworks

    make_ready()
    with database.read() as connection:
        frameworks = list_frameworks(connection)
    if arguments.json:
        print(json.dumps([_framework_document(one) for one in frameworks], ensure_ascii=False, indent=1))
    for one in () if arguments.json else frameworks:
        print(f"{one.key:<28} {one.version:<8} {len(one.areas):>3} areas  {one.title}")
    return 0


def _framework_document(framework: Any) -> dict[str, Any]:
    areas = [{"code": area.code, "title": area.title, "group": area.group_code or None} for area in framework.areas]
    return {"key": framework.key, "version": framework.version, "title": framework.title,
            "primary": framework.is_primary, "areas": areas}  # fmt: skip


def _load_framework(arguments: argparse.Namespace) -> int:
    from app.services.load_framework_file import load_framework_file

    make_ready()
    loaded = load_framework_file(arguments.file)
    print(f"{loaded.framework.key}: {len(loaded.framework.areas)} areas")
    for area in loaded.undecided:
        print(f"{area.code} {area.title}: no longer in the framework, {area.projects} projects need a decision")
    for match in loaded.unknown_matches:
        print(f"match {match.area} to {match.other_framework}/{match.other_area}: left out, that area is not here")
    return 0
