"""Every verb, one function each. Caller first, the rest by keyword; returns plain objects, raises VaultError.

Doors import this package's modules and nothing below. Here alone the clock is read and randomness is drawn.
"""
