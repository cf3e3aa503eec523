"""A peer's own process: tasks in (pickled), a line of JSON out for each as soon as it is done.

Its own so that peak memory is the peer's alone. Usage, by measure.py only: worker.py PEER
"""

from __future__ import annotations

import json
import pickle
import resource
import sys
import warnings

from peers import PEERS
from tasks import Group


def used() -> tuple[float, float]:
    """CPU seconds (user and system) and peak MiB so far, of this process and its children."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return cpu, (own.ru_maxrss + children.ru_maxrss) / 1024


def main() -> None:
    """Forecast every task of the group on standard input."""
    warnings.filterwarnings("ignore")
    out, sys.stdout = sys.stdout, sys.stderr  # what packages print is not the answer
    peer = PEERS[sys.argv[1]]
    group: Group = pickle.load(sys.stdin.buffer)
    peer.forecast(group, group.tasks[0])  # imports and compilation are not the forecast's cost
    for task in group.tasks:
        before, _ = used()
        answer = peer.forecast(group, task)
        after, mib = used()
        line = {"key": group.key(task), "cpu": after - before, "mib": mib}
        line |= {"mean": answer.point.tolist(), "quantiles": answer.quantiles.tolist()}
        print(json.dumps(line), file=out, flush=True)


if __name__ == "__main__":
    main()
