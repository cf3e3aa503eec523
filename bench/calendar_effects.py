"""Holiday effects for a peer that knows no calendar: taken out before, put back after.

Plain on purpose: an effect is the mean log ratio, over the feasts seen, of a day to the usual such
weekday around it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Weeks on either side from which a day's usual value is the median of its weekday.
WEEKS = 4


def labels(table: pd.DataFrame | None, country: str, days: pd.DatetimeIndex) -> pd.Series:
    """Each day's feast with its offset, such as "Christmas-1"; missing on ordinary days. The table
    is Prophet's kind; the country's public holidays fill the days that it leaves."""
    import holidays

    found = pd.Series(index=days, dtype=object)
    if country:
        for day, name in holidays.country_holidays(country, years=range(days[0].year, days[-1].year + 1)).items():
            found.loc[found.index == pd.Timestamp(day)] = name
    for row in [] if table is None else table.itertuples():
        for offset in range(row.lower_window, row.upper_window + 1):
            found.loc[found.index == row.ds + pd.Timedelta(days=offset)] = f"{row.holiday}{offset:+d}"
    return found


def effects(history: pd.Series, feasts: pd.Series) -> pd.Series:
    """The log effect of each label of feasts, by day of feasts; 0 where no effect was seen.

    >>> days = pd.date_range("2021-01-01", periods=70)
    >>> y = pd.Series(10.0, index=days); y.iloc[35] = 20.0
    >>> feasts = pd.Series(index=days, dtype=object); feasts.iloc[[35, 60]] = "sale"
    >>> np.exp(effects(y[:50], feasts)).iloc[[34, 35, 60]].round(6).tolist()
    [1.0, 2.0, 2.0]
    """
    logs = np.log(history.clip(lower=1))
    ordinary = logs.where(feasts.reindex(history.index).isna())
    around = [ordinary.shift(7 * k) for k in range(-WEEKS, WEEKS + 1)]
    usual = pd.concat(around, axis=1).median(axis=1)
    seen = (logs - usual).groupby(feasts.reindex(history.index)).mean()
    return feasts.map(seen).astype(float).fillna(0.0)
