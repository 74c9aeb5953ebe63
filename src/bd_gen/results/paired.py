"""Two methods against each other, seed by seed and sample by sample, and how that looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bd_gen.data.config import DataConfig
from bd_gen.diagrams.recorded_words import check_same_words
from bd_gen.layouts.realizable import Asking
from bd_gen.metrics import DiagramSet, MetricInfo, metric_info, metric_infos
from bd_gen.metrics.differences import Difference, paired_differences
from bd_gen.metrics.measure import measure_values
from bd_gen.metrics.samples import AskedDiagrams
from bd_gen.results.columns import check_reserved
from bd_gen.results.comparison import MAIN_KEYS
from bd_gen.results.configuration import calls_text
from bd_gen.results.csv_file import write_rows
from bd_gen.results.freshness import Present, limit_of, look
from bd_gen.results.references import FoundReference, References, recorded_data
from bd_gen.results.samples_file import Samples, read_samples
from bd_gen.results.table import ARROWS, MISSING, Table, difference_and_interval, listed, mean_alone
from bd_gen.results.ties import ERROR_RATE
from bd_gen.system.errors import InputError
from bd_gen.system.progress import Progress, part_of

Verdict = Literal["a", "b", "tied", "differ"]


@dataclass(frozen=True)
class Pair:
    """What became of comparing two methods.

    Attributes:
        a: name of the first.
        b: name of the second.
        differences: first minus second, a key each: the main ones first, then family by family.
        num_tested: for how many keys the p-values are corrected.
        notes: what makes the two unlike, in sentences.
        calls: network calls a diagram of the first and of the second, in words.
    """

    a: str
    b: str
    differences: tuple[Difference, ...]
    num_tested: int
    notes: tuple[str, ...]
    calls: tuple[str, str] = (MISSING, MISSING)


def compare_pair(
    a_path: str | Path,
    b_path: str | Path,
    data: DataConfig | None = None,
    progress: Progress | None = None,
) -> Pair:
    """Compare the samples of two methods under every metric; nothing is written.

    Numbers are taken from the results beside the samples where they are up to date, and computed
    where they are not. Both are measured against the same data.

    Args:
        a_path: a file `{method}_samples.pt`.
        b_path: another one.
        data: what to measure against; the data that the first names by default.
        progress: called with the seeds that are done and their number.

    Raises:
        InputError: a file or the data cannot be used, or the two cannot be compared: they have
            other numbers of slots, or no seed in common.
    """
    a, b = look(a_path), look(b_path)
    seeds, notes = _common_seeds(a, b)
    references = _references(a, b, data)
    sides = []
    total = 2 * len(seeds)
    for done, present in enumerate((a, b)):
        check_reserved(present.method, present.samples.provenance, present.samples_path)
        samples = read_samples(present.samples_path)
        found = references.for_samples(samples, present.samples_path)
        notes += [f"{present.method}: {note}" for note in found.notes]
        step = part_of(progress, done * len(seeds), total)
        sides.append(_measured(present, samples, seeds, found, references, step, notes))
    keys = [info.name for info in metric_infos() if not info.nested and info.unit != "count"]
    differences = paired_differences(
        sides[0][0], sides[1][0], sides[0][1], sides[1][1], found.statistics, keys=keys
    )
    num_tested = sum(difference.source != "equal" for difference in differences)
    place = {info.name: k for k, info in enumerate(metric_infos())}
    place.update((key, k - len(MAIN_KEYS)) for k, key in enumerate(MAIN_KEYS))
    ordered = sorted(differences, key=lambda difference: place[difference.key])
    calls = (calls_text(a.samples.provenance), calls_text(b.samples.provenance))
    return Pair(a.method, b.method, tuple(ordered), num_tested, tuple(notes), calls)


def verdict(difference: Difference, info: MetricInfo) -> Verdict:
    """Which of the two is better: "tied" unless the difference is significant after correction.

    Where neither direction is better, significant ones "differ".
    """
    if difference.source == "equal" or difference.p_adjusted > ERROR_RATE:
        return "tied"
    if info.direction is None:
        return "differ"
    return "a" if (difference.difference > 0) == (info.direction == "higher") else "b"


def _references(a: Present, b: Present, data: DataConfig | None) -> References:
    """What measures both against the same data: those given, or those that the first one names."""
    if data is None:
        of_a, of_b = (p.samples.provenance.get("data_fingerprint") for p in (a, b))
        if of_a is not None and of_a == of_b:
            return References()  # statistics in the cache do, even if the data are gone
        names_data = isinstance(a.samples.provenance.get("data"), dict)
        named = a if names_data else b
        data = recorded_data(named.samples, named.samples_path)
    return References(data)


def _common_seeds(a: Present, b: Present) -> tuple[list[int], list[str]]:
    """The seeds that both have, and what is unlike in how they were drawn."""
    check_same_words(a.samples.words, a.method, b.samples.words, b.method)
    if a.samples.n_max != b.samples.n_max:
        raise InputError(
            f"{a.method} and {b.method} cannot be compared: diagrams of up to {a.samples.n_max} "
            f"and of up to {b.samples.n_max} rooms"
        )
    seeds = [seed for seed in a.samples.seeds if seed in b.samples.seeds]
    if not seeds:
        raise InputError(
            f"{a.method} and {b.method} cannot be compared in pairs: they have no seed in common "
            f"({listed(a.samples.seeds)} and {listed(b.samples.seeds)})"
        )
    notes = []
    if set(a.samples.seeds) != set(b.samples.seeds):
        notes.append(
            f"they have other seeds: {listed(a.samples.seeds)} and {listed(b.samples.seeds)}; "
            f"compared on {listed(seeds)}"
        )
    if a.samples.num_samples != b.samples.num_samples:
        notes.append(
            f"they have other numbers of samples, {a.samples.num_samples} and "
            f"{b.samples.num_samples} a seed: not compared sample by sample, and metrics that "
            "depend on the number favour one of them"
        )
    return seeds, notes


def _measured(
    present: Present,
    samples: Samples,
    seeds: Sequence[int],
    found: FoundReference,
    references: References,
    progress: Progress,
    notes: list[str],
) -> tuple[list[DiagramSet], list[Mapping[str, Any]]]:
    """Samples and numbers of the seeds; what is not up to date is computed, and a note says so."""
    asking = Asking(limit_of(present.rows_to_ask(found.fingerprint)), references.layout_answers)
    sets: list[DiagramSet] = [
        AskedDiagrams(samples.per_seed[seed].tokens, samples.vocabulary, asking) for seed in seeds
    ]
    stale = [metric.name for metric in present.stale_metrics(found.fingerprint)]
    if stale and present.result is not None:
        notes.append(
            f"{present.method}: its result file is out of date ({listed(stale)}): "
            "computed anew here, `bd-gen evaluate` writes it"
        )
    kept = {} if present.result is None or stale else present.result.per_seed
    reasons = dict(present.result.not_computed) if kept and present.result is not None else {}
    values: list[Mapping[str, Any]] = []
    for done, (seed, rows) in enumerate(zip(seeds, sets, strict=True), start=1):
        entry = kept.get(str(seed))
        if entry is None:
            measured = measure_values(rows, found.statistics)
            entry = measured.values
            reasons.update(measured.reasons)
        values.append(entry)
        progress(done, len(seeds))
    for reason in sorted(set(reasons.values())):
        keys = sorted(key for key, why in reasons.items() if why == reason)
        notes.append(f"{present.method}: n/a, {reason}: {listed(keys)}")
    return sets, values


_VERDICTS = {"a": "A", "b": "B", "tied": "tied", "differ": "differ"}
_TESTS = {
    "paired rates": "sign test",
    "rates": "two shares",
    "bootstrap": "bootstrap",
    "seeds": "t over seeds",
    "equal": "equal",
}


def pair_tables(pair: Pair) -> list[Table]:
    """The differences, A minus B: the main keys, then each family."""
    titles: dict[str, list[Difference]] = {}
    for difference in pair.differences:
        family = metric_info(difference.key).family
        title = "Main rows" if difference.key in MAIN_KEYS else family
        titles.setdefault(title, []).append(difference)
    header = ("", "A", "B", "A - B", "95 % interval", "p", "better", "by")
    return [Table(title, header, tuple(map(_row, found))) for title, found in titles.items()]


def write_pair_csv(path: str | Path, pair: Pair) -> None:
    """Write every difference with all its digits, one key a line.

    Raises:
        InputError: the file cannot be written.
    """
    header = (
        *("key", "family", "a", "b", "mean_a", "mean_b", "difference", "low", "high"),
        *("se", "p", "p_adjusted", "better", "source"),
    )
    lines = []
    for d in pair.differences:
        info = metric_info(d.key)
        better = {"a": pair.a, "b": pair.b}.get(verdict(d, info), verdict(d, info))
        numbers = (d.a, d.b, d.difference, d.low, d.high, d.se, d.p, d.p_adjusted)
        lines.append((d.key, info.family, pair.a, pair.b, *numbers, better, d.source))
    write_rows(path, header, lines)


def explanation(pair: Pair) -> str:
    """What the table's columns mean."""
    return (
        f"A - B with its 95 % interval, of percentages in points. p is corrected for "
        f"{pair.num_tested} metrics (Holm); better is who is so at p < 0.05, else they are tied."
    )


def costs(pair: Pair) -> str:
    """What a diagram of each costs."""
    return f"Network calls a diagram: A {pair.calls[0]}, B {pair.calls[1]}."


def _row(difference: Difference) -> tuple[str, ...]:
    info = metric_info(difference.key)
    interval = (difference.low, difference.high)
    half = (difference.high - difference.low) / 2
    middle, limits = difference_and_interval(difference.difference, interval, info.unit)
    return (
        info.display + ARROWS[info.direction],
        mean_alone(difference.a, half, info.unit),
        mean_alone(difference.b, half, info.unit),
        middle,
        limits,
        _probability(difference.p_adjusted),
        _VERDICTS[verdict(difference, info)],
        _TESTS[difference.source],
    )


def _probability(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"
