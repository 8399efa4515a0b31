"""Strongroom's one Django app: doors translate, the vault decides and remembers, models hold, `sealed` seals."""
