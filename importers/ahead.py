"""Run a generator in a second process, so that two cores share the work of reading a large file."""

import fcntl
import gc
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, SpawnContext
from queue import Queue
from typing import Generic, TypeVar

Item = TypeVar("Item")
Told = TypeVar("Told")
_F_SETPIPE_SZ = getattr(fcntl, "F_SETPIPE_SZ", 0)
_PIPE_BYTES = 1 << 20
_AHEAD = 100  # items that wait to be sent: enough for neither process to wait for the other's every pause
# The name of threads that sleep, without any lock, while this one works: they do not matter to a fork.
SLEEPER = "sleeper"


def can_run_ahead() -> bool:
    """Whether a second process is worth while: where there are several cores."""
    return (os.cpu_count() or 1) > 1


class Notice(Generic[Told]):
    """What this process tells the second one, once: made before that is started, and known to it."""

    def __init__(self) -> None:
        self._receiving, self._sending = Pipe(duplex=False)
        self._heard: list[Told] = []

    def tell(self, told: Told) -> None:
        self._sending.send(told)

    def wait(self) -> Told:
        """In the second process: what is told, once it is. Raises EOFError if the first process ended before."""
        if not self._heard:
            self._sending.close()
            self._heard.append(self._receiving.recv())
        return self._heard[0]


class Pace:
    """How the second process keeps up; `has_more`: it has further items ready."""

    has_more = True


def run_ahead(
    generate: Callable[[], Iterator[Item]], meanwhile: Callable[[], None] | None = None, pace: Pace | None = None
) -> Iterator[Item]:
    """The items of `generate()`, made in a second process while this one uses those before.

    It runs ahead by some hundred items. What it raises is raised here; it ends with this generator. `meanwhile` is done
    here before the first item is taken: what that raises ends the other process. `pace` is right at each item. Where
    other threads run, `generate` has to be something that pickle can carry.
    """
    receiving, sending = Pipe(duplex=False)
    if _F_SETPIPE_SZ:
        fcntl.fcntl(sending.fileno(), _F_SETPIPE_SZ, _PIPE_BYTES)
    process = _context().Process(target=_send_all, args=(generate, sending, receiving), daemon=True)
    process.start()
    sending.close()
    try:
        if meanwhile is not None:
            meanwhile()
        yield from _receive_all(receiving, pace or Pace())
    finally:
        receiving.close()
        process.terminate()
        process.join()


def _context() -> ForkContext | SpawnContext:
    """A fork takes no time, but in it a lock that another thread holds is never released: then Python starts anew."""
    others = [thread for thread in threading.enumerate() if thread is not threading.current_thread()]
    may_fork = hasattr(os, "fork") and all(thread.name == SLEEPER for thread in others)
    return get_context("fork") if may_fork else get_context("spawn")


def _send_all(generate: Callable[[], Iterator[Item]], sending: Connection, receiving: Connection) -> None:
    # Its own copy of the reading end would keep this process waiting for ever if the reader were killed.
    receiving.close()
    gc.disable()  # rows and trees without cycles, in a process that ends with them
    waiting: Queue[bytes] = Queue(_AHEAD)
    sender = threading.Thread(target=_send_waiting, args=(waiting, sending), daemon=True)
    sender.start()
    try:
        for item in generate():
            waiting.put(pickle.dumps((True, item), pickle.HIGHEST_PROTOCOL))
        last = None
    except Exception as error:  # noqa: BLE001 (it is raised again at the other end)
        last = error
    waiting.put(pickle.dumps((False, last)))
    waiting.put(b"")
    sender.join()


def _send_waiting(waiting: "Queue[bytes]", sending: Connection) -> None:
    try:
        while item := waiting.get():
            sending.send_bytes(item)
    except BrokenPipeError:
        os._exit(0)  # the reader has had enough


def _receive_all(receiving: Connection, pace: Pace) -> Iterator[Item]:
    while True:
        try:
            is_item, item = pickle.loads(receiving.recv_bytes())  # noqa: S301 (from our own child)
        except EOFError:
            raise ChildProcessError("The process that reads the file was ended from outside.") from None
        if is_item:
            pace.has_more = receiving.poll()
            yield item
        elif item is None:
            return
        else:
            raise item
