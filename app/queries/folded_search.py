"""Conditions on columns of folded words, and on lists that are kept as JSON."""

import json
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true

from app.rules.folded_text import fold_words
from app.rules.terminology import search_variants


def has_words(column: Any, words: str) -> ColumnElement[bool]:
    """Whether a column of folded words has the beginning of every word, in whatever order; in old terms or in new ones."""
    return or_(*(_has_all(column, one) for one in search_variants(words)))


def _has_all(column: Any, words: str) -> ColumnElement[bool]:
    return and_(true(), *(column.contains(f" {word}", autoescape=True) for word in fold_words(words).split()))


def lists(column: Any, *texts: str) -> ColumnElement[bool]:
    """Whether a JSON list of texts has one of these."""
    return or_(*(column.contains(json.dumps(one, ensure_ascii=False), autoescape=True) for one in texts))
