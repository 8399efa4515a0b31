"""Measurements of the hot paths on the real server, with databases of their own: `make bench`, or `python -m bench`.

A part is a function that takes the Bench (bench/run.py), starts the servers it wants and tells it what it found;
__main__.py lists them. What counts are ratios to the two floors of bench/floors.py, measured in the same moments:
figures of one run may be compared with each other, those of different machines or busy hours not.
"""
