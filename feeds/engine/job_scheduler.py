"""The daemon's scheduler, and a trigger for jobs that run again and again, whatever happens to the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger


class Repeat(BaseTrigger):  # type: ignore[misc]  # apscheduler has no types
    """The next run is one interval after the last one, or after now if that is past.

    APScheduler lists every missed run before it joins them to one. With its own trigger, a clock that is set a year
    ahead made 31 million of them and 1.8 GB. This trigger never names a time that is past.
    """

    def __init__(self, interval: timedelta) -> None:
        self._interval = interval

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        following = (previous_fire_time or now) + self._interval
        return following if following > now else now + self._interval


def make_scheduler() -> BackgroundScheduler:
    """All jobs run in one thread, so that one thread does all writing."""
    return BackgroundScheduler(
        timezone="UTC",
        executors={"default": {"type": "threadpool", "max_workers": 1}},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
