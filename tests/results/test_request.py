import signal
from pathlib import Path

import pytest

from bd_gen.results import request
from bd_gen.results.references import References
from bd_gen.results.request import Request, attempt


@pytest.mark.parametrize("is_pressed", [True, False])
def test_what_c_code_makes_of_it_is_still_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, is_pressed: bool
) -> None:
    """As numpy does, where it asks Python what a buffer holds."""

    def measure(*_: object, **__: object) -> None:
        try:
            if is_pressed:
                signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            pass
        raise ValueError("no valid format string")

    monkeypatch.setattr(request, "evaluate_method", measure)

    def run() -> str:
        return attempt(Path("x_samples.pt"), Request(), References(), lambda *_: None).problem

    if is_pressed:
        with pytest.raises(KeyboardInterrupt):
            run()
    else:
        assert "cannot be measured (ValueError: no valid format string)" in run()
