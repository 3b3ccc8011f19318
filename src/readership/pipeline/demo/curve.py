"""How the demo's articles are really read: one exact curve an article, from which every printed counter is taken."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

# Shares of a day's reading by local hour, and of a week's by weekday (Monday first); both have mean 1.
_HOURS = (
    0.5, 0.3, 0.2, 0.15, 0.15, 0.25, 0.5, 0.9, 1.3, 1.6, 1.6, 1.5,
    1.45, 1.4, 1.35, 1.3, 1.25, 1.25, 1.3, 1.35, 1.4, 1.35, 1.1, 0.8,
)  # fmt: skip
_DAYS = (1.1, 1.12, 1.12, 1.08, 1.02, 0.76, 0.8)


class Rhythm:
    """Attention of the audience over time: hours that count more by day than by night, and differ from day to day."""

    def __init__(self, since: datetime, until: datetime, zone: ZoneInfo, dice: random.Random) -> None:
        self._start = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        hours = int((until - self._start) / timedelta(hours=1)) + 2
        noise = [dice.lognormvariate(0, 0.12) for _ in range(hours // 24 + 3)]
        self._total = [0.0, *accumulate(self._weight(hour, zone, noise) for hour in range(hours))]

    def _weight(self, hour: int, zone: ZoneInfo, noise: list[float]) -> float:
        local = (self._start + timedelta(hours=hour)).astimezone(zone)
        return _HOURS[local.hour] * _DAYS[local.weekday()] * noise[hour // 24]

    def at(self, moment: datetime) -> float:
        """Attention hours from the start up to a moment within the window."""
        hours = (moment - self._start) / timedelta(hours=1)
        whole = min(max(int(hours), 0), len(self._total) - 2)
        part = min(max(hours - whole, 0.0), 1.0)
        return self._total[whole] + part * (self._total[whole + 1] - self._total[whole])


@dataclass(frozen=True, slots=True)
class Wave:
    """Readers who come from one moment on and grow fewer by a power law.

    Attributes:
        begins: attention hours at which it starts.
        views: how many come in all.
        pace: attention hours until the wave has lost much of its speed.
        decay: exponent of the power law.
    """

    begins: float
    views: float
    pace: float
    decay: float

    def at(self, attention: float) -> float:
        """Views up to an attention hour."""
        if attention <= self.begins:
            return 0.0
        left: float = (1 + (attention - self.begins) / self.pace) ** -self.decay
        return self.views * (1 - left)


@dataclass(frozen=True, slots=True)
class Curve:
    """The true cumulative views of one article: waves, and a steady stream for what is read for months.

    Attributes:
        published: aware; 0 views up to it.
        waves: the first one starts at publication, others are spikes.
        steady: views an attention hour, 0 for most.
    """

    rhythm: Rhythm
    published: datetime
    waves: tuple[Wave, ...]
    steady: float = 0.0

    def at(self, moment: datetime) -> int:
        """Whole views up to an aware moment."""
        if moment <= self.published:
            return 0
        attention = self.rhythm.at(moment)
        stream = self.steady * (attention - self.rhythm.at(self.published))
        return int(sum(wave.at(attention) for wave in self.waves) + stream)
