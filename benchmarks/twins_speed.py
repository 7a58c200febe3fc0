"""How long the search for likely twins takes over 100,000 projects, and how many of the planted ones it finds.

Projects are written with the words of the demo (examples/vocabulary) for invented districts, by 200 organisations
that name each other as implementers; among them 1,000 pairs are planted: a donor's report and its partner's, the
title reworded as people do it (words turned round, a typing error, a shorter name of the place, a suffix, or another
language: not to be found), the dates moved, the amounts at another rate, the donor named or not. Wanted: precision of
0.95 at a recall of 0.85, in 60 s. Run alone: python -m benchmarks.twins_speed [--projects 100000]
"""

import argparse
import os
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

WANTED, PRECISION, RECALL = 60.0, 0.95, 0.85
ORGANISATIONS = 200
ACTIVITY = """<iati-activity default-currency="USD" xml:lang="en">
<iati-identifier>{identifier}</iati-identifier><reporting-org ref="{reporter}" type="10"><narrative>Organisation {reporter}</narrative></reporting-org>
<title><narrative>{title}</narrative></title>{parties}<activity-status code="2"/><activity-date iso-date="{start}" type="2"/>
<activity-date iso-date="{end}" type="4"/><recipient-country code="{country}"/>{money}</iati-activity>
"""
PARTY = '<participating-org ref="{ref}" role="{role}" type="10"/>'
PAID = (
    '<transaction><transaction-type code="{kind}"/><transaction-date iso-date="{year}-03-01"/>'
    '<value value-date="{year}-03-01">{amount}</value></transaction>'
)
SYLLABLES = ("ba", "ka", "lo", "mi", "ra", "su", "te", "na", "po", "vi", "go", "she", "dra", "mu", "ki", "lan", "tor", "bel")  # fmt: skip


class Maker:
    """Writes projects, always the same ones."""

    def __init__(self) -> None:
        from app.codelists import codes
        from examples.demo_words import read_words

        self.draw = random.Random(1996)
        self.words = read_words()
        self.countries = [code for code in codes("Country") if len(code) == 2][:120]
        self.references = [f"XX-{number}" for number in range(ORGANISATIONS)]
        self.written = 0

    def titles(self, place: str) -> tuple[str, str]:
        """A title, and the same in another language."""
        pattern = self.draw.choice(sorted(set(self.words["en"]) - {"closings"}))
        number = self.draw.randrange(len(self.words["en"][pattern]["titles"]))
        fields = {"in": f"in {place}", "country": place, "town": place, "province": place, "partner": "Local Network",
                  "n": "200", "m": "40", "y1": "2019", "y2": "2021"}  # fmt: skip
        other = self.words["es"].get(pattern, self.words["en"][pattern])["titles"]
        return (
            self.words["en"][pattern]["titles"][number].format_map(fields),
            other[number % len(other)].format_map(fields),
        )

    def place(self) -> str:
        return "".join(self.draw.choices(SYLLABLES, k=self.draw.choice((2, 3, 3)))).capitalize()

    def project(self) -> dict[str, Any]:
        reporter, first = self.draw.choice(self.references), self.draw.randint(2010, 2022)
        self.written += 1
        title, translated = self.titles(self.place())
        implementer = self.draw.choice(self.references) if self.draw.random() < 0.5 else ""
        return {
            "identifier": f"{reporter}-{self.written}", "reporter": reporter, "title": title, "translated": translated,
            "funder": "", "implementer": implementer, "first": first, "last": first + self.draw.randint(1, 3),
            "country": self.draw.choice(self.countries), "amount": self.draw.randint(20, 9000) * 1000,
        }  # fmt: skip

    def partner_of(self, one: dict[str, Any]) -> dict[str, Any]:
        """The same project as its partner reports it."""
        draw = self.draw
        reporter = draw.choice([ref for ref in self.references if ref != one["reporter"]])
        self.written += 1
        moved = draw.choice((0, 0, 0, 1))
        is_named, is_exact = draw.random() < 0.8, draw.random() < 0.75
        return {
            **one, "identifier": f"{reporter}-{self.written}", "reporter": reporter, "title": self.reworded(one),
            "funder": one["reporter"] if is_named else "", "implementer": "", "first": one["first"] + moved,
            "last": one["last"] + moved,
            "amount": round(one["amount"] * (draw.uniform(0.94, 1.06) if is_exact else draw.uniform(0.3, 0.8))),
        }  # fmt: skip

    def reworded(self, one: dict[str, Any]) -> str:
        title, chance = str(one["title"]), self.draw.random()
        words = title.split()
        if chance < 0.06:
            return str(one["translated"])
        if chance < 0.30:
            return " ".join([*words[2:], *words[:2]])
        if chance < 0.50:
            longest = max(words, key=len)
            return title.replace(longest, longest[:3] + longest[4:])
        if chance < 0.65:
            return title.replace(" in ", ", ").upper()
        return f"{title} (II)" if chance < 0.70 else title


def write_projects(path: Path, count: int) -> set[frozenset[str]]:
    """A file of `count` projects; the identifiers of the planted pairs, a hundredth of them."""
    maker, planted = Maker(), set[frozenset[str]]()
    with path.open("w", encoding="utf-8") as out:
        out.write('<iati-activities version="2.03">\n')
        while maker.written < count:
            one = maker.project()
            out.write(_xml(one))
            if maker.written % 100 < 1:
                other = maker.partner_of(one)
                out.write(_xml(other))
                planted.add(frozenset((one["identifier"], other["identifier"])))
        out.write("</iati-activities>\n")
    return planted


def _xml(one: dict[str, Any]) -> str:
    parties = "".join(
        PARTY.format(ref=one[who], role=role) for who, role in (("funder", 1), ("implementer", 4)) if one[who]
    )
    money = PAID.format(kind=2, year=one["first"], amount=one["amount"])
    money += PAID.format(kind=3, year=one["first"], amount=one["amount"] * 2 // 3)
    return ACTIVITY.format(
        identifier=one["identifier"], reporter=one["reporter"], title=escape(one["title"]), parties=parties, money=money,
        start=f"{one['first']}-01-01", end=f"{one['last']}-12-31", country=one["country"],
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=100_000)
    arguments, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TESSERA_DATA_DIR"] = folder
        os.environ.pop("TESSERA_DATABASE_URL", None)
        measure(Path(folder), arguments.projects)


def measure(folder: Path, count: int) -> None:
    from app import database
    from app.services.find_stored_twins import find_stored_twins
    from app.services.import_portfolio import ImportRequest, import_portfolio
    from app.services.migrate_database import migrate_database
    from importers.base import Source

    path = folder / "twins.xml"
    planted = write_projects(path, count)
    migrate_database()
    result = import_portfolio(ImportRequest([Source(path, path.name)], suggest=False))
    assert result.state == "committed", result.issues[:3]
    start, busy = time.perf_counter(), time.process_time()
    looked, found = find_stored_twins()
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT identifier, other_identifier FROM activity_link")
        proposed = {frozenset((one, other)) for one, other in rows}
        some = connection.exec_driver_sql("SELECT id FROM activity LIMIT 100").scalars().all()
    right = len(proposed & planted)
    precision, recall = right / len(proposed), right / len(planted)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"likely twins: {looked} projects compared in {seconds:.1f} s ({busy:.1f} s of CPU), ratio to {WANTED:.0f} s"
          f" {seconds / WANTED:.2f}, {peak} MB at most")  # fmt: skip
    print(f"  {len(planted)} planted, {found} proposed, {right} of them planted: precision {precision:.3f}"
          f" (wanted {PRECISION}), recall {recall:.3f} (wanted {RECALL})")  # fmt: skip
    with database.write() as connection:
        connection.exec_driver_sql(f"DELETE FROM twin_look WHERE activity_id IN ({','.join(map(str, some))})")
    start = time.perf_counter()
    find_stored_twins()
    print(f"  {len(some)} changed projects compared with all in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
