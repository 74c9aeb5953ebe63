"""One reader for samples and checkpoints: what costs much is refused by both, before it costs."""

import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tests.results.hostile_archives import HOSTILE, file_of, tensor

from bd_gen.results.samples_file import read_description, read_samples
from bd_gen.system.errors import InputError
from bd_gen.system.torch_archive import TorchArchive
from bd_gen.training.bundled import BUNDLED, checkpoint_file
from bd_gen.training.checkpoint import _load_plain, load_checkpoint


def records_read(monkeypatch: pytest.MonkeyPatch) -> list[zipfile.ZipInfo]:
    """The records that are read from now on, as often as they are."""
    taken: list[zipfile.ZipInfo] = []
    read = zipfile.ZipFile.read
    monkeypatch.setattr(
        zipfile.ZipFile, "read", lambda archive, info: taken.append(info) or read(archive, info)
    )
    return taken


@pytest.mark.parametrize("read", [load_checkpoint, read_samples, read_description])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_one_line(
    name: str, read: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, message = HOSTILE[name]
    path = tmp_path / "x_samples.pt"
    path.write_bytes(make())
    taken = records_read(monkeypatch)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=message) as caught:
            read(path)
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert sum(info.file_size for info in taken) <= path.stat().st_size  # no byte is read twice
    assert peak < 40e6 + 3 * path.stat().st_size


def test_the_frame_of_these_files_is_a_good_one(tmp_path: Path) -> None:
    """They are refused for what is wrong with them."""
    path = tmp_path / "a.pt"
    path.write_bytes(file_of(tensor(0), ("a/data/0", bytes(12)), ("a/version", b"3")))
    with TorchArchive(path) as archive:
        assert archive.array(archive.value).tolist() == [0.0, 0.0, 0.0]
    assert torch.load(path, weights_only=True).tolist() == [0.0, 0.0, 0.0]


def test_numbers_that_many_tensors_share_are_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, whole = tmp_path / "a.pt", torch.arange(1000)
    torch.save([whole[k : k + 10] for k in range(100)], path)
    taken = records_read(monkeypatch)
    with TorchArchive(path) as archive:
        arrays = list(map(archive.array, archive.value))
    assert [array[0] for array in arrays] == list(range(100))
    assert [info.filename for info in taken].count("a/data/0") == 1


def assert_same(ours: object, torchs: object) -> None:
    assert type(ours) is type(torchs) or isinstance(torchs, dict)
    if isinstance(torchs, torch.Tensor):
        assert (ours.dtype, ours.shape) == (torchs.dtype, torchs.shape)
        assert torch.equal(ours, torchs)
    elif isinstance(torchs, dict):
        assert list(ours) == list(torchs)
        for key, part in torchs.items():
            assert_same(ours[key], part)
    elif isinstance(torchs, list | tuple):
        assert len(ours) == len(torchs)
        for pair in zip(ours, torchs, strict=True):
            assert_same(*pair)
    else:
        assert ours == torchs


def test_the_bundled_checkpoint_is_what_torch_reads() -> None:
    path = checkpoint_file(BUNDLED)
    assert_same(_load_plain(path), torch.load(path, weights_only=True))


def test_published_checkpoints_are_what_torch_reads(dev_data: Path) -> None:
    files = sorted((dev_data / "reference" / "checkpoints").glob("*.pt"))
    assert files
    for path in files:
        assert_same(_load_plain(path), torch.load(path, weights_only=True))


def test_a_checkpoint_in_training_is_what_torch_reads(whole_run: Path) -> None:
    """Raw and averaged weights, optimiser state, shared numbers and counts."""
    path = whole_run / "checkpoint_final.pt"
    assert_same(_load_plain(path), torch.load(path, weights_only=True))
