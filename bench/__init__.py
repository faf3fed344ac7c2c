"""Repeatable benchmarks: each states what we do as a ratio to a floor measured in the same run.

`python -m bench [NAME …]` (or `make bench`) makes a throw-away database, runs every script of this package and
prints one table. A script is a module with `measure() -> Iterable[Measurement]`; it finds a migrated, empty
database and a Redis of its own, and need not clean up. Figures are not asserted in tests: machines differ.
"""
