"""The foresight command for notebooks: data frames in, data frames out.

Series are frames with the columns series, time, value; times are text, as the
command reads and writes them.
"""

import io
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Markdown, display

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "internal" / "demo" / "data"

plt.rcParams.update({
    "figure.figsize": (8.5, 3.0), "figure.dpi": 70, "axes.grid": True, "grid.alpha": 0.3, "axes.axisbelow": True,
    "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False, "font.size": 9,
})


def binary():
    """The program: $FORESIGHT, the built bin/foresight, or the one on the path."""
    for path in (os.environ.get("FORESIGHT"), ROOT / "bin" / "foresight", shutil.which("foresight")):
        if path and os.access(path, os.X_OK):
            return str(path)
    raise FileNotFoundError("no foresight program: run `make build`, or set FORESIGHT to it")


def run(command, *args, series=None, **flags):
    """Run a command on series (a frame, as standard input); returns what it writes.

    Flags are written with underscores; a list repeats its flag."""
    line = [binary(), command, *args]
    for name, values in flags.items():
        for value in values if isinstance(values, list) else [values]:
            line += ["--" + name.replace("_", "-"), str(value)]
    stdin = None if series is None else series[["series", "time", "value"]].to_csv(index=False)
    done = subprocess.run(line, input=stdin, text=True, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return done.stdout


def forecast(series, **flags):
    """Forecast; returns the rows as a frame, and each series' summary by its name."""
    rows = json.loads(run("forecast", "-", series=series, format="json", **flags))
    summaries = {r["series"]: r.pop("summary") for r in rows if "summary" in r}
    frame = pd.DataFrame(rows)
    frame["time"] = pd.to_datetime(frame["time"])
    return frame, summaries


def backtest(series, **flags):
    """Backtest; returns the scores in the long form series, origin, band, metric, value."""
    return pd.read_csv(io.StringIO(run("backtest", "-", series=series, format="csv", **flags)))


def wide(scores, index="series", origin="all", band="all"):
    """Scores with a column a metric, for one origin and band (None: every one)."""
    for column, wanted in (("origin", origin), ("band", band)):
        if wanted is not None:
            scores = scores[scores[column] == wanted]
    return scores.pivot_table(index=index, columns="metric", values="value", sort=False)


def chicago():
    """Daily fare-gate entries at five stations of the Chicago L, 2001 to August 2016."""
    return pd.read_csv(SHIPPED / "chicago_l_entries_daily.csv.gz")


def drinks():
    """Monthly US wholesale sales of drinks, 1992 to 2017."""
    return pd.read_csv(SHIPPED / "us_drink_wholesale_monthly.csv")


def shop():
    """Hourly payments and orders of the demo's generated web shop, June 2012 to March 2017.

    The demo writes them; they are kept in the temporary folder for the other notebooks."""
    kept = pathlib.Path(tempfile.gettempdir()) / f"foresight-shop-{os.stat(binary()).st_mtime_ns}.csv"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            run("demo", "--once", dir=folder)
            whole = pd.read_csv(pathlib.Path(folder) / "series.csv")
            whole[whole.series.str.startswith("shop_")].to_csv(kept, index=False)
    return pd.read_csv(kept)


def days(hours, how="sum"):
    """Local days of hourly series; a day without all its hours (23, 24 or 25) is missing."""
    frame = hours.assign(day=hours.time.str[:10])
    by = frame.groupby(["series", "day"], sort=False).agg(value=("value", how), n=("value", "count"), offset=("time", lambda t: t.str[-6:].nunique()))
    whole = by.n >= 24 - (by.offset > 1)  # a day of two offsets is one on which the clocks change
    return by.value.where(whole).reset_index().rename(columns={"day": "time"})


def until(series, day):
    """What was known at the beginning of a day."""
    return series[series.time < day]


def fan(axis, frame, low="q0.05", high="q0.95", label="forecast"):
    """Draw the median and its range."""
    axis.fill_between(frame.time, frame[low], frame[high], alpha=0.25, color="C0", lw=0)
    axis.plot(frame.time, frame["q0.5"], color="C0", lw=1.3, label=label)


def answer(text):
    """Say the answer, with its numbers."""
    display(Markdown("**Answer.** " + text))
