"""`bd-gen evaluate` under the name of the published script; takes the same options."""

import sys

from bd_gen.cli.main import main

if __name__ == "__main__":
    sys.argv[1:1] = ["evaluate"]
    main()
