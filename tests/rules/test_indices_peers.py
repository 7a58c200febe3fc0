"""Our indices beside those of scikit-bio and PySAL's inequality, on random portfolios."""

from math import e

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inequality.gini import Gini
from inequality.theil import Theil
from skbio.diversity import beta_diversity
from skbio.diversity.alpha import berger_parker_d, dominance, inv_simpson, pielou_e, shannon, simpson

from app.rules.indices import concentration, pair_similarity

AREAS = "ABCDEFGH"
amounts = st.lists(st.integers(1, 10**12), min_size=2, max_size=30)
portfolios = st.lists(st.integers(1, 10**12) | st.just(0), min_size=len(AREAS), max_size=len(AREAS)).filter(any)


@settings(deadline=None)
@given(amounts)
def test_concentration(cents: list[int]) -> None:
    found, x = concentration(cents), np.array(cents)
    theirs = {
        "hhi": dominance(x), "fragmentation": simpson(x), "effective_donors": inv_simpson(x),
        "shannon": shannon(x, base=e), "evenness": pielou_e(x, base=e), "cr1": berger_parker_d(x),
        "gini": Gini(x.astype(float)).g, "theil": Theil(x.astype(float)).T,
    }  # fmt: skip
    for name, value in theirs.items():
        assert getattr(found, name) == pytest.approx(float(value), rel=1e-9, abs=1e-9), name


@settings(deadline=None)
@given(portfolios, portfolios)
def test_pairs_of_donors(one: list[int], other: list[int]) -> None:
    found = pair_similarity(dict(zip(AREAS, one, strict=True)), dict(zip(AREAS, other, strict=True)))
    money = np.array([one, other], dtype=float)
    shares = money / money.sum(axis=1, keepdims=True)

    def alike(metric: str, rows: np.ndarray) -> float:
        return 1 - float(beta_diversity(metric, rows, validate=False)[0, 1])

    assert found.bray_curtis == pytest.approx(alike("braycurtis", money), abs=1e-9)
    assert found.cosine == pytest.approx(alike("cosine", money), abs=1e-9)
    assert found.jaccard == pytest.approx(alike("jaccard", money > 0), abs=1e-9)
    # The sum of the smaller shares is what Bray and Curtis say of shares.
    assert found.finger_kreinin == pytest.approx(alike("braycurtis", shares), abs=1e-9)
