import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bd_gen.diagrams.tokens import diagrams_from_tokens
from bd_gen.drawing import plan_drawing as drawing
from bd_gen.metrics import METRICS
from bd_gen.metrics.intervals import wilson
from bd_gen.results.evaluate import evaluate_method
from bd_gen.results.finding import columns_to_show, draw_samples, find_samples
from bd_gen.results.references import References
from bd_gen.results.sample_table import read_sample_table, table_path, write_sample_table
from bd_gen.results.samples_file import Samples, samples_path, write_samples
from bd_gen.system.errors import InputError

Make = Callable[..., Samples]


@pytest.fixture(scope="module")
def samples(make_samples: Make) -> Samples:
    """Two seeds of 20; the first sample of each is nothing but MASK."""
    samples = make_samples("a", provenance={"data": {"num_plans": 100}})
    for part in samples.per_seed.values():
        mask = samples.vocabulary.mask_row
        part.tokens[0] = np.where(part.pad_masks[0], mask, part.tokens[0])
    return samples


@pytest.fixture
def directory(tmp_path: Path, samples: Samples) -> Path:
    """A results directory with the table of one method."""
    directory = tmp_path / "eval_results" / "loglinear"
    write_samples(samples_path(directory, "a"), samples)
    names = ["validity", "novelty", "edge_counts"]
    evaluate_method(samples_path(directory, "a"), References(), names=names)
    return directory


def test_all_that_a_condition_holds_for_are_found(directory: Path) -> None:
    found = find_samples(directory, "a", "not connected", limit=100)
    table = read_sample_table(table_path(directory, "a"))
    assert found.rows.tolist() == np.flatnonzero(~table.columns["connected"]).tolist()
    assert found.num_matching == len(found.rows) > 2
    assert found.share == (found.num_matching / 40, *wilson(found.num_matching, 40))
    assert found.notes == ()


def test_it_is_said_how_many_were_asked(directory: Path) -> None:
    path = samples_path(directory, "a")
    for rows, notes in ((4, 1), ("all", 0)):
        evaluate_method(path, References(), names=["realizable"], realizable_rows=rows)
        found = find_samples(directory, "a", "realizable == 'no' and valid", limit=100)
        assert len(found.notes) == notes
        if notes:
            assert found.notes[0].startswith("realizable: only 8 of 40 samples were asked")


def test_more_than_the_limit_are_drawn_at_random_and_always_alike(directory: Path) -> None:
    every = find_samples(directory, "a", "num_rooms > 0", limit=100)
    some = find_samples(directory, "a", "num_rooms > 0", limit=5)
    assert some.num_matching == every.num_matching == 40
    assert len(some.rows) == 5
    assert np.all(np.diff(some.rows) > 0)
    assert find_samples(directory, "a", "num_rooms > 0", limit=5).rows.tolist() == (
        some.rows.tolist()
    )
    other = find_samples(directory, "a", limit=5, seed=1)
    assert other.condition is None
    assert other.rows.tolist() != some.rows.tolist()
    assert find_samples(directory, "a", limit=5).rows.tolist() == some.rows.tolist()


def test_the_columns_asked_about_are_shown(directory: Path) -> None:
    found = find_samples(directory, "a", "not valid and num_edges > 3")
    names = columns_to_show(found, ["novel", "valid"])
    assert names == ["seed", "sample", "num_rooms", "num_edges", "valid", "novel"]
    with pytest.raises(InputError, match="column 'novle': not known; did you mean novel"):
        columns_to_show(found, ["novle"])


def test_what_is_found_is_drawn(
    directory: Path, samples: Samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = {}
    monkeypatch.setattr(
        drawing, "draw_grid", lambda diagrams, _, **how: drawn.update(how, diagrams=diagrams)
    )
    found = find_samples(directory, "a", "sample < 2")
    assert draw_samples(found, directory, tmp_path / "a.png", relation_labels=True) == 2
    assert drawn["titles"] == ["seed 42, sample 1", "seed 123, sample 1"]
    assert drawn["title"] == "a: sample < 2"
    assert drawn["relation_labels"]
    for diagram, seed in zip(drawn["diagrams"], (42, 123), strict=True):
        row = samples.per_seed[seed].tokens[1:2]
        assert diagrams_from_tokens(row, samples.vocabulary) == [diagram]


def test_a_picture_is_written_unless_there_is_nothing_in_it(
    directory: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.svg"
    for where in ("sample < 1", "sample < 0"):
        assert draw_samples(find_samples(directory, "a", where), directory, path) == 0
        assert not path.exists()
    assert draw_samples(find_samples(directory, "a", limit=2, seed=3), directory, path) == 2
    assert "seed " in path.read_text()


def test_a_table_of_other_samples_is_refused(directory: Path, make_samples: Make) -> None:
    write_samples(samples_path(directory, "a"), make_samples("a", num_samples=5))
    with pytest.raises(InputError, match=r"is of other samples than a_samples\.pt; `bd-gen eval"):
        find_samples(directory, "a")


def test_without_its_samples_a_table_can_be_looked_at_but_not_drawn(directory: Path) -> None:
    samples_path(directory, "a").unlink()
    found = find_samples(directory, "a", "not valid")
    assert len(found.rows) > 2
    with pytest.raises(InputError, match=r"a_samples\.pt"):
        draw_samples(found, directory, directory / "a.png")


def test_a_table_of_another_version_is_told(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table_path(directory, "a")
    table = read_sample_table(path)
    table.metadata["metric_versions"]["validity"] = 0
    hashed = write_sample_table(path, table)
    result = directory / "a.json"
    fields = json.loads(result.read_text())
    fields["provenance"]["table_sha256"] = hashed
    result.write_text(json.dumps(fields))
    (note,) = find_samples(directory, "a", "not valid").notes
    now = METRICS["validity"].version
    assert note == f"valid: of version 0 of metric validity, now {now}; `bd-gen evaluate` renews it"
    assert find_samples(directory, "a", "novel").notes == ()


@pytest.mark.parametrize(
    ("name", "kept", "remedy"),
    [
        ("a", True, "`bd-gen evaluate --schedule loglinear --results .* --model a` makes it"),
        ("a", False, "`bd-gen generate`, then `bd-gen evaluate --schedule loglinear --results "),
        ("real_held_out", False, "`bd-gen evaluate --schedule loglinear --results .* --real`"),
        ("baseline_marginals", False, "loglinear --results .* --baselines` makes it"),
    ],
)
def test_a_missing_table_is_answered_with_the_command_that_makes_it(
    directory: Path, name: str, kept: bool, remedy: str
) -> None:
    table_path(directory, "a").unlink()
    (directory / "a.json").rename(directory / f"{name}.json")
    if not kept:
        samples_path(directory, "a").unlink()
    with pytest.raises(InputError, match=rf"{name}_per_sample.parquet: is missing; .*{remedy}"):
        find_samples(directory, name)


def test_an_unknown_method_is_answered_with_the_near_ones(directory: Path) -> None:
    with pytest.raises(InputError, match=r"zzz: there are no samples of it .* there are a$"):
        find_samples(directory, "zzz")
    with pytest.raises(InputError, match="there is no such results directory"):
        find_samples(directory.parent / "linear", "a")
