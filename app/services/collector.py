"""Python's collector of cycles, kept out of the way of work that makes none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def hold_collector() -> None:
    """For a command: it loads some 200,000 objects, which stay, and looking through them on the way takes a fifth of its
    start."""
    gc.set_threshold(500_000, 20, 100)


def spare_collector() -> None:
    """For what goes on for days: what is loaded by now stays for good and need not be walked again, and the collector
    looks less often, not dozens of times while a report of the world makes its 100,000 cells."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


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
