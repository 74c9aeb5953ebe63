"""Gather README, docs/, examples/ and the files beside README, for the site: `make docs`.

README becomes the first page. Links between pages are turned so that they hold in the new place.
"""

import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BESIDE_README = ("CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff")
LINK = re.compile(r"(?<=\]\()([^)\s#:]+)(?=[)#])")
"""A link's file, without its anchor; addresses with a scheme are none."""


def gather(root: Path, folder: Path) -> int:
    """Copy the pages of `root` and what they show to an emptied `folder`; returns how many.

    Raises:
        ValueError: a link leads to a file that the site does not have.
    """
    shutil.rmtree(folder, ignore_errors=True)
    names = {path: str(path.relative_to(root / "docs")) for path in sorted(root.glob("docs/**/*"))}
    names |= {path: f"examples/{path.name}" for path in root.glob("examples/*.ipynb")}
    names[root / "README.md"] = "index.md"
    names |= {root / name: name for name in BESIDE_README}
    names = {path: name for path, name in names.items() if path.is_file()}
    for source, name in names.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            place.write_text(_turned(source, names), encoding="utf-8")
        else:
            shutil.copy(source, place)
    return sum(source.suffix == ".md" for source in names)


def _turned(source: Path, names: Mapping[Path, str]) -> str:
    """The text of a page with its links as they are in the new folder, where pages are on top."""

    def new(match: re.Match[str]) -> str:
        target = (source.parent / match[0]).resolve()
        if target not in names:
            raise ValueError(f"{source}: the site has no {match[0]}")
        return names[target]

    return LINK.sub(new, source.read_text(encoding="utf-8"))


def main() -> None:
    """Gather the pages in build/pages."""
    try:
        pages = gather(ROOT, ROOT / "build" / "pages")
    except ValueError as error:
        sys.exit(str(error))
    print(f"{pages} pages in build/pages")


if __name__ == "__main__":
    main()
