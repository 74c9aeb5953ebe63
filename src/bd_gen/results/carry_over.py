"""What a result file keeps of its former content when it is evaluated again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bd_gen.results.cells import setting
from bd_gen.results.rejection import FIELD as REJECTION
from bd_gen.results.rejection import plain_rejection
from bd_gen.results.result_file import Result
from bd_gen.results.samples_file import Samples

_OWN_FIELDS = {
    "format_version",
    "method",
    "timestamp",
    "config",
    "per_seed",
    "summary",
    "ci95",
    "denoising",
    "provenance",
}


@dataclass(frozen=True)
class Kept:
    """What goes into the new file besides the numbers that are computed for it.

    Attributes:
        config: settings of the method.
        denoising: numbers that were measured with the model.
        metrics: by seed, the numbers of these very samples against this very reference; empty
            where they are of others.
        ci95: intervals of these numbers by key.
        versions: versions of the metrics that gave them, by name.
        fields: additive fields of the file that this version does not know.
        notes: what changed, in sentences for the user.
    """

    config: dict[str, Any]
    denoising: dict[str, Any]
    metrics: dict[str, dict[str, Any]]
    ci95: dict[str, dict[str, Any]]
    versions: dict[str, Any]
    fields: dict[str, Any]
    notes: tuple[str, ...]


def kept(old: Result | None, samples: Samples, samples_sha256: str, fingerprint: str) -> Kept:
    """Decide what stays of the file `old` for the samples at hand.

    `config` and `denoising` belong to a checkpoint. They stay while its hash is the same, or
    while one of the two is unknown (old files do not record it); otherwise the samples' own
    take their place. What the samples themselves say about how they were drawn always counts.
    Numbers belong to tokens and reference data, and stay while both may be the same.

    Args:
        old: the present file, if there is one.
        samples: what the samples say of themselves.
        samples_sha256: hash of their file.
        fingerprint: of the data to measure against.
    """
    own_config = _own_config(samples)
    own_denoising = samples.provenance.get("denoising")
    own_denoising = own_denoising if isinstance(own_denoising, dict) else {}
    if old is None:
        return Kept(own_config, own_denoising, {}, {}, {}, {}, ())
    config, denoising, notes = own_config, own_denoising, [_OTHER_CHECKPOINT]
    if _may_agree(old.provenance, samples.provenance, "checkpoint_sha256"):
        config, notes = _updated(old.config, own_config)
        denoising = {**own_denoising, **old.denoising}
    now = {"samples_sha256": samples_sha256, "data_fingerprint": fingerprint}
    # Only if the seeds are the same: a mean over some of them would be no mean.
    same = {str(seed) for seed in samples.seeds} == set(old.per_seed)
    same &= all(_may_agree(old.provenance, now, key) for key in now)
    return Kept(
        config=config,
        denoising=denoising,
        metrics=old.per_seed if same else {},
        ci95=old.ci95 if same else {},
        versions=old.metric_versions if same else {},
        fields=unknown_fields(old),
        notes=tuple(notes),
    )


_OTHER_CHECKPOINT = (
    "another checkpoint than before: config and denoising are now those of the samples"
)


def unknown_fields(old: Result) -> dict[str, Any]:
    """Additive fields of a result file that this version does not know."""
    return {key: value for key, value in old.fields.items() if key not in _OWN_FIELDS}


def _updated(old: dict[str, Any], own: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The old settings with what the samples say of theirs, and a sentence for each change."""
    config, notes = dict(old), []
    for key, value in own.items():
        # The same checkpoint may lie elsewhere now; its name stays.
        if key == "checkpoint" and key in config:
            continue
        if key in config and config[key] != value:
            was, is_now = setting(config[key]), setting(value)
            notes.append(f"config/{key}: {was} before, now {is_now} as in the samples")
        config[key] = value
    return config, notes


def _own_config(samples: Samples) -> dict[str, Any]:
    facts = {"seeds": list(samples.seeds), "num_samples": samples.num_samples}
    refused = {REJECTION: plain_rejection(samples.rejection)} if samples.rejection else {}
    return {**facts, **samples.config, **facts, **refused}


def _may_agree(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> bool:
    return old.get(key) is None or new.get(key) is None or old[key] == new[key]
