"""Words learned from confirmed areas: used only where they beat the word list, said, switched off again."""

import json
import sys

import pytest

from app.cli import main
from app.errors import InvalidInput, NotFound
from app.services.learn_areas import learn_areas, read_learned, switch_learned
from app.services.suggest_areas import suggest_areas
from tests.services.iati_files import activity, area, country, description, spent
from tests.services.stored import Portfolio, areas, findings, query

FRAMEWORK = "florence-2008"
PLACES = ["river", "hill", "lake", "field", "forest", "harbour", "market", "valley", "island", "meadow"]


@pytest.fixture(autouse=True)
def holds_every_invariant(portfolio: Portfolio) -> object:
    yield
    assert findings() == []


def example(number: int, words: str, code: str) -> str:
    text = f"{words} near the {PLACES[number % 10]}, child protection from abuse in district {number}"
    tags = [area(code)] if code else []
    return activity(f"XX-1-{number:02}", country("KH"), description(text), *tags, spent("2019-05-01", 1), title="Help")


def take_examples(portfolio: Portfolio) -> None:
    """Half of them say `moonflower`, which no word list holds; the others are found by the word list as it is."""
    told = [example(number, "Moonflower tables of girls and boys", "O1") for number in range(16)]
    listed = [example(number, "Legal aid for child victims", "N3") for number in range(16, 32)]
    waiting = example(40, "Moonflower tables for children", "")
    portfolio.take(*told, *listed, waiting)


def test_what_was_learned_is_used_where_it_is_better_and_says_so(
    portfolio: Portfolio, capsys: pytest.CaptureFixture[str]
) -> None:
    take_examples(portfolio)
    assert "O1" not in areas("XX-1-40")
    assert main(["learn", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    by_code = {one["code"]: one for one in answer["areas"]}
    assert (answer["version"], answer["projects"], answer["is_on"]) == (1, 32, True)
    assert (by_code["O1"]["listed_f1"], by_code["O1"]["is_used"]) == (0.0, True)
    assert (by_code["N3"]["listed_f1"], by_code["N3"]["is_used"]) == (1.0, False)
    assert areas("XX-1-40")["O1"][:2] == ("suggestion", "suggested")
    [(evidence,)] = query("SELECT m.evidence FROM area_mapping m JOIN activity a ON a.id = m.activity_id JOIN area r ON"
                          " r.id = m.area_id WHERE a.identifier = 'XX-1-40' AND r.code = 'O1'")  # fmt: skip
    assert {"Moonflower", "learned-1"} <= set(json.loads(evidence))
    assert main(["map", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["learned"] == {FRAMEWORK: {"version": 1, "areas": ["O1"]}}
    assert main(["learn", "--off"]) == 0
    assert "O1       word list 0.00   learned" in capsys.readouterr().out
    assert "O1" not in areas("XX-1-40")
    assert switch_learned(FRAMEWORK, True).used == ["O1"]


def test_too_little_is_refused_and_so_is_learning_without_the_extra(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    portfolio.take(example(1, "Moonflower", "O1"))
    with pytest.raises(InvalidInput, match="1 projects are decided"):
        learn_areas(FRAMEWORK)
    with pytest.raises(NotFound):
        learn_areas("nobody-knows")
    with pytest.raises(NotFound, match="Nothing was learned"):
        switch_learned(FRAMEWORK, False)
    take_examples(portfolio)
    monkeypatch.setitem(sys.modules, "sklearn.feature_extraction.text", None)
    with pytest.raises(InvalidInput, match="scikit-learn"):
        learn_areas(FRAMEWORK)
    assert read_learned() == {}
    assert suggest_areas(FRAMEWORK) == 0
