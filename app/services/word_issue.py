"""What importers and checks say of a file, in the reader's language."""

from dataclasses import replace

from app.formats import isolate
from app.languages import gettext
from app.models.issue import Issue
from app.models.worded import Worded


def word_issue(issue: Issue) -> Issue:
    """The issue with its message and hint in the reader's language."""
    return replace(issue, message=word_text(issue.message), hint=word_text(issue.hint))


def word_text(text: str) -> str:
    """A message or hint in the reader's language; in English where its translation is faulty, or there is none."""
    if not isinstance(text, Worded) or not text.facts:
        return gettext(text) if text else ""
    facts = {name: word_text(fact) if isinstance(fact, Worded) else isolate(fact) for name, fact in text.facts.items()}
    try:
        return gettext(text.template) % facts
    except (KeyError, ValueError, TypeError):
        return str(text)
