"""`bd-gen report`: one HTML page on all results of a folder."""

import sys
from pathlib import Path

import click

from bd_gen.cli.comparing import results_option, schedule_option


@click.command()
@schedule_option
@results_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write: .html, or .pdf (printed by Chromium or Chrome).  [default: report.html "
    "beside the results]",
)
@click.option(
    "--plots",
    type=click.Path(path_type=Path),
    help="Also write the plots: a folder for SVG files, or one .pdf with a plot a page.",
)
@click.argument("overrides", nargs=-1, metavar="[OVERRIDES]...")
def command(
    schedule: str,
    results_dir: Path,
    out: Path | None,
    plots: Path | None,
    overrides: tuple[str, ...],
) -> None:
    """Write one page on all results: scores, plots, diagrams, and where they come from.

    The page needs neither a network nor any other file. Pictures and histograms need the samples
    (METHOD_samples.pt) beside the results; what is missing is said on the page. A file that cannot
    be used is named and left out; the exit code is then 2. OVERRIDES say where the real diagrams
    are now, if the samples name another place: data=plans data.path=FILE.
    """
    from bd_gen.cli.overrides import data_config_from_overrides
    from bd_gen.report.page import write_report

    data = data_config_from_overrides(overrides)
    report = write_report(results_dir / schedule, out, data)
    for problem in report.contents.problems:
        click.echo(f"bd-gen: {problem}", err=True)
    for warning in report.contents.warnings:
        click.echo(f"bd-gen: warning: {warning}", err=True)
    size = report.path.stat().st_size / 1e6
    count = len(report.contents.entries)
    click.echo(f"{count} row{'s' * (count > 1)}, {size:.1f} MB: {report.path}")
    if plots is not None:
        from bd_gen.report.plot_files import write_plots

        click.echo(f"{write_plots(report.contents, plots)} plots: {plots}")
    if report.contents.problems:
        sys.exit(2)
