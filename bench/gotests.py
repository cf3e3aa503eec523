"""Bars that tests in Go measure: each prints its figure in a line of its log."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
from pathlib import Path

from bar import Bar

#: Deterministic recursions and decompositions with R's figures of AirPassengers, to 1e-6.
NUMBERS = {
    "analytics/smoothing": ("TestRunReproducesHoltWintersOfR", "TestRunReproducesETSOfR"),
    "analytics/decompose": ("TestSTLGivesRsComponents", "TestClassicalGivesRsFigures"),
    "analytics/theta": ("TestStandardModelGivesRsThetaf",),
}


def log(root: Path, package: str, test: str, **settings: str) -> str:
    """What the test says; that it fails is seen in the figure it prints."""
    said = subprocess.run(
        ["go", "test", "-count=1", "-v", "-timeout", "60m", "-run", f"^({test})$", f"./{package}"],
        cwd=root, env=os.environ | settings, capture_output=True, text=True, check=False,
    )
    return said.stdout + said.stderr


def figures(text: str, pattern: str) -> tuple[float, ...]:
    """The numbers of the pattern's groups; a missing line is an error that shows what came.

    >>> figures("x_test.go:3: monthly: 1.25 ms of", r"monthly: ([0-9.]+) ms")
    (1.25,)
    """
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"no {pattern!r} in what the test says: {text[-2000:]}")
    return tuple(float(g) for g in found.groups())


def m3(root: Path, every: int) -> Bar:
    """OWA on the monthly M3 series with R's Naive2."""
    text = log(root, "analytics", "TestM3", FORESIGHT_ACCURACY="m3", FORESIGHT_EVERY=str(every))
    n, owa = figures(text, r"M3 n=(\d+) .*OWA ([0-9.]+)")
    return Bar(f"OWA of {n:.0f} monthly M3 series", "≤ 0.81", f"{owa:.3f}", owa <= 0.81)


def likelihood(root: Path) -> Bar:
    """Series on which the likelihood of R's form is not below R's by more than 0.01."""
    text = log(root, "analytics/smoothing", "TestBarLikelihood", FORESIGHT_BARS="1")
    (n,) = figures(text, r"than 0.01 on (\d+) of 1000")
    return Bar("likelihood not worse than R's, 1000 M3 series", "≥ 99 %", f"{n / 10:.1f} %", n >= 990, certain=True)


def numbers(root: Path) -> list[Bar]:
    """The tests with R's own figures: each must exist and pass."""
    bars = []
    for package, tests in NUMBERS.items():
        text = log(root, package, "|".join(tests))
        passed = [t for t in tests if f"--- PASS: {t} " in text]
        name = f"R's own figures, {package.split('/')[1]}"
        bars.append(Bar(name, "1e-6 (the test says where else)", f"{len(passed)} of {len(tests)} tests", len(passed) == len(tests), certain=True))
    return bars


def milliseconds(root: Path, what: str, test: str, limit: float, repeat: int) -> Bar:
    """The median of the processor times that the test prints."""
    said = [figures(log(root, "analytics/smoothing", test, FORESIGHT_BARS="1"), r": ([0-9.]+) ms of processor")[0] for _ in range(repeat)]
    middle = statistics.median(said)
    return Bar(what, f"≤ {limit:g} ms", f"{middle:.2f} ms", middle <= limit)
