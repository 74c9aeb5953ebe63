"""Plots of a report as files, and the report as a PDF."""

import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from bd_gen.cli.report import command
from bd_gen.report.contents import read_contents
from bd_gen.report.page import write_report
from bd_gen.report.plot_files import write_plots
from bd_gen.report.printing import BROWSER_VARIABLE, find_browser, print_to_pdf
from bd_gen.system.errors import InputError


def test_every_plot_is_an_svg_of_its_own(directory: Path, tmp_path: Path) -> None:
    count = write_plots(read_contents(directory), tmp_path / "plots")
    paths = sorted((tmp_path / "plots").glob("*.svg"))
    assert len(paths) == count > 3
    for path in paths:
        root = ElementTree.parse(path).getroot()  # noqa: S314 - our own file
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert root.find("{http://www.w3.org/2000/svg}title") is not None
        assert "var(--" not in path.read_text()
        assert re.fullmatch(r"[a-z0-9._-]+\.svg", path.name)


def test_another_ending_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"x\.docx: a report is written as \.html or \.pdf"):
        write_report(tmp_path / "missing", tmp_path / "x.docx")


def test_without_a_browser_a_pdf_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BROWSER_VARIABLE, "no-such-browser")
    with pytest.raises(InputError, match=r"a\.pdf: a PDF is printed by Chromium or Chrome"):
        print_to_pdf("<p>", tmp_path / "a.pdf")
    assert not list(tmp_path.iterdir())


def test_a_browser_that_does_not_print_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BROWSER_VARIABLE, shutil.which("true") or "")
    with pytest.raises(InputError, match=r"true did not print it \(exit code 0\)"):
        print_to_pdf("<p>", tmp_path / "a.pdf")


@pytest.mark.slow
@pytest.mark.skipif(find_browser() is None, reason="needs the browser chromium")
def test_the_report_and_its_plots_as_pdf(directory: Path, tmp_path: Path) -> None:
    out, plots = tmp_path / "report.pdf", tmp_path / "plots.pdf"
    words = ["--results", str(directory.parent), "--schedule", directory.name]
    done = CliRunner().invoke(command, [*words, "--out", str(out), "--plots", str(plots)])
    assert done.exit_code in (0, 2), done.output
    assert out.read_bytes().startswith(b"%PDF-")
    assert plots.read_bytes().startswith(b"%PDF-")
