import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bd_gen.diagrams.vocabulary import Vocabulary
from bd_gen.results.samples_file import Samples, read_description, read_samples, write_samples
from bd_gen.system.errors import InputError

Make = Callable[..., Samples]


@pytest.fixture
def published(make_samples: Make) -> dict:
    """The content of a file of version 1: int64 tokens, no provenance, no n_max."""
    import torch

    samples = make_samples(n_max=3, num_samples=4)
    per_seed = {
        str(seed): {
            "tokens": torch.from_numpy(part.tokens.astype(np.int64)),
            "pad_masks": torch.from_numpy(part.pad_masks),
        }
        for seed, part in samples.per_seed.items()
    }
    return {
        "format_version": 1,
        "method": samples.method,
        "seeds": list(samples.seeds),
        "num_samples": 4,
        "config": {"top_p": 0.9},
        "per_seed": per_seed,
    }


def saved(content: object, path: Path) -> Path:
    import torch

    torch.save(content, path)
    return path


@pytest.mark.parametrize("n_max", [1, 3, 8, 14])
def test_what_is_written_is_read(tmp_path: Path, make_samples: Make, n_max: int) -> None:
    path = tmp_path / "a_samples.pt"
    provenance = {"checkpoint_sha256": "ab", "data": {"source": "plans", "path": None}, "x": [1.5]}
    samples = make_samples("a", n_max=n_max, provenance=provenance)
    write_samples(path, samples)
    again = read_samples(path)
    assert (again.method, again.n_max, again.seeds) == ("a", n_max, (42, 123))
    assert (again.config, again.provenance) == (samples.config, provenance)
    for seed in samples.seeds:
        assert again.per_seed[seed].tokens.dtype == np.uint8
        np.testing.assert_array_equal(again.per_seed[seed].tokens, samples.per_seed[seed].tokens)
        np.testing.assert_array_equal(
            again.per_seed[seed].pad_masks, samples.per_seed[seed].pad_masks
        )


def test_torch_reads_what_is_written(tmp_path: Path, make_samples: Make) -> None:
    import torch

    path = tmp_path / "a_samples.pt"
    samples = make_samples("a", config={"top_p": np.float64(0.9), "seeds": (42, 123)})
    write_samples(path, samples)
    content = torch.load(path, weights_only=True)
    assert content["format_version"] == 2
    assert content["config"] == {"top_p": 0.9, "seeds": [42, 123]}
    part = content["per_seed"]["123"]
    assert (part["tokens"].dtype, part["pad_masks"].dtype) == (torch.uint8, torch.bool)
    np.testing.assert_array_equal(part["tokens"].numpy(), samples.per_seed[123].tokens)


def test_equal_samples_make_equal_files(tmp_path: Path, make_samples: Make) -> None:
    for name in ("a", "b"):
        write_samples(tmp_path / name, make_samples())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("true_means_real", [True, False])
def test_the_published_version_is_read(
    tmp_path: Path, published: dict, true_means_real: bool
) -> None:
    for part in published["per_seed"].values():
        part["pad_masks"] = part["pad_masks"] == true_means_real
    samples = read_samples(saved(published, tmp_path / "a.pt"))
    assert (samples.format_version, samples.n_max, samples.provenance) == (1, 3, {})
    tokens = published["per_seed"]["42"]["tokens"].numpy()
    np.testing.assert_array_equal(samples.per_seed[42].tokens, tokens)
    real = tokens != Vocabulary(3).pad_row
    np.testing.assert_array_equal(samples.per_seed[42].pad_masks, real)


def test_views_and_shared_storages_are_read_as_torch_reads_them(
    tmp_path: Path, published: dict
) -> None:
    part = published["per_seed"]["42"]
    tokens = part["tokens"]
    part["tokens"] = tokens.repeat(1, 2)[:, 6:]
    published["per_seed"]["123"] = part | {"tokens": tokens.t().contiguous().t()}
    samples = read_samples(saved(published, tmp_path / "a.pt"))
    for seed in (42, 123):
        np.testing.assert_array_equal(samples.per_seed[seed].tokens, tokens.numpy())


def test_the_description_is_read_without_the_tokens(tmp_path: Path, make_samples: Make) -> None:
    path = tmp_path / "a.pt"
    write_samples(path, make_samples("a", num_samples=5))
    data = path.read_bytes()
    tokens = make_samples("a", num_samples=5).per_seed[42].tokens.tobytes()
    path.write_bytes(data.replace(tokens, bytes(len(tokens))))
    assert read_description(path).num_samples == 5
    with pytest.raises(InputError, match=r"a\.pt: data/\d: the record is damaged"):
        read_samples(path)


def test_reading_does_not_import_torch(tmp_path: Path, make_samples: Make) -> None:
    path = tmp_path / "a.pt"
    write_samples(path, make_samples())
    code = (
        "import sys; from bd_gen.results.samples_file import read_samples;"
        f"read_samples({str(path)!r}); sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def nested(depth: int) -> dict:
    return {"a": nested(depth - 1)} if depth else {}


WRONG_FIELDS: dict[str, tuple[dict, str]] = {
    "version 3": ({"format_version": 3}, "format_version: expected 1 or 2, got 3"),
    "version true": ({"format_version": True}, "format_version: expected"),
    "no method": ({"method": None}, "method: expected a name, got NoneType"),
    "a number as method": ({"method": 7}, "method: expected a name, got 7"),
    "no seeds": ({"seeds": []}, "seeds: expected a list of seeds"),
    "seeds of text": ({"seeds": ["42", "123"]}, "seeds: expected a list of seeds"),
    "a negative seed": ({"seeds": [-1]}, "seeds: expected a list of seeds"),
    "a seed twice": ({"seeds": [42, 42]}, "seeds: a seed stands there twice"),
    "other seeds": ({"seeds": [42, 7]}, "per_seed: does not hold the seeds"),
    "no samples": ({"num_samples": 0}, "num_samples: expected a number from 1, got 0"),
    "another number": ({"num_samples": 5}, r"tokens: expected shape \(5, 6\)"),
    "another n_max": ({"n_max": 8}, r"tokens: expected shape \(4, 36\)"),
    "n_max of 99": ({"n_max": 99}, "n_max: expected a number from 1, got 99"),
    "no per_seed": ({"per_seed": None}, "per_seed: expected a dictionary"),
    "config of text": ({"config": "x"}, "config: expected a dictionary, got str"),
    "infinite config": ({"config": {"a": float("inf")}}, "config: expected finite numbers"),
    "deep config": ({"config": nested(50)}, "config: is nested too deeply"),
}


@pytest.mark.parametrize(("fields", "message"), WRONG_FIELDS.values(), ids=WRONG_FIELDS)
def test_a_wrong_field_is_named(
    tmp_path: Path, published: dict, fields: dict, message: str
) -> None:
    path = saved(published | fields, tmp_path / "bad_samples.pt")
    for read in (read_samples, read_description):
        with pytest.raises(InputError, match=message) as caught:
            read(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)


def row(*tokens: int) -> Callable[[Any], Any]:
    def change(good: Any) -> Any:
        changed = good.clone()
        changed[2] = changed.new_tensor(tokens)
        return changed

    return change


WRONG_PARTS: dict[str, tuple[str, Callable[[Any], object], str]] = {
    "no tokens": ("tokens", lambda _: None, "tokens: expected a tensor"),
    "tokens of text": ("tokens", lambda _: "x", "tokens: expected a tensor"),
    "floats": ("tokens", lambda t: t.float(), "tokens: expected integers, got float32"),
    "truth as tokens": ("tokens", lambda t: t > 0, "tokens: expected integers, got bool"),
    "masks of integers": ("pad_masks", lambda t: t.long(), "pad_masks: expected true and false"),
    "a token of 256": ("tokens", row(256, 14, 14, 12, 12, 12), "expected tokens from 0 to 255"),
    "a token of -1": ("tokens", row(-1, 14, 14, 12, 12, 12), "expected tokens from 0 to 255"),
    "one dimension": ("tokens", lambda t: t[0], "tokens: expected shape|no n_max"),
    "a gap": ("tokens", row(1, 14, 1, 10, 10, 10), "tokens: row 2: expected one room or more"),
    "no room": ("tokens", row(14, 14, 14, 12, 12, 12), "tokens: row 2: expected one room"),
    "an edge to nowhere": ("tokens", row(1, 14, 14, 12, 12, 3), "tokens: row 2: expected one"),
    "masks that disagree": ("pad_masks", lambda t: t | True, "does not agree with the PAD tokens"),
}


@pytest.mark.parametrize("seed", ["42", "123"])
@pytest.mark.parametrize(("name", "change", "message"), WRONG_PARTS.values(), ids=WRONG_PARTS)
def test_a_wrong_tensor_is_named(
    tmp_path: Path,
    published: dict,
    seed: str,
    name: str,
    change: Callable[[Any], object],
    message: str,
) -> None:
    part = published["per_seed"][seed]
    part[name] = change(part[name])
    path = saved(published, tmp_path / "bad_samples.pt")
    with pytest.raises(InputError, match=f"per_seed.*{message}|{message}") as caught:
        read_samples(path)
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize("content", [[1], "x", None, 3])
def test_other_content_is_no_samples_file(tmp_path: Path, content: object) -> None:
    path = saved(content, tmp_path / "a.pt")
    with pytest.raises(InputError, match=r"a\.pt: expected a dictionary of samples"):
        read_samples(path)


def test_a_tensor_among_the_settings_is_refused(tmp_path: Path, published: dict) -> None:
    published["config"]["x"] = published["per_seed"]["42"]["tokens"]
    with pytest.raises(InputError, match="config: expected plain values"):
        read_samples(saved(published, tmp_path / "a.pt"))


def test_version_2_says_which_positions_are_real(tmp_path: Path, published: dict) -> None:
    for part in published["per_seed"].values():
        part["pad_masks"] = ~part["pad_masks"]
    content = published | {"format_version": 2}
    with pytest.raises(InputError, match="pad_masks: does not agree"):
        read_samples(saved(content, tmp_path / "a.pt"))


def test_a_token_in_the_wrong_place_is_for_the_metrics_to_count(
    tmp_path: Path, published: dict
) -> None:
    part = published["per_seed"]["42"]
    part["tokens"] = row(13, 12, 14, 12, 12, 12)(part["tokens"])
    part["pad_masks"][2] = part["pad_masks"].new_tensor([True, True, False, True, False, False])
    tokens = read_samples(saved(published, tmp_path / "a.pt")).per_seed[42].tokens
    assert tokens[2].tolist() == [13, 12, 14, 12, 12, 12]


def test_a_token_beyond_the_vocabulary_is_refused(tmp_path: Path, published: dict) -> None:
    part = published["per_seed"]["42"]
    part["tokens"] = row(13, 200, 14, 12, 12, 12)(part["tokens"])
    part["pad_masks"][2] = part["pad_masks"].new_tensor([True, True, False, True, False, False])
    with pytest.raises(InputError, match="column 1: token 200 is beyond"):
        read_samples(saved(published, tmp_path / "a.pt"))


def test_contradictory_samples_are_not_written(tmp_path: Path, make_samples: Make) -> None:
    path = tmp_path / "a_samples.pt"
    write_samples(path, make_samples())
    before = path.read_bytes()
    good = make_samples()
    wrong = make_samples(num_samples=3)
    for samples in (
        make_samples(config={"a": object()}),
        type(good)(**{**vars(good), "num_samples": 7}),
        type(good)(**{**vars(good), "per_seed": {42: wrong.per_seed[42]}}),
    ):
        with pytest.raises(InputError):
            write_samples(path, samples)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, make_samples: Make) -> None:
    path, larger = tmp_path / "a_samples.pt", tmp_path / "b_samples.pt"
    write_samples(path, make_samples(num_samples=2))
    before = path.read_bytes()
    # A limit on the size of files is the full disk that a test can make.
    code = (
        "import resource, signal, sys;"
        "from bd_gen.system.errors import InputError;"
        "from bd_gen.results.samples_file import read_samples, write_samples;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
        "try: write_samples(sys.argv[1], read_samples(sys.argv[2]))\n"
        "except InputError as error: print(error)"
    )
    write_samples(larger, make_samples(num_samples=900))
    command = [sys.executable, "-c", code, str(path), str(larger)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout == f"{path}: cannot be written (File too large)\n"
    assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [path, larger]


@pytest.fixture(scope="module")
def good_bytes(tmp_path_factory: pytest.TempPathFactory, make_samples: Make) -> bytes:
    path = tmp_path_factory.mktemp("good") / "a.pt"
    write_samples(path, make_samples(num_samples=3, n_max=3, provenance={"data": {"n_max": 3}}))
    return path.read_bytes()


@settings(max_examples=300, deadline=2000, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_file_is_an_error_for_people_or_no_damage(
    data: st.DataObject, good_bytes: bytes, tmp_path: Path
) -> None:
    content = bytearray(good_bytes)
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    path = tmp_path / "a.pt"
    path.write_bytes(content)
    try:
        samples = read_samples(path)
    except InputError:
        return
    assert all(part.tokens.shape == (3, 6) for part in samples.per_seed.values())


def test_a_file_cut_short_anywhere_is_refused(good_bytes: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    for length in range(0, len(good_bytes), 97):
        path.write_bytes(good_bytes[:length])
        with pytest.raises(InputError):
            read_samples(path)


def rezipped(good: bytes, method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w", method) as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info))
    return out.getvalue()


def test_compressed_records_are_refused(good_bytes: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    path.write_bytes(rezipped(good_bytes, zipfile.ZIP_STORED))
    assert read_samples(path).num_samples == 3
    path.write_bytes(rezipped(good_bytes, zipfile.ZIP_DEFLATED))
    with pytest.raises(InputError, match="holds compressed records"):
        read_samples(path)
