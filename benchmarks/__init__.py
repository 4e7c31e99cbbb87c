"""Benchmarks of start, keys, terminal output and import, each against a baseline: `python -m benchmarks`."""
