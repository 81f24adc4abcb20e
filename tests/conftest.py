"""Hypothesis draws the same examples at every run, so that a change that is checked is checked by what was
checked before. `HYPOTHESIS_PROFILE=explore` draws others, and more."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
