import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.rplan import NO_EDGE

from bd_gen.cli.main import cli, run
from bd_gen.data.dataset import DataConfig, load_dataset
from bd_gen.results.evaluate import evaluate_method
from bd_gen.results.references import References
from bd_gen.results.samples_file import Samples, SeedSamples, samples_path, write_samples

Command = Callable[..., tuple[int, str, str]]

METHOD = "random_topp0.9_no_remask"


@pytest.fixture
def bd_gen(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `bd-gen show METHOD` in this process: exit code, output, errors."""

    def call(*words: str | Path, method: str = METHOD) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", ["show", method, *map(str, words)])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return call


@pytest.fixture(autouse=True)
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A results directory in the current one; 3 of 40 samples are torn apart, 1 is all MASK."""
    monkeypatch.chdir(tmp_path)
    dataset = load_dataset(DataConfig(num_plans=300))
    v = dataset.vocabulary
    per_seed = {}
    for seed in (42, 123):
        rows = np.random.default_rng(seed).choice(dataset.train, 20)
        per_seed[seed] = SeedSamples(rows, rows != v.pad_row)
    for seed, sample in ((42, 3), (42, 17), (123, 5)):
        row = per_seed[seed].tokens[sample]
        row[v.n_max :] = np.where(row[v.n_max :] < NO_EDGE, NO_EDGE, row[v.n_max :])
    masked = per_seed[123].tokens[8]
    masked[:] = np.where(masked != v.pad_row, v.mask_row, masked)
    directory = tmp_path / "eval_results" / "loglinear"
    samples = Samples(
        METHOD, 8, (42, 123), 20, {}, {"data": {"num_plans": 300, "split": "canonical"}}, per_seed
    )
    write_samples(samples_path(directory, METHOD), samples)
    names = ["validity", "edge_counts"]
    evaluate_method(samples_path(directory, METHOD), References(), names=names)
    return directory


def test_failing_samples_are_listed_with_their_share(bd_gen: Command) -> None:
    code, out, err = bd_gen("--where", "not connected and no_mask")
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["seed", "sample", "num_rooms", "num_edges", "connected", "no_mask"]
    assert [line[:2] for line in lines[1:4]] == [["42", "3"], ["42", "17"], ["123", "5"]]
    assert all(line[3:] == ["0", "no", "yes"] for line in lines[1:4])
    assert out.endswith(
        "not connected and no_mask: 3 of 40 samples, 7.50 % (95 % interval 2.58 to 19.86 %)\n"
    )


def test_without_a_condition_random_samples_are_shown(bd_gen: Command) -> None:
    code, out, _ = bd_gen("--limit", "4", "--column", "valid")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].split() == ["seed", "sample", "num_rooms", "num_edges", "valid"]
    assert len(lines) == 7
    assert lines[-1] == "4 of 40 samples, drawn at random (seed 42)"
    assert bd_gen("--limit", "4", "--column", "valid")[1] == out
    assert bd_gen("--limit", "4", "--column", "valid", "--seed", "7")[1] != out


def test_a_limit_is_told(bd_gen: Command) -> None:
    _, out, _ = bd_gen("--where", "no_mask", "--limit", "2")
    assert "no_mask: 39 of 40 samples" in out
    assert out.endswith("; 2 of them at random (seed 42)\n")


def test_a_picture_is_drawn_of_what_can_be_drawn(bd_gen: Command, tmp_path: Path) -> None:
    code, out, err = bd_gen("--where", "not connected", "--png", tmp_path / "a.svg")
    assert code == 0
    assert out.endswith(f"drawn: {tmp_path / 'a.svg'}\n")
    assert err == "bd-gen: warning: 1 are no diagrams and are not drawn\n"
    assert (tmp_path / "a.svg").read_text().count(">seed ") == 3
    code, out, _ = bd_gen("--where", "num_rooms > 20", "--png", tmp_path / "b.png")
    assert code == 0
    assert "0 of 40 samples" in out
    assert "nothing to draw" in out
    assert not (tmp_path / "b.png").exists()


def test_columns_are_listed(bd_gen: Command) -> None:
    code, out, _ = bd_gen("--list")
    assert code == 0
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
    assert rows["column"] == ["values", "metric"]
    assert rows["seed"] == ["42", "to", "123", "-"]
    assert rows["connected"] == ["true", "for", "90.00", "%", "validity"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--where", "conected"], "conected: column 'conected': not known; did you mean connected"),
        (["--where", "num_rooms = 4"], "it compares with ==, not ="),
        (["--where", "__import__('os')"], "cannot use \"__import__('os')\" here"),
        (["--column", "vald"], "column 'vald': not known; did you mean valid"),
        (["--png", "a.gif"], "a.gif: file name: expected one that ends in .png"),
        (["--schedule", "linear"], "there is no such results directory; eval_results holds"),
        (["--limit", "0"], "--limit"),
    ],
)
def test_what_is_wrong_is_one_line(bd_gen: Command, words: list[str], message: str) -> None:
    code, _, err = bd_gen(*words)
    assert code == 2
    assert message in err
    assert err.startswith("bd-gen")
    assert err.count("\n") == 1


def test_a_missing_table_and_an_unknown_method_are_one_line(bd_gen: Command, results: Path) -> None:
    code, _, err = bd_gen(method="random_top0.9")
    assert code == 2
    assert f"did you mean {METHOD}" in err
    (results / f"{METHOD}_per_sample.parquet").unlink()
    code, _, err = bd_gen()
    assert code == 2
    assert f"is missing; `bd-gen evaluate --schedule loglinear --model {METHOD}` makes it" in err
    assert err.count("\n") == 1


def test_torch_and_hydra_are_not_imported() -> None:
    code = (
        "import sys; from bd_gen.cli.main import cli, run\n"
        f"try: run(cli, 'bd-gen', ['show', '{METHOD}', '--where', 'not valid', '--png', 'a.png'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "assert not {'torch', 'hydra', 'omegaconf', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=os.environ)
