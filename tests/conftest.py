"""What do all tests share: how Hypothesis runs in the everyday line and in the long searches."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Generated policies are large on purpose; what they cost is measured elsewhere.
settings.register_profile(
    "everyday", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("everyday")

SEARCH_SECONDS = int(os.environ.get("SEARCH_SECONDS", "60"))
