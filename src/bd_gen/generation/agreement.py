"""Do two sets of numbers agree? Number by number for the same tokens, else within their spread."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bd_gen.generation.method_numbers import Numbers, is_same, key_info, kind_without_numbers
from bd_gen.metrics import aggregate
from bd_gen.metrics.significance import student_quantile
from bd_gen.results.result_file import Result

Kind = Literal["identical", "new", "within", "differs", "other version", "not computed"]
KINDS: tuple[Kind, ...] = (
    "identical",
    "within",
    "new",
    "not computed",
    "other version",
    "differs",
)
"""`identical`; `within` the spread across seeds; `new`, where no number was stored; `not
computed`, where one is stored that cannot be had now; of an `other version` of its metric, or of
another number of samples that it looked at, so that it may well be another; `differs`."""

FALSE_ALARMS = 0.05
"""How likely it is that numbers of equally good samples differ anywhere in a whole run."""

_GROSS = 0.01
"""A seed is not taken for wrong by less: of clipped numbers most are 0 and a few a little above."""


@dataclass(frozen=True)
class KeyCheck:
    """One key of one method.

    Attributes:
        key: flat.
        kind: how the two numbers compare.
        where: the place of the largest difference: "seed 42", "mean", "std", "low", "high"; empty
            where there is none to tell.
        stored: the number in the file, at that place or as a mean over seeds.
        now: the number it is compared with.
        bound: how far apart the means may be to be within the spread.
    """

    key: str
    kind: Kind
    where: str = ""
    stored: float | None = None
    now: float | None = None
    bound: float | None = None


def inconsistent_summary(result: Result) -> list[KeyCheck]:
    """Keys whose stored mean or deviation is not that of the stored seeds."""
    found = []
    expected = aggregate(result.per_seed) if result.per_seed else {}
    for key in sorted({*expected, *result.summary}):
        if key not in expected or key not in result.summary:
            found.append(KeyCheck(key, "differs", "summary"))
            continue
        for part in ("mean", "std"):
            stored, now = result.summary[key][part], expected[key][part]
            if not is_same(key, stored, now):
                found.append(KeyCheck(key, "differs", part, stored, now))
                break
    return found


def number_by_number(stored: Numbers, now: Numbers) -> list[KeyCheck]:
    """Compare numbers of the same tokens: each seed's, and the intervals."""
    checks = []
    for key in _ordered(stored.keys | now.keys):
        kind = kind_without_numbers(key, stored, now)
        pairs = []
        for seed in dict.fromkeys([*stored.per_seed, *now.per_seed]):
            a = stored.per_seed.get(seed, {}).get(key)
            b = now.per_seed.get(seed, {}).get(key)
            if a is not None or b is not None:
                pairs.append((f"seed {seed}", a, b))
        for end in ("low", "high"):
            name = f"{key}/{end}"
            if name in stored.ci95 and name in now.ci95:
                pairs.append((end, stored.ci95[name], now.ci95[name]))
        checks.append(_worst(key, kind, pairs))
    return checks


def _worst(
    key: str, kind: Kind | None, pairs: Sequence[tuple[str, float | None, float | None]]
) -> KeyCheck:
    if kind in ("new", "not computed"):
        return KeyCheck(key, kind)

    def gap(pair: tuple[str, float | None, float | None]) -> float:
        _, a, b = pair
        return math.inf if a is None or b is None else abs(a - b)

    where, a, b = max(pairs, key=gap)
    if a is not None and b is not None and is_same(key, a, b):
        return KeyCheck(key, "identical")
    return KeyCheck(key, kind or "differs", where, a, b)


@np.errstate(over="ignore", invalid="ignore")  # numbers of a file may be anything
def within_spread(stored: Numbers, now: Numbers, num_tests: int) -> list[KeyCheck]:
    """Compare numbers of different tokens of one method, by the spread across seeds.

    The means may be apart by q·s·sqrt(1/m + 1/n): m and n seeds, s their pooled standard
    deviation, q Student's quantile with m + n - 2 degrees of freedom, such that among
    `num_tests` keys of equally good samples any differs with probability `FALSE_ALARMS` at most
    (Bonferroni). Shares of samples are granted one sample of spread, so that 1,000 of 1,000 in
    every seed does not differ from 999.
    """
    checks = []
    for key in _ordered(stored.keys | now.keys):
        kind = kind_without_numbers(key, stored, now)
        a, b = stored.of(key), now.of(key)
        if not a or not b:
            checks.append(KeyCheck(key, kind or ("not computed" if a else "new")))
            continue
        before, after = float(np.mean(a)), float(np.mean(b))
        if a == b or len({*a, *b}) == 1:
            checks.append(KeyCheck(key, "identical", "mean", before, after))
            continue
        size = _sample_size(key, stored, now)
        wrong = _wrong_seed(key, stored, now, size, num_tests)
        if wrong is not None:
            checks.append(KeyCheck(key, kind or "differs", *wrong))
            continue
        bound = _bound(key, a, b, size, num_tests)
        agrees = is_same(key, before, after)
        agrees |= bound is not None and abs(after - before) <= bound
        verdict: Kind = "within" if agrees else kind or "differs"
        checks.append(KeyCheck(key, verdict, "mean", before, after, bound))
    return checks


def _wrong_seed(
    key: str, stored: Numbers, now: Numbers, num_samples: int, num_tests: int
) -> tuple[str, float, float] | None:
    """A stored seed that cannot be one of the others, with its value and their mean.

    The spread that such a seed brings along would hide everything, itself included. Student's
    test of one value against all others of both sides, corrected for the number of values.
    """
    here = {seed: values[key] for seed, values in stored.per_seed.items() if key in values}
    others = now.of(key)
    if len(here) < 2 or len(here) + len(others) < 4:
        return None
    share = FALSE_ALARMS / max(1, num_tests) / len(here)
    for seed, value in here.items():
        rest = np.array([v for s, v in here.items() if s != seed] + others)
        quantile = student_quantile(1 - share, len(rest))
        spread = float(rest.std(ddof=1))
        info = key_info(key)
        if info is not None and info.unit == "rate" and num_samples:
            spread = max(spread, 1 / num_samples)
        gap = abs(value - float(rest.mean()))
        if gap > max(_GROSS, quantile * spread * math.sqrt(1 + 1 / len(rest))):
            return f"seed {seed}", value, float(rest.mean())
    return None


def _sample_size(key: str, stored: Numbers, now: Numbers) -> int:
    """Of how many samples of a seed the value is."""
    info = key_info(key)
    if info is not None and info.total:
        return int(max([*stored.of(info.total), *now.of(info.total)], default=0))
    return max(stored.num_samples, now.num_samples)


def num_tests(stored: Numbers, now: Numbers) -> int:
    """How many keys `within_spread` compares."""
    return len(stored.keys & now.keys)


def _bound(
    key: str, a: Sequence[float], b: Sequence[float], num_samples: int, num_tests: int
) -> float | None:
    """How far the means may be apart; None where one seed each, or an infinity, gives no spread."""
    freedom = len(a) + len(b) - 2
    if freedom < 1:
        return None
    spread = math.sqrt((np.var(a) * len(a) + np.var(b) * len(b)) / freedom)
    if not math.isfinite(spread):
        return None
    info = key_info(key)
    if info is not None and info.unit == "rate" and num_samples:
        spread = max(spread, 1 / num_samples)
    quantile = student_quantile(1 - FALSE_ALARMS / max(1, num_tests), freedom + 1)
    return float(quantile * spread * math.sqrt(1 / len(a) + 1 / len(b)))


def _ordered(keys: set[str]) -> list[str]:
    """Flat numbers first, then tables."""
    return sorted(keys, key=lambda key: (not key.startswith("eval/"), key))
