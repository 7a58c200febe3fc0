"""What a file leaves open and only its owner can decide: asked once for the whole file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Its answer is put into the owner's answers at `path` and remembered there.

    `path` is where importers look the answer up: ("date_order",), ("countries", "Niger(ia)"),
    ("headings", "Montant 1"). `options` are (value, label) pairs to choose from; without any, the
    answer is free text. `samples` are values of the file that are in question, `count` how many
    cells there are; `sheet` and `column` say where the first one stands.
    """

    path: tuple[str, ...]
    kind: str
    text: str
    options: tuple[tuple[str, str], ...] = ()
    samples: tuple[str, ...] = ()
    count: int = 1
    sheet: str | None = None
    column: str | None = None
    suggested: str = ""
