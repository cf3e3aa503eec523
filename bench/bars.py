"""The bars: each line of the engine's table of what it must reach, with what is measured now.

Processor time is that of the processes (rusage), the median of several runs, so that it is the
same on a busy machine, or nearly. Exits with 1 when a bar is missed; a sample only when one is that
does not depend on the machine or on which series are taken. See --help.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import command
import gotests
import tasks
from bar import Bar, show
from report import COVERAGE_BAR, DATE_BAR, MASE_BAR, NAIVE, ONE_SERIES_BAR, OURS, PEAK_BAR
from run import ABSENT, ROOT, machine, measure
from peers import PEERS
from score import MASE_FLOOR, PEAK_FLOOR, by_series, ratio


def arguments() -> argparse.Namespace:
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--sample", action="store_true", help="a fixed part of everything, for CI; fewer repetitions")
    p.add_argument("--only", default="", metavar="WORDS", help=f"some of: {', '.join(SECTIONS)}; by commas (default all)")
    p.add_argument("--cache", type=Path, metavar="DIR", help="keep the peers' forecasts here and use what is kept")
    p.add_argument("--cached", action="store_true", help="take from --cache what is kept and run no peer")
    p.add_argument("--jobs", type=int, default=2, help="methods at a time (default 2)")
    p.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the folder that holds data/")
    p.add_argument("--foresight", type=Path, default=ROOT / "bin" / "foresight", help="the program to measure")
    args = p.parse_args()
    if unknown := set(filter(None, args.only.split(","))) - set(SECTIONS):
        p.error(f"unknown sections: {', '.join(sorted(unknown))}")
    return args


def engine(args: argparse.Namespace) -> list[Bar]:
    """What Go's own tests print: accuracy on M3, R's likelihoods and numbers, time of automatic ETS."""
    repeat = 1 if args.sample else 3
    return [
        gotests.m3(ROOT, every=20 if args.sample else 1),
        gotests.likelihood(ROOT),
        *gotests.numbers(ROOT),
        gotests.milliseconds(ROOT, "automatic ETS, CPU a monthly series", "TestBarMonthlyTime", 5, repeat),
        gotests.milliseconds(ROOT, "automatic ETS, CPU an hourly series", "TestBarHourlyTime", 30, repeat),
    ]


def cost(args: argparse.Namespace) -> list[Bar]:
    """Time and memory of the command on three years of days and of hours."""
    repeat = 3 if args.sample else 5
    with tempfile.TemporaryDirectory() as folder:
        return [
            command.days(args, Path(folder), repeat),
            command.next_day(args, Path(folder), repeat),
            *command.hours(args, Path(folder), repeat),
        ]


def beside_peers(args: argparse.Namespace) -> list[Bar]:
    """Coverage by frequency, and the daily series beside every peer."""
    groups = tasks.all_groups(args.shared)
    scores = measure([tasks.sample(g) for g in groups] if args.sample else groups, [OURS, *PEERS], args)
    bars = []
    for freq, own in scores[scores["method"] == OURS].groupby("freq", sort=False):
        shares = {p: 100 * by_series(own, f"in{p}")[OURS] for p in COVERAGE_BAR}
        met = all(abs(shares[p] - p) <= off for p, off in COVERAGE_BAR.items())
        measured = ", ".join(f"{share:.1f}" for share in shares.values())
        bars.append(Bar(f"coverage of 80 and 95 %, {own['series'].nunique()} {freq} series", "80 ± 3, 95 ± 2", measured, met))
    daily = scores[scores["freq"] == "daily"]
    for what, column, floor, limits in (("MASE", "mase", MASE_FLOOR, MASE_BAR), ("largest day's size", "peak", PEAK_FLOOR, PEAK_BAR)):
        for peer, limit in limits.items():
            if r := ratio(daily, OURS, peer, column, floor):
                said = f"{r.mean:.3f} ({r.low:.3f}–{r.high:.3f})"
                bars.append(Bar(f"{what} over {peer}, {daily['series'].nunique()} daily series", f"≤ {limit}", said, r.mean <= limit))
            if r and column == "peak" and peer == NAIVE:
                bars.append(Bar(f"{what} over {peer}, worst series", f"≤ {ONE_SERIES_BAR}", f"{r.worst:.2f} {r.worst_series}", r.worst <= ONE_SERIES_BAR))
    for name, some in (("all", daily), ("that stands out by 5 %", daily[daily["clear"]])):
        share = 100 * by_series(some, "same").get(OURS, float("nan"))
        bars.append(Bar(f"largest day's date right, {name}", f"≥ {DATE_BAR:.0f} %", f"{share:.1f} %", share >= DATE_BAR))
    return bars


SECTIONS = {"engine": engine, "cost": cost, "sane": command.sane, "peers": beside_peers}


def main() -> None:
    """Measure what is asked, show each section as it is done, and the table."""
    args = arguments()
    if not (args.shared / "data").is_dir():
        print(ABSENT.read_text(), end="")
        return
    asked = [s for s in SECTIONS if not args.only or s in args.only.split(",")]
    bars: list[Bar] = []
    for section in asked:
        for bar in SECTIONS[section](args):
            bars.append(bar)
            print(bar, file=sys.stderr, flush=True)
    print(show(bars))
    print(f"\n{machine()}; load average {os.getloadavg()[1]:.1f}" + ("; a sample: the peers' lines and coverage are noise" if args.sample else ""))
    missed = [b for b in bars if not b.met]
    print(f"{len(bars) - len(missed)} of {len(bars)} bars hold")
    sys.exit(any(b.certain or not args.sample for b in missed))


if __name__ == "__main__":
    main()
