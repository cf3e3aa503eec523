"""How good a forecast was, and how the methods compare.

`python -m doctest score.py` checks the examples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from peers import QUANTILES, Forecast
from tasks import Group, Task

#: Columns of a forecast's quantiles that bound each interval, by its coverage in percent.
BOUNDS = {80: (0.1, 0.9), 90: (0.05, 0.95), 95: (0.025, 0.975)}
#: A largest day that stands out: this much above the second largest of the horizon.
STANDS_OUT = 1.05
#: Least errors that enter a ratio, so that none is to zero: MASE, and peak size in percent.
MASE_FLOOR, PEAK_FLOOR = 0.01, 0.5
#: Resamples of the series for a ratio's interval.
RESAMPLES = 2000


def mase(actual: np.ndarray, forecast: np.ndarray, history: np.ndarray, lag: int) -> float:
    """Mean absolute scaled error (Hyndman & Koehler 2006): the error over the in-sample mean error
    of the naive forecast from `lag` buckets before; NaN buckets are left out.

    >>> mase(np.array([5.0, 7.0]), np.array([6.0, 6.0]), np.array([1.0, 3.0, 5.0]), 1)
    0.5
    """
    scale = np.nanmean(np.abs(history[lag:] - history[:-lag]))
    return float(np.nanmean(np.abs(actual - forecast)) / scale)


def peak(actual: np.ndarray, forecast: np.ndarray) -> tuple[float, int]:
    """The largest bucket's error: of its size in percent, and of its place in buckets.

    >>> size, place = peak(np.array([1.0, np.nan, 10.0, 2.0]), np.array([1.0, 9.0, 8.0, 2.0]))
    >>> round(size, 6), place
    (10.0, -1)
    """
    size = 100 * abs(np.max(forecast) / np.nanmax(actual) - 1)
    return float(size), int(np.argmax(forecast) - np.nanargmax(actual))


def covered(actual: np.ndarray, quantiles: np.ndarray, percent: int) -> float:
    """The share of the known buckets inside the interval, bounds included.

    >>> covered(np.array([1.0, 5.0, np.nan]), np.array([[0, 0, 0, 1, 2, 2, 2]] * 3), 80)
    0.5
    """
    low, high = (QUANTILES.index(p) for p in BOUNDS[percent])
    known = ~np.isnan(actual)
    inside = (quantiles[:, low] <= actual) & (actual <= quantiles[:, high])
    return float(inside[known].mean())


def broken(forecast: Forecast) -> bool:
    """Whether a forecast of a volume cannot be one: not finite, negative, or quantiles that cross.

    >>> broken(Forecast(np.array([1.0]), np.array([[1.0, 2.0]])))
    False
    >>> broken(Forecast(np.array([1.0]), np.array([[-1.0, 2.0]])))
    True
    """
    q = forecast.quantiles
    finite = np.isfinite(forecast.point).all() and np.isfinite(q).all()
    return not finite or bool((q < 0).any() or (np.diff(q, axis=1) < -1e-9).any())


def score(group: Group, task: Task, forecast: Forecast) -> dict[str, object]:
    """All figures of one forecast, a row of the table that `ratio` and the reports read."""
    actual = task.actual.to_numpy()
    size, place = peak(actual, forecast.point)
    second, first = np.sort(actual[~np.isnan(actual)])[-2:]
    return {
        "freq": group.freq.name,
        "group": group.name,
        "series": task.series,
        "task": task.name,
        "mase": mase(actual, forecast.point, task.history.to_numpy(), group.freq.scale),
        "peak": size,
        "same": float(place == 0),
        "near": float(abs(place) <= 1),
        "clear": first >= STANDS_OUT * second,
        **{f"in{p}": covered(actual, forecast.quantiles, p) for p in BOUNDS},
        "broken": float(broken(forecast)),
    }


@dataclass(frozen=True)
class Ratio:
    """Ours over theirs: geometric mean over series, its bootstrap 90 % interval, the worst series."""

    mean: float
    low: float
    high: float
    worst: float
    worst_series: str


def ratio(scores: pd.DataFrame, ours: str, theirs: str, column: str, floor: float = 0.0) -> Ratio | None:
    """Compare two methods on the tasks that both did: each series' mean over its origins (not
    below floor), ours over theirs; the interval resamples series. None where they share no task.

    >>> rows = [("a", "x", "t", 1.0), ("b", "x", "t", 2.0), ("a", "y", "u", 3.0), ("b", "y", "u", 1.5)]
    >>> table = pd.DataFrame(rows, columns=["method", "series", "task", "mase"]).assign(group="g")
    >>> r = ratio(table, "a", "b", "mase")
    >>> round(r.mean, 6), round(r.low, 6), round(r.high, 6), r.worst_series
    (1.0, 0.5, 2.0, 'y')
    """
    pair = scores[scores["method"].isin([ours, theirs])]
    wide = pair.pivot_table(index=["series", "group", "task"], columns="method", values=column)
    if ours not in wide or theirs not in wide:
        return None
    wide = wide.dropna().groupby("series").mean().clip(lower=floor)
    if wide.empty:
        return None
    logs = np.log(wide[ours] / wide[theirs])
    draws = np.random.default_rng(1).choice(logs.to_numpy(), (RESAMPLES, len(logs))).mean(axis=1)
    low, high = np.exp(np.quantile(draws, (0.05, 0.95)))
    return Ratio(float(np.exp(logs.mean())), float(low), float(high), float(np.exp(logs.max())), str(logs.idxmax()))


def by_series(scores: pd.DataFrame, column: str) -> pd.Series:
    """Each method's mean of a column with equal weight a series."""
    return scores.groupby(["method", "series"])[column].mean().groupby("method").mean()
