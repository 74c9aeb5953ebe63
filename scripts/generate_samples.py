"""`bd-gen generate` with the defaults of the published script; see docs/published.md."""

from bd_gen.cli.start import main

if __name__ == "__main__":
    main(script="generate")
