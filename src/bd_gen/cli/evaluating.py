"""What `evaluate` and `suite` share: how many samples are asked for a layout, and how it went."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.results.evaluate import Evaluation
    from bd_gen.results.freshness import Rows
    from bd_gen.results.request import Outcome


class RowsType(click.ParamType):
    """A number of samples, or all."""

    name = "samples"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> "Rows":
        """See `click.ParamType`."""
        if value == "all":
            return "all"
        text = str(value)
        if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:10]) < 10**9:
            self.fail(
                f"expected a number of samples from 1 on, or all, got {text[:40]!r}", param, ctx
            )
        return int(text)


def warn_of_missing_packages(
    names: Sequence[str] | None = None, families: Sequence[str] = (), is_asked: bool = False
) -> None:
    """Say in one line which metrics are left out because a package is missing.

    Args:
        names: the metrics that are computed; None: all.
        families: those whose metrics are, of these.
        is_asked: the user asks for such a metric.

    Raises:
        InputError: a metric that the user asks for is left out.
    """
    from bd_gen.metrics.registry import METRICS, can_compute, needs

    wanted = {family.lower() for family in families}
    for metric in METRICS.values():
        if can_compute(metric) or not (names is None or metric.family.lower() in wanted):
            continue
        if is_asked and metric.on_subset:
            raise InputError(needs(metric))
        click.echo(f"bd-gen: warning: {needs(metric)}; it is left out", err=True)


class Reporter:
    """Says how it went, and remembers whether all went well.

    Args:
        fail_fast: end at the first file that cannot be used.
    """

    def __init__(self, fail_fast: bool) -> None:
        self._fail_fast = fail_fast
        self.num_problems = 0

    def outcome(self, outcome: "Outcome") -> None:
        """Say how it went with one method."""
        done = outcome.evaluation
        if done is None:
            if outcome.fault:
                click.echo(outcome.fault, err=True)
            self.problem(outcome.problem)
            return
        self.evaluation(outcome.method, done)

    def evaluation(self, method: str, done: "Evaluation") -> None:
        """Say what was done with one method."""
        click.echo(f"{method}: {done.path} ({done.action})")
        self.notes(method, done.notes)

    def notes(self, method: str, notes: Sequence[str]) -> None:
        """Say what the user should know of a method."""
        for note in notes:
            click.echo(f"bd-gen: warning: {method}: {note}", err=True)

    def problem(self, problem: str) -> None:
        """Say what is wrong with a file.

        Raises:
            InputError: it shall be the last one.
        """
        if self._fail_fast:
            raise InputError(problem)
        click.echo(f"bd-gen: {problem}", err=True)
        self.num_problems += 1
