"""How a figure becomes a file: which formats there are, and the same bytes every time."""

import io
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bd_gen.system.errors import InputError
from bd_gen.system.files import write_with

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")
DPI = 160.0

_LARGEST_SIDE = 32_000  # pixels; matplotlib draws no more than 65,535

# The same diagrams give the same bytes: no dates in the file.
_NO_DATE: dict[str, dict[str, Any]] = {
    "png": {},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}


def checked_suffix(path: str | Path, formats: Collection[str] = FORMATS) -> str:
    """The format that a file's suffix asks for.

    Raises:
        InputError: the suffix is none of `formats`.
    """
    path = Path(path)
    picture_format = path.suffix.lower().removeprefix(".")
    if picture_format not in formats:
        names = [f".{name}" for name in formats]
        raise InputError(
            f"{path}: file name: expected one that ends in {', '.join(names[:-1])} or {names[-1]}, "
            f"got {path.suffix or 'no suffix'}"
        )
    return picture_format


@contextmanager
def picture_style() -> Iterator[None]:
    """The settings that every picture is drawn and saved with, whatever the user's own are."""
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        # A heading in a script that the font lacks shows boxes; that needs no line a letter.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        # The user's own style sheet is no part of these pictures.
        mpl.rcdefaults()
        mpl.rcParams.update({"svg.hashsalt": "bd-gen", "svg.fonttype": "none", "pdf.fonttype": 42})
        yield


def save_figure(figure: "Figure", path: str | Path, dpi: float = DPI) -> None:
    """Write a figure in the format of the file's suffix; within `picture_style`.

    Args:
        figure: what to write.
        path: the file.
        dpi: pixels to the inch of a PNG; fewer where it would become too large.

    Raises:
        InputError: the suffix is none of `FORMATS`, or the file cannot be written.
    """
    picture_format = checked_suffix(path)
    dpi = min(dpi, _LARGEST_SIDE / max(figure.get_size_inches()))
    metadata = _NO_DATE[picture_format]
    write_with(
        path, lambda file: figure.savefig(file, format=picture_format, dpi=dpi, metadata=metadata)
    )


def svg_of(figure: "Figure") -> str:
    """A figure as the text of an SVG file; within `picture_style`."""
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata=_NO_DATE["svg"])
    return file.getvalue().decode()
