"""The peers: one function each, from a history to a forecast with quantiles.

Each is used as its own documentation does, with what it can be told: Prophet the holidays and
events, flaircast the events, the others nothing but the values. A package is imported where it is
used, so that each peer's process holds only its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from calendar_effects import effects, labels
from tasks import DAILY, HOURLY, MONTHLY, WEEKLY, Frequency, Group, Task

#: The probabilities asked of every method: the bounds of 80, 90 and 95 %, and the median.
QUANTILES = (0.025, 0.05, 0.1, 0.5, 0.9, 0.95, 0.975)
LEVELS = (95, 90, 80)


@dataclass(frozen=True)
class Forecast:
    """A point forecast (horizon) and its quantiles (horizon × QUANTILES). Absolute errors are scored,
    which the median makes least: where a method gives one apart from its mean, it is the point."""

    point: np.ndarray
    quantiles: np.ndarray


def filled(task: Task, freq: Frequency) -> np.ndarray:
    """The history without gaps, for those that take none: the value a season before."""
    values = task.history.to_numpy(copy=True)
    for i in np.flatnonzero(np.isnan(values)):
        values[i] = values[i - freq.season] if i >= freq.season else np.nanmedian(values)
    return values


def from_levels(answer: dict) -> Forecast:
    """A statsforecast answer, whose intervals are columns by level, as quantiles."""
    low = [answer[f"lo-{level}"] for level in LEVELS]
    high = [answer[f"hi-{level}"] for level in reversed(LEVELS)]
    return Forecast(answer["mean"], np.column_stack([*low, answer["mean"], *high]))


def statsforecast(model: Any, group: Group, task: Task) -> Forecast:
    """Any statsforecast model with its own intervals."""
    values = filled(task, group.freq)
    return from_levels(model.forecast(y=values, h=group.horizon, level=sorted(LEVELS)))


def seasonal_naive(group: Group, task: Task) -> Forecast:
    """The value 364 days, 52 weeks or 12 months before."""
    from statsforecast.models import SeasonalNaive

    lag = {DAILY: 364, HOURLY: 364 * 24, WEEKLY: 52, MONTHLY: 12}[group.freq]
    return statsforecast(SeasonalNaive(lag), group, task)


def mstl(group: Group, task: Task) -> Forecast:
    """MSTL with automatic ETS on the seasonally adjusted series; a period needs two cycles to count.
    Hours have no yearly period here: fitting it takes minutes a series."""
    from statsforecast.models import MSTL, AutoETS

    periods = {DAILY: [7, 365], HOURLY: [24, 168], WEEKLY: [52], MONTHLY: [12]}[group.freq]
    seen = [p for p in periods if len(task.history) > 2 * p]
    if not seen:
        return statsforecast(AutoETS(season_length=1), group, task)
    return statsforecast(MSTL(season_length=seen, trend_forecaster=AutoETS(model="ZZN")), group, task)


def mstl_adjusted(group: Group, task: Task) -> Forecast:
    """The same on holiday-adjusted data: the calendar's effects out of the history, into the forecast."""
    days = task.history.index.append(task.actual.index)
    effect = effects(task.history, labels(feasts(group, task), group.country, days))
    history = task.history / np.exp(effect.reindex(task.history.index))
    adjusted = mstl(group, replace(task, history=history))
    factor = np.exp(effect.reindex(task.actual.index).to_numpy())
    return Forecast(adjusted.point * factor, adjusted.quantiles * factor[:, None])


def auto_ets(group: Group, task: Task) -> Forecast:
    """Automatic exponential smoothing; it has no season longer than 24."""
    from statsforecast.models import AutoETS

    return statsforecast(AutoETS(season_length=12 if group.freq is MONTHLY else 1), group, task)


def theta(group: Group, task: Task) -> Forecast:
    """The dynamic optimised theta method."""
    from statsforecast.models import DynamicOptimizedTheta

    return statsforecast(DynamicOptimizedTheta(season_length=12 if group.freq is MONTHLY else 1), group, task)


def flair(group: Group, task: Task) -> Forecast:
    """flaircast, told the events as a column of zeros and ones; the point is its samples' median."""
    from flaircast import forecast

    known = {}
    if group.events:
        at = [float(t in group.events) for t in task.history.index.append(task.actual.index)]
        known = {"X_hist": at[: len(task.history)], "X_future": at[len(task.history) :]}
    name = {DAILY: "D", HOURLY: "H", WEEKLY: "W", MONTHLY: "M"}[group.freq]
    paths = forecast(filled(task, group.freq), group.horizon, name, n_samples=1000, seed=1, **known)
    return Forecast(np.median(paths, axis=0), np.quantile(paths, QUANTILES, axis=0).T)


def feasts(group: Group, task: Task) -> pd.DataFrame | None:
    """Prophet's holiday table: Mother's Day, Christmas and New Year with the two days before and
    after (where a country is named), and the group's events. None when there is neither."""
    years = range(task.history.index[0].year, task.actual.index[-1].year + 2)
    rows = [(day, name, 0, 0) for day, name in group.events.items()]
    for year in years if group.country else ():
        may = pd.Timestamp(year, 5, 1)  # the second Sunday of May in AU, EC and US
        rows.append((may + pd.Timedelta(days=6 - may.weekday() + 7), "Mother's Day", -2, 2))
        rows.append((pd.Timestamp(year, 12, 25), "Christmas", -2, 2))
        rows.append((pd.Timestamp(year, 1, 1), "New Year", -2, 2))
    if not rows:
        return None
    return pd.DataFrame(rows, columns=["ds", "holiday", "lower_window", "upper_window"])


def run_prophet(group: Group, task: Task, **options: Any) -> Forecast:
    """Prophet with its country holidays and the table of feasts; quantiles from its own samples."""
    import logging

    from prophet import Prophet

    logging.getLogger("cmdstanpy").disabled = True
    logging.getLogger("prophet").setLevel(logging.ERROR)
    np.random.seed(1)
    model = Prophet(holidays=feasts(group, task), **options)
    if group.country:
        model.add_country_holidays(group.country)
    model.fit(pd.DataFrame({"ds": task.history.index, "y": task.history.to_numpy()}), seed=1)
    future = pd.DataFrame({"ds": task.actual.index})
    paths = model.predictive_samples(future)["yhat"]
    model.uncertainty_samples = 0  # the point forecast needs no second sampling
    return Forecast(model.predict(future)["yhat"].to_numpy(), np.quantile(paths, QUANTILES, axis=1).T)


def prophet(group: Group, task: Task) -> Forecast:
    """Prophet as it comes, with holidays."""
    return run_prophet(group, task)


def prophet_multiplicative(group: Group, task: Task) -> Forecast:
    """Prophet with multiplicative seasons, the yearly one forced, and the same holidays."""
    return run_prophet(group, task, seasonality_mode="multiplicative", yearly_seasonality=True)


@dataclass(frozen=True)
class Peer:
    """A peer as the tables know it. Raise recipe when its function changes: kept forecasts go by it."""

    name: str
    package: str
    forecast: Callable[[Group, Task], Forecast]
    freqs: tuple[Frequency, ...]
    recipe: int = 1

    @property
    def edition(self) -> str:
        """Name, package version and recipe: what a kept forecast is worth."""
        return f"{self.name}-{version(self.package)}-{self.recipe}".replace(" ", "-")


ALL = (DAILY, HOURLY, WEEKLY, MONTHLY)
PEERS = {
    p.name: p
    for p in (
        Peer("seasonal naive", "statsforecast", seasonal_naive, ALL),
        Peer("MSTL+ETS", "statsforecast", mstl, ALL),
        Peer("MSTL+ETS adj.", "statsforecast", mstl_adjusted, (DAILY,)),
        Peer("flaircast", "flaircast", flair, ALL, recipe=2),
        Peer("AutoETS", "statsforecast", auto_ets, (WEEKLY, MONTHLY)),
        Peer("theta", "statsforecast", theta, (WEEKLY, MONTHLY)),
        Peer("Prophet", "prophet", prophet, (DAILY, HOURLY)),
        Peer("Prophet mult.", "prophet", prophet_multiplicative, (DAILY,)),
    )
}
