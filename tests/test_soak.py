"""A minute of mixed work on PostgreSQL with two processes; `make soak` does ten minutes."""

import pytest

from tests import databases
from tests.soak import soak

SECONDS = 60  # too few to tell a leak from caches that fill: `make soak` looks at memory


@pytest.mark.server
@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR is not set")
@pytest.mark.skipif(not databases.ON_POSTGRES, reason="several processes are for PostgreSQL")
def test_mixed_work_of_many_agents_brings_no_error_and_chains_that_hold():
    found = soak(SECONDS)
    assert (set(found.statuses), found.broken_lines) == ({200, 201, 204}, 0)
    assert "BROKEN" not in found.verified
