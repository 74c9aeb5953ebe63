"""What a result file keeps of its former content when it is evaluated again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bd_gen.results.cells import setting
from bd_gen.results.result_file import Result
from bd_gen.results.samples_file import Samples

_OWN_FIELDS = {
    "format_version",
    "method",
    "timestamp",
    "config",
    "per_seed",
    "summary",
    "denoising",
    "provenance",
}


@dataclass(frozen=True)
class Kept:
    """What goes into the new file besides the numbers that were computed.

    Attributes:
        config: settings of the method.
        denoising: numbers that were measured with the model.
        metrics: by seed, numbers under keys that this version does not compute.
        fields: additive fields of the file that this version does not know.
        notes: what changed, in sentences for the user.
    """

    config: dict[str, Any]
    denoising: dict[str, Any]
    metrics: dict[str, dict[str, Any]]
    fields: dict[str, Any]
    notes: tuple[str, ...]


def kept(old: Result | None, samples: Samples, samples_sha256: str) -> Kept:
    """Decide what stays of the file `old` for the samples at hand.

    `config` and `denoising` belong to a checkpoint. They stay while its hash is the same, or
    while one of the two is unknown (old files do not record it); otherwise the samples' own
    take their place. What the samples themselves say about how they were drawn always counts.
    Numbers under unknown keys belong to the tokens, and stay while those may be the same.
    """
    own_config = _own_config(samples)
    own_denoising = samples.provenance.get("denoising")
    own_denoising = own_denoising if isinstance(own_denoising, dict) else {}
    if old is None:
        return Kept(own_config, own_denoising, {}, {}, ())
    fields = unknown_fields(old)
    same_tokens = _may_agree(old.provenance, {"samples_sha256": samples_sha256}, "samples_sha256")
    metrics = old.per_seed if same_tokens else {}
    if not _may_agree(old.provenance, samples.provenance, "checkpoint_sha256"):
        note = "another checkpoint than before: config and denoising are now those of the samples"
        return Kept(own_config, own_denoising, metrics, fields, (note,))
    config = dict(old.config)
    notes = []
    for key, value in own_config.items():
        # The same checkpoint may lie elsewhere now; its name stays.
        if key == "checkpoint" and key in config:
            continue
        if key in config and config[key] != value:
            was, is_now = setting(config[key]), setting(value)
            notes.append(f"config/{key}: {was} before, now {is_now} as in the samples")
        config[key] = value
    return Kept(config, {**own_denoising, **old.denoising}, metrics, fields, tuple(notes))


def unknown_fields(old: Result) -> dict[str, Any]:
    """Additive fields of a result file that this version does not know."""
    return {key: value for key, value in old.fields.items() if key not in _OWN_FIELDS}


def _own_config(samples: Samples) -> dict[str, Any]:
    facts = {"seeds": list(samples.seeds), "num_samples": samples.num_samples}
    return {**facts, **samples.config, **facts}


def _may_agree(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    return old.get(key) is None or new.get(key) is None or old[key] == new[key]
