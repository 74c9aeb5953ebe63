"""`bd-gen import`: anybody's diagrams get every table."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from tests.random_samples import random_tokens

from bd_gen.cli.main import cli
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.results.samples_file import read_samples

DATA = ("data=synthetic", "data.num_plans=200")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two seeds of token rows."""
    monkeypatch.chdir(tmp_path)
    rows = random_tokens(20, seed=3, vocabulary=Vocabulary(8))
    np.save("theirs.npy", rows.reshape(2, 10, -1))
    return tmp_path


def ran(*words: str) -> Result:
    """What the command did."""
    return CliRunner().invoke(cli, words)


@pytest.mark.slow
def test_imported_diagrams_are_evaluated_and_compared(here: Path) -> None:
    done = ran("import", "theirs.npy", "--as", "theirs", *DATA)
    assert done.exit_code == 0, done.output
    assert (
        "2 x 10 diagrams; next: bd-gen evaluate --schedule imported --model theirs" in done.output
    )
    words = ("evaluate", "--schedule", "imported", "--real", "--published")
    assert ran(*words).exit_code == 0
    compared = ran("compare", "--schedule", "imported")
    assert compared.exit_code == 0
    assert "theirs" in (here / "eval_results/imported/comparison.md").read_text()
    assert ran("show", "theirs", "--schedule", "imported").exit_code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["theirs.npy", "--as", "../x"], "--as ../x: expected letters, digits"),
        (["theirs.npy", "--as", "x", "--schedule", "a/b"], "--schedule a/b: expected the name"),
        (["theirs.npy", "--as", "x", "--n-max", "7"], "expected rows of 28 tokens for 7 rooms"),
        (["theirs.npy", "--as", "x", "--n-max", "99"], "--n-max"),
        (["none.npy", "--as", "x"], "none.npy: cannot be read"),
        (["theirs.npy", "--as", "x", "data=nonsense"], "data.source"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_written(
    words: list[str], message: str, here: Path
) -> None:
    done = ran("import", *words)
    assert done.exit_code != 0
    assert message in f"{done.output} {done.stderr} {done.exception}"
    assert not (here / "eval_results").exists()


def test_samples_of_that_name_are_kept(here: Path) -> None:
    assert ran("import", "theirs.npy", "--as", "x").exit_code == 0
    path = here / "eval_results/imported/x_samples.pt"
    before = path.read_bytes()
    again = ran("import", "theirs.npy", "--as", "x", "--seeds", "1")
    assert "exists; --overwrite replaces it" in str(again.exception)
    assert path.read_bytes() == before
    assert ran("import", "theirs.npy", "--as", "x", "--seeds", "1", "--overwrite").exit_code == 0
    assert path.read_bytes() != before


def test_in_another_vocabulary_rows_are_as_long_as_the_largest_needs(here: Path) -> None:
    Path("own.yaml").write_text("name: own\nroom_types: [Salon, Bad]\nrelations: [door]\n")
    with Path("own.jsonl").open("w") as out:
        for k in (3, 11):
            rooms = [{"type": "Salon"}] + [{"type": "Bad"}] * (k - 1)
            print(json.dumps({"id": k, "rooms": rooms, "relations": [[0, 1, "door"]]}), file=out)
    done = ran("import", "own.jsonl", "--as", "own", "--vocabulary", "own.yaml")
    assert done.exit_code == 0, done.output
    samples = read_samples(here / "eval_results/imported/own_samples.pt")
    assert (samples.n_max, samples.words.name) == (11, "own")
    np.save("rows.npy", samples.per_seed[0].tokens)
    assert ran("import", "rows.npy", "--as", "rows", "--vocabulary", "own.yaml").exit_code == 0
    again = read_samples(here / "eval_results/imported/rows_samples.pt")
    np.testing.assert_array_equal(again.per_seed[0].tokens, samples.per_seed[0].tokens)
    assert (
        ran("export", "eval_results/imported/own_samples.pt", "--out", "g/{id}.graphml").exit_code
        == 0
    )
    assert ran("import", "g", "--as", "graphs", "--vocabulary", "own.yaml").exit_code == 0
    assert read_samples(here / "eval_results/imported/graphs_samples.pt").n_max == 11
    refused = ran("import", "own.jsonl", "--as", "b", "--vocabulary", "own.yaml", "--n-max", "8")
    assert refused.exit_code != 0
    assert "11 > n_max 8" in str(refused.exception)
