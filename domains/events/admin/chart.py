"""The chart of entries and exits by hour, as the numbers that its SVG template draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from domains.events.models import Event
from domains.events.selectors import Passages

HOUR = timedelta(hours=1)
#: Longer charts have a pair of bars for each day.
MAX_HOURS = 72
#: Sizes in pixels: the margins of the bars, their heights together, without bars, and the slot of a pair of bars.
TOP, LEFT, MARGIN, UNDER = 16, 44, 16, 54
BARS_HEIGHT, EMPTY_HEIGHT = 210, 20
MIN_SLOT, MAX_SLOT, TARGET_WIDTH, GAP = 4.0, 28.0, 640, 0.1
#: Minimum distances of labels.
HOUR_LABEL_WIDTH, DAY_LABEL_WIDTH = 34, 84
HOUR_STEPS = (1, 2, 3, 4, 6, 12, 24)


@dataclass(frozen=True)
class Bar:
    """Entries and exits of an hour or a day, at their place in the drawing."""

    label: str
    entries: int
    exits: int
    x: float
    width: float
    entries_y: float
    entries_height: float
    exits_height: float


@dataclass(frozen=True)
class Label:
    """A text below the bars."""

    x: float
    text: str


@dataclass(frozen=True)
class Chart:
    """All that the template draws: entries above the base line, exits below it."""

    unit: str
    zone: str
    summary: str
    width: int
    #: Where the bars end, to the right and below, and the line between entries and exits.
    right: int
    bottom: int
    base: float
    max_entries: int
    max_exits: int
    bars: Sequence[Bar]
    hours: Sequence[Label]
    days: Sequence[Label]
    top: int = TOP
    left: int = LEFT

    @property
    def height(self) -> int:
        """The height of the drawing."""
        return self.bottom + UNDER

    @property
    def rows(self) -> list[Bar]:
        """The bars in which somebody entered or left, for the table."""
        return [bar for bar in self.bars if bar.entries or bar.exits]


@dataclass(frozen=True)
class Buckets:
    """The hours or days of a chart, by the clocks of a zone.

    Each hour is one of the real ones: where the clocks go back, two of them have the same name.
    """

    first: datetime
    number: int
    zone: tzinfo
    has_days: bool

    @classmethod
    def between(cls, first: datetime, last: datetime, zone: tzinfo) -> Buckets:
        """Return those that cover the time."""
        has_days = last - first > MAX_HOURS * HOUR
        if has_days:
            number = (last.astimezone(zone).date() - first.astimezone(zone).date()).days + 1
            return cls(first, number, zone, has_days)
        first = first.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return cls(first, -((first - last) // HOUR), zone, has_days)

    def start_of(self, number: int) -> datetime:
        """Return the start of a bucket, in the zone."""
        if not self.has_days:
            return (self.first + number * HOUR).astimezone(self.zone)
        day = self.first.astimezone(self.zone).date() + timedelta(days=number)
        return datetime.combine(day, time(), self.zone)

    def number_of(self, moment: datetime) -> int:
        """Return the bucket in which a moment lies."""
        if not self.has_days:
            return (moment - self.first) // HOUR
        return (moment.astimezone(self.zone).date() - self.first.astimezone(self.zone).date()).days

    def name_of(self, number: int) -> str:
        """Return the name of a bucket: Mon 4 May, 09:00."""
        start = self.start_of(number)
        return _day(start) if self.has_days else f"{_day(start)}, {start:%H:%M}"


def draw_chart(event: Event, passages: Sequence[Passages], zone: tzinfo) -> Chart:
    """Return the chart of the event's passages, from its begin or the first of them to its end or the last."""
    first = min([event.event_date, *(one.hour for one in passages[:1])])
    last = max([event.end_date, *(one.hour + HOUR for one in passages[-1:])])
    buckets = Buckets.between(first, last, zone)
    entries, exits = [0] * buckets.number, [0] * buckets.number
    for one in passages:
        number = buckets.number_of(one.hour)
        entries[number] += one.entries
        exits[number] += one.exits
    slot = max(MIN_SLOT, min(MAX_SLOT, TARGET_WIDTH / buckets.number))
    hours, days = _hour_labels(buckets, slot), _day_labels(buckets, slot)
    most = max(entries) + max(exits)
    bottom = TOP + (BARS_HEIGHT if most else EMPTY_HEIGHT)
    scale = (bottom - TOP) / max(1, most)
    base = TOP + max(entries) * scale if most else bottom
    return Chart(
        unit="day" if buckets.has_days else "hour",
        zone=str(zone),
        summary=_summarize(entries, exits, buckets),
        right=round(LEFT + slot * buckets.number),
        width=round(max(LEFT + slot * buckets.number, days[-1].x + DAY_LABEL_WIDTH)) + MARGIN,
        bottom=bottom,
        base=round(base, 2),
        max_entries=max(entries),
        max_exits=max(exits),
        bars=_bars(entries, exits, buckets, slot=slot, base=base, scale=scale),
        hours=hours,
        days=days,
    )


def _bars(
    entries: Sequence[int], exits: Sequence[int], buckets: Buckets, *, slot: float, base: float, scale: float
) -> list[Bar]:
    return [
        Bar(
            label=buckets.name_of(number),
            entries=came,
            exits=left,
            x=round(LEFT + slot * (number + GAP), 2),
            width=round(slot * (1 - 2 * GAP), 2),
            entries_y=round(base - came * scale, 2),
            entries_height=round(came * scale, 2),
            exits_height=round(left * scale, 2),
        )
        for number, (came, left) in enumerate(zip(entries, exits, strict=True))
    ]


def _summarize(entries: Sequence[int], exits: Sequence[int], buckets: Buckets) -> str:
    if not any(entries) and not any(exits):
        return "Nobody was let in or out yet."
    unit = "day" if buckets.has_days else "hour"
    total = f"{_count(entries, 'entry', 'entries')} and {_count(exits, 'exit', 'exits')}."
    if not any(entries):
        return total
    busiest = max(range(buckets.number), key=lambda number: entries[number])
    return f"{total} Most entries in one {unit}: {entries[busiest]}, {buckets.name_of(busiest)}."


def _count(numbers: Sequence[int], one: str, many: str) -> str:
    total = sum(numbers)
    return f"{total} {one if total == 1 else many}"


def _hour_labels(buckets: Buckets, slot: float) -> list[Label]:
    if buckets.has_days:
        return []
    step = next(step for step in HOUR_STEPS if step * slot >= HOUR_LABEL_WIDTH)
    starts = [(number, buckets.start_of(number)) for number in range(buckets.number)]
    return [_label(number, f"{start:%H}", slot) for number, start in starts if start.hour % step == 0]


def _day_labels(buckets: Buckets, slot: float) -> list[Label]:
    """Return the names of the days that begin, and of the first one, as far as there is room."""
    starts = [(number, buckets.start_of(number)) for number in range(buckets.number)]
    begun = [(number, start) for number, start in starts if start.hour == 0 or number == 0]
    labels: list[Label] = []
    for (number, start), (following, _) in zip(
        begun, [*begun[1:], (buckets.number + DAY_LABEL_WIDTH, None)], strict=True
    ):
        has_room = not labels or LEFT + number * slot - labels[-1].x >= DAY_LABEL_WIDTH
        is_cut_short = not buckets.has_days and not labels and (following - number) * slot < DAY_LABEL_WIDTH
        if has_room and not is_cut_short:
            labels.append(_label(number, _day(start), slot))
    return labels


def _label(number: int, text: str, slot: float) -> Label:
    return Label(round(LEFT + slot * number, 2), text)


def _day(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b}"
