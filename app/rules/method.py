"""The formulas of the reports in words, as a snapshot keeps them: who changes a formula changes its words here
and the version, and older snapshots still say how their own figures were made."""

VERSION = "1"
FORMULAS: dict[str, str] = {
    "Amount": "each reported amount split by its percentages of countries, donors and areas, to the cent; in the year "
    "of its date, budgets by days; converted at the nearest earlier published rate, at most 31 days back, else the "
    "yearly average, else left out",
    "Net": "the same money once: one report of an activity, no secondary report beside the original, the lowest level "
    "of parents and children, a chain of payments at its first funder",
    "Refunds": "net within donor, area, country and year; below zero counts as zero",
    "Status": "no data: nobody that works there reported; gap: reported, nobody funds; single donor: 1; shared: 2 to "
    "the limit; crowded: more (limit 5: EU Code of Conduct 2007)",
    "HHI": "sum p^2 (Herfindahl 1950, Hirschman 1945)",
    "Fragmentation": "1 - HHI (Knack and Rahman 2007)",
    "Effective donors": "1 / HHI (Hill 1973)",
    "Normalised HHI": "(HHI - 1/N) / (1 - 1/N)",
    "Shannon": "-sum p ln p (1948)",
    "Theil": "ln N - Shannon (1967)",
    "Evenness": "Shannon / ln N (Pielou 1966)",
    "CR1, CR2, CR3": "sum of the 1, 2, 3 largest p",
    "Gini": "2 sum i x(i) / (N sum x) - (N+1)/N, ascending (1912)",
    "Division of labour": "1 - (sum w_k FI_k) / FI_all (Reardon and Firebaugh 2002)",
    "Pairs": "shared sum min(x, y); Finger-Kreinin sum min(a, b) (1979); Bray-Curtis 2 sum min(x, y) / sum (x + y); "
    "Jaccard of active areas; cosine",
    "Significance": "share of the country's money above the donor's share of all, or among the largest that give 90 % "
    "of it (OECD 2009, 2011); concentration ratio: significant / all relations of a donor; fragmentation ratio: "
    "non-significant / all donors of a country",
}
