"""`bd-gen strip`: a checkpoint small enough to share."""

from pathlib import Path

import click

from bd_gen.system.errors import InputError


@click.command("strip")
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace OUT if it exists.")
def command(checkpoint: Path, out: Path, overwrite: bool) -> None:
    """Copy CHECKPOINT (or "bundled") to OUT without its training state and with weights in float16.

    Samples can be drawn from the copy; training cannot go on from it.
    """
    from bd_gen.training.bundled import checkpoint_file, for_sharing
    from bd_gen.training.checkpoint import load_checkpoint, save_checkpoint

    source = checkpoint_file(checkpoint)
    loaded = load_checkpoint(source)
    if out.exists() and not overwrite:
        raise InputError(f"{out}: exists; --overwrite replaces it")
    try:
        shared = for_sharing(loaded)
    except ValueError as error:
        raise InputError(f"{checkpoint}: {error}") from None
    save_checkpoint(out, shared)
    before, after = (path.stat().st_size / 1e6 for path in (source, out))
    click.echo(f"wrote {out} ({after:.2f} MB, was {before:.2f} MB)")
