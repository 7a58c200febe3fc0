"""How the figures of the overlap report are made, in the reader's language: for the page and for the meeting pack."""

from app.languages import gettext as _


def report_method() -> list[tuple[str, str]]:
    """What, and how it is counted; the formulas name who published them or say that they are ours."""
    ours = _("Our own rule.")
    lines = [
        (_("Amount"), _(
            "Each amount of each project is split by its countries, its areas and its donors, put into its "
            "year, and converted at the rate of its date. Percentages come from the report; missing ones "
            "share the rest equally; a sum other than 100 is rebased. The parts always add up to the whole.")),
        (_("Net and gross"), _(
            "Gross is what was reported. Net counts the same money once: of two reports of one project the "
            "accountable one; of a project and its parts the parts; of money passed on the first funder. "
            "The reason stands at each amount."), _("The order of these steps is our own rule.")),
        (_("Refunds"), _(
            "They lower the amounts of their donor, area, country and year. What would come out below zero "
            "counts as zero; the trust line says how much that leaves out."), ours),
        (_("Status"), _(
            "No data: no donor that works in this country has reported for these years. Gap: donors have "
            "reported and none funds this area. Single donor: one. Shared: two up to the limit. Crowded: "
            "more than the limit; 5 unless you say otherwise, after the EU Code of Conduct on Division of "
            "Labour (2007), which asks for 3 to 5 donors an area at most."), _("The other lines are our own rule.")),
        (_("Fragmentation"), "1 − Σ p²", _(
            "over the donors' shares p of the money: 0 with one donor, near 1 with many small ones (Knack "
            "and Rahman 2007). HHI is Σ p² (Herfindahl 1950, Hirschman 1945).")),
        (_("Effective donors"), "1 / Σ p²:", _("how many donors of equal size would be as fragmented (Hill 1973).")),
        (_("Top share, CR1 to CR3"), _("The share of the largest one, two or three donors.")),
        (_("Expert indices"), _(
            "Shannon entropy −Σ p ln p (1948); Theil ln N − entropy (1967); evenness entropy / ln N "
            "(Pielou 1966); Gini (1912); normalised HHI (HHI − 1/N) / (1 − 1/N).")),
        (_("Division of labour"), _(
            "1 − the money-weighted fragmentation within areas, divided by the fragmentation of the "
            "country. 1: each area has its own donor; 0: each area repeats the country's mix (relative "
            "diversity, Reardon and Firebaugh 2002).")),
        (_("Pairs"), _(
            "Shared money: the sum of the smaller of two donors' amounts in each area and country. "
            "Finger-Kreinin (1979): the same with shares. Bray-Curtis: twice the shared money divided by "
            "all of theirs. Jaccard: areas in common among all of theirs. Cosine: of their amounts.")),
        (_("Concentration and fragmentation ratio"), _(
            "A donor matters to a country if its share of the country's money is greater than its share of "
            "all money, or if it is among the largest that give 90 percent of it. Concentration ratio: the "
            "part of a donor's countries to which it matters. Fragmentation ratio: the part of a country's "
            "donors that do not matter to it (OECD, Report on Division of Labour, 2009 and 2011). They "
            "look at all countries, whatever the filter.")),
        (_("Fractional projects"), _(
            "A project in three areas counts a third in each; the column Projects counts it whole in each.")),
    ]  # fmt: skip
    return [(what, " ".join(texts)) for what, *texts in lines]
