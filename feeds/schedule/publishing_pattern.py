"""Learns from a source's publication times when it publishes, and computes when to poll it next. Pure.

The pattern is a rate (articles per hour, whose evidence loses half its weight in two weeks) and two histograms: over
the half hours of the day and over the days of the week, in UTC. A histogram is used only as far as it has predicted
better than a uniform distribution: each publication is first predicted and then counted, and the gain in
log-probability is kept. So a source without habits is given none, and one that changes its habits loses the old ones in
a few weeks.

The next poll is the first of the cheapest plan of polls, in which a poll costs as much as `request_cost` article-hours
of waiting. Without a daily or weekly pattern the best interval is √(2·request_cost/rate), the square-root rule of
inventory theory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp, inf, log, sqrt

from feeds.schedule.rotation import add_recent

REQUEST_COST_ARTICLE_HOURS = 0.5
"""Article-hours of waiting that one request is worth. Chosen with bench/polling: a source with an article every hour is
polled every hour, one with an article a day five times a day, one with an article a month once a day."""

HALF_LIFE = timedelta(days=14)
"""Of the evidence for the rate. Whole weeks, so that a weekend does not lower the rate. Our own choice."""

_HALVING_PERIOD = timedelta(weeks=4)  # at the end of each such period the histograms are halved
_HOUR = timedelta(hours=1)
_MAX_COUNTED_HOURS = HALF_LIFE / _HOUR / log(2)  # limit of the weighted hours
_PRIOR_ARTICLES, _PRIOR_HOURS = 0.25, 6.0  # before anything is known: one article a day
_MAX_MISSED_ARTICLES = 4.0  # with more the rate is lowered; by chance once in 55 gaps
_HALF_HOURS_PER_DAY, _DAYS_PER_WEEK = 48, 7  # sizes of the histograms
_PRIOR_COUNT = {_HALF_HOURS_PER_DAY: 0.05, _DAYS_PER_WEEK: 0.5}  # added to each bin
_MIN_GAIN_NATS = 3.0  # gain at which a histogram is used with half weight: odds of 20 to 1
_MAX_GAIN_NATS = 12.0  # more would keep a habit long after it ended
_PLAN_SLOTS = 48  # in a plan of polls


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishingPattern:
    """What is known at the time `at`. Its encoded form, which the state stores, is under 400 bytes."""

    at: datetime
    last: datetime | None = None  # the newest publication
    count: float = 0.0  # weighted number of articles
    hours: float = 0.0  # in which they were counted, weighted in the same way
    day: tuple[int, ...] = (0,) * _HALF_HOURS_PER_DAY  # half hours (UTC) with a publication
    week: tuple[int, ...] = (0,) * _DAYS_PER_WEEK  # days with a publication, by weekday from Monday
    holds: int = 0  # entries in the newest document; 0: unknown
    day_gain: float = 0.0  # nats by which the histogram predicts better than a uniform one
    week_gain: float = 0.0
    recent: tuple[int, ...] = ()  # of the latest publications (`schedule.rotation`)

    def rate(self, now: datetime) -> float:
        """Articles per hour, averaged over the week. An unusually long silence lowers it."""
        rate = self._counted_rate(now)
        if self.last is not None:
            missed = rate * ((now - self.last) / _HOUR)
            if (
                missed > _MAX_MISSED_ARTICLES
                and (missed := self._expected_since_last(rate, now)) > _MAX_MISSED_ARTICLES
            ):
                rate *= _MAX_MISSED_ARTICLES / missed
        return rate

    def missed_articles(self, now: datetime) -> float:
        """How many articles the pattern predicts for the time since the last one."""
        return 0.0 if self.last is None else self._expected_since_last(self._counted_rate(self.last), now)

    def observed_for(self, now: datetime) -> timedelta:
        """How long the source has been observed, including the dates of its first document. Old time weighs less."""
        left = _remaining_weight(self.at, now)
        return _HOUR * (self.hours * left + _MAX_COUNTED_HOURS * (1 - left))

    def turnover(self, now: datetime) -> timedelta:
        """How long it takes until every entry of the document is replaced."""
        # Not with the lowered rate: the silence of a host that is down means nothing.
        return _HOUR * min(self.holds / self._counted_rate(now), 1e6) if self.holds > 1 else timedelta.max

    def _counted_rate(self, now: datetime) -> float:
        return (self.count * _remaining_weight(self.at, now) + _PRIOR_ARTICLES) / (
            self.observed_for(now) / _HOUR + _PRIOR_HOURS
        )

    def _expected_since_last(self, rate: float, now: datetime) -> float:
        assert self.last is not None
        hours = int((now - self.last) / _HOUR)
        # Over weeks the patterns average out.
        if hours > 24 * 7 or not (self.has_daily_pattern or self.has_weekly_pattern):
            return rate * hours
        return rate * sum(self.activity(self.last, 1.0, hours))

    def activity(self, start: datetime, step: float, count: int) -> list[float]:
        """The activity relative to the average (1.0), in the middle of each of `count` steps of `step` hours."""
        day, week = _activity_factors(self.day, self.day_gain), _activity_factors(self.week, self.week_gain)
        first = start.timestamp() / 3600 + step / 2
        hours = (first + step * n for n in range(count))
        # 1970 began on a Thursday, weekday 3
        return [
            day[int(hour * 2) % _HALF_HOURS_PER_DAY] * week[(int(hour // 24) + 3) % _DAYS_PER_WEEK]
            for hour in hours
        ]

    @property
    def has_daily_pattern(self) -> bool:
        return self.day_gain > _MIN_GAIN_NATS

    @property
    def has_weekly_pattern(self) -> bool:
        return self.week_gain > _MIN_GAIN_NATS


def update_pattern(
    pattern: PublishingPattern | None,
    published: Iterable[datetime | None],
    now: datetime,
    previous_poll_at: datetime | None,
    entry_count: int = 0,
) -> PublishingPattern:
    """The pattern after a document of `entry_count` entries, fetched at `now`, that has new articles with these dates.

    An article that was not there at the previous poll was published after it, whatever its date says. One without a
    date was published when it was seen. The dates of a first document are its past.
    """
    if pattern is None:
        dates = [min(date, now) for date in published if date is not None]
        past = sorted(date for date in dates if date < now)
        recent = add_recent((), dates)
        initial = PublishingPattern(at=past[0] if past else now, holds=entry_count, recent=recent)
        return _add_publications(initial, past[1:], now)
    earliest = max(pattern.at, previous_poll_at or pattern.at)
    dates = sorted(min(max(date or now, earliest), now) for date in published)
    held = entry_count or pattern.holds
    recent = add_recent(pattern.recent, dates)
    return _add_publications(replace(pattern, holds=held, recent=recent), dates, now)


def _add_publications(
    pattern: PublishingPattern, dates: Sequence[datetime], now: datetime
) -> PublishingPattern:
    left = _remaining_weight(pattern.at, now)
    day, week = list(pattern.day), list(pattern.week)
    day_gain, week_gain, last, at = pattern.day_gain, pattern.week_gain, pattern.last, pattern.at
    for date in dates:
        if _halving_period_of(date) != _halving_period_of(at):
            day, week, at = [n // 2 for n in day], [n // 2 for n in week], date
        # Each half hour and each day counts once, so that a burst of articles does not look like a habit.
        if last is None or _half_hour_number(date) != _half_hour_number(last):
            index = _half_hour_number(date) % _HALF_HOURS_PER_DAY
            day_gain = _updated_gain(day_gain, day, index)
            day[index] += 1
            if last is None or date.date() != last.date():
                week_gain = _updated_gain(week_gain, week, date.weekday())
                week[date.weekday()] += 1
        last = date if last is None else max(last, date)
    return replace(
        pattern,
        at=now,
        last=last,
        count=pattern.count * left + sum(_remaining_weight(date, now) for date in dates),
        hours=pattern.hours * left + _MAX_COUNTED_HOURS * (1 - left),
        day=tuple(day),
        week=tuple(week),
        day_gain=day_gain,
        week_gain=week_gain,
    )


def _remaining_weight(then: datetime, now: datetime) -> float:
    """The weight at `now` of evidence that had weight 1 at `then`. At most 1, even if the clock was set back."""
    return exp(min(0.0, (then - now) / HALF_LIFE * log(2)))


def _halving_period_of(date: datetime) -> int:
    return int(date.timestamp() // _HALVING_PERIOD.total_seconds())


def _half_hour_number(date: datetime) -> int:
    return int(date.timestamp() // 1800)


def _updated_gain(gain: float, histogram: Sequence[int], index: int) -> float:
    return max(
        -_MAX_GAIN_NATS, min(gain + log(_probability(histogram, index) * len(histogram)), _MAX_GAIN_NATS)
    )


def _activity_factors(histogram: tuple[int, ...], gain: float) -> list[float]:
    """The relative activity in each bin (the average is 1.0). The gain decides how far the histogram is used."""
    belief = 1 / (1 + exp(_MIN_GAIN_NATS - gain))
    return [
        belief * _probability(histogram, index) * len(histogram) + (1 - belief)
        for index in range(len(histogram))
    ]


def _probability(histogram: Sequence[int], index: int) -> float:
    """The probability of a bin. Half hours are smoothed with their neighbours, because nobody publishes on time."""
    size = len(histogram)
    seen: float = histogram[index]
    if size == _HALF_HOURS_PER_DAY:
        seen = 0.5 * seen + 0.25 * (histogram[index - 1] + histogram[(index + 1) % size])
    return (seen + _PRIOR_COUNT[size]) / (sum(histogram) + size * _PRIOR_COUNT[size])


def next_interval(
    pattern: PublishingPattern,
    now: datetime,
    shortest: timedelta,
    longest: timedelta,
    request_cost: float = REQUEST_COST_ARTICLE_HOURS,
) -> timedelta:
    """How long after `now` to poll again, between `shortest` and `longest`, and before a quarter of the document is
    replaced, so that no entry comes and goes unseen."""
    rate = pattern.rate(now)
    longest = max(min(longest, pattern.turnover(now) / 4), shortest)
    best_interval = sqrt(2 * request_cost / rate)  # hours
    if not (pattern.has_daily_pattern or pattern.has_weekly_pattern) or best_interval > _PLAN_SLOTS:
        return min(max(_HOUR * min(best_interval, 1e6), shortest), longest)
    low, high = shortest / _HOUR, max(longest, shortest) / _HOUR
    slot = min(max(min(max(best_interval, low), high) / 4, 1 / 12), 1.0)
    waiting = _WaitingCost(pattern, rate, now, slot / 2)
    first, then = _cheapest_plan(waiting, low / slot, high / slot, request_cost)
    # The plan has a resolution of one slot. Its first poll is moved by half a slot if that is cheaper.
    near = (at for at in (2 * first, 2 * first - 1, 2 * first + 1) if at <= 2 * then)
    best = min(near, key=lambda at: waiting.cost(0, at) + waiting.cost(at, 2 * then))
    return min(max(_HOUR * (best * slot / 2), shortest), longest)


class _WaitingCost:
    """Article-hours of waiting between two polls, computed from running sums over the steps of a plan."""

    def __init__(self, pattern: PublishingPattern, rate: float, now: datetime, step: float) -> None:
        self.step = step  # hours
        self.expected = [0.0]  # articles expected before each step
        self.integral = [0.0]  # its integral over time
        total = area = 0.0
        for activity in pattern.activity(now, step, 2 * _PLAN_SLOTS):
            expected = rate * step * activity
            area += (total + expected / 2) * step
            total += expected
            self.expected.append(total)
            self.integral.append(area)

    def cost(self, a: int, b: int) -> float:
        """Of the articles that are published between polls at the steps `a` and `b`."""
        return self.integral[b] - self.integral[a] - self.expected[a] * (b - a) * self.step


def _cheapest_plan(waiting: _WaitingCost, low: float, high: float, request_cost: float) -> tuple[int, int]:
    """The slots of the first two polls of the cheapest plan, found backwards from its end (dynamic programming)."""
    expected, area, slot = waiting.expected[::2], waiting.integral[::2], 2 * waiting.step
    min_slots = max(1, -int(-low // 1))
    max_slots = max(min_slots, int(high))
    total = [0.0] * (_PLAN_SLOTS + 1)
    follows = [_PLAN_SLOTS] * (_PLAN_SLOTS + 1)
    for here in range(_PLAN_SLOTS - 1, -1, -1):
        best, base, growth = inf, request_cost - area[here], expected[here] * slot
        for there in range(min(here + min_slots, _PLAN_SLOTS), min(here + max_slots, _PLAN_SLOTS) + 1):
            wait = base + area[there] - growth * (there - here)
            if wait >= best:  # waiting only grows, and the polls that follow cost something too
                break
            if wait + total[there] < best:
                best, follows[here] = wait + total[there], there
        total[here] = best
    return follows[0], follows[follows[0]]


def describe(pattern: PublishingPattern, now: datetime) -> str:
    """The pattern in words: "about 3 articles a day, mostly around 07:00 UTC, on Mon, Tue"."""
    daily = pattern.rate(now) * 24
    text = f"about {_format_count(daily)} articles a day" if daily >= 1.5 else _describe_rare(daily)
    if pattern.has_daily_pattern:
        busiest = max(range(_HALF_HOURS_PER_DAY), key=lambda index: _probability(pattern.day, index))
        if _probability(pattern.day, busiest) * _HALF_HOURS_PER_DAY > 4:  # a peak; otherwise day and night
            text += f", mostly around {busiest // 2:02}:{busiest % 2 * 30:02} UTC"
    if pattern.has_weekly_pattern:
        days = [
            name
            for name, n in zip(_WEEKDAY_NAMES, pattern.week, strict=True)
            if n * _DAYS_PER_WEEK > 0.5 * sum(pattern.week)
        ]
        text += f", on {', '.join(days)}"
    return text


_WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _format_count(n: float) -> str:
    return f"{n:.0f}"


def _describe_rare(daily: float) -> str:
    days = 1 / daily
    if days < 1.5:
        return "about one article a day"
    return f"about one article in {days:.0f} days"
