"""When does a source publish? Learned from its own publication times; pure.

A rate (articles an hour) that forgets by half in two weeks, and two shapes: the half hours of the day and the
days of the week, UTC. A shape is believed only as far as it has predicted better than no shape would have:
every publication is first foretold, then counted, and the difference in log-probability is kept. So a source
without habits is not given any, and one that changes them loses the old ones in a few weeks.

The next look is the first of the cheapest plan of looks, where one costs as much as articles that wait
`patience` hours together. Without a shape that is √(2·patience/rate) (the square-root rule of stock keeping).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp, inf, log, sqrt

PATIENCE = 0.5
"""Article-hours that are as dear as one request. Chosen by bench/polling: a source with an article every hour is
asked every hour, one with an article a day five times, one with an article a month once a day."""

HALF_LIFE = timedelta(days=14)
"""Of the rate. Two whole weeks, so that a weekend is no lull. Ours."""

_SHARE = timedelta(weeks=4)  # of the calendar: at its end every tally is halved
_HOUR = timedelta(hours=1)
_MEMORY = HALF_LIFE / _HOUR / log(2)  # hours that count, at most
_GUESS, _GUESSED = 0.25, 6.0  # before anything is known: one article a day, as if seen for a quarter of one
_SILENCE = 4.0  # expected articles that did not come, before the rate is doubted: by chance once in 55 gaps
_DAY, _WEEK = 48, 7  # places of each shape
_UNSEEN = {_DAY: 0.05, _WEEK: 0.5}  # what every place counts before it was seen
_DOUBT = 3.0  # nats that a shape must have gained to be as good as none: 20 to 1
_MOST = 12.0  # nats; more would keep a habit alive for long after it ended
_SLOTS = 48  # of a plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What is known at `at`. Under 300 bytes by the codec."""

    at: datetime
    last: datetime | None = None  # the newest publication
    count: float = 0.0  # articles, each worth half after HALF_LIFE
    hours: float = 0.0  # hours that they were counted in, weighed in the same way
    day: tuple[int, ...] = (0,) * _DAY  # half hours, UTC, in which something was published
    week: tuple[int, ...] = (0,) * _WEEK  # days on which something was published, from Monday
    holds: int = 0  # entries of the newest document; 0: not known
    day_gain: float = 0.0  # nats that the shape foretold publications better than no shape
    week_gain: float = 0.0

    def rate(self, now: datetime) -> float:
        """Articles an hour, on average over day and week; a silence that is too long for it lowers it."""
        rate = self._counted_rate(now)
        if self.last is not None:
            missed = rate * ((now - self.last) / _HOUR)
            if missed > _SILENCE and (missed := self._missed(rate, now)) > _SILENCE:
                rate *= _SILENCE / missed
        return rate

    def missed(self, now: datetime) -> float:
        """How many articles should have come since the last one, had the source kept its rhythm."""
        return 0.0 if self.last is None else self._missed(self._counted_rate(self.last), now)

    def known(self, now: datetime) -> timedelta:
        """For how long it has been watched, or its documents tell; what was forgotten does not count."""
        left = _left(self.at, now)
        return _HOUR * (self.hours * left + _MEMORY * (1 - left))

    def turnover(self, now: datetime) -> timedelta:
        """How long it takes until every entry of a document has made room for another."""
        # Not by the doubted rate: of a host that is down, silence says nothing.
        return _HOUR * min(self.holds / self._counted_rate(now), 1e6) if self.holds > 1 else timedelta.max

    def _counted_rate(self, now: datetime) -> float:
        return (self.count * _left(self.at, now) + _GUESS) / (self.known(now) / _HOUR + _GUESSED)

    def _missed(self, rate: float, now: datetime) -> float:
        """How many articles were to be expected since the last one."""
        assert self.last is not None
        hours = int((now - self.last) / _HOUR)
        if hours > 24 * 7 or not (self.has_day or self.has_week):  # over weeks the shapes level out
            return rate * hours
        return rate * sum(self.shape(self.last, 1.0, hours))

    def shape(self, start: datetime, step: float, count: int) -> list[float]:
        """How much livelier than its average the source is in the middle of each of so many steps of so many
        hours: 1.0 is the average."""
        day, week = _factors(self.day, self.day_gain), _factors(self.week, self.week_gain)
        first = start.timestamp() / 3600 + step / 2
        hours = (first + step * n for n in range(count))
        # 1970 began on a Thursday, the fourth day of the week
        return [day[int(hour * 2) % _DAY] * week[(int(hour // 24) + 3) % _WEEK] for hour in hours]

    @property
    def has_day(self) -> bool:
        return self.day_gain > _DOUBT

    @property
    def has_week(self) -> bool:
        return self.week_gain > _DOUBT


def learn(
    rhythm: Rhythm | None,
    published: Iterable[datetime | None],
    now: datetime,
    asked: datetime | None,
    holds: int = 0,
) -> Rhythm:
    """The rhythm after a document of `holds` entries that was fetched at `now` brought articles `published` at
    these times.

    What was not there when the source was `asked` before came after that, whatever its date says; what is
    undated came when it was seen. A first document tells its past, as far as it is dated.
    """
    if rhythm is None:
        past = sorted(moment for moment in published if moment is not None and moment < now)
        begun = Rhythm(at=past[0] if past else now, holds=holds)
        return _counted(begun, past[1:], now)
    least = max(rhythm.at, asked or rhythm.at)
    moments = sorted(min(max(moment or now, least), now) for moment in published)
    return _counted(replace(rhythm, holds=holds or rhythm.holds), moments, now)


def _counted(rhythm: Rhythm, moments: Sequence[datetime], now: datetime) -> Rhythm:
    left = _left(rhythm.at, now)
    day, week = list(rhythm.day), list(rhythm.week)
    day_gain, week_gain, last, at = rhythm.day_gain, rhythm.week_gain, rhythm.last, rhythm.at
    for moment in moments:
        if _share(moment) != _share(at):
            day, week, at = [n // 2 for n in day], [n // 2 for n in week], moment
        # A burst says no more about the hour than its first article, nor a busy day about the weekday.
        if last is None or _half_hour(moment) != _half_hour(last):
            place = _half_hour(moment) % _DAY
            day_gain = _gained(day_gain, day, place)
            day[place] += 1
            if last is None or moment.date() != last.date():
                week_gain = _gained(week_gain, week, moment.weekday())
                week[moment.weekday()] += 1
        last = moment if last is None else max(last, moment)
    return replace(
        rhythm,
        at=now,
        last=last,
        count=rhythm.count * left + sum(_left(moment, now) for moment in moments),
        hours=rhythm.hours * left + _MEMORY * (1 - left),
        day=tuple(day),
        week=tuple(week),
        day_gain=day_gain,
        week_gain=week_gain,
    )


def _left(then: datetime, now: datetime) -> float:
    """What something that was worth 1 at `then` still is. A clock that was set back lets nothing grow."""
    return exp(min(0.0, (then - now) / HALF_LIFE * log(2)))


def _share(moment: datetime) -> int:
    return int(moment.timestamp() // _SHARE.total_seconds())


def _half_hour(moment: datetime) -> int:
    return int(moment.timestamp() // 1800)


def _gained(gain: float, tally: Sequence[int], place: int) -> float:
    return max(-_MOST, min(gain + log(_foretold(tally, place) * len(tally)), _MOST))


def _factors(tally: tuple[int, ...], gain: float) -> list[float]:
    """What each place is worth, with the belief that the tally has gained; the average is 1.0."""
    belief = 1 / (1 + exp(_DOUBT - gain))
    return [belief * _foretold(tally, place) * len(tally) + (1 - belief) for place in range(len(tally))]


def _foretold(tally: Sequence[int], place: int) -> float:
    """The probability of a place. That of a half hour is partly its neighbours': nobody is on time."""
    size = len(tally)
    seen: float = tally[place]
    if size == _DAY:
        seen = 0.5 * seen + 0.25 * (tally[place - 1] + tally[(place + 1) % size])
    return (seen + _UNSEEN[size]) / (sum(tally) + size * _UNSEEN[size])


def next_look(
    rhythm: Rhythm, now: datetime, shortest: timedelta, longest: timedelta, patience: float = PATIENCE
) -> timedelta:
    """How long after `now` to look again, between `shortest` and `longest`. At the latest when a quarter of the
    document has made room for other entries: none may come and go unseen."""
    rate = rhythm.rate(now)
    longest = max(min(longest, rhythm.turnover(now) / 4), shortest)
    even = sqrt(2 * patience / rate)  # hours
    if not (rhythm.has_day or rhythm.has_week) or even > _SLOTS:
        return min(max(_HOUR * min(even, 1e6), shortest), longest)
    low, high = shortest / _HOUR, max(longest, shortest) / _HOUR
    slot = min(max(min(max(even, low), high) / 4, 1 / 12), 1.0)
    waiting = _Waiting(rhythm, rate, now, slot / 2)
    first, then = _cheapest(waiting, low / slot, high / slot, patience)
    # The plan thinks in slots; its first look is moved by half of one where that is cheaper still.
    near = (at for at in (2 * first, 2 * first - 1, 2 * first + 1) if at <= 2 * then)
    best = min(near, key=lambda at: waiting.cost(0, at) + waiting.cost(at, 2 * then))
    return min(max(_HOUR * (best * slot / 2), shortest), longest)


class _Waiting:
    """Article-hours of waiting between two steps of a plan, from sums over all steps."""

    def __init__(self, rhythm: Rhythm, rate: float, now: datetime, step: float) -> None:
        self.step = step  # hours
        self.come = [0.0]  # articles expected until each step
        self.area = [0.0]  # the same, integrated
        come = area = 0.0
        for lively in rhythm.shape(now, step, 2 * _SLOTS):
            expected = rate * step * lively
            area += (come + expected / 2) * step
            come += expected
            self.come.append(come)
            self.area.append(area)

    def cost(self, a: int, b: int) -> float:
        return self.area[b] - self.area[a] - self.come[a] * (b - a) * self.step


def _cheapest(waiting: _Waiting, low: float, high: float, patience: float) -> tuple[int, int]:
    """The first two looks of the cheapest plan, in slots. Backwards from its end (dynamic programming)."""
    come, area, slot = waiting.come[::2], waiting.area[::2], 2 * waiting.step
    least = max(1, -int(-low // 1))
    most = max(least, int(high))
    total = [0.0] * (_SLOTS + 1)
    follows = [_SLOTS] * (_SLOTS + 1)
    for here in range(_SLOTS - 1, -1, -1):
        best, base, growth = inf, patience - area[here], come[here] * slot
        for there in range(min(here + least, _SLOTS), min(here + most, _SLOTS) + 1):
            wait = base + area[there] - growth * (there - here)
            if wait >= best:  # waiting only grows, and what follows costs something as well
                break
            if wait + total[there] < best:
                best, follows[here] = wait + total[there], there
        total[here] = best
    return follows[0], follows[follows[0]]


def say(rhythm: Rhythm, now: datetime) -> str:
    """ "about 3 articles a day, mostly around 07:00 UTC, on Mon, Tue"."""
    daily = rhythm.rate(now) * 24
    said = f"about {_number(daily)} articles a day" if daily >= 1.5 else _rarely(daily)
    if rhythm.has_day:
        busiest = max(range(_DAY), key=lambda place: _foretold(rhythm.day, place))
        if _foretold(rhythm.day, busiest) * _DAY > 4:  # a peak; otherwise day and night
            said += f", mostly around {busiest // 2:02}:{busiest % 2 * 30:02} UTC"
    if rhythm.has_week:
        days = [
            name for name, n in zip(_NAMES, rhythm.week, strict=True) if n * _WEEK > 0.5 * sum(rhythm.week)
        ]
        said += f", on {', '.join(days)}"
    return said


_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _number(n: float) -> str:
    return f"{n:.0f}"


def _rarely(daily: float) -> str:
    days = 1 / daily
    if days < 1.5:
        return "about one article a day"
    return f"about one article in {days:.0f} days"
