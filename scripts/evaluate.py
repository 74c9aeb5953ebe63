"""`bd-gen evaluate` with the defaults of the published script; see docs/published.md."""

import sys

from bd_gen.cli.published_scripts import main_as_published

if __name__ == "__main__":
    main_as_published("evaluate", sys.argv[1:])
