"""The tables: each group's methods side by side, then Foresight against the bars."""

from __future__ import annotations

from typing import Iterable

import pandas as pd

from score import FLOOR, STANDS_OUT, by_series, ratio

OURS = "foresight"
NAIVE = "seasonal naive"
#: The bars of the issue: geometric mean of the ratios at most this. Missing: no bar, printed only.
MASE_BAR = {name: 0.95 for name in (NAIVE, "MSTL+ETS", "MSTL+ETS adj.", "Prophet", "Prophet mult.", "flaircast")}
PEAK_BAR = {"Prophet": 0.9, "Prophet mult.": 0.9, "MSTL+ETS": 0.9, "MSTL+ETS adj.": 0.9, NAIVE: 1.0}
ONE_SERIES_BAR = 1.05
DATE_BAR = 80.0
#: Nominal coverage in percent, and how far off it may be.
COVERAGE_BAR = {80: 3.0, 95: 2.0}


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table, its columns padded so that it reads as plain text too."""
    lines = [list(header), *(list(r) for r in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    lines.insert(1, ["-" * w for w in widths])
    return "\n".join("| " + " | ".join(c.ljust(w) for c, w in zip(line, widths)) + " |" for line in lines)


def verdict(met: bool) -> str:
    """PASS or MISS."""
    return "PASS" if met else "MISS"


def group_table(scores: pd.DataFrame) -> str:
    """One group's methods, means over its tasks."""
    header = ["method", "MASE", "peak size %", "same date %", "±1 %", "80 %", "90 %", "95 %", "CPU ms", "MiB", "tasks"]
    rows = []
    for method, own in scores.groupby("method", sort=False):
        mean = own.mean(numeric_only=True)
        cells = [f"{mean['mase']:.3f}", f"{mean['peak']:.1f}", f"{100 * mean['same']:.0f}", f"{100 * mean['near']:.0f}"]
        cells += [f"{100 * mean[f'in{p}']:.1f}" for p in (80, 90, 95)]
        cells += [f"{1000 * mean['cpu']:.1f}", f"{own['mib'].max():.0f}", str(len(own))]
        rows.append([method, *cells])
    return table(header, rows)


def ratio_table(scores: pd.DataFrame, bars: bool) -> str:
    """Foresight over each peer, geometric means over series; against the bars where they hold."""
    rows = []
    for what, column, floor, limits in (("MASE", "mase", 0.0, MASE_BAR), ("peak size", "peak", FLOOR, PEAK_BAR)):
        for peer in [m for m in scores["method"].unique() if m != OURS]:
            r = ratio(scores, OURS, peer, column, floor)
            if r is None:
                continue
            bar = limits.get(peer) if bars else None
            said = [f"≤ {bar:.2f}", verdict(r.mean <= bar)] if bar else ["–", "–"]
            rows.append([what, peer, f"{r.mean:.3f}", f"{r.low:.3f}–{r.high:.3f}", *said, f"{r.worst:.2f} {r.worst_series}"])
            if bars and column == "peak" and peer == NAIVE:
                met = verdict(r.worst <= ONE_SERIES_BAR)
                rows.append([f"{what}, worst series", peer, f"{r.worst:.3f}", "", f"≤ {ONE_SERIES_BAR}", met, r.worst_series])
    return table(["error", "foresight over", "ratio", "90 % interval", "bar", "", "worst series"], rows)


def date_table(scores: pd.DataFrame) -> str:
    """How often the largest day's date is right, equal weight a series."""
    clear = scores[scores["clear"]]
    shares = [by_series(s, c) for s in (scores, clear) for c in ("same", "near")]
    rows = []
    for method in scores["method"].unique():
        cells = [f"{100 * share.get(method, float('nan')):.1f}" for share in shares]
        met = [verdict(100 * share.get(method, 0) >= DATE_BAR) for share in (shares[0], shares[2])]
        rows.append([method, *cells, " / ".join(met)])
    stands = f"stands out by {100 * (STANDS_OUT - 1):.0f} %"
    header = ["largest day", "same, all", "±1, all", f"same, {stands}", f"±1, {stands}", f"same ≥ {DATE_BAR:.0f} %: all / {stands}"]
    return table(header, rows)


def coverage_table(scores: pd.DataFrame) -> str:
    """Coverage by frequency, pooled with equal weight a series, and what no forecast may be."""
    rows = []
    for freq, own in scores.groupby("freq", sort=False):
        shares = {p: 100 * by_series(own, f"in{p}") for p in (80, 90, 95)}
        bad = own.groupby("method")["broken"].sum()
        for method in own["method"].unique():
            met = all(abs(shares[p][method] - p) <= off for p, off in COVERAGE_BAR.items())
            rows.append([freq, method, *(f"{shares[p][method]:.1f}" for p in shares), verdict(met), f"{bad[method]:.0f}"])
    return table(["frequency", "method", "80 %", "90 %", "95 %", "bar 80 ± 3, 95 ± 2", "broken"], rows)


def report(scores: pd.DataFrame) -> str:
    """All tables of a run."""
    parts = []
    for freq, of_freq in scores.groupby("freq", sort=False):
        for group, own in of_freq.groupby("group", sort=False):
            parts.append(f"### {group} ({freq}, {own['series'].nunique()} series, {own['task'].nunique()} tasks)\n\n{group_table(own)}")
    for freq, own in scores.groupby("freq", sort=False):
        parts.append(f"## Foresight over its peers: {own['series'].nunique()} {freq} series")
        if OURS in own["method"].values and own["method"].nunique() > 1:
            parts.append(ratio_table(own, bars=freq == "daily"))
        if freq == "daily":
            parts.append(date_table(own))
    parts.append(f"## Coverage\n\n{coverage_table(scores)}")
    return "\n\n".join(parts) + "\n"
