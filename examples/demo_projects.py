"""The ordinary projects of the demo, drawn from each donor's policy profile with a fixed seed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from examples import demo_words
from examples.demo_model import Dice, Flow, Party, Project, read_vocabulary
from examples.demo_money import draw_flows, spread_budgets
from examples.demo_words import Facts

ATTEMPTS = 400


class Drawing:
    """The vocabulary, and the titles used so far (no title comes twice)."""

    def __init__(self) -> None:
        self.patterns: dict[str, dict[str, Any]] = read_vocabulary("patterns")
        self.places: dict[str, Any] = read_vocabulary("places")
        self.rules: dict[str, Any] = read_vocabulary("rules")
        self.words = demo_words.read_words()
        self.titles: set[str] = set()

    def is_allowed(self, donor: str, codes: list[str], pattern: str) -> bool:
        """False where the rules want a gap, or leave the area to another donor."""
        for code in codes:
            for area in self.patterns[pattern]["florence"]:
                only = self.rules["single"].get(f"{code} {area}", donor)
                if area in self.rules["gaps"].get(code, []) or only != donor:
                    return False
        return True

    def has_words(self, language: str, pattern: str) -> bool:
        return pattern in self.words[language]


def draw_projects(donors: list[dict[str, Any]], taken: set[str]) -> list[Project]:
    """All ordinary projects, donor by donor in the order given; no title is one of `taken`."""
    drawing = Drawing()
    drawing.titles |= taken
    return [project for donor in donors for project in draw_donor(drawing, donor)]


def draw_donor(drawing: Drawing, donor: dict[str, Any]) -> list[Project]:
    """`count` projects: first what the profile says must be there, then by its weights."""
    dice = Dice(f"tessera-demo {donor['ref']}")
    wishes = [tuple(wish.split()) for wish in donor["must"]]
    projects: list[Project] = []
    while len(projects) < donor["count"]:
        number = len(projects)
        project = None
        for _ in range(ATTEMPTS):
            place, area = wishes[number] if number < len(wishes) else draw_subject(dice, donor)
            project = draw_project(drawing, dice, donor, number, place.split("+"), area)
            if project:
                break
        if project is None:
            raise ValueError(f"no project fits {donor['ref']} number {number}: {place} {area}")
        projects.append(project)
    return projects


def draw_subject(dice: Dice, donor: dict[str, Any]) -> tuple[str, str]:
    """A place and an area of the donor's profile; one in nine covers two countries."""
    place = dice.weighted(donor["countries"])
    other = dice.weighted(donor["countries"])
    if other != place and dice.chance(0.11):
        place = f"{place}+{other}"
    return place, dice.weighted(donor["areas"])


def draw_pattern(drawing: Drawing, dice: Dice, donor: dict[str, Any], codes: list[str], area: str) -> str:
    """A pattern of the area that the language has and the rules allow; "" if there is none."""
    language = language_of(donor, codes)
    fitting = [
        key
        for key in drawing.patterns
        if key.startswith(area) and drawing.has_words(language, key)
        if drawing.is_allowed(donor["ref"], codes, key)
    ]
    return dice.pick(fitting) if fitting else ""


def language_of(donor: dict[str, Any], codes: list[str]) -> str:
    languages: dict[str, str] = donor["lang"]
    return languages.get(codes[0], languages["default"])


def draw_project(
    drawing: Drawing, dice: Dice, donor: dict[str, Any], number: int, codes: list[str], area: str
) -> Project | None:
    """One project, or None if the draw does not fit or its title is taken."""
    pattern = draw_pattern(drawing, dice, donor, codes, area)
    if not pattern:
        return None
    facts = draw_facts(drawing, dice, donor, codes)
    language = language_of(donor, codes)
    turn = demo_words.draw_turn(dice)
    if not facts.town and demo_words.needs_town(drawing.words[language], pattern, turn):
        return None
    titles, descriptions = write_narratives(drawing, donor, language, (pattern, turn), codes, facts)
    if titles[language] in drawing.titles:
        return None
    drawing.titles.add(titles[language])
    reporter = Party(donor["ref"], donor["name"], donor["type"])
    funder = choose_funder(drawing, donor, number, reporter)
    project = Project(
        identifier=f"{donor['ref']}-{facts.start.year}{place_mark(codes)}{number + 1:03d}",
        reporter=reporter,
        pattern=pattern,
        titles=titles,
        descriptions=descriptions,
        start=facts.start,
        end=facts.end,
        currency=donor["currency"],
        florence=drawing.patterns[pattern]["florence"],
        rome=drawing.patterns[pattern]["rome"],
        places=list(zip(codes, draw_shares(dice, len(codes)), strict=True)),
        sectors=draw_sectors(drawing, dice, pattern),
        towns=[facts.town] if facts.town else [],
        funder=funder,
        implementer=facts.partner,
    )
    add_money(dice, donor, project)
    return project


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; `day` is not after the 28th."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


def place_mark(codes: list[str]) -> str:
    """The country in an identifier; RG for a region."""
    return codes[0] if len(codes[0]) == 2 else "RG"


def draw_facts(drawing: Drawing, dice: Dice, donor: dict[str, Any], codes: list[str]) -> Facts:
    """Dates, town, partner and numbers of people."""
    first, last = donor["years"]
    start = date(dice.number(first, last), dice.pick([1, 1, 2, 3, 4, 6, 7, 9, 10]), dice.pick([1, 1, 15]))
    months = dice.pick([12, 18, 24, 30, 36, 36, 48, 60])
    home = drawing.places[codes[0]]
    partner = Party("", dice.pick(home["partners"]), "24")
    if dice.chance(0.35):
        partner = Party(*dice.pick(drawing.rules["implementers"]))
    if partner.name == donor["name"]:
        partner = Party("", home["partners"][0], "24")
    return Facts(
        start=start,
        end=add_months(start, months) - timedelta(days=1),
        town=dice.pick(home["towns"]) if "towns" in home else [],
        partner=partner,
        n=dice.number(90, 980) * dice.pick([5, 10, 20]),
        m=dice.number(18, 460),
    )


def write_narratives(
    drawing: Drawing,
    donor: dict[str, Any],
    language: str,
    subject: tuple[str, tuple[int, int, int]],
    codes: list[str],
    facts: Facts,
) -> tuple[dict[str, str], dict[str, str]]:
    """Titles and descriptions in the donor's language and, where it has one, its second."""
    titles: dict[str, str] = {}
    descriptions: dict[str, str] = {}
    second = donor.get("second", language)
    pattern, (title, text, closing) = subject
    turn = title, text % len(drawing.words[language][pattern]["texts"]), closing
    for key in dict.fromkeys([language, second]):
        fields = demo_words.fill_words(key, codes, drawing.places, facts)
        titles[key], descriptions[key] = demo_words.write_words(drawing.words[key], pattern, turn, fields)
    return titles, descriptions


def draw_shares(dice: Dice, count: int) -> list[int | None]:
    """Percentages that sum to 100; for one country in three left out, as reporters do."""
    if count == 1:
        return [100 if dice.chance(0.65) else None]
    parts: list[int | None] = [100 // count] * count
    first = dice.pick([40, 50, 55, 60])
    return [first, 100 - first] if count == 2 else [100 - 100 // count * (count - 1), *parts[1:]]


def draw_sectors(drawing: Drawing, dice: Dice, pattern: str) -> list[tuple[str, int | None]]:
    """The pattern's DAC sectors; the first has the greater share."""
    codes = [str(code) for code in drawing.patterns[pattern]["sectors"]]
    if len(codes) == 1:
        return [(codes[0], 100)]
    first = dice.pick([50, 60, 70, 75])
    return [(codes[0], first), (codes[1], 100 - first)]


def choose_funder(drawing: Drawing, donor: dict[str, Any], number: int, own: Party) -> Party:
    """The reporter itself, or the donor that never reports where it funds through this reporter."""
    silent = drawing.rules["silent"]
    through = {"GB-CHC-9900117": 5, "KH-GOV-9901": 3, "XM-DAC-41122": 16}.get(donor["ref"], 0)
    if through and number % through == through - 1:
        return Party(silent["ref"], silent["name"], silent["type"])
    return own


def add_money(dice: Dice, donor: dict[str, Any], project: Project) -> None:
    """Budgets and transactions of one draw of the donor's range; some euro amounts have cents."""
    cents = dice.amount(donor["low"], donor["high"]) * 100
    if project.currency == "EUR" and dice.chance(0.3):
        cents += dice.number(1, 99)
    project.budgets = spread_budgets(donor, project.start, project.end, cents)
    ends = project.reporter, project.implementer
    project.flows = draw_flows(dice, donor, project.start, project.end, cents, ends)
    if project.funder != project.reporter:
        day = project.start - timedelta(days=10)
        incoming = Flow("11", day, cents, provider=project.funder, receiver=project.reporter)
        project.flows.insert(0, incoming)
