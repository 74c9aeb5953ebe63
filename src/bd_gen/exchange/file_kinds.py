"""What a file holds: plans, samples of a method, a graph, or the model that draws samples."""

from pathlib import Path
from typing import Literal

from bd_gen.system.errors import InputError
from bd_gen.system.files import check_pointer
from bd_gen.system.torch_archive import TorchArchive

Kind = Literal["plans", "samples", "checkpoint", "graphml"]

_TORCH, _GZIP = (b"PK\x03\x04", b"\x80\x02"), b"\x1f\x8b"
_HEAD = 512  # bytes by which a file is told
_BY_NAME: dict[str, Kind] = {
    ".jsonl": "plans",
    ".json": "plans",
    ".graphml": "graphml",
    ".xml": "graphml",
}


def kind_of(path: str | Path) -> Kind:
    """What a file is, by its content; text that begins like none of these goes by its name.

    Raises:
        InputError: the file is missing or unreadable, or of no kind that is known.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path}: expected a file, this is a folder")
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: expected a file, got a pipe or a device")
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    check_pointer(path, head)
    if head.startswith(_TORCH):
        return _torch_kind(path)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return "graphml"
    if head.startswith(_GZIP) or text.startswith((b"{", b"[")):
        return "plans"
    # A damaged file still has its name; the reader of that kind says what is wrong with it.
    for ending, kind in _BY_NAME.items():
        if path.name.lower().endswith(ending) and b"\0" not in head:
            return kind
    raise InputError(
        f"{path}: expected plans (JSON lines or JSON), samples (METHOD_samples.pt), GraphML or a "
        "checkpoint"
    )


def _torch_kind(path: Path) -> Kind:
    with TorchArchive(path) as archive:
        keys = set(archive.value) if isinstance(archive.value, dict) else set()
    if "per_seed" in keys:
        return "samples"
    if "model_state_dict" in keys:
        return "checkpoint"
    raise InputError(f"{path}: expected samples or a checkpoint, this torch file is neither")
