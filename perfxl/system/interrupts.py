"""When is Ctrl-C answered? Not in the midst of handing work over, and never by the processes that do the work."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], None] | int | signal.Handlers | None


@contextmanager
def deaf() -> Iterator[None]:
    """What is started in the block does not hear Ctrl-C, which is for this process to answer."""
    with _answered_by(signal.SIG_IGN):
        yield


@contextmanager
def held() -> Iterator[Callable[[], None]]:
    """Yields a function that raises KeyboardInterrupt where Ctrl-C was pressed since the block began.

    An interrupt between any two steps of a queue may leave it with a lock that nobody opens again; in the block it waits
    until it is asked for, at the latest at the block's end.
    """
    heard: list[int] = []

    def answer() -> None:
        if heard:
            heard.clear()
            raise KeyboardInterrupt

    with _answered_by(lambda number, _: heard.append(number)):
        yield answer
    answer()


@contextmanager
def _answered_by(handler: Handler) -> Iterator[None]:
    """Only the main thread may say what a signal does; elsewhere nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        if before is not None:  # not set by Python: cannot be set again
            signal.signal(signal.SIGINT, before)
