"""`bd-gen draw` where it shows a sample being drawn."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bd_gen.cli.checkpoint_notes import say_notes
from bd_gen.system.errors import InputError

if TYPE_CHECKING:
    from bd_gen.generation.animating import Trajectory
    from bd_gen.layouts.options import SolverOptions

USUAL_SEED = 42


@dataclass(frozen=True)
class AnimationChoice:
    """Which sample is shown.

    Attributes:
        method: its name; None for the usual one, or that of the samples.
        steps: of the method.
        sample: number of the sample.
        seed: its seed.
        title: a heading; None for the method, the seed and the sample.
    """

    method: str | None
    steps: int | None
    sample: int | None
    seed: int | None
    title: str | None

    def refuse_what_is_for_animations(self) -> None:
        """Make sure that nothing is asked for that has no meaning in a picture.

        Raises:
            InputError: an option goes with an animation only.
        """
        for option, value in (
            ("--method", self.method),
            ("--steps", self.steps),
            ("--sample", self.sample),
        ):
            if value is not None:
                raise InputError(f"{option}: goes with a checkpoint or --animate")


def draw_film(
    file: Path,
    out: Path,
    is_checkpoint: bool,
    choice: AnimationChoice,
    options: "SolverOptions | None",
) -> None:
    """Draw the animation that was chosen.

    Raises:
        InputError: the file or the sample cannot be used, or the animation cannot be written.
    """
    from bd_gen.drawing.animation import ANIMATIONS, draw_animation
    from bd_gen.drawing.picture_file import checked_suffix
    from bd_gen.generation.animating import film_of
    from bd_gen.layouts.outcome import has_solver

    checked_suffix(out, ANIMATIONS)
    if out.is_dir():
        raise InputError(f"{out}: expected a file to write, this is a folder")
    trajectory, title = _trajectory(file, is_checkpoint, choice)
    if options is not None and not has_solver():
        click.echo("bd-gen: note: OR-tools is not installed: no layout", err=True)
        options = None
    film, outcome = film_of(
        trajectory, title if choice.title is None else choice.title or None, options
    )
    if outcome.why:
        click.echo(f"{outcome.why}; bubbles stand where the relations put them")
    draw_animation(film, out)
    count, shown = len(trajectory.tokens), len(film.tokens)
    states = f"{count} states" if shown == count else f"{shown} of {count} states"
    click.echo(f"drawn: {out} ({title}: {states}, {trajectory.calls[-1]} network calls)")


def _trajectory(
    file: Path, is_checkpoint: bool, choice: AnimationChoice
) -> "tuple[Trajectory, str]":
    from bd_gen.exchange.laid_out_files import kind_of
    from bd_gen.generation.animating import checkpoint_trajectory, samples_trajectory
    from bd_gen.sampling.method import DEFAULT_STEPS

    sample = choice.sample or 0
    if is_checkpoint:
        seed = USUAL_SEED if choice.seed is None else choice.seed
        steps = choice.steps or DEFAULT_STEPS
        return checkpoint_trajectory(file, choice.method, seed, sample, steps, say_notes)
    if kind_of(file) != "samples":
        raise InputError(f"{file}: --animate: expected a checkpoint or samples (_samples.pt)")
    if choice.method is not None or choice.steps is not None:
        raise InputError("--method and --steps: the samples say how they were drawn")
    return samples_trajectory(file, choice.seed, sample)
