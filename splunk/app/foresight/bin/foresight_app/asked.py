"""What is written after | foresight: fields with their new names, BY fields, bands, quantiles and the other options."""

import fnmatch
import re

from .problems import USAGE, Problem

_BAND = re.compile(r"^(upper|lower)(\d{1,2}(?:\.\d+)?)=(.+)$", re.DOTALL)

# As predict: a pair of bands that holds 95 % of what is expected to come.
DEFAULT_LEVEL = "95"


class Band:
    """One edge of an interval: upper or lower, of so many per cent, and what it is called."""

    def __init__(self, side, level, name):
        self.side, self.name = side, name
        share = float(level) / 100
        if not 0 < share < 1:
            raise Problem("%s%s: an interval holds more than 0 and less than 100 %%" % (side, level), USAGE)
        # Twelve digits take away what binary fractions add: 0.5 + 0.95 / 2 is 0.975.
        self.quantile = float("%.12g" % (0.5 + share / 2 if side == "upper" else 0.5 - share / 2))


class Asked:
    """The command's arguments, understood."""

    def __init__(self, words, interval="", quantiles=""):
        self.fields = []  # (pattern, new name or None)
        self.by = []
        self.bands = []
        self.quantiles = [(text, _quantile(text)) for text in _list(quantiles)]
        self._read(words)
        for level in _list(interval):
            if not re.match(r"^\d{1,2}(\.\d+)?$", level):
                raise Problem('interval "%s": write per cents such as 80,95' % interval, USAGE)
            self.bands += [Band(side, level, side + level) for side in ("upper", "lower")]
        for side in ("upper", "lower"):
            if not any(b.side == side for b in self.bands):
                self.bands.append(Band(side, DEFAULT_LEVEL, side + DEFAULT_LEVEL))
        if not self.fields:
            raise Problem("name the fields to forecast, as in: foresight count horizon=90; foresight * takes all", USAGE)

    def _read(self, words):
        # A word with a blank in it was quoted: a comma is part of the name.
        words = [w.strip().strip(",") for word in words for w in ([word] if _BAND.match(word) or re.search(r"\s", word) else word.split(","))]
        words = [w for w in words if w]
        at = 0
        while at < len(words):
            word = words[at]
            band = _BAND.match(word)
            if band:
                self.bands.append(Band(*band.groups()))
            elif word.lower() == "as":
                if not self.fields or self.fields[-1][1] is not None or at + 1 == len(words):
                    raise Problem("AS stands between a field and its new name, as in: foresight count AS expected", USAGE)
                if "*" in self.fields[-1][0]:
                    raise Problem("one new name does not do for several fields: name each field before its AS", USAGE)
                self.fields[-1] = (self.fields[-1][0], words[at + 1])
                at += 1
            elif word.lower() == "by":
                self.by = [w for w in words[at + 1 :] if not _BAND.match(w)]
                self.bands += [Band(*_BAND.match(w).groups()) for w in words[at + 1 :] if _BAND.match(w)]
                if not self.by:
                    raise Problem("BY is followed by the fields that tell one series from another", USAGE)
                return
            else:
                self.fields.append((word, None))
            at += 1

    def probabilities(self):
        """All quantiles that are asked for, each once, in order: the median, the bands, the others."""
        return sorted({0.5} | {b.quantile for b in self.bands} | {q for _, q in self.quantiles})

    def chosen(self, names, numeric):
        """The fields that are meant, of the names that there are, with what their prediction is called."""
        chosen = []
        for pattern, new in self.fields:
            if "*" in pattern:
                found = [n for n in names if not n.startswith("_") and n not in self.by and fnmatch.fnmatchcase(n, pattern) and numeric(n)]
            else:
                found = [pattern] if pattern in names else []
            if not found:
                there = ", ".join(n for n in names if not n.startswith("_")) or "none"
                raise Problem('there is no field "%s" with numbers in the results; there are: %s' % (pattern, there), USAGE)
            chosen += [(n, new or "prediction(%s)" % n) for n in found if n not in [c[0] for c in chosen]]
        return chosen


def _list(text):
    return [part for part in re.split(r"[,\s]+", (text or "").strip()) if part]


def _quantile(text):
    try:
        q = float(text)
    except ValueError:
        q = 0.0
    if not 0 < q < 1:
        raise Problem('quantiles: "%s" is no probability; write such as 0.1,0.9' % text, USAGE)
    return q
