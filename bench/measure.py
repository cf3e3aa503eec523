"""Runs the methods and measures them: a peer in a process of its own, Foresight by its command."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from peers import QUANTILES, Forecast, Peer
from tasks import Group

#: One thread each, so that CPU seconds are comparable.
ONE_THREAD = {f"{lib}_NUM_THREADS": "1" for lib in ("OMP", "OPENBLAS", "MKL", "NUMBA", "STAN")}


@dataclass(frozen=True)
class Run:
    """A forecast and what it cost: CPU seconds, and its process's peak memory in MiB."""

    forecast: Forecast
    cpu: float
    mib: float


class Kept:
    """Forecasts of earlier runs in a folder: a file of JSON lines for each peer's edition."""

    def __init__(self, folder: Path | None) -> None:
        """Keep in folder; without one nothing is kept."""
        self.folder = folder

    def read(self, peer: Peer) -> dict[str, Run]:
        """What is kept of the peer, by task key."""
        path = self.folder / f"{peer.edition}.jsonl" if self.folder else None
        if path is None or not path.exists():
            return {}
        with open(path) as lines:
            return dict(parse(line) for line in lines if line.endswith("\n"))

    def add(self, peer: Peer, line: str) -> None:
        """Keep one line of a worker's answer."""
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            with open(self.folder / f"{peer.edition}.jsonl", "a") as file:
                file.write(line)


def parse(line: str) -> tuple[str, Run]:
    """A worker's line as (task key, run)."""
    row = json.loads(line)
    forecast = Forecast(np.array(row["mean"], float), np.array(row["quantiles"], float))
    return row["key"], Run(forecast, row["cpu"], row["mib"])


def run_peer(peer: Peer, group: Group, kept: Kept) -> Iterator[tuple[str, Run]]:
    """Forecast the group's tasks by the peer; each (task key, run) as it comes."""
    command = [sys.executable, str(Path(__file__).with_name("worker.py")), peer.name]
    with tempfile.TemporaryFile() as tasks, tempfile.TemporaryFile("w+") as said:
        pickle.dump(group, tasks)
        tasks.seek(0)
        environment = os.environ | ONE_THREAD
        worker = subprocess.Popen(command, stdin=tasks, stdout=subprocess.PIPE, stderr=said, text=True, env=environment)
        assert worker.stdout is not None  # it was asked for
        for line in worker.stdout:
            kept.add(peer, line)
            yield parse(line)
        if worker.wait() != 0:
            said.seek(0)
            raise RuntimeError(f"running {peer.name} on {group.name}: {said.read()[-2000:]}")


def without_kept(group: Group, runs: dict[str, Run]) -> Group:
    """The tasks for which no forecast is kept."""
    return replace(group, tasks=[t for t in group.tasks if group.key(t) not in runs])


def run_foresight(binary: Path, group: Group, *more: str) -> dict[str, Run]:
    """Forecast the group by `foresight forecast`, all tasks in one file, one series at a time, with more flags."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(binary.resolve()), "forecast", str(write_tasks(Path(folder), group)), "--jobs", "1"]
        command += ["--freq", group.freq.flag, "--horizon", str(group.horizon)]
        command += ["--quantiles", ",".join(map(str, QUANTILES))]
        command += more
        if group.country:
            command += ["--country", group.country]
        if group.events:
            command += ["--events", str(write_events(Path(folder), group))]
        answer, said, costs = Path(folder, "answer.csv"), Path(folder, "said"), Path(folder, "cost.json")
        launch = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py")), str(costs)]
        with open(answer, "w") as out, open(said, "w") as err:
            code = subprocess.run([*launch, *command], stdout=out, stderr=err, check=False).returncode
        if code != 0:
            raise RuntimeError(f"running foresight on {group.name}: {said.read_text()[-2000:]}")
        table, cost = pd.read_csv(answer), json.loads(costs.read_text())
    cpu = cost["cpu"] / len(group.tasks)
    runs = {}
    for task in group.tasks:
        rows = table[table["series"] == task.name]
        if len(rows) != group.horizon:
            raise RuntimeError(f"foresight gave {len(rows)} of {group.horizon} buckets for {task.name}")
        forecast = Forecast(rows["q0.5"].to_numpy(), rows.filter(regex="^q").to_numpy())
        runs[group.key(task)] = Run(forecast, cpu, cost["mib"])
    return runs


def write_tasks(folder: Path, group: Group) -> Path:
    """The histories as tidy CSV; a missing bucket is an absent row. The last bucket is told even where
    its value is missing, so that the first one ahead is the same for all."""
    tables = []
    for task in group.tasks:
        known = task.history[task.history.notna() | (task.history.index == task.history.index[-1])]
        times = known.index.strftime("%Y-%m-%dT%H:%M:%S" if group.freq.step == "h" else "%Y-%m-%d")
        tables.append(pd.DataFrame({"series": task.name, "time": times, "value": known.to_numpy()}))
    pd.concat(tables).to_csv(folder / "tasks.csv", index=False)
    return folder / "tasks.csv"


def write_events(folder: Path, group: Group) -> Path:
    """The group's events as Foresight reads them."""
    rows = [(f"{day:%Y-%m-%d}", name) for day, name in group.events.items()]
    pd.DataFrame(rows, columns=["date", "event"]).to_csv(folder / "events.csv", index=False)
    return folder / "events.csv"
