"""Measurements of the hot paths on the real server, with scratch databases: `make bench`, or `python -m bench`.

A measurement is a module with `measure(server) -> list[Figure]`; __main__.py runs all on SQLite with one process and on
PostgreSQL with two, prints a table and writes bench.json. Figures of one run may be compared with each other, those of
different machines or busy hours not.
"""
