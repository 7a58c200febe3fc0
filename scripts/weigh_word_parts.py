"""Learn which parts of words speak for which area, from coded project texts; see app/rules/word_parts.py.

python scripts/weigh_word_parts.py: after a change of benchmarks/coded_texts.json or of the numbers below. Needs scikit-learn.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from app.rules.folded_text import fold_words
from app.rules.word_parts import FOLDER, PARTS, Array, list_counted, number_all_parts

TEXTS = Path(__file__).parent.parent / "benchmarks" / "coded_texts.json"
FRAMEWORK = "florence-2008"
STRENGTH = 5.0  # of what is learned against what texts have in common: the inverse of the penalty on weights
LEAST = -0.5  # of the odds of an area, as a logarithm: a little less likely than not, since readers disagree about it
FEWEST_TEXTS = 5  # with an area, for anything to be learned of it
FEWEST_USES = 2  # of a part
STEPS = 127  # weights are kept as whole numbers of one byte


def count_parts(texts: list[dict[str, Any]]) -> sparse.csr_matrix:
    """A row for each text, with 1 for each part that its words have."""
    rows = [number_all_parts(list_counted(fold_words(text["text"]).split())) for text in texts]
    starts = np.cumsum([0, *map(len, rows)])
    return sparse.csr_matrix((np.ones(starts[-1]), np.concatenate(rows), starts), shape=(len(texts), PARTS))


def rarity_of(counted: sparse.csr_matrix) -> Array:
    """ln((1 + texts) / (1 + texts with the part)) + 1, as scikit-learn's TF-IDF has it; 0 for parts of hardly any text."""
    uses = np.asarray(counted.sum(axis=0)).ravel()
    return np.where(uses < FEWEST_USES, 0.0, np.log((1 + counted.shape[0]) / (1 + uses)) + 1)


def learn(texts: list[dict[str, Any]]) -> dict[str, Any]:
    """What the file keeps. Areas that one reader alone saw in a text count neither for nor against."""
    counted = count_parts(texts)
    rarity = rarity_of(counted).astype(np.float16)
    weighed = counted @ sparse.diags(rarity.astype(np.float64))
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    features = (sparse.diags(1 / np.maximum(lengths, 1e-9)) @ weighed).tocsr()
    areas = sorted({code for text in texts for code in text["areas"]})
    areas = [code for code in areas if sum(code in text["areas"] for text in texts) >= FEWEST_TEXTS]
    models = [_learn_area(features, texts, code) for code in areas]
    weights = np.array([model.coef_[0] for model in models]) * rarity.astype(np.float64)
    steps = np.abs(weights).max(axis=1) / STEPS
    return {
        "areas": np.array(areas), "weights": np.rint(weights / steps[:, None]).astype(np.int8),
        "steps": steps.astype(np.float32), "rarity": rarity,
        "least": np.array([LEAST - model.intercept_[0] for model in models], dtype=np.float32), "source": digest(),
    }  # fmt: skip


def _learn_area(features: sparse.csr_matrix, texts: list[dict[str, Any]], code: str) -> LogisticRegression:
    sure = [at for at, text in enumerate(texts) if code not in text["areas_disputed"]]
    return LogisticRegression(C=STRENGTH, max_iter=2000).fit(
        features[sure], [code in texts[at]["areas"] for at in sure]
    )


def digest() -> str:
    """Of the texts that are learned from, so that a test can tell that the file is of them."""
    return hashlib.sha256(TEXTS.read_bytes()).hexdigest()


def main() -> None:
    kept = learn(json.loads(TEXTS.read_text(encoding="utf-8")))
    path = FOLDER / f"{FRAMEWORK}.npz"
    np.savez_compressed(path, **kept)
    print(f"{path.name}: {len(kept['areas'])} areas, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
