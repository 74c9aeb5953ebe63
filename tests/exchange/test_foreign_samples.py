"""Diagrams of other programs become samples, token for token."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tests.random_samples import random_tokens

from bd_gen.data.sources.plans.source import read_plans
from bd_gen.diagrams.diagram import Diagram
from bd_gen.diagrams.laid_out import LaidOut
from bd_gen.diagrams.tokens import diagrams_from_tokens, tokens_from_diagrams
from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.exchange.exports.graphml import write_graphml
from bd_gen.exchange.foreign_samples import ForeignDiagrams, read_foreign, samples_of
from bd_gen.results.samples_file import read_samples, write_samples
from bd_gen.system.errors import InputError

V = Vocabulary(4)
ROWS = random_tokens(12, seed=1, vocabulary=V)


def saved(path: Path, array: np.ndarray) -> Path:
    """The array in a file by its ending."""
    if path.suffix == ".npy":
        np.save(path, array)
    elif path.suffix == ".npz":
        np.savez_compressed(path, tokens=array)
    else:
        torch.save(torch.from_numpy(array), path)
    return path


@pytest.mark.parametrize("ending", [".npy", ".npz", ".pt"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_token_rows_stay_as_they_are(ending: str, dtype: type, tmp_path: Path) -> None:
    broken = ROWS.copy()
    broken[3] = 77
    found = read_foreign(saved(tmp_path / f"a{ending}", broken.astype(dtype)), 4)
    assert np.array_equal(found.tokens, broken)
    assert found.seeds == 0


def test_three_axes_are_seeds(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npy", ROWS.reshape(3, 4, -1))
    samples, notes = samples_of(read_foreign(path, 4), "theirs", path)
    assert (samples.seeds, samples.num_samples, notes) == ((0, 1, 2), 4, ())
    assert np.array_equal(samples.per_seed[1].tokens, ROWS[4:8])
    write_samples(tmp_path / "theirs_samples.pt", samples)
    again = read_samples(tmp_path / "theirs_samples.pt")
    assert np.array_equal(again.per_seed[2].pad_masks, V.real_mask((ROWS[8:, :4] != 14).sum(1)))
    assert again.provenance["imported"]["file"] == "a.npy"


def test_graphs_of_a_folder_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    diagrams = diagrams_from_tokens(ROWS, V)
    for k, diagram in enumerate(diagrams):
        write_graphml(tmp_path / f"{k:02d}.graphml", LaidOut(str(k), diagram))
    seen = []
    found = read_foreign(tmp_path, 4, progress=lambda done, total: seen.append((done, total)))
    assert np.array_equal(found.tokens, tokens_from_diagrams(diagrams, V))
    assert seen[-1] == (12, 12)
    one = read_foreign(tmp_path / "05.graphml", 4)
    assert np.array_equal(one.tokens, found.tokens[5:6])


def test_plans_are_read_as_everywhere(tmp_path: Path) -> None:
    boxes = np.array([[0, 0, 100, 100], [100, 0, 180, 100], [0, 100, 100, 180]])
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"id": "1", "rooms": ['
        + ", ".join(
            f'{{"type": "{name}", "box": {box.tolist()}}}'
            for name, box in zip(("LivingRoom", "Kitchen", "Bathroom"), boxes, strict=True)
        )
        + "]}\n"
    )
    found = read_foreign(path, 4)
    assert np.array_equal(found.tokens, read_plans(path, V).tokens)


def test_what_is_left_over_is_told() -> None:
    samples, notes = samples_of(ForeignDiagrams(ROWS, V), "theirs", "a.npy", seeds=5)
    assert samples.num_samples == 2
    assert notes == ("left out at the end: 2, as 5 seeds have 2 each",)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (ROWS.astype(float), r"expected integers of shape \(N, 10\) or .* got float64"),
        (ROWS[0], r"expected integers of shape"),
        (ROWS[:, :6], r"expected rows of 10 tokens for 4 rooms, got 6; rows of 3 rooms"),
        (ROWS.astype(int) - 1, r"expected tokens from 0 to 255, got -1 to"),
        (ROWS[:0], r"holds no token rows"),
    ],
)
def test_arrays_that_are_no_token_rows(array: np.ndarray, message: str, tmp_path: Path) -> None:
    path = saved(tmp_path / "a.npy", array)
    with pytest.raises(InputError, match=rf"a\.npy: {message}"):
        read_foreign(path, 4)


def test_files_that_are_no_arrays(tmp_path: Path) -> None:
    (tmp_path / "text.npy").write_text("no array")
    with pytest.raises(InputError, match=r"text\.npy: not an array that numpy can read"):
        read_foreign(tmp_path / "text.npy", 4)
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match=r"objects\.npy: not an array that numpy can read"):
        read_foreign(tmp_path / "objects.npy", 4)
    np.savez(tmp_path / "two.npz", a=ROWS, b=ROWS)
    with pytest.raises(InputError, match=r"two\.npz: expected one array, got 2 \(a, b\)"):
        read_foreign(tmp_path / "two.npz", 4)
    torch.save([torch.zeros(2)], tmp_path / "list.pt")
    with pytest.raises(InputError, match=r"list\.pt: expected one tensor, got list"):
        read_foreign(tmp_path / "list.pt", 4)
    with pytest.raises(InputError, match=r"missing\.npy: cannot be read \(No such file"):
        read_foreign(tmp_path / "missing.npy", 4)
    with pytest.raises(InputError, match=r"holds no GraphML files"):
        read_foreign(tmp_path, 4)


def test_a_header_that_claims_more_than_there_is(tmp_path: Path) -> None:
    saved(tmp_path / "a.npy", ROWS)
    content = (tmp_path / "a.npy").read_bytes()
    claimed = content.replace(b"(12, 10)", b"(9999999999, 10)"[:16])
    head = claimed[:10] + claimed[10:].replace(b" " * 8, b"", 1)
    (tmp_path / "b.npy").write_bytes(head)
    with pytest.raises(InputError, match=r"b\.npy: not an array that numpy can read"):
        read_foreign(tmp_path / "b.npy", 4)


def test_more_rooms_than_expected_name_the_file(tmp_path: Path) -> None:
    five = Diagram((0, 1, 2, 3, 9), ())
    write_graphml(tmp_path / "five.graphml", LaidOut("five", five))
    with pytest.raises(InputError, match=r"five\.graphml: 5 rooms, expected at most 4 \[--n-max"):
        read_foreign(tmp_path / "five.graphml", 4)


def test_fewer_diagrams_than_seeds() -> None:
    with pytest.raises(InputError, match=r"a\.npy: holds 12 diagrams, too few for 13 seeds"):
        samples_of(ForeignDiagrams(ROWS, V), "theirs", "a.npy", seeds=13)
