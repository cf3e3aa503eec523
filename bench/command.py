"""Bars of the command itself: what a forecast costs, and that none is broken."""

from __future__ import annotations

import argparse
import csv
import io
import math
import shutil
import statistics
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from bar import Bar
from measure import run_foresight
from tasks import DAILY, HOURLY, Frequency, Group, Task, read

YEARS = 3
#: Daily series of at least three years.
LONG = ("us_births", "chicago_cta", "walmart_m5", "melbourne_walkers", "textbook_pageviews", "bitcoin_transactions")
HOURS = ("dc_bikeshare", "metro_i94_traffic")


def latest(data: Path, files: tuple[str, ...], freq: Frequency, horizon: int) -> Group:
    """The last three years of every series of the files."""
    keep = YEARS * (8766 if freq is HOURLY else 365)
    tasks = []
    for file in files:
        for name, series in read(data / f"{file}_{freq.name}.csv.gz", freq).items():
            tasks.append(Task(name, series.index[-1], series.iloc[-keep:], series.iloc[:0]))
    return Group("three years", freq, horizon, tasks, "US")


def cost(binary: Path, group: Group, *more: str) -> tuple[float, float]:
    """Processor time of a series in milliseconds, and the process's peak memory in MiB."""
    one = next(iter(run_foresight(binary, group, *more).values()))
    return 1000 * one.cpu, one.mib


def days(args: argparse.Namespace, _: Path, repeat: int) -> Bar:
    """Choice, combination and intervals of three years of days."""
    group = latest(args.shared / "data", LONG, DAILY, 90)
    ms = statistics.median(cost(args.foresight, group)[0] for _ in range(repeat))
    return Bar(f"3 years of days, h=90, CPU a series ({len(group.tasks)} real ones)", "≤ 100 ms", f"{ms:.0f} ms", ms <= 100)


def next_day(args: argparse.Namespace, folder: Path, repeat: int) -> Bar:
    """The same a day later, from what the run before left in --state."""
    group = latest(args.shared / "data", LONG, DAILY, 90)
    before = replace(group, tasks=[replace(t, history=t.history.iloc[:-1]) for t in group.tasks])
    left, state = folder / "left.json", folder / "state.json"
    cost(args.foresight, before, "--state", str(left))
    times = []
    for _ in range(repeat):
        shutil.copy(left, state)
        times.append(cost(args.foresight, group, "--state", str(state))[0])
    ms = statistics.median(times)
    return Bar(f"the next day from what was stored, CPU a series ({len(group.tasks)} real ones)", "≤ 20 ms", f"{ms:.1f} ms", ms <= 20)


def hours(args: argparse.Namespace, _: Path, repeat: int) -> list[Bar]:
    """Three years of hours, 90 days ahead: the dearer of two series."""
    ms, mib = 0.0, 0.0
    for file in HOURS:
        group = latest(args.shared / "data", (file,), HOURLY, 2160)
        runs = [cost(args.foresight, group) for _ in range(repeat)]
        ms, mib = max(ms, statistics.median(r[0] for r in runs)), max(mib, *(r[1] for r in runs))
    what = "3 years of hours, h=2160, "
    return [
        Bar(what + "CPU (dearer of two real series)", "≤ 2 s", f"{ms / 1000:.2f} s", ms <= 2000),
        Bar(what + "peak memory of the command", "≤ 128 MiB", f"{mib:.0f} MiB", mib <= 128),
    ]


@dataclass(frozen=True)
class Collection:
    """A file of shared/data as the command is asked about it."""

    file: str
    horizon: int
    options: tuple[str, ...] = ()
    every: int = 1  #: of its series, in the sample


COLLECTIONS = (
    Collection("aus_retail_monthly", 24, ("--country", "AU"), 30),
    Collection("bitcoin_transactions_daily", 400),
    Collection("chicago_cta_daily", 400, ("--country", "US")),
    Collection("dc_bikeshare_hourly", 2160, ("--country", "US")),
    Collection("grocery_shops_daily", 400, ("--country", "EC"), 4),
    Collection("m3_monthly", 18, (), 60),
    Collection("m4_weekly_train", 52, ("--freq", "W"), 60),
    Collection("melbourne_walkers_daily", 400, ("--country", "AU")),
    Collection("metro_i94_traffic_hourly", 2160, ("--country", "US")),
    Collection("nab_aws_artificial", 2016, ("--freq", "5min"), 10),
    Collection("souvenirs_monthly", 24),
    Collection("textbook_pageviews_daily", 400),
    Collection("us_births_daily", 400, ("--country", "US")),
    Collection("us_census_mrts_monthly", 24, ("--country", "US"), 20),
    Collection("vic_elec_halfhourly", 672, ("--tz", "Australia/Melbourne", "--country", "AU")),
    Collection("walmart_m5_daily", 400, ("--country", "US")),
)
QUANTILES = "0.01,0.05,0.1,0.25,0.5,0.75,0.9,0.95,0.99"


def broken(row: list[str], signed: bool = False) -> bool:
    """Whether a row of the answer (series, time, mean, quantiles) is not finite, crossing, or negative
    where its series never is.

    >>> broken(["a", "t", "2", "1", "2"]), broken(["a", "t", "2", "2", "1"]), broken(["a", "t", "NaN", "1", "2"])
    (False, True, True)
    >>> broken(["a", "t", "2", "-1", "2"]), broken(["a", "t", "2", "-1", "2"], signed=True)
    (True, False)
    """
    values = [float(v) for v in row[2:]]
    if not all(map(math.isfinite, values)) or min(values) < 0 and not signed:
        return True
    return any(high < low for low, high in zip(values[1:], values[2:]))


def ask(binary: Path, c: Collection, data: Path, every: int) -> tuple[int, int, int, int]:
    """Series asked, answered, broken rows, and series refused since one time stands twice."""
    table = pd.read_csv(data / f"{c.file}.csv.gz", dtype=str)
    if "split" in table:
        table = table[table["split"] == "train"]
    names = list(dict.fromkeys(table["series"]))[::every]
    signed = set(table["series"][pd.to_numeric(table["value"]) < 0])
    with tempfile.TemporaryDirectory() as folder:
        path, said = Path(folder, "in.csv"), Path(folder, "said")
        table[table["series"].isin(names)].to_csv(path, index=False)
        command = [str(binary), "forecast", str(path), "--horizon", str(c.horizon), "--quantiles", QUANTILES, *c.options]
        with open(said, "w") as err, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err) as process:
            assert process.stdout is not None  # it was asked for
            rows = csv.reader(io.TextIOWrapper(process.stdout))
            next(rows, None)
            answered, bad = set(), 0
            for row in rows:
                answered.add(row[0])
                bad += broken(row, row[0] in signed)
        return len(names), len(answered), bad, said.read_text().count("and again in row")


def sane(args: argparse.Namespace) -> list[Bar]:
    """Every series of shared/data is forecast, and no row is broken. The two series whose file stamps a
    dozen values with one time are refused, which is right."""
    asked, answered, bad, refused = 0, 0, 0, 0
    for c in COLLECTIONS:
        n, some, rows, twice = ask(args.foresight, c, args.shared / "data", c.every if args.sample else 1)
        asked, answered, bad, refused = asked + n, answered + some, bad + rows, refused + twice
    failed = asked - answered - refused
    return [
        Bar(f"series without a forecast, of {asked} of shared/data ({refused} refused: one time twice)", "0", str(failed), failed == 0, certain=True),
        Bar("rows not finite, negative or with crossing quantiles", "0", str(bad), bad == 0, certain=True),
    ]
