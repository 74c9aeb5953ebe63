"""What a result file keeps of its former content when it is evaluated again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bd_gen.results.rejection import FIELD as REJECTION
from bd_gen.results.rejection import plain_rejection
from bd_gen.results.result_file import Result
from bd_gen.results.samples_file import Samples
from bd_gen.results.table import setting
from bd_gen.sampling.settings import canonical

_OWN_FIELDS = {
    "format_version",
    "method",
    "timestamp",
    "config",
    "per_seed",
    "summary",
    "ci95",
    "denoising",
    "not_computed",
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

    `config` and `denoising` belong to a checkpoint. They stay while its hash is the same, or while
    neither of the two says of which it is (old files do not); a known checkpoint is never taken
    for an unknown one, and then the samples' own take their place. What the samples themselves
    say about how they were drawn always counts. Numbers belong to tokens and reference data, too;
    what an old file does not say of these may be as it is now.

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
    notes = changed_settings(old.config, own_config)
    other = _other_checkpoint(old.provenance, samples.provenance)
    if other:
        config, denoising = own_config, own_denoising
        notes = [other + _lost(old.denoising, own_denoising), *notes, *_gone(old.config, config)]
    else:
        # The samples' own count: earlier versions left those of another model in the file.
        config, denoising = _updated(old.config, own_config), {**old.denoising, **own_denoising}
    now = {"samples_sha256": samples_sha256, "data_fingerprint": fingerprint}
    # Only if the seeds are the same: a mean over some of them would be no mean.
    same = {str(seed) for seed in samples.seeds} == set(old.per_seed) and not other
    same &= all(old.provenance.get(key) in (None, now[key]) for key in now)
    return Kept(
        config=config,
        denoising=denoising,
        metrics=old.per_seed if same else {},
        ci95=old.ci95 if same else {},
        versions=old.metric_versions if same else {},
        fields=unknown_fields(old),
        notes=tuple(notes),
    )


def _other_checkpoint(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Why the two are not known to be of one checkpoint; empty if nothing speaks against it."""
    before, now = old.get("checkpoint_sha256"), new.get("checkpoint_sha256")
    if before == now:
        return ""
    if before is None:
        return "the result did not say of which checkpoint it was"
    if now is None:
        return "the samples do not say of which checkpoint they are"
    return "another checkpoint than before"


def _lost(old: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """What became of numbers that were measured with another model, as the rest of a sentence."""
    if not old:
        return ": config is now that of the samples"
    instead = f"replaced by {len(own)} of the samples" if own else "dropped, the samples have none"
    return f": config is now that of the samples, {len(old)} denoise values are {instead}"


def changed_settings(old: Mapping[str, Any], own: Mapping[str, Any]) -> list[str]:
    """A sentence for each setting whose meaning is another one in `own`; spellings do not count."""
    before, now = canonical(old), canonical(own)
    return [
        f"config/{key}: {setting(old[key])} before, now {setting(own[key])} as in the samples"
        for key in own
        if key in old and key != "checkpoint" and before[key] != now[key]
    ]


def _gone(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    gone = [key for key in old if key not in new and old[key] not in (None, False)]
    return [f"config/{key}: {setting(old[key])} before, not in the samples" for key in gone]


def unknown_fields(old: Result) -> dict[str, Any]:
    """Additive fields of a result file that this version does not know."""
    return {key: value for key, value in old.fields.items() if key not in _OWN_FIELDS}


def _updated(old: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The old settings with what the samples say of theirs.

    The same checkpoint may lie elsewhere now; its name stays.
    """
    return {**old, **{k: v for k, v in own.items() if k != "checkpoint" or k not in old}}


def _own_config(samples: Samples) -> dict[str, Any]:
    facts = {"seeds": list(samples.seeds), "num_samples": samples.num_samples}
    refused = {REJECTION: plain_rejection(samples.rejection)} if samples.rejection else {}
    return {**facts, **samples.config, **facts, **refused}
