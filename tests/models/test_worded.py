"""A text that is put together is its English text, and keeps how it was made wherever it goes."""

import ast
import copy
import pickle
import re
from pathlib import Path

import pytest

from app.models.worded import Worded, as_worded, listed, pack_wording, unpack_wording, worded

ROOT = Path(__file__).parents[2]
TEXT = worded("“%(value)s” is %(share)s%% of row %(row)s.", value="x", share="12.5", row=7)
NESTED = worded("“%(file)s”: %(reason)s", file="a.zip", reason=TEXT)


def test_it_is_its_english_text() -> None:
    assert TEXT == "“x” is 12.5% of row 7."
    assert hash(TEXT) == hash("“x” is 12.5% of row 7.")
    assert (TEXT.template, TEXT.facts["row"]) == ("“%(value)s” is %(share)s%% of row %(row)s.", "7")
    assert NESTED == "“a.zip”: “x” is 12.5% of row 7."
    assert as_worded("Write a share as 40%.") == "Write a share as 40%."
    assert listed([worded("“%(name)s”", name="a"), "b"]) == "“a”, b"


@pytest.mark.parametrize("text", [TEXT, NESTED, as_worded("Nothing to do.")])
def test_it_survives_its_way_to_another_process(text: Worded) -> None:
    for other in (pickle.loads(pickle.dumps(text)), copy.deepcopy(text)):
        assert (other, other.template, other.facts) == (text, text.template, text.facts)
        assert type(other) is Worded


def test_only_what_was_put_together_is_packed() -> None:
    assert pack_wording(message="The file is empty.", hint=as_worded("Nothing to do.")) is None
    packed = pack_wording(message=NESTED, hint="Nothing to do.")
    found = unpack_wording(packed)
    assert list(found) == ["message"]
    reason = found["message"].facts["reason"]
    assert isinstance(reason, Worded)
    assert (found["message"], reason.template) == (NESTED, TEXT.template)
    assert unpack_wording(None) == {}


def _calls() -> list[tuple[str, str, set[str]]]:
    """Where `worded` is called with a template in place, the template, and the names of its facts."""
    found = []
    for path in (*ROOT.glob("importers/**/*.py"), *ROOT.glob("app/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "worded":
                template = node.args[0]
                if isinstance(template, ast.Constant):
                    facts = {str(keyword.arg) for keyword in node.keywords}
                    found.append((f"{path.name}:{node.lineno}", str(template.value), facts))
    return found


def test_every_template_has_just_its_facts() -> None:
    calls = _calls()
    assert len(calls) > 100
    for place, template, facts in calls:
        assert set(re.findall(r"%\((\w+)\)s", template)) == facts, place
        assert template % dict.fromkeys(facts, "x"), place
