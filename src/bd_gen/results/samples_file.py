"""`{method}_samples.pt`: the saved tokens of one method, seed by seed.

Version 2 is written (uint8 tokens); version 1, the published form (int64 tokens), is read too.
Reading takes numpy alone and runs nothing that the file says.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np

from bd_gen.diagrams.recorded_words import FIELD as VOCABULARY
from bd_gen.diagrams.recorded_words import words_of_record, words_record
from bd_gen.diagrams.rplan import RPLAN
from bd_gen.diagrams.tokens import num_rooms_of
from bd_gen.diagrams.vocabulary import LARGEST_N_MAX, Vocabulary
from bd_gen.diagrams.words import Words
from bd_gen.results.rejection import FIELD as REJECTION
from bd_gen.results.rejection import Rejection, plain_rejection, rejection_from_plain
from bd_gen.system import files
from bd_gen.system.errors import InputError
from bd_gen.system.plain import plain_dict
from bd_gen.system.stored_tensor import StoredTensor
from bd_gen.system.torch_archive import TorchArchive

FORMAT_VERSION = 2
SUFFIX = "_samples.pt"
_LARGEST_SEED = 2**64
_CHUNK = 50_000  # rows that are checked at a time


@dataclass(frozen=True)
class SeedSamples:
    """The diagrams drawn with one seed.

    Attributes:
        tokens: (N, length) uint8 token rows.
        pad_masks: (N, length) bool, True at real positions.
    """

    tokens: np.ndarray
    pad_masks: np.ndarray


@dataclass(frozen=True)
class Samples:
    """The diagrams of one method and how they were made.

    Attributes:
        method: name of the method, as in the name of the file.
        n_max: most rooms that a diagram can have.
        seeds: the seeds, in the order in which they were drawn.
        num_samples: number of diagrams of each seed.
        config: settings of the method, plain values.
        provenance: where checkpoint, data and program came from, plain values; may be empty.
        per_seed: tokens by seed; empty where only the description was read.
        format_version: version of the file that this was read from.
        rejection: draws that were refused, by seed; empty where every draw was kept.
        words: what the tokens mean.
    """

    method: str
    n_max: int
    seeds: tuple[int, ...]
    num_samples: int
    config: dict[str, Any]
    provenance: dict[str, Any]
    per_seed: dict[int, SeedSamples]
    format_version: int = FORMAT_VERSION
    rejection: dict[int, Rejection] = field(default_factory=dict)
    words: Words = RPLAN

    @property
    def vocabulary(self) -> Vocabulary:
        """The layout of the token rows."""
        return Vocabulary(self.n_max, self.words)


def samples_path(directory: str | Path, method: str) -> Path:
    """Where the samples of `method` lie in a results directory."""
    return Path(directory) / f"{method}{SUFFIX}"


def read_samples(path: str | Path) -> Samples:
    """Read a samples file of version 1 or 2, and check that its parts agree.

    Raises:
        InputError: the file is missing, damaged, would run code, or contradicts itself.
    """
    with TorchArchive(path) as archive:
        fields, stored = _description(path, archive.value)
        vocabulary = Vocabulary(fields["n_max"], fields["words"])
        per_seed = {}
        for seed in fields["seeds"]:
            arrays = {name: archive.array(tensor) for name, tensor in stored[seed].items()}
            where = f"{path}: per_seed/{seed}"
            per_seed[seed] = _seed_samples(arrays, vocabulary, fields["format_version"], where)
    return Samples(per_seed=per_seed, **fields)


def read_description(path: str | Path) -> Samples:
    """What a samples file says about itself, without its tokens (`per_seed` is empty).

    Raises:
        InputError: as `read_samples`, as far as it can be told without the tokens.
    """
    with TorchArchive(path) as archive:
        fields, _ = _description(path, archive.value)
    return Samples(per_seed={}, **fields)


def write_samples(path: str | Path, samples: Samples) -> None:
    """Write a file of version 2 that `torch.load(path, weights_only=True)` reads too.

    Raises:
        InputError: the samples contradict themselves, or the file cannot be written.
    """
    content = {
        "format_version": FORMAT_VERSION,
        "method": samples.method,
        "n_max": samples.n_max,
        "seeds": list(samples.seeds),
        "num_samples": samples.num_samples,
        "config": plain_dict(samples.config, f"{path}: config"),
        "provenance": plain_dict(samples.provenance, f"{path}: provenance"),
        "per_seed": {
            str(seed): {"tokens": part.tokens, "pad_masks": part.pad_masks}
            for seed, part in samples.per_seed.items()
        },
    }
    if samples.rejection:
        content[REJECTION] = plain_rejection(samples.rejection)
    content |= words_record(samples.words)
    fields, arrays = _description(path, content)
    for seed in fields["seeds"]:
        where = f"{path}: per_seed/{seed}"
        _seed_samples(arrays[seed], samples.vocabulary, FORMAT_VERSION, where)
    files.write_with(path, lambda file: _save(file, content))


def _save(file: IO[bytes], content: dict[str, Any]) -> None:
    import io

    import torch

    tensors = {
        seed: {name: torch.from_numpy(np.array(part[name])) for name in ("tokens", "pad_masks")}
        for seed, part in content["per_seed"].items()
    }
    # By way of memory: torch turns a full disk into an error of its own without the reason.
    buffer = io.BytesIO()
    torch.save({**content, "per_seed": tensors}, buffer)
    file.write(buffer.getbuffer())


def _description(path: str | Path, value: Any) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    """The checked fields of a file, and its tensors (stored or arrays) by seed and name."""
    if not isinstance(value, dict):
        raise InputError(f"{path}: expected a dictionary of samples, got {type(value).__name__}")
    version = value.get("format_version", 1)
    if version not in (1, FORMAT_VERSION) or type(version) is not int:
        raise InputError(f"{path}: format_version: expected 1 or {FORMAT_VERSION}, got {version!r}")
    method = value.get("method")
    if type(method) is not str or not method:
        raise InputError(f"{path}: method: expected a name, got {_shown(method)}")
    seeds = _seeds(path, value)
    num_samples = _count(path, "num_samples", value.get("num_samples"), 2**40)
    tensors = _tensors(path, value.get("per_seed"), seeds)
    n_max = _n_max(path, value, tensors[seeds[0]]["tokens"].shape)
    shape = (num_samples, Vocabulary(n_max).length)
    for seed, parts in tensors.items():
        for name, tensor in parts.items():
            if tensor.shape != shape:
                raise InputError(
                    f"{path}: per_seed/{seed}/{name}: expected shape {shape} from num_samples "
                    f"and n_max, got {tensor.shape}"
                )
    fields = {
        "method": method,
        "n_max": n_max,
        "seeds": seeds,
        "num_samples": num_samples,
        "config": plain_dict(value.get("config", {}), f"{path}: config"),
        "provenance": plain_dict(value.get("provenance") or {}, f"{path}: provenance"),
        "format_version": version,
        "rejection": rejection_from_plain(
            value.get(REJECTION), seeds, num_samples, f"{path}: {REJECTION}"
        ),
        "words": words_of_record(value.get(VOCABULARY), str(path)),
    }
    return fields, tensors


def _shown(value: Any) -> str:
    """A short text for a message; the value may be of any type and size."""
    return repr(value)[:60] if type(value) in (str, int, float, bool) else type(value).__name__


def _count(path: str | Path, field: str, value: Any, largest: int) -> int:
    if type(value) is not int or not 0 < value <= largest:
        raise InputError(f"{path}: {field}: expected a number from 1, got {_shown(value)}")
    return value


def _seeds(path: str | Path, value: dict[Any, Any]) -> tuple[int, ...]:
    seeds = value.get("seeds")
    good = isinstance(seeds, (list, tuple)) and all(type(seed) is int for seed in seeds)
    if not good or not seeds or min(seeds) < 0 or max(seeds) >= _LARGEST_SEED:
        raise InputError(f"{path}: seeds: expected a list of seeds, got {_shown(seeds)}")
    if len(set(seeds)) != len(seeds):
        raise InputError(f"{path}: seeds: a seed stands there twice")
    return tuple(seeds)


def _tensors(path: str | Path, per_seed: Any, seeds: tuple[int, ...]) -> dict[int, dict[str, Any]]:
    if not isinstance(per_seed, dict):
        raise InputError(f"{path}: per_seed: expected a dictionary, got {_shown(per_seed)}")
    by_seed = {str(key): parts for key, parts in per_seed.items()}
    if set(by_seed) != {str(seed) for seed in seeds}:
        raise InputError(f"{path}: per_seed: does not hold the seeds that `seeds` names")
    tensors = {}
    for seed in seeds:
        parts = by_seed[str(seed)]
        if not isinstance(parts, dict):
            raise InputError(f"{path}: per_seed/{seed}: expected tokens and pad_masks")
        for name in ("tokens", "pad_masks"):
            if not isinstance(parts.get(name), (StoredTensor, np.ndarray)):
                raise InputError(f"{path}: per_seed/{seed}/{name}: expected a tensor")
        tensors[seed] = {name: parts[name] for name in ("tokens", "pad_masks")}
    return tensors


def _n_max(path: str | Path, value: dict[Any, Any], shape: tuple[int, ...]) -> int:
    """The field, or for old files without it the number whose rows have the length found."""
    if value.get("n_max") is not None:
        return _count(path, "n_max", value["n_max"], LARGEST_N_MAX)
    for n_max in range(1, LARGEST_N_MAX + 1):
        if shape[1:] == (Vocabulary(n_max).length,):
            return n_max
    raise InputError(f"{path}: per_seed: no n_max has token rows of shape {shape[1:]}")


def _seed_samples(
    arrays: dict[str, np.ndarray], vocabulary: Vocabulary, version: int, where: str
) -> SeedSamples:
    """Check one seed's arrays; tokens become uint8, the real positions are read off PAD."""
    stored, pad_masks = arrays["tokens"], arrays["pad_masks"]
    if not np.issubdtype(stored.dtype, np.integer):
        raise InputError(f"{where}/tokens: expected integers, got {stored.dtype}")
    if pad_masks.dtype != np.bool_:
        raise InputError(f"{where}/pad_masks: expected true and false, got {pad_masks.dtype}")
    if stored.min() < 0 or stored.max() > 255:
        raise InputError(f"{where}/tokens: expected tokens from 0 to 255")
    tokens = np.ascontiguousarray(stored.astype(np.uint8, copy=False))
    _check_known(tokens, vocabulary, where)
    real = np.empty(tokens.shape, bool)
    agrees = inverted = True
    for start in range(0, len(tokens), _CHUNK):
        part = slice(start, start + _CHUNK)
        real[part] = _real_positions(tokens[part], vocabulary, f"{where}/tokens", start)
        agrees = agrees and np.array_equal(pad_masks[part], real[part])
        inverted = inverted and np.array_equal(pad_masks[part], ~real[part])
    # Version 1 does not say whether True means real or PAD; the tokens do.
    if not agrees and not (version == 1 and inverted):
        raise InputError(f"{where}/pad_masks: does not agree with the PAD tokens")
    return SeedSamples(tokens, real)


def _check_known(tokens: np.ndarray, vocabulary: Vocabulary, where: str) -> None:
    """Refuse tokens that are beyond PAD, which is the last that there is."""
    most = tokens.max(axis=0, initial=0)
    beyond = np.flatnonzero(most > vocabulary.pad_row)
    if len(beyond):
        place = int(beyond[0])
        what = "node" if place < vocabulary.n_max else "edge"
        raise InputError(
            f"{where}/tokens: column {place}: token {int(most[place])} is beyond the {what} tokens "
            f"of the vocabulary {vocabulary.words.name}, 0 to {int(vocabulary.pad_row[place])}"
        )


def _real_positions(
    tokens: np.ndarray, vocabulary: Vocabulary, where: str, first: int
) -> np.ndarray:
    """(N, length) bool by the PAD tokens of rows (N, length), of which `first` is the first."""
    real = vocabulary.real_mask(num_rooms_of(tokens, vocabulary))
    node_pad = tokens[:, : vocabulary.n_max] == vocabulary.pad_row[: vocabulary.n_max]
    # A PAD edge between two real rooms is a wrong token, not a wrong file: the metrics count it.
    misplaced = (node_pad & real[:, : vocabulary.n_max]).any(axis=1)
    misplaced |= (~real & (tokens != vocabulary.pad_row)).any(axis=1)
    misplaced |= ~real.any(axis=1)
    if misplaced.any():
        row = first + int(np.argmax(misplaced))
        raise InputError(
            f"{where}: row {row}: expected one room or more, PAD after the last room and "
            "nowhere else"
        )
    return real
