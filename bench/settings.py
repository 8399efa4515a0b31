"""The product's settings with the floors beside its own addresses; read by nothing but the benchmark's servers."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.floors"
