"""`bd-gen compare A B`: two methods, metric by metric."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

import click

from bd_gen.cli.overrides import data_config_from_overrides
from bd_gen.cli.progress import bar


def compare_two(
    directory: Path,
    a: str,
    b: str,
    overrides: Sequence[str],
    out: Path | None = None,
    csv: Path | None = None,
) -> None:
    """Compare two methods in pairs and print the table.

    Args:
        directory: where their samples lie.
        a: the first, a name or a samples file.
        b: the second.
        overrides: data to measure against, `data=SOURCE data.FIELD=VALUE`.
        out: Markdown file to write, if any.
        csv: file for every number, if any.

    Raises:
        InputError: a method has no samples, the two cannot be compared, or a file cannot be
            written.
    """
    from bd_gen.results.paired import compare_pair, costs, explanation, pair_tables, write_pair_csv
    from bd_gen.results.table import markdown_section, terminal_text

    data = data_config_from_overrides(overrides)
    paths = [_samples_file(directory, word) for word in (a, b)]
    with bar(f"{a} and {b}", "seeds") as progress:
        pair = compare_pair(paths[0], paths[1], data, progress)
    for note in pair.notes:
        click.echo(f"bd-gen: warning: {note}", err=True)
    width = shutil.get_terminal_size().columns
    click.echo(f"A  {pair.a}\nB  {pair.b}")
    tables = pair_tables(pair)
    for table in tables:
        click.echo(f"\n{table.title}")
        click.echo(terminal_text(table, width))
    click.echo("\n" + fill(f"{explanation(pair)} {costs(pair)}", width))
    if out is not None:
        from bd_gen.system import files

        head = f"# {pair.a} (A) and {pair.b} (B)\n\n{explanation(pair)} {costs(pair)}\n"
        notes = "".join(f"\n> **Warning:** {note}.\n" for note in pair.notes)
        files.write_text(out, "\n".join([head + notes, *map(markdown_section, tables)]))
        click.echo(f"table: {out}")
    if csv is not None:
        write_pair_csv(csv, pair)
        click.echo(f"every number: {csv}")


def _samples_file(directory: Path, word: str) -> Path:
    """The samples file that a word names: itself, or that of the method in the directory."""
    from bd_gen.results.inventory import chosen_methods
    from bd_gen.results.samples_file import SUFFIX, samples_path

    if word.endswith(SUFFIX):
        return Path(word)
    (method,) = chosen_methods(directory, [word])
    return samples_path(directory, method)
