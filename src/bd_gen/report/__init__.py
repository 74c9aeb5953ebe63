"""The report: one HTML page on all that a results directory holds, in need of no network."""
