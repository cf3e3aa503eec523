"""What is forecast: groups of tasks, each a series cut at an origin with the days after it kept aside.

Every origin follows from a rule below, so that two runs ask the same questions. A history is cut
to the length that customers have (five years of days, three of hours).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Frequency:
    """A width of bucket and what the field takes for granted about it."""

    name: str  #: the word in the tables
    step: str  #: pandas' offset alias
    flag: str  #: Foresight's --freq
    scale: int  #: lag of the naive forecast that scales MASE
    season: int  #: lag from which a gap is filled for peers that take none
    longest: int  #: buckets of history kept at most


DAILY = Frequency("daily", "D", "D", scale=7, season=7, longest=5 * 365)
HOURLY = Frequency("hourly", "h", "1h", scale=24, season=168, longest=3 * 8766)
WEEKLY = Frequency("weekly", "7D", "W", scale=1, season=1, longest=520)
MONTHLY = Frequency("monthly", "MS", "M", scale=12, season=12, longest=360)


@dataclass(frozen=True)
class Task:
    """One series at one origin; NaN in history and actual is a missing bucket."""

    series: str
    origin: pd.Timestamp  #: the last bucket of the history
    history: pd.Series
    actual: pd.Series  #: the horizon's buckets

    @property
    def name(self) -> str:
        """The task's name in Foresight's input: series@origin."""
        return f"{self.series}@{self.origin:%Y-%m-%d}"


@dataclass(frozen=True)
class Group:
    """Tasks forecast by one call: one frequency, horizon, country and event list."""

    name: str
    freq: Frequency
    horizon: int
    tasks: list[Task]
    country: str = ""
    events: dict[pd.Timestamp, str] = field(default_factory=dict)

    def key(self, task: Task) -> str:
        """A digest of all that a method is told, under which its forecast may be kept."""
        told = hashlib.sha256()
        told.update(repr((task.name, self.freq.step, self.horizon, self.country)).encode())
        told.update(repr([(str(d), n) for d, n in self.events.items()]).encode())
        told.update(str(task.history.index[0]).encode() + task.history.to_numpy().tobytes())
        return told.hexdigest()[:16]


def read(path: Path, freq: Frequency) -> dict[str, pd.Series]:
    """The series of a tidy CSV on a regular grid, missing buckets as NaN."""
    table = pd.read_csv(path, parse_dates=["time"])
    series = {}
    for name, rows in table.groupby("series", sort=True):
        values = rows.set_index("time")["value"].astype(float)
        grid = pd.date_range(values.index[0], values.index[-1], freq=freq.step)
        series[str(name)] = values.reindex(grid)
    return series


def cut(name: str, series: pd.Series, freq: Frequency, origin: pd.Timestamp, horizon: int) -> Task:
    """The task that stands on origin: at most freq.longest buckets before, horizon after."""
    at = series.index.get_loc(origin)
    history = series.iloc[max(0, at + 1 - freq.longest) : at + 1]
    actual = series.iloc[at + 1 : at + 1 + horizon]
    if len(actual) < horizon:
        raise ValueError(f"{name}: only {len(actual)} of {horizon} buckets after {origin}")
    return Task(name, origin, history.loc[history.first_valid_index() :], actual)


def at_dates(series: dict[str, pd.Series], freq: Frequency, dates: list[str], horizon: int) -> list[Task]:
    """Each series at each of the dates."""
    return [cut(n, s, freq, pd.Timestamp(d), horizon) for n, s in series.items() for d in dates]


def spread(series: dict[str, pd.Series], freq: Frequency, first: int, origins: int, horizon: int) -> list[Task]:
    """Each series at origins evenly spaced from its bucket `first` to the last that leaves a horizon."""
    tasks = []
    for name, values in series.items():
        for at in np.linspace(first, len(values) - 1 - horizon, origins).astype(int):
            tasks.append(cut(name, values, freq, values.index[at], horizon))
    return tasks


def latest(series: dict[str, pd.Series], freq: Frequency, horizon: int, back: tuple[int, ...] = (0,)) -> list[Task]:
    """Each series a horizon before its end, and as many buckets earlier as `back` says where that
    leaves two horizons of history."""
    tasks = []
    for name, values in series.items():
        ends = [len(values) - 1 - horizon - b for b in back]
        tasks += [cut(name, values, freq, values.index[at], horizon) for at in ends if at >= 2 * horizon]
    return tasks


def every(series: dict[str, pd.Series], step: int) -> dict[str, pd.Series]:
    """Each step-th series by name."""
    return {n: series[n] for n in sorted(series)[::step]}


# The last bucket before 120 days that hold Christmas and New Year's Eve 2014: one Christmas seen.
DECEMBER = ["2014-09-02", "2014-09-09", "2014-09-16", "2014-09-23"]
# 90 days that hold Mother's Day (11 May 2014, 10 May 2015), at least a year of history.
MOTHERS_DAY = ["2014-02-12", "2014-02-26", "2014-03-12", "2015-02-11", "2015-02-25", "2015-03-11"]


def campaign(year: int) -> pd.Timestamp:
    """The invented campaign's day: it drifts through June, on working days."""
    day = pd.Timestamp(year, 6, 3) + pd.Timedelta(days=5 * year % 23)
    return day + pd.offsets.BDay(0)  # a weekend's day moves to Monday


def inject(series: pd.Series, factor: float = 2.2) -> pd.Series:
    """The series with every campaign day multiplied: a real series whose next peak is known: the
    factor lifts any working day above the largest day of these horizons."""
    changed = series.copy()
    for year in range(series.index[0].year, series.index[-1].year + 1):
        if campaign(year) in changed.index:
            changed[campaign(year)] *= factor
    return changed


def injected(data: Path) -> list[Group]:
    """Three real series with a yearly campaign; each horizon holds the next one."""
    cases = (
        ("us_births", "us_births_daily", "US", (2001, 2005, 2009, 2013), ("03-25", "05-06")),
        ("city_mean", "melbourne_walkers_daily", "AU", (2022, 2023), ("03-25", "04-08", "04-22", "05-06")),
        ("shop_08", "grocery_shops_daily", "EC", (2014, 2015), ("03-25", "04-08", "04-22", "05-06")),
    )
    groups = []
    for name, file, country, years, days in cases:
        series = {f"{name}_campaign": inject(read(data / f"{file}.csv.gz", DAILY)[name])}
        dates = [f"{year}-{day}" for year in years for day in days]
        events = {campaign(year): "campaign" for year in range(1994, 2026)}
        groups.append(Group("injected campaign", DAILY, 90, at_dates(series, DAILY, dates, 90), country, events))
    return groups


def daily(data: Path) -> list[Group]:
    """Daily series 90 and 120 days ahead."""
    shops = read(data / "grocery_shops_daily.csv.gz", DAILY)
    groups = [
        Group("grocery, December", DAILY, 120, at_dates(shops, DAILY, DECEMBER, 120), "EC"),
        Group("grocery, Mother's Day", DAILY, 90, at_dates(shops, DAILY, MOTHERS_DAY, 90), "EC"),
    ]
    listed = pd.read_csv(data / "walmart_m5_events.csv", parse_dates=["date"])
    events = dict(zip(listed["date"], listed["event"]))
    for name, file, country, own in (
        ("walkers", "melbourne_walkers_daily", "AU", {}),
        ("births", "us_births_daily", "US", {}),
        ("retail units", "walmart_m5_daily", "US", events),
        ("city transit", "chicago_cta_daily", "US", {}),
        ("textbook pageviews", "textbook_pageviews_daily", "", {}),
        ("bitcoin transactions", "bitcoin_transactions_daily", "", {}),
    ):
        series = read(data / f"{file}.csv.gz", DAILY)
        groups.append(Group(name, DAILY, 90, spread(series, DAILY, 2 * 365, 8, 90), country, own))
    return groups + injected(data)


def slower(data: Path) -> list[Group]:
    """Monthly series 18 months ahead and weekly ones 13 weeks ahead: fixed samples of the
    collections. The census' origins end before the pandemic, which no interval could hold."""
    m3 = every(read(data / "m3_monthly.csv.gz", MONTHLY), 14)
    retail = every(read(data / "aus_retail_monthly.csv.gz", MONTHLY), 6)
    census = every(read(data / "us_census_mrts_monthly.csv.gz", MONTHLY), 4)
    weekly = every(read(data / "m4_weekly_train.csv.gz", WEEKLY), 9)
    return [
        Group("M3 monthly", MONTHLY, 18, latest(m3, MONTHLY, 18)),
        Group("Australian retail", MONTHLY, 18, latest(retail, MONTHLY, 18, (0, 36)), "AU"),
        Group("US retail census", MONTHLY, 18, latest(census, MONTHLY, 18, (36, 72)), "US"),
        Group("M4 weekly", WEEKLY, 13, latest(weekly, WEEKLY, 13)),
    ]


def hourly(data: Path) -> list[Group]:
    """Hourly series 90 days ahead, at few origins: a fit takes its peers minutes."""
    bikes = read(data / "dc_bikeshare_hourly.csv.gz", HOURLY)
    traffic = read(data / "metro_i94_traffic_hourly.csv.gz", HOURLY)
    outside_gaps = ["2014-04-30T23", "2016-08-16T23", "2018-06-30T23"]
    return [
        Group("bike share", HOURLY, 2160, spread(bikes, HOURLY, 2 * 8766, 3, 2160), "US"),
        Group("road traffic", HOURLY, 2160, at_dates(traffic, HOURLY, outside_gaps, 2160), "US"),
    ]


def sample(group: Group) -> Group:
    """The part that CI runs: few series (four shops), and of each the first and the last origin."""
    names = sorted({t.series for t in group.tasks})
    kept = set(names[:: max(1, len(names) // 4)])
    tasks = []
    for name in names:
        own = [t for t in group.tasks if t.series == name]
        if name in kept:
            tasks += own[-1:] if group.freq is HOURLY else own[:1] + own[1:][-1:]
    return Group(group.name, group.freq, group.horizon, tasks, group.country, group.events)


def all_groups(shared: Path) -> list[Group]:
    """Every group, days first."""
    data = shared / "data"
    return daily(data) + slower(data) + hourly(data)
