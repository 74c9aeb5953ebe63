import signal
import threading
from collections.abc import Iterator

import pytest

from bd_gen.system.interrupts import Interrupts


@pytest.fixture(autouse=True)
def default_handler() -> Iterator[None]:
    """Ctrl-C as in a program started by hand."""
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("only the main thread gets signals")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_first_ctrl_c_waits_for_the_check() -> None:
    with Interrupts(are_deferred=True) as interrupts:
        interrupts.check()
        signal.raise_signal(signal.SIGINT)
        assert interrupts.came
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()


def test_the_second_ctrl_c_does_not_wait() -> None:
    with Interrupts(are_deferred=True):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_not_deferred_it_is_raised_at_once_and_remembered() -> None:
    with Interrupts() as interrupts:
        assert not interrupts.came
        interrupts.check()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert interrupts.came
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()


def test_afterwards_ctrl_c_is_what_it_was() -> None:
    with Interrupts(are_deferred=True) as interrupts:
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(RuntimeError, match="from inside"), Interrupts(are_deferred=True):
        raise RuntimeError("from inside")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert not interrupts.came


def test_a_job_that_ignores_ctrl_c_goes_on_ignoring_it() -> None:
    """As a shell without job control starts `bd-gen train &`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interrupts(are_deferred=True) as interrupts:
        signal.raise_signal(signal.SIGINT)
        interrupts.check()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_outside_the_main_thread_nothing_changes() -> None:
    seen = []

    def work() -> None:
        with Interrupts(are_deferred=True) as interrupts:
            interrupts.check()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]


def test_one_context_in_another_tells_it_what_does_not_wait() -> None:
    with Interrupts() as outer:
        with Interrupts(are_deferred=True) as inner:
            signal.raise_signal(signal.SIGINT)
            assert (inner.came, outer.came) == (True, False)
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            assert outer.came
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
