"""The command: Foresight and its peers on the same series in one run.

Tables go to standard output, progress to standard error. See --help, and docs/benchmarks.md for
the last full run.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pandas as pd

import tasks
from measure import Kept, Run, run_foresight, run_peer, without_kept
from peers import PEERS
from report import OURS, report
from score import score
from tasks import Group

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = ROOT / "docs" / "benchmarks.md"
ABSENT = ROOT / "bench" / "absent.txt"


def arguments() -> argparse.Namespace:
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--sample", action="store_true", help="the fixed part that CI runs")
    p.add_argument("--cache", type=Path, metavar="DIR", help="keep the peers' forecasts here and use what is kept")
    p.add_argument("--cached", action="store_true", help="take from --cache what is kept and run no peer")
    p.add_argument("--only", metavar="METHODS", help=f"some of: {', '.join([OURS, *PEERS])}; by commas (default all)")
    p.add_argument("--groups", metavar="WORDS", help="groups or frequencies whose name holds one of these words, by commas")
    p.add_argument("--jobs", type=int, default=1, help="methods at a time (default 1)")
    p.add_argument("--write", action="store_true", help=f"write the tables to {WRITTEN.relative_to(ROOT)}")
    p.add_argument("--csv", type=Path, metavar="FILE", help="write every task's scores here")
    p.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the folder that holds data/")
    p.add_argument("--foresight", type=Path, default=ROOT / "bin" / "foresight", help="the program to measure")
    args = p.parse_args()
    if args.cached and not args.cache:
        p.error("--cached needs --cache DIR")
    if args.write and (args.sample or args.cached or args.only or args.groups):
        p.error("--write is for a full run: without --sample, --cached, --only and --groups")
    return args


def chosen_groups(args: argparse.Namespace) -> list[Group]:
    """The groups asked for, whole or sampled."""
    groups = tasks.all_groups(args.shared)
    words = [w.lower() for w in (args.groups or "").split(",")]
    groups = [g for g in groups if any(w in f"{g.name} {g.freq.name}".lower() for w in words)]
    return [tasks.sample(g) for g in groups] if args.sample else groups


def chosen_methods(args: argparse.Namespace) -> list[str]:
    """The methods asked for, in the order of the tables."""
    known = [OURS, *PEERS]
    asked = args.only.split(",") if args.only else known
    if unknown := set(asked) - set(known):
        sys.exit(f"unknown methods: {', '.join(sorted(unknown))}; known are {', '.join(known)}")
    return [m for m in known if m in asked]


def run(method: str, group: Group, args: argparse.Namespace) -> dict[str, Run]:
    """The method's forecasts of the group by task key."""
    began = time.monotonic()
    if method == OURS:
        runs = run_foresight(args.foresight, group)
        fresh = len(runs)
    else:
        peer, kept = PEERS[method], Kept(args.cache)
        keys = {group.key(t) for t in group.tasks}
        runs = {key: r for key, r in kept.read(peer).items() if key in keys}
        rest = without_kept(group, runs)
        fresh = 0 if args.cached else len(rest.tasks)
        if fresh:
            runs |= dict(run_peer(peer, rest, kept))
    took = time.monotonic() - began
    print(f"{group.name}: {method}: {fresh} forecast, {len(runs) - fresh} kept, {took:.1f} s", file=sys.stderr, flush=True)
    return runs


def rows(method: str, group: Group, runs: dict[str, Run]) -> list[dict[str, object]]:
    """The scores of a method's forecasts of a group."""
    done = [(t, runs[group.key(t)]) for t in group.tasks if group.key(t) in runs]
    return [{"method": method, **score(group, t, r.forecast), "cpu": r.cpu, "mib": r.mib} for t, r in done]


def measure(groups: list[Group], methods: list[str], args: argparse.Namespace) -> pd.DataFrame:
    """Every method on every group it can do, as a table of scores."""
    work = [(m, g) for g in groups for m in methods if m == OURS or g.freq in PEERS[m].freqs]
    with ThreadPoolExecutor(max_workers=args.jobs) as pool:
        results = pool.map(lambda w: rows(w[0], w[1], run(w[0], w[1], args)), work)
        return pd.DataFrame([row for result in results for row in result])


def machine() -> str:
    """The CPU and its cores, the day, and the versions measured."""
    model = platform.processor() or "unknown CPU"
    info, cores = Path("/proc/cpuinfo"), 0
    if info.exists():
        lines = info.read_text().splitlines()
        model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), model)
        cores = sum(x.startswith("processor") for x in lines)
    packages = ", ".join(f"{n} {version(n)}" for n in ("statsforecast", "prophet", "flaircast", "holidays"))
    return f"{model}, {cores} cores; {date.today()}; Python {platform.python_version()}, {packages}"


def main() -> None:
    """Run what is asked and print the tables."""
    args = arguments()
    if not (args.shared / "data").is_dir():
        print(ABSENT.read_text(), end="")
        return
    if not args.foresight.exists():
        sys.exit(f"no {args.foresight}: run `make build`")
    scores = measure(chosen_groups(args), chosen_methods(args), args)
    if scores.empty:
        sys.exit("no forecasts: nothing kept for these groups and methods")
    text = report(scores)
    about = machine() + ("; the peers' forecasts kept from earlier runs where there are any, with the CPU time of their hour" if args.cache else "")
    print(text)
    print(about)
    if args.csv:
        scores.to_csv(args.csv, index=False)
    if args.write:
        WRITTEN.write_text((ROOT / "bench" / "benchmarks.head.md").read_text().format(machine=about) + text)


if __name__ == "__main__":
    main()
