import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bd_gen.cli.evaluate import command as evaluate
from bd_gen.cli.show import command as show
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.metrics import METRICS, DiagramSet, Reference
from bd_gen.metrics.compute import sample_columns
from bd_gen.results.evaluate import evaluate_method
from bd_gen.results.references import References
from bd_gen.results.samples_file import Samples, samples_path, write_samples
from bd_gen.results.where import Condition

DOCUMENT = Path(__file__).parents[2] / "docs" / "results-files.md"


def test_the_examples_run(
    make_samples: Callable[..., Samples],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    method = "random_topp0.9_no_remask"
    path = samples_path(tmp_path / "eval_results" / "loglinear", method)
    write_samples(path, make_samples(provenance={"data": {"num_plans": 100, "split": "canonical"}}))
    evaluate_method(path, References(), names=["validity", "edge_counts"])
    monkeypatch.chdir(tmp_path)
    samples, table = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    exec(compile(samples, str(DOCUMENT), "exec"), {})  # noqa: S102 - our own document
    assert capsys.readouterr().out == "42 (20, 36) uint8\n123 (20, 36) uint8\n"
    exec(compile(table, str(DOCUMENT), "exec"), {})  # noqa: S102 - our own document
    assert re.fullmatch(r"0\.\d+ of \d+ large diagrams are valid\n", capsys.readouterr().out)


def test_every_column_it_names_exists() -> None:
    text = DOCUMENT.read_text()
    section = text.partition("## Per sample")[2].partition("\n## ")[0]
    named = re.search(r"come from the metrics: (.*?) and\s+more", section, re.DOTALL)[1]
    columns = set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", named)))
    vocabulary = Vocabulary(4)
    rows = np.tile(vocabulary.mask_row, (3, 1))
    reference = Reference.fit(rows, vocabulary)
    there = set()
    for entry in METRICS.values():
        if entry.of == "plans":
            continue
        there |= set(sample_columns(entry, DiagramSet(rows, vocabulary), reference))
    assert len(columns) == 10
    assert columns <= there
    for condition in re.findall(r'--where "(.*?)"', section):
        Condition(condition, sorted(there))


def test_every_option_it_names_exists() -> None:
    known = {option for parameter in evaluate.params for option in parameter.opts}
    (block,) = re.findall(
        r"```sh\n(bd-gen evaluate --schedule loglinear +#.*?)```", DOCUMENT.read_text(), re.DOTALL
    )
    lines = [line for line in block.splitlines() if line.startswith("bd-gen evaluate")]
    used = {word for line in lines for word in line.partition("#")[0].split() if word[:2] == "--"}
    assert len(used) > 3
    assert used <= known
    shown = re.findall(r"^bd-gen show .*", DOCUMENT.read_text(), re.MULTILINE)
    used = {word for line in shown for word in line.partition("#")[0].split() if word[:2] == "--"}
    assert len(used) > 3
    assert used <= {option for parameter in show.params for option in parameter.opts}
