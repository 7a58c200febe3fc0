"""A framework that came without words gets them from its titles and from areas that it answers to."""

from app.frameworks import Area, AreaMatch, Framework
from app.rules.lexicon.derive import derive_lexicon
from app.rules.suggest import Suggester, suggest_all

PLAN = Framework(
    "ours", "Our plan", "Ours", "3", (),
    (
        Area("P1", "Foster families for orphans", titles={"fr": "Familles d'accueil"}),
        Area("P2", "Judges, clinics and courts"),
        Area("P3", "Whatever", summary="Radio spots for fishermen; bicycle repair lessons"),
    ),
)  # fmt: skip


def codes(text: str, *matches: AreaMatch) -> list[str]:
    return [area.code for area in Suggester(derive_lexicon(PLAN, matches)).suggest(text).areas]


def test_titles_are_the_words() -> None:
    assert codes("Child protection: fostering orphans in family homes, foster families for forty orphans") == ["P1"]
    assert codes("Protection des enfants : des familles d'accueil à Lomé") == ["P1"]
    assert codes("Child protection: roads and bridges") == []


def test_the_crosswalk_lends_the_words_of_areas_alike_in_both_directions() -> None:
    text = "Child protection: a free helpline"
    assert codes(text) == []
    assert codes(text, AreaMatch("ours", "P3", "florence-2008", "N4", "close")) == ["P3"]
    assert codes(text, AreaMatch("florence-2008", "N4", "ours", "P3", "broad")) == ["P3"]
    assert codes(text, AreaMatch("ours", "P3", "florence-2008", "N4", "related")) == []


def test_overrides_lie_over_what_was_derived() -> None:
    ours = derive_lexicon(PLAN, (), {"version": "3b", "areas": {"P2": {"terms": {"titles": ["magic lantern*"]}}}})
    assert ours.version == "3b"
    found = suggest_all("Child protection with magic lanterns", lexicons=(ours,))
    assert [area.code for area in found["ours"].areas] == ["P2"]
