"""Many series at once: what `foresight forecast` takes for 100, 300 and 1000 of three years of days.

Prints a line for each number of series and PASS or FAIL for each bar; exits with 1 when one is missed.
Needs nothing but Python. The series are stretches of the daily ones in shared/data, each with a size
and noise of its own, the same ones in every run.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import math
import os
import pty
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DAYS, HORIZON = 1095, 90
FILES = ("us_births", "chicago_cta", "walmart_m5", "melbourne_walkers", "textbook_pageviews", "bitcoin_transactions")
#: Of the 1000 series: peak memory in MiB, least processor time over wall time on two cores or more, and
#: most growth of the processor time of a series against that of the fewest.
MEMORY, CORES, GROWTH = 300, 1.6, 1.1


@dataclass(frozen=True)
class Cost:
    """What one call took."""

    series: int
    wall: float  #: seconds
    cpu: float  #: seconds, user and system
    mib: float
    progress: int  #: how often the terminal was told how many are done

    @property
    def each(self) -> float:
        """Processor time of a series, milliseconds."""
        return 1000 * self.cpu / self.series

    def __str__(self) -> str:
        """One line."""
        return (f"{self.series:5d} series: {self.wall:6.1f} s, {self.each:6.1f} ms of processor a series, "
                f"{self.cpu / self.wall:.2f} cores, {self.mib:.0f} MiB, progress shown {self.progress} times")


def bases(data: Path) -> list[list[tuple[str, float]]]:
    """The rows (date, value) of every daily series of at least three years, without holes."""
    found: dict[str, list[tuple[str, float]]] = {}
    for name in FILES:
        with gzip.open(data / f"{name}_daily.csv.gz", "rt") as file:
            for row in csv.DictReader(file):
                if row["value"]:
                    found.setdefault(row["series"], []).append((row["time"], float(row["value"])))
    return [rows for _, rows in sorted(found.items()) if len(rows) >= DAYS]


def series(all_bases: list[list[tuple[str, float]]], i: int) -> Iterator[tuple[str, str, int]]:
    """The i-th series: a stretch of a real one, times a size, with noise of 3 %.

    >>> base = [(f"day {n}", 100.0) for n in range(2000)]
    >>> rows = list(series([base], 7))
    >>> len(rows), rows[0][0], rows == list(series([base], 7))
    (1095, 's0007', True)
    """
    draw = random.Random(i)
    base = all_bases[i % len(all_bases)]
    at, size = draw.randrange(len(base) - DAYS + 1), math.exp(draw.gauss(0, 1))
    for day, value in base[at : at + DAYS]:
        yield f"s{i:04d}", day, round(value * size * math.exp(draw.gauss(0, 0.03)))


def forecast(binary: Path, path: Path, n: int) -> Cost:
    """Run the command with a terminal for its standard error; its answer must have every row."""
    ours, theirs = pty.openpty()
    said = bytearray()

    def listen() -> None:
        try:
            while part := os.read(ours, 65536):
                said.extend(part)
        except OSError:
            return  # the terminal has closed: the command has ended

    with tempfile.TemporaryFile() as answer:
        began = time.monotonic()
        command = [str(binary), "forecast", str(path), "--horizon", str(HORIZON)]
        process = subprocess.Popen(command, stdout=answer, stderr=theirs)
        os.close(theirs)
        listener = threading.Thread(target=listen)
        listener.start()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        listener.join()
        os.close(ours)
        answer.seek(0)
        rows = sum(1 for _ in answer) - 1
    if process.returncode != 0 or rows != n * HORIZON:
        sys.exit(f"{rows} of {n * HORIZON} rows, exit code {process.returncode}: {said.decode()[-2000:]}")
    shown = len(re.findall(rf"\d+ of {n} series", said.decode()))
    return Cost(n, wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, shown)


def verdicts(costs: list[Cost]) -> list[tuple[bool, str]]:
    """The bars, each with whether it holds.

    >>> [met for met, _ in verdicts([Cost(100, 5, 10, 80, 100), Cost(1000, 50, 150, 250, 1000)])]
    [True, True, False, True]
    """
    few, many = costs[0], costs[-1]
    growth, cores = many.each / few.each, many.cpu / many.wall
    return [
        (many.mib < MEMORY, f"peak memory of {many.series} series {many.mib:.0f} MiB (bar < {MEMORY})"),
        (cores >= CORES, f"{cores:.2f} cores used (bar ≥ {CORES}; {os.cpu_count()} here, load average {os.getloadavg()[0]:.1f})"),
        (growth <= GROWTH, f"time of a series {growth:.2f} times that of {few.series} (bar ≤ {GROWTH})"),
        (all(c.progress >= min(c.series, 10) for c in costs), "progress shown on a terminal"),
    ]


def main() -> None:
    """Measure each number of series, then judge."""
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--numbers", default="100,300,1000", help="how many series, ascending, by commas")
    p.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the folder that holds data/")
    p.add_argument("--foresight", type=Path, default=ROOT / "bin" / "foresight", help="the program to measure")
    args = p.parse_args()
    numbers = [int(n) for n in args.numbers.split(",")]
    found = bases(args.shared / "data")
    costs = []
    for n in numbers:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "many.csv")
            with open(path, "w", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(["series", "time", "value"])
                for i in range(n):
                    rows.writerows(series(found, i))
            costs.append(forecast(args.foresight, path, n))
        print(costs[-1], flush=True)
    results = verdicts(costs)
    for met, said in results:
        print("PASS " if met else "FAIL ", said)
    sys.exit(not all(met for met, _ in results))


if __name__ == "__main__":
    main()
