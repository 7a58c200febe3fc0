"""Titles and descriptions: the vocabulary of a language filled with places, partners and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from examples.demo_model import Dice, Party, read_vocabulary

LANGUAGES = ("en", "fr", "es", "it", "pt")
AND = {"en": "and", "fr": "et", "es": "y", "it": "e", "pt": "e"}
THOUSANDS = {"en": ",", "fr": "\u00a0", "es": ".", "it": ".", "pt": "."}

Words = dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class Facts:
    """What fills the placeholders: dates, town (name, province, ...), partner, numbers of people."""

    start: date
    end: date
    town: list[Any]
    partner: Party
    n: int
    m: int


def read_words() -> dict[str, Words]:
    """Pattern -> {titles, texts} by language; `closings` holds the sentences that may follow."""
    other = read_vocabulary("words_other")
    words: dict[str, Words] = {}
    for language in LANGUAGES:
        closings = {"closings": {"texts": other[language].pop("closings")}}
        words[language] = {**read_vocabulary(f"words_{language}"), **other[language], **closings}
    return words


def name_places(codes: list[str], places: dict[str, Any], language: str, form: str) -> str:
    """`in Kenya and Mozambique` (form "in") or `Kenya, Mozambique` (form "name")."""
    names = [str(places[code][form][language]) for code in codes]
    if len(names) == 1:
        return names[0]
    if form == "name":
        return ", ".join(names)
    if language == "en":
        names = names[:1] + [name.removeprefix("in ") for name in names[1:]]
    return ", ".join(names[:-1]) + f" {AND[language]} " + names[-1]


def fill_words(language: str, codes: list[str], places: dict[str, Any], facts: Facts) -> dict[str, str]:
    """The values of all placeholders in one language."""
    mark = THOUSANDS[language]
    return {
        "in": name_places(codes, places, language, "in"),
        "country": name_places(codes, places, language, "name"),
        "town": facts.town[0] if facts.town else "",
        "province": facts.town[1] if facts.town else "",
        "partner": facts.partner.name,
        "n": f"{facts.n:,}".replace(",", mark),
        "m": f"{facts.m:,}".replace(",", mark),
        "y1": str(facts.start.year),
        "y2": str(facts.end.year),
    }


def write_words(words: Words, pattern: str, turn: tuple[int, int, int], fields: dict[str, str]) -> tuple[str, str]:
    """Title and description: the variants numbered in `turn` (title, text, closing)."""
    titles, texts, closings = words[pattern]["titles"], words[pattern]["texts"], words["closings"]["texts"]
    title = titles[turn[0] % len(titles)].format_map(fields)
    text = texts[turn[1] % len(texts)]
    counts = "{m}" in text or "{n}" in text or pattern[0] in "RID"  # people are counted once, or not at all
    barred = ["{town}"] * (not fields["town"]) + ["{m}"] * counts
    usable = [closing for closing in closings if not any(mark in closing for mark in barred)]
    description = text + " " + usable[turn[2] % len(usable)]
    return title, description.format_map(fields)


def needs_town(words: Words, pattern: str, turn: tuple[int, int, int]) -> bool:
    """True if the title or text of this turn names a town or province."""
    parts = words[pattern]["titles"], words[pattern]["texts"]
    chosen = "".join(part[number % len(part)] for part, number in zip(parts, turn[:2], strict=True))
    return "{town}" in chosen or "{province}" in chosen


def draw_turn(dice: Dice) -> tuple[int, int, int]:
    return dice.number(0, 5), dice.number(0, 5), dice.number(0, 39)
