"""Suggest areas for one text that is in no database."""

from collections.abc import Sequence
from typing import Any

from app.rules.lexicon import Lexicon
from app.rules.suggest import AreaSuggestion, Suggester, suggester


def suggest_text(
    text: str, framework: str = "florence-2008", sectors: Sequence[str] = (), countries: Sequence[str] = (),
    lexicon: Lexicon | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Relevance, areas, forms and their evidence, as the contract names them. Raises NotFound for a framework
    without words; `lexicon`: those to use instead of the built-in ones."""
    suggests = Suggester(lexicon) if lexicon else suggester(framework)
    found = suggests.suggest(text, sectors, countries)
    return {
        "relevance": found.relevance,
        "areas": [_area(one) for one in found.areas],
        "forms": [_area(one) for one in found.forms],
    }


def _area(one: AreaSuggestion) -> dict[str, Any]:
    return {"area": one.code, "share": one.share, "confidence": one.confidence, "evidence": list(one.evidence)}
