"""From results without samples to the jobs that make the samples."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bd_gen.generation.batch import BatchTask
from bd_gen.generation.checkpoints import LABELS, Checkpoints, GivenCheckpoint
from bd_gen.generation.suite_run import Drawing
from bd_gen.model.class_weights import ClassWeights
from bd_gen.model.schedules import SCHEDULES
from bd_gen.results.columns import YARDSTICKS
from bd_gen.results.inventory import Entry, read_entries
from bd_gen.results.rejection import FIELD as REJECTION
from bd_gen.results.result_file import Result
from bd_gen.sampling.grid import Loop
from bd_gen.sampling.method import DEFAULT_STEPS, ORDERS, Method, RemaskingSettings
from bd_gen.system.errors import InputError
from bd_gen.training.checkpoint import Checkpoint
from bd_gen.training.trained import LEARNED

_NEEDED = (
    "seeds",
    "num_samples",
    "sampling_steps",
    "temperature",
    "top_p",
    "unmasking_mode",
    "remasking_enabled",
)
_NEEDED_TO_REMASK = ("remasking_strategy", "remasking_eta", "remasking_t_switch")
_FOLDER_SUFFIX = "_noise_sc"
_SWEPT = ("sweeps", "sweep_kind")
_OTHERS = (
    "remasking_loop",
    "remasking_acts_after",
    "is_v2",
    "given",
    "checkpoint",
    "class_weights",
    "noise",
    "noise_type",
)
_KNOWN = {*_NEEDED, *_NEEDED_TO_REMASK, *_SWEPT, *_OTHERS}


@dataclass(frozen=True)
class BackfillPlan:
    """What is missing in a results directory, and what can be done about it.

    Attributes:
        tasks: a job for each result without samples, in the order of a comparison.
        there: methods that have samples.
        not_drawn: real plans and baselines without samples; `bd-gen evaluate` makes them.
        notes: what the reader should know, a line each: samples that are there and would come
            out otherwise, settings that mean nothing here.
        problems: an error for each result whose job cannot be told, with the file and the reason.
    """

    tasks: tuple[BatchTask, ...]
    there: tuple[str, ...]
    not_drawn: tuple[str, ...]
    notes: tuple[str, ...]
    problems: tuple[InputError, ...]


def plan_backfill(
    directory: Path,
    checkpoints: Checkpoints,
    drawing: Drawing | None = None,
    placeholders: bool = False,
) -> BackfillPlan:
    """Work out the job of every result that lacks its samples.

    A job is taken from the `config` of the result alone, and only if all of it is there and
    agrees with the method's name: nothing is guessed.

    Args:
        directory: where the result files lie; samples go there, too.
        checkpoints: what to draw from; `learned` for methods with `v2_`.
        drawing: how to draw.
        placeholders: name the checkpoints that are not given SCHEDULE.pt, for jobs that are only
            to be shown.

    Raises:
        InputError: there is no such directory, or no result in it.
    """
    if placeholders:
        checkpoints = _with_placeholders(checkpoints)
    drawing = drawing or Drawing()
    entries = [entry for entry in read_entries(directory) if entry.result or entry.problems]
    if not entries:
        raise InputError(f"{directory}: holds no result file (METHOD.json)")
    tasks, there, not_drawn, notes = [], [], [], []
    problems: list[InputError] = []
    for entry in entries:
        if entry.problems:
            problems += entry.problems
        elif entry.samples is not None:
            there.append(entry.method)
            notes += _doubts(directory, entry, checkpoints, drawing)
        elif entry.method in YARDSTICKS:
            not_drawn.append(entry.method)
        else:
            try:
                tasks.append(_task(directory, entry, checkpoints, drawing))
                notes += _unknown_settings(entry)
            except InputError as error:
                problems.append(InputError(f"{directory / entry.method}.json: {error}"))
    return BackfillPlan(tuple(tasks), tuple(there), tuple(not_drawn), tuple(notes), tuple(problems))


def _doubts(directory: Path, entry: Entry, checkpoints: Checkpoints, drawing: Drawing) -> list[str]:
    """How samples that are there differ from those that the result and the checkpoint ask for.

    An earlier start may have drawn them from another checkpoint. Settings that published samples
    write in another way are not compared, and without a job there is nothing to compare with.
    """
    samples = entry.samples
    assert samples is not None  # noqa: S101 - entries without any are not asked about
    try:
        task = _task(directory, entry, checkpoints, drawing)
    except InputError:
        return []
    path = task.job.path
    recorded = samples.provenance.get("checkpoint_sha256")
    if recorded is None:
        return [f"{path}: does not say of which checkpoint its samples are"]
    if recorded != task.checkpoint.sha256:
        return [f"{path}: holds samples of another checkpoint than {task.job.checkpoint_path}"]
    asked = {"seeds": task.job.seeds, "num_samples": task.job.num_samples}
    found = {"seeds": samples.seeds, "num_samples": samples.num_samples}
    return [
        f"{path}: holds samples of {key} {found[key]!s:.80}, its result is of {asked[key]!s:.80}"
        for key in asked
        if found[key] != asked[key]
    ]


def _unknown_settings(entry: Entry) -> list[str]:
    """A line on settings of a config that have no meaning here and are not null or false."""
    config = entry.result.config if entry.result else {}
    known = _KNOWN | {"only_realizable", REJECTION}
    names = [key for key in config if key not in known and config[key] not in (None, False)]
    if not names:
        return []
    return [f"{entry.method}: config: {', '.join(names)[:200]}: unknown here, and left out"]


def _task(directory: Path, entry: Entry, checkpoints: Checkpoints, drawing: Drawing) -> BatchTask:
    result = entry.result
    assert result is not None  # noqa: S101 - entries without one are not asked about
    if result.method != entry.method:
        raise InputError(f"method: expected {entry.method} as the file is called, "
                         f"got {result.method[:80]}")  # fmt: skip
    method = method_from_config(result.config, entry.method)
    seeds, num_samples = _amount(result.config)
    _check_class_weights(result.config, drawing.class_weights)
    given = _checkpoint(directory, method, checkpoints, result.config)
    _check_hash(result, given)
    return BatchTask(drawing.job(given, method, directory, seeds, num_samples), given.content)


def method_from_config(config: Mapping[str, Any], name: str) -> Method:
    """The method that the `config` of a result describes.

    Published configs say temperature 0 where top-p truncates, and eta 0 where confidence
    remasks; both mean that the setting has no part in it.

    Args:
        config: as it stands in the file.
        name: of the method, as the file is called.

    Raises:
        InputError: a setting is missing or impossible, or they are those of another method.
    """
    enabled = config.get("remasking_enabled")
    needed = _NEEDED + (_NEEDED_TO_REMASK if enabled else ())
    missing = [key for key in needed if key not in config]
    if missing:
        raise InputError(f"config: lacks {', '.join(missing)}")
    if config.get("given") is not None:
        raise InputError("config/given: drawn around given tokens; use bd-gen generate --given")
    try:
        method = replace(
            _method(config, is_learned=name.startswith("v2_")),
            only_realizable=_only_realizable(config),
        )
    except (OverflowError, ValueError) as error:
        raise InputError(f"config: {error}") from None
    if method.name != name:
        raise InputError(f"config: its settings are those of {method.name}, not of {name}")
    return method


def _method(config: Mapping[str, Any], is_learned: bool) -> Method:
    """The method, by its settings alone.

    Raises:
        ValueError: a setting has the wrong type, is out of range, or contradicts another.
    """
    if config.get("is_v2") not in (None, is_learned):
        raise ValueError(f"is_v2 is {config['is_v2']}, which the method's name contradicts")
    unmasking, steps = config["unmasking_mode"], config["sampling_steps"]
    if not isinstance(unmasking, str):
        raise ValueError(f"unmasking_mode: expected text, got {unmasking!r:.40}")
    if unmasking in ORDERS and not ORDERS[unmasking].has_steps:
        steps = DEFAULT_STEPS  # It has one step a token; the setting has no part in it.
    elif type(steps) is not int:
        raise ValueError(f"sampling_steps: expected a whole number, got {steps!r:.40}")
    top_p = None if config["top_p"] is None else _number(config, "top_p")
    temperature = _number(config, "temperature")
    swept = {key: config[key] for key in _SWEPT if config.get(key) is not None}
    return Method(unmasking, temperature, top_p, _remasking(config), steps, is_learned, **swept)


def _only_realizable(config: Mapping[str, Any]) -> bool:
    value = config.get("only_realizable")
    if not isinstance(value, (bool, type(None))):
        raise ValueError(f"only_realizable: expected true or false, got {value!r:.40}")
    return bool(value)


def _remasking(config: Mapping[str, Any]) -> RemaskingSettings | None:
    enabled, strategy = config["remasking_enabled"], config.get("remasking_strategy")
    if not isinstance(enabled, bool):
        raise ValueError(f"remasking_enabled: expected true or false, got {enabled!r:.40}")
    if not enabled:
        if strategy is not None:
            raise ValueError(f"remasking_strategy is {strategy!r:.40}, remasking_enabled false")
        return None
    if not isinstance(strategy, str):
        raise ValueError(f"remasking_strategy: expected text, got {strategy!r:.40}")
    eta = None if config["remasking_eta"] is None else _number(config, "remasking_eta")
    loop = Loop()
    if strategy == "loop":
        times = config.get("remasking_loop")
        if not isinstance(times, list) or len(times) != 3:
            raise ValueError("remasking_loop: expected t_on, t_off and alpha_on")
        loop = Loop(*(_number({"remasking_loop": time}, "remasking_loop") for time in times))
    return RemaskingSettings(strategy, eta, _number(config, "remasking_t_switch"), loop)


def _number(config: Mapping[str, Any], key: str) -> float:
    value = config[key]
    if type(value) not in (int, float):
        raise ValueError(f"{key}: expected a number, got {value!r:.40}")
    return float(value)


def _amount(config: Mapping[str, Any]) -> tuple[list[int], int]:
    """Seeds and number of samples."""
    seeds, num_samples = config["seeds"], config["num_samples"]
    if not isinstance(seeds, list) or not all(type(seed) is int for seed in seeds):
        raise InputError(f"config/seeds: expected a list of whole numbers, got {seeds!r:.60}")
    if type(num_samples) is not int:
        raise InputError(f"config/num_samples: expected a whole number, got {num_samples!r:.60}")
    return seeds, num_samples


def _with_placeholders(checkpoints: Checkpoints) -> Checkpoints:
    """All labels that there are, those not given as the file LABEL.pt, which need not exist."""
    empty: dict[str, Any] = {"model": {}, "data": {}, "training": {}}
    found = {
        label: GivenCheckpoint(
            Path(f"{label}.pt"), Checkpoint({}, {**empty, "noise": label}, 1, 0, [0, 1], "")
        )
        for label in LABELS
    }
    return Checkpoints({**found, **checkpoints})


def _schedule_of(directory: Path, config: Mapping[str, Any]) -> str:
    """The schedule of a result: that of its config, else the name of its folder.

    Published folders may be called loglinear_noise_sc: what follows the schedule names no
    other process.
    """
    named = config.get("noise", config.get("noise_type"))
    if isinstance(named, str) and named in SCHEDULES:
        return named
    return directory.resolve().name.removesuffix(_FOLDER_SUFFIX)


def _checkpoint(
    directory: Path, method: Method, checkpoints: Checkpoints, config: Mapping[str, Any]
) -> GivenCheckpoint:
    """The checkpoint for a method: the learned one, or that of the result's schedule."""
    folder = _schedule_of(directory, config)
    if method.is_learned:
        label = LEARNED
    elif folder in SCHEDULES or len(checkpoints.fixed) != 1:
        label = folder if folder in SCHEDULES else "SCHEDULE"
    else:
        label = checkpoints.fixed[0]
    if label not in checkpoints:
        raise InputError(f"needs --checkpoint {label}=FILE")
    return checkpoints[label]


def _check_class_weights(config: Mapping[str, Any], given: ClassWeights | None) -> None:
    recorded = config.get("class_weights")
    if recorded is not None and (given is None or recorded != given.as_plain):
        raise InputError("config/class_weights: drawn with class weights that are not those given; "
                         "name their file by --class-weights")  # fmt: skip


def _check_hash(result: Result, given: GivenCheckpoint) -> None:
    recorded = result.provenance.get("checkpoint_sha256")
    is_known = bool(given.content.sha256)  # a placeholder is not
    if recorded is not None and is_known and recorded != given.content.sha256:
        raise InputError(
            f"provenance/checkpoint_sha256: {recorded!s:.16}, but {given.path} is "
            f"{given.content.sha256[:16]}: another checkpoint"
        )
