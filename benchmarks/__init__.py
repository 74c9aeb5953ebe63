"""Speed figures; `python -m benchmarks.run_all` makes them all."""
