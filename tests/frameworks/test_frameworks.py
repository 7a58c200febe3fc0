"""The built-in frameworks, and frameworks that users bring."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.frameworks import (
    MATCHES,
    FrameworkError,
    framework_key_of,
    load_builtin,
    load_crosswalk,
    load_framework,
    vocabulary_uri,
)

OWN = """
key: child-plan
title: National child protection plan
version: "2024"
groups: [{code: A, title: Prevention}]
areas:
  - {code: A1, group: A, title: Schools, titles: {fr: Écoles}}
  - {code: 2, title: Courts, replaces: [tribunals]}
"""


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    assert book.active
    for row in rows:
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_the_built_in_frameworks_and_their_areas() -> None:
    found = {framework.key: len(framework.areas) for framework in load_builtin()}
    assert found == {
        "florence-2008": 15,
        "rome-2012": 16,
        "inspire-2016": 7,
        "italian-cooperation-2008": 4,
        "sdg-2030": 4,
        "exploitation-forms": 9,
    }
    assert [framework.key for framework in load_builtin() if framework.primary] == ["florence-2008"]


def test_every_title_is_there_in_six_languages() -> None:
    for framework in load_builtin():
        for titled in (framework, *framework.groups, *framework.areas):
            assert set(titled.titles) == {"fr", "es", "it", "pt", "ar"}, titled.code
            assert all(titled.titles.values()), titled.code


def test_a_title_in_the_language_of_the_page() -> None:
    area = next(area for area in load_builtin()[0].areas if area.code == "N2")
    assert area.title_in("en") == "National plans of action"
    assert area.title_in("fr-CA") == "Plans d'action nationaux"
    assert area.title_in("de") == "National plans of action"


def test_forms_know_the_wording_they_replace() -> None:
    forms = {area.code: area for area in load_builtin()[-1].areas}
    assert "child prostitution" in forms["PROS"].replaces


def test_the_crosswalk_names_areas_that_exist() -> None:
    areas = {(framework.key, area.code) for framework in load_builtin() for area in framework.areas}
    assert len(load_crosswalk()) == 45
    for match in load_crosswalk():
        assert {(match.framework, match.area), (match.other_framework, match.other_area)} <= areas
        assert match.match in MATCHES


def test_a_framework_of_ones_own_in_yaml(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(OWN, encoding="utf-8")
    framework = load_framework(file)
    assert (framework.key, framework.version, framework.short_title) == (
        "child-plan",
        "2024",
        framework.title,
    )
    assert [(area.code, area.group, area.replaces) for area in framework.areas] == [
        ("A1", "A", ()),
        ("2", None, ("tribunals",)),
    ]
    assert load_framework(OWN.encode()) == framework


def test_a_framework_of_ones_own_in_a_workbook() -> None:
    content = workbook(
        ("Our plan", None, None, None),
        (None, None, None, None),
        ("Code", "Title", "Group", "Summary"),
        (1, "Schools", "Prevention", "Teachers"),
        (None, None, None, None),
        (2, "Courts", None, None),
    )
    framework = load_framework(content, name="Plan d'État 2024.xlsx")
    assert (framework.key, framework.title, framework.version) == (
        "plan-d-etat-2024",
        "Plan d'État 2024",
        "1",
    )
    assert [group.code for group in framework.groups] == ["Prevention"]
    assert [(area.code, area.title, area.group, area.summary) for area in framework.areas] == [
        ("1", "Schools", "Prevention", "Teachers"),
        ("2", "Courts", None, ""),
    ]


def test_all_problems_of_a_file_are_named_at_once_with_their_place() -> None:
    content = OWN.replace("version:", "edition:").replace("key: child-plan", "key: Child plan")
    content = content.replace("group: A, title: Schools", "group: B").replace("code: 2", "code: A1")
    fields = "areas, groups, key, matches, primary, short_title, title, titles, version"
    with pytest.raises(FrameworkError) as refused:
        load_framework(content.encode())
    assert list(refused.value.problems) == [
        "The file: no version. Add a line such as `version: ...` at the top.",
        "key 'Child plan': only small letters, digits and hyphens can stand in an address. Rename it.",
        f"The file: 'edition' is not known here. Use only {fields}.",
        "Line 7, area A1: no title. Every area needs one.",
        "Area A1: this code is given 2 times (Line 7, area A1; Line 8, area A1). Give each area its own.",
        "Line 7, area A1: there is no group 'B'. Add it under groups.",
    ]


def test_a_problem_in_a_workbook_names_sheet_and_row() -> None:
    content = workbook(("code", "title"), ("A", "Schools"), ("B", None), ("A", "Courts"))
    with pytest.raises(FrameworkError) as refused:
        load_framework(content, name="plan.xlsx")
    assert list(refused.value.problems) == [
        "Sheet Sheet, row 3, area B: no title. Every area needs one.",
        "Area A: this code is given 2 times (Sheet Sheet, row 2, area A; Sheet Sheet, row 4, area A). Give each area its own.",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no framework found"),
        (b"- one\n- two\n", "no framework found"),
        (b"key: x\ntitle: [unclosed\n", r"Line 3, column 1: no valid YAML"),
        (b"title: \xff\xfe", "no valid YAML"),
        (b"key: x\ntitle: X\nversion: 1\nareas: []\n", "areas: there are none"),
        (b"key: x\ntitle: X\nversion: 1\nareas: [N1, N2]\n", "Area 1: 'N1' has no code and title"),
        (b"PK\x03\x04 not really a workbook", "no readable sheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "no readable sheet"),
        (workbook(("Area", "Name"), ("A", "Schools")), "Sheet Sheet: no columns code and title"),
        (workbook(("code", "title")), "areas: there are none"),
    ],
)
def test_a_file_that_is_no_framework_is_refused_with_the_reason(content: bytes, message: str) -> None:
    with pytest.raises(FrameworkError, match=message):
        load_framework(content, name="plan.xlsx")


def test_the_vocabulary_uri_of_any_installation_is_recognised() -> None:
    assert vocabulary_uri("florence-2008") == "https://tessera.example/frameworks/florence-2008"
    assert framework_key_of(vocabulary_uri("florence-2008")) == "florence-2008"
    assert framework_key_of("http://donors.example.org/app/frameworks/rome-2012/") == "rome-2012"
    assert framework_key_of("https://tessera.example/frameworks/") is None
    assert framework_key_of("https://example.org/codelists/rome-2012") is None
    assert framework_key_of("") is None
