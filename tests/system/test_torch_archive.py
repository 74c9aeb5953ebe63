import io
import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from bd_gen.system.errors import InputError
from bd_gen.system.torch_archive import TorchArchive

DTYPES = ["uint8", "bool", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.pt"


def records_of(value: object) -> dict[str, bytes]:
    """The records that torch writes for `value`."""
    import torch

    buffer = io.BytesIO()
    torch.save(value, buffer)
    with zipfile.ZipFile(buffer) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, records: dict[str, bytes] | list[tuple[str, bytes]]) -> None:
    pairs = records.items() if isinstance(records, dict) else records
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in pairs:
            archive.writestr(name, data)


def refused(path: Path, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        TorchArchive(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3)])
def test_arrays_are_torch_s_tensors(path: Path, dtype: str, shape: tuple[int, ...]) -> None:
    import torch

    tensor = (torch.arange(100)[10 : 10 + int(np.prod(shape))] % 3).reshape(shape)
    tensor = tensor.to(getattr(torch, dtype))
    torch.save([tensor, tensor.T if len(shape) == 2 else tensor], path)
    with TorchArchive(path) as archive:
        array, other = map(archive.array, archive.value)
    assert array.dtype == tensor.numpy().dtype
    np.testing.assert_array_equal(array, tensor.numpy())
    np.testing.assert_array_equal(other, tensor.T.numpy() if len(shape) == 2 else tensor.numpy())


def test_a_window_of_a_larger_storage_is_read(path: Path) -> None:
    import torch

    whole = torch.arange(60).reshape(6, 10)
    torch.save(whole[1:5:2, 3:], path)
    with TorchArchive(path) as archive:
        np.testing.assert_array_equal(archive.array(archive.value), whole[1:5:2, 3:].numpy())


def test_big_endian_files_are_read(path: Path) -> None:
    import torch

    records = records_of(torch.tensor([1, 2, 300]))
    records["archive/byteorder"] = b"big"
    records["archive/data/0"] = struct.pack(">3q", 1, 2, 300)
    write(path, records)
    with TorchArchive(path) as archive:
        assert archive.array(archive.value).tolist() == [1, 2, 300]
    write(path, records | {"archive/byteorder": b"middle"})
    refused(path, "byteorder: expected little or big")


def test_code_in_a_file_is_refused_and_not_run(path: Path, tmp_path: Path) -> None:
    import torch

    canary = tmp_path / "canary"

    class Evil:
        def __reduce__(self) -> tuple:
            return os.mkdir, (str(canary),)

    torch.save({"tokens": torch.zeros(2), "config": Evil()}, path)
    refused(path, r"data\.pkl: it names 'posix\.mkdir', which is not allowed")
    assert not canary.exists()


def test_a_parameter_or_an_expanded_tensor_is_refused(path: Path) -> None:
    import torch

    torch.save(torch.nn.Parameter(torch.zeros(2)), path)
    refused(path, "_rebuild_parameter")
    torch.save(torch.zeros(1).expand(10**9), path)
    refused(path, "a tensor reaches beyond its storage")


def test_the_format_before_torch_1_6_is_refused_with_the_reason(path: Path) -> None:
    import torch

    torch.save({"a": torch.zeros(2)}, path, _use_new_zipfile_serialization=False)
    refused(path, "is in torch's old format")


def test_what_is_no_file_is_refused(path: Path, tmp_path: Path) -> None:
    refused(path, "cannot be read .No such file")
    refused(tmp_path, "is not a file")
    os.mkfifo(path)
    refused(path, "is not a file")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"hello", "is not a torch file"),
        (b"PK\x03\x04", "is damaged or cut short"),
        (b"PK\x03\x04" * 1000, "is damaged or cut short"),
    ],
)
def test_other_content_is_refused(path: Path, content: bytes, message: str) -> None:
    path.write_bytes(content)
    refused(path, message)


def test_a_wrong_set_of_records_is_refused(path: Path) -> None:
    import torch

    good = records_of(torch.zeros(3))
    write(path, {"readme": b"x"})
    refused(path, "is a zip archive, but no torch file")
    write(path, good | {"other/data.pkl": b"N."})
    refused(path, "is a zip archive, but no torch file")
    with pytest.warns(UserWarning, match="Duplicate"):
        write(path, [*good.items(), ("archive/data/0", bytes(12))])
    refused(path, "holds a record twice")
    write(path, good | {"archive/data.pkl": good["archive/data.pkl"] + bytes(2**20)})
    refused(path, r"data\.pkl: expected at most 1048576 bytes, got")


@pytest.mark.parametrize("data", [b"", bytes(11), bytes(13)])
def test_a_storage_of_another_size_is_refused(path: Path, data: bytes) -> None:
    import torch

    write(path, records_of(torch.zeros(3)) | {"archive/data/0": data})
    with TorchArchive(path) as archive, pytest.raises(InputError, match="data/0: expected"):
        archive.array(archive.value)


def test_a_missing_storage_is_named(path: Path) -> None:
    import torch

    records = records_of(torch.zeros(3))
    del records["archive/data/0"]
    write(path, records)
    with TorchArchive(path) as archive, pytest.raises(InputError, match="data/0: the record is m"):
        archive.array(archive.value)


def directory_entry(content: bytes, name: bytes) -> int:
    """Where the central directory's entry of `name` begins."""
    place = content.index(b"PK\x01\x02")
    while content[place + 46 : place + 46 + len(name)] != name:
        place = content.index(b"PK\x01\x02", place + 4)
    return place


def patched(path: Path, place: int, layout: str, *values: int) -> None:
    content = bytearray(path.read_bytes())
    struct.pack_into(layout, content, directory_entry(content, b"archive/data/0") + place, *values)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("place", "layout", "values", "message"),
    [
        (8, "<H", (1,), "is encrypted"),
        (10, "<H", (8,), "holds compressed records"),
        (10, "<H", (99,), "holds compressed records"),
        (20, "<II", (2**31, 2**31), "claim to be larger than the file"),
        (24, "<I", (2**31,), "holds compressed records"),
        (42, "<I", (3,), "its records overlap"),
    ],
)
def test_a_directory_that_lies_is_refused(
    path: Path, place: int, layout: str, values: tuple[int, ...], message: str
) -> None:
    import torch

    write(path, records_of(torch.zeros(3)))
    patched(path, place, layout, *values)
    refused(path, message)


@pytest.mark.parametrize(("place", "value"), [(16, 1), (42, 2**31)])
def test_a_record_that_is_elsewhere_or_altered_is_refused(
    path: Path, place: int, value: int
) -> None:
    import torch

    write(path, records_of(torch.zeros(3)))
    patched(path, place, "<I", value)
    with TorchArchive(path) as archive, pytest.raises(InputError, match="the record is damaged"):
        archive.array(archive.value)
