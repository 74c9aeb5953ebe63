"""Processes started by this program: they do not hear of Ctrl-C, and do not outlive it."""

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Processes started here never hear of Ctrl-C: this one decides, and ends them in order."""
    # The tracker is started with the first process and lets interrupts through again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_parent() -> None:
    """End this process when the one that started it is gone, killed for instance.

    Otherwise it would notice only when it has something to tell, and a shard may take an hour.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        # A thread begins with the signals that are held back here. It must not take SIGTERM while
        # the main thread holds it back to finish a file: the process would end all the same.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            threading.Thread(target=_wait_and_end, args=(parent.sentinel,), daemon=True).start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _wait_and_end(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
