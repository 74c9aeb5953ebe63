"""`bd-gen data vocabulary`: a first vocabulary for plans in words of their own."""

from pathlib import Path

import click

from bd_gen.cli.data_options import FILE


@click.command(short_help="Draft a vocabulary from a file of plans.")
@click.argument("file", type=FILE)
@click.option("--name", help="What tables call it.  [the file's]")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write.  [printed]"
)
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
def vocabulary(file: Path, name: str | None, out: Path | None, overwrite: bool) -> None:
    """Draft a vocabulary from a file of plans (JSON lines), as YAML to be read and corrected.

    A folder of GraphML files or of House-GAN++ will do as well.

    All distinct labels with their counts, names that may mean the same, types that occur at most
    once, containments that never occur, typical sizes, the unit, and the rule of relations.

    Example: bd-gen data vocabulary mine.jsonl --out mine.yaml, then data=plans
    data.path=mine.jsonl data.vocabulary=mine.yaml
    """
    from bd_gen.cli.progress import bar
    from bd_gen.data.vocabulary_draft import draft_text, name_from
    from bd_gen.data.vocabulary_facts import facts_of
    from bd_gen.system.errors import InputError
    from bd_gen.system.files import write_text

    if out is not None and out.exists() and not overwrite:
        raise InputError(f"{out}: exists; --overwrite replaces it")
    with bar(file.name, "bytes") as report:
        facts = facts_of(file, report)
    try:
        text = draft_text(facts, name or name_from(file))
    except InputError as error:
        raise InputError(f"{file}: {error}") from None
    if out is None:
        click.echo(text, nl=False)
        return
    write_text(out, text)
    click.echo(
        f"{out}: {len(facts.labels)} room types of {facts.num_plans:,} plans; read it, then "
        f"data.vocabulary={out}"
    )
