"""Write golden.json anew: `python -m tests.golden.make`, then read what `git diff` shows."""

import tempfile
from pathlib import Path

from tests.golden import outputs
from tests.golden.commands import working_in
from tests.golden.golden import FILE, write_golden

TOGETHER = (
    ("tokens", "results_of_samples"),  # the second reads what the first has written
    ("plans",),
    ("results_of_fixed_rows",),
    ("designed",),
    ("from_python",),
    ("from_python_with_model",),
)


def main() -> None:
    """Run everything and store what comes out."""
    found = {}
    for names in TOGETHER:
        with tempfile.TemporaryDirectory() as folder, working_in(Path(folder)):
            for name in names:
                found[name] = getattr(outputs, name)()
    write_golden(found)
    print(f"{FILE}: {FILE.stat().st_size / 1000:.1f} kB")  # noqa: T201


if __name__ == "__main__":
    main()
