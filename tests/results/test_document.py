import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bd_gen.cli.evaluate import command
from bd_gen.results.samples_file import Samples, samples_path, write_samples

DOCUMENT = Path(__file__).parents[2] / "docs" / "results-files.md"


def test_the_example_runs(
    make_samples: Callable[..., Samples],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    method = "random_topp0.9_no_remask"
    write_samples(samples_path(tmp_path / "eval_results" / "loglinear", method), make_samples())
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    exec(compile(example, str(DOCUMENT), "exec"), {})  # noqa: S102 - our own document
    assert capsys.readouterr().out == "42 (20, 36) uint8\n123 (20, 36) uint8\n"


def test_every_option_it_names_exists() -> None:
    known = {option for parameter in command.params for option in parameter.opts}
    (block,) = re.findall(
        r"```sh\n(bd-gen evaluate --schedule loglinear +#.*?)```", DOCUMENT.read_text(), re.DOTALL
    )
    lines = [line for line in block.splitlines() if line.startswith("bd-gen evaluate")]
    used = {word for line in lines for word in line.partition("#")[0].split() if word[:2] == "--"}
    assert len(used) > 3
    assert used <= known
