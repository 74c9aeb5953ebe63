"""`bd-gen verify`: what it prints, and its exit codes."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.generation.test_verify import NAME, edit, evaluated, few_metrics

from bd_gen.cli.main import cli, run

__all__ = ["evaluated", "few_metrics"]  # fixtures

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def directory(evaluated, tmp_path) -> Path:
    return Path(shutil.copytree(evaluated, tmp_path / "loglinear"))


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command: exit code, stdout, stderr."""

    def call(*args: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run(cli, "bd-gen", ["verify", *map(str, args)])
        assert isinstance(ended.value.code, int)
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call


def spoil(directory: Path) -> None:
    def change(fields):
        fields["per_seed"]["2"]["eval/node_js"] = 0.5

    edit(directory, change)


def test_all_is_fine(directory, verify):
    status, out, err = verify(directory)
    assert (status, err) == (0, "")
    _, header, row, _, last = out.splitlines()
    assert header.split() == ["method", "tokens", "identical", "new", "differs"]
    name, tokens, identical, new, differs = row.split()
    assert (name, tokens, differs) == (NAME, "same", "-")
    assert int(identical) > 20
    assert int(new) > 0
    assert last == "nothing differs; the numbers of 1 method were compared"


def test_what_differs_is_named(directory, verify):
    spoil(directory)
    status, out, err = verify(directory)
    assert (status, err) == (1, "")
    # The mean is no more that of the seeds, either.
    assert out.startswith(f"{NAME}: eval/node_js: differs, mean ")
    assert out.splitlines()[-1] == "1 number differs, in 1 of 1 method"


def test_every_key_on_demand(directory, verify, tmp_path):
    path = tmp_path / "keys.csv"
    status, out, _ = verify(directory, "--all", "--csv", path)
    assert status == 0
    assert f"{NAME}: eval/validity_rate: identical" in out
    assert f"every key: {path}" in out
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert {row["method"] for row in rows} == {NAME}
    assert {row["kind"] for row in rows} == {"identical", "new"}
    assert len(rows) == out.count(f"{NAME}: ")


def test_two_directories(directory, evaluated, verify):
    status, out, err = verify(directory, "--against", evaluated)
    assert (status, err) == (0, "")
    spoil(directory)
    status, out, _ = verify(directory, "--against", evaluated)
    assert status == 1
    assert "eval/node_js: differs" in out
    shutil.copy(directory / f"{NAME}.json", directory / "llada_temp1.0_no_remask.json")
    _, out, _ = verify(directory, "--against", evaluated)
    assert f"not in {evaluated}: llada_temp1.0_no_remask" in out


def test_published_files_have_no_samples(dev_data, verify):
    results = dev_data / "reference" / "results"
    status, out, err = verify(results)
    assert (status, err) == (0, "")
    assert "no samples to verify for 23 of 23 methods (bd-gen backfill draws them)" in out
    assert out.splitlines()[-1] == "nothing differs; the numbers of 0 methods were compared"


def test_long_lists_are_cut(directory, evaluated, verify):
    def change(fields):
        for entry in fields["per_seed"].values():
            for key, value in entry.items():
                if isinstance(value, float):
                    entry[key] = value + 1

    edit(directory, change)
    status, out, _ = verify(directory, "--against", evaluated)
    assert status == 1
    assert "more (--all shows them)" in out


def test_files_that_cannot_be_used(directory, verify):
    path = directory / f"{NAME}_samples.pt"
    path.write_bytes(b"half")
    status, _, err = verify(directory)
    assert status == 2
    assert err.startswith(f"bd-gen: {path}: ")
    assert err.splitlines()[1:] == ["bd-gen: 1 method could not be compared"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["missing"], "missing: there is no such results directory"),
        (["."], ".: holds no result to verify (METHOD.json)"),
        ([".", "--model", "x"], "holds no samples"),
        ([".", "data=x"], "data.source"),
    ],
)
def test_mistakes_are_one_line(tmp_path, monkeypatch, verify, args, message):
    monkeypatch.chdir(tmp_path)
    status, out, err = verify(*args)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_other_data_are_a_warning(directory, verify):
    status, _, err = verify(directory, "data=synthetic", "data.num_plans=200")
    assert status == 1
    assert f"bd-gen: warning: {NAME}: the stored numbers were measured against data" in err
    fields = json.loads((directory / f"{NAME}.json").read_text())
    assert fields["provenance"]["data_fingerprint"] in err


def test_files_that_are_not_those_that_were_measured(directory, verify):
    """Equal numbers or not: the hashes were recorded to be compared."""
    samples, table = directory / f"{NAME}_samples.pt", directory / f"{NAME}_per_sample.parquet"
    whole = samples.read_bytes()
    samples.write_bytes(whole.replace(b"serialization_id", b"serialization_ie"))
    status, out, err = verify(directory)
    assert status == 1
    assert f"{samples}: is not the file that was measured (its hash is " in err
    assert out.splitlines()[-1] == "other files than those that were measured: 1 method"
    samples.write_bytes(whole)
    table.write_bytes(table.read_bytes() + b"\0")
    status, _, err = verify(directory)
    assert status == 1
    assert f"{table}: is damaged, or not the table of its result" in err
