"""`bd-gen studio`: the page in the browser."""

from pathlib import Path

import click


@click.command("studio")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--checkpoint", default="bundled", show_default=True, help="The model.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Where it listens.  [8787, or the next that is free]",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--token", metavar="WORD", help="What the address must carry; needed with --host.  [a new one]"
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="HOST[:PORT]",
    help="How browsers call it behind another server (repeat).",
)
@click.option("--no-browser", is_flag=True, help="Only say the address.")
def command(
    file: Path | None,
    checkpoint: str,
    port: int | None,
    host: str,
    token: str | None,
    names: tuple[str, ...],
    no_browser: bool,
) -> None:
    r"""Draw bubbles and get plans, in the browser.

    FILE is a project (.bdgen.json), or any file with diagrams: plans, samples, GraphML.

    The page is served on this machine alone, and works without a network. With --host others can
    reach it: then it needs a --token that they are told (docs/studio.md).

    \b
    Example: bd-gen studio
             bd-gen studio flat.bdgen.json --port 8000 --no-browser
    """
    from bd_gen.studio.running import serve
    from bd_gen.system.files import expanded

    serve(
        file=None if file is None else expanded(file),
        checkpoint=str(expanded(checkpoint)),
        host=host,
        port=port,
        names=names,
        token=token,
        browser=not no_browser,
        plugins=(),
        say=lambda line: click.echo(line),
    )
