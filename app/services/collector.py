"""Python's collector of cycles, kept out of the way of work that makes none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def slow_collector() -> None:
    """Let the collector look less often: not a hundred times while a command loads what it needs, or while a report of the
    world makes its 100,000 cells."""
    gc.set_threshold(50_000, 20, 100)


def spare_collector() -> None:
    """For a server: what is loaded by now stays for good, too, and need not be walked again and again."""
    gc.freeze()
    slow_collector()


def leave_collector() -> None:
    """For a process that ends: Python would look through all that is loaded several times before it lets go of it, for a
    third of a second."""
    gc.freeze()
    gc.disable()


@contextmanager
def collector_paused() -> Iterator[None]:
    """For rows by the thousand, which are tuples without cycles: the collector finds nothing in them and costs a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
