"""`bd-gen compare` with the defaults of the published script; see docs/published.md."""

import sys

from bd_gen.cli.published_scripts import main_as_published

if __name__ == "__main__":
    main_as_published("compare", sys.argv[1:])
