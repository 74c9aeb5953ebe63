"""One thread for each process; to be used before numpy is loaded, so nothing here loads it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Let libraries that are loaded, and processes that are started, compute with one thread.

    Methods are what runs in parallel; threads on top of that would only compete.
    """
    before = {name: os.environ.get(name) for name in _LIMITS}
    os.environ.update(dict.fromkeys(_LIMITS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
