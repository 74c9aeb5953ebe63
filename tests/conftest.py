import gc
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from tests.random_diagrams import make_nonsense, make_realizable
from tests.random_rows import Draw
from tests.random_samples import make

from bd_gen.diagrams.diagram import Diagram
from bd_gen.results.samples_file import Samples

# A machine that is busy with something else must not fail a test.
settings.register_profile("quick", deadline=None, max_examples=25)
settings.register_profile("thorough", deadline=None, max_examples=200)
settings.load_profile("thorough" if os.environ.get("BD_GEN_THOROUGH") else "quick")


def pytest_configure() -> None:
    """Hear of Ctrl-C also where the tests run in the background, which ignores it.

    What tests start inherits that, and many tests press Ctrl-C.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection() -> None:
    """Look for no garbage while thousands of tests are found: there is none among them."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on look for it, but not among the tests themselves, which stay to the end."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def dev_data() -> Path:
    """The folder of the development data; a test that needs it is skipped where it is missing."""
    folder = os.environ.get("BD_GEN_DEV_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs the development data: set BD_GEN_DEV_DATA")
    return Path(folder)


@pytest.fixture(autouse=True)
def private_cache(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No test reads or fills the user's own cache."""
    monkeypatch.setenv("BD_GEN_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="session")
def draw() -> type[Draw]:
    return Draw


@pytest.fixture(scope="session")
def realizable() -> Callable[..., list[Diagram]]:
    return make_realizable


@pytest.fixture(scope="session")
def nonsense() -> Callable[..., list[Diagram]]:
    return make_nonsense


@pytest.fixture(scope="session")
def make_samples() -> Callable[..., Samples]:
    """A function that makes the samples of one method."""
    return make
