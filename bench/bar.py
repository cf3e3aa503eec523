"""One line of the table of bars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from report import table


@dataclass(frozen=True)
class Bar:
    """What is measured, what it must reach, what it came to, and whether that holds."""

    what: str
    bar: str
    measured: str
    met: bool
    certain: bool = False  #: the same on any machine and any part of the series

    def __str__(self) -> str:
        """PASS or FAIL and the figures."""
        return f"{'PASS' if self.met else 'FAIL'}  {self.what}: {self.measured} (bar {self.bar})"


def show(bars: Iterable[Bar]) -> str:
    """The bars as a table.

    >>> print(show([Bar("time", "≤ 5 ms", "3 ms", True)]))
    |      | what | bar    | measured |
    | ---- | ---- | ------ | -------- |
    | PASS | time | ≤ 5 ms | 3 ms     |
    """
    return table(["", "what", "bar", "measured"], [["PASS" if b.met else "FAIL", b.what, b.bar, b.measured] for b in bars])
