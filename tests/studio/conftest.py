"""A studio and a browser for the tests of the page. Whatever the console says is a failure.

Pictures of what was seen are left in `BD_GEN_PICTURES`, if that names a folder.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.chromium import launched
from tests.studio.served import Served
from tests.studio.tab import Tab


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from launched()


@pytest.fixture(scope="module")
def studio() -> Iterator[Served]:
    pytest.importorskip("uvicorn")
    served = Served()
    yield served
    said = served.stop()
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 2, said  # the terminal stays quiet


@pytest.fixture
def tab(browser: Any, studio: Served) -> Iterator[Tab]:
    tab = Tab(browser, studio.address)
    yield tab
    tab.close()
