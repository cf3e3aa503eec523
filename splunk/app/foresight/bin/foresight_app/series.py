"""Rows of a search as the series that Foresight forecasts, and its forecasts as rows beside them."""

import csv
import io
import re
from datetime import datetime, timedelta, timezone

from .problems import REFUSED, USAGE, Problem

try:
    from zoneinfo import ZoneInfo
except ImportError:  # pragma: no cover - Python 3.9 has it; without a database of zones it finds none
    ZoneInfo = None

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
DAY = 86400


class Table:
    """The rows that came through the pipe, in their order, and the series in them."""

    def __init__(self, rows, asked, holdback=0, tz="", partial=False, ended=None):
        """ended is the moment up to which there can be data, as an epoch; a last bucket that ends later is not used."""
        self.rows, self.asked, self.tz = rows, asked, tz
        self.names = []
        seen = set()
        for row in rows:
            for name in row:
                if name not in seen:
                    seen.add(name)
                    self.names.append(name)
        if "_time" not in seen:
            raise Problem("the results have no _time: put timechart, or bin _time and stats by _time, before foresight", USAGE)
        self.fields = asked.chosen(self.names, self._numeric)
        for name in asked.by:
            if name not in seen:
                raise Problem('there is no field "%s" to forecast by' % name, USAGE)
        self.times = [_epoch(row.get("_time")) for row in rows]
        self.steps = sorted(set(self.times))
        self._check_zone()
        self.left_out = None  # the start of a last bucket that is not over
        used = list(self.steps)
        if not partial and ended is not None and self._end(used[-1]) > ended:
            self.left_out = used.pop()
        if holdback:
            used = used[: -holdback or None] if holdback < len(used) else []
        if not used:
            raise Problem("of %d buckets none is left to learn from: hold less back" % len(self.steps), USAGE)
        self.last = used[-1]

    def _numeric(self, name):
        """Whether a field of a wildcard holds numbers, and nothing else."""
        values = [row.get(name) for row in self.rows if row.get(name) not in (None, "")]
        return bool(values) and all(isinstance(v, str) and _number(v) for v in values)

    def _check_zone(self):
        """A day begins at midnight in some zone; without one it must be UTC's."""
        span = self._span()
        if self.tz or not span or span < DAY:
            return
        for at in self.steps:
            if at % DAY:
                clock = (EPOCH + timedelta(seconds=at)).strftime("%H:%M")
                raise Problem("the buckets are days that begin at %s UTC: say in which time zone, as in tz=Europe/Stockholm" % clock, USAGE)

    def _span(self):
        """The width of a bucket in seconds; None with one bucket and no _span."""
        try:
            return float(self.rows[-1].get("_span") or 0) or self.steps[-1] - self.steps[-2]
        except (ValueError, IndexError):
            return None

    def _end(self, start):
        """When a bucket is over."""
        span, days = self._span() or 0.0, 0
        try:
            days = int(self.rows[-1].get("_spandays") or 0)
        except ValueError:
            pass
        days = days or (int(round(span / DAY)) if span >= DAY else 0)
        zone = _zone(self.tz)
        if not days or zone is None:
            return start + span
        local = (EPOCH + timedelta(seconds=start)).astimezone(zone)
        if days >= 28 and local.day == 1:  # Splunk counts months by 28 days and more
            months = local.month - 1 + max(1, days // 28)
            after = local.replace(year=local.year + months // 12, month=months % 12 + 1)
        else:
            after = (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=zone)
        return (after - EPOCH).total_seconds()

    def csv(self):
        """The series as Foresight reads them; how to find each row's series again is kept in self.series."""
        self.series = {}  # name: (field, prediction's name, values of BY)
        self.places = self._placed()
        by_key = {}
        out = io.StringIO()
        write = csv.writer(out, lineterminator="\n").writerow
        write(("series", "time", "value"))
        for row, at in zip(self.rows, self.times):
            if at > self.last:
                continue
            key = self._key(row)
            stamp = (EPOCH + timedelta(seconds=at)).strftime("%Y-%m-%dT%H:%M:%SZ")
            for field, prediction in self.fields:
                name = by_key.get((field, key))
                if name is None:
                    name = by_key[field, key] = self._name(field, key)
                    self.series[name] = (field, prediction, key)
                write((name, stamp, _value(row.get(field), field, stamp)))
        return out.getvalue().encode("utf-8", "replace")

    def _key(self, row):
        return tuple(str(row.get(name) or "") for name in self.asked.by)

    def _placed(self):
        """Each row by its time and the values of BY."""
        placed = {}
        for row, at in zip(self.rows, self.times):
            key = (at, self._key(row))
            if key in placed:
                told = " and ".join(["_time"] + self.asked.by)
                raise Problem("several rows have the same %s: say with BY what tells them apart" % told, USAGE)
            placed[key] = dict(row)
        return placed

    def _name(self, field, key):
        """What a series is called where something is wrong with it; no two are called alike."""
        name = plain = " ".join((field,) + tuple("%s=%s" % pair for pair in zip(self.asked.by, key)))
        n = 1
        while name in self.series:
            n += 1
            name = "%s (%d)" % (plain, n)
        return name

    def merged(self, answer):
        """The rows with their forecasts, and a row for each bucket ahead."""
        found, ahead, seen = self.places, [], set()
        rows, table = list(found.values()), self._answered(answer)
        columns = list(self._columns("overload_probability" in table.fieldnames))
        for cells in table:
            name = cells["series"]
            if name not in self.series:
                raise Problem('what came back has a series "%s" that was not sent' % name, REFUSED)
            seen.add(name)
            field, prediction, key = self.series[name]
            at = _instant(cells["time"])
            row = found.get((at, key))
            if row is None:
                row = found[at, key] = self._ahead(at, key)
                ahead.append((at, len(ahead), row))
            for column, value in self._values(prediction, cells):
                row[column] = value
        missing = [name for name in self.series if name not in seen]
        if missing:
            raise Problem('no forecast came back of "%s"' % '", "'.join(missing[:5]), REFUSED)
        rows += [row for _, _, row in sorted(ahead, key=lambda one: one[:2])]
        for row in rows:
            for name in self.names:
                row.setdefault(name, None)
            for name, value in columns:
                row.setdefault(name, value)
        return rows

    def _answered(self, answer):
        """The rows of the table that came back."""
        reader = csv.DictReader(io.StringIO(answer.decode("utf-8")))
        wanted = ["series", "time"] + [column(q) for q in self.asked.probabilities()]
        lacking = [name for name in wanted if name not in (reader.fieldnames or [])]
        if lacking:
            raise Problem("what came back lacks the column %s: is it Foresight?" % lacking[0], REFUSED)
        return reader

    def _values(self, prediction, cells):
        yield prediction, cells[column(0.5)]
        for band in self.asked.bands:
            yield "%s(%s)" % (band.name, prediction), cells[column(band.quantile)]
        for text, q in self.asked.quantiles:
            yield "q%s(%s)" % (text, prediction), cells[column(q)]
        if "overload_probability" in cells:
            yield "overload_probability(%s)" % prediction, cells["overload_probability"]

    def _columns(self, capacity):
        """The names of all new fields, empty, and those by which Splunk's charts draw the first band around its line."""
        for field, prediction in self.fields:
            yield prediction, None
            for band in self.asked.bands:
                yield "%s(%s)" % (band.name, prediction), None
            for text, _ in self.asked.quantiles:
                yield "q%s(%s)" % (text, prediction), None
            if capacity:
                yield "overload_probability(%s)" % prediction, None
            yield "_predicted" + field, prediction
            for side in ("upper", "lower"):
                first = next(b for b in self.asked.bands if b.side == side)
                yield "_%s%s" % (side, field), "%s(%s)" % (first.name, prediction)

    def _ahead(self, at, key):
        row = {"_time": "%d" % at if at == int(at) else repr(at)}
        for name in ("_span", "_spandays"):
            if self.rows[-1].get(name):
                row[name] = self.rows[-1][name]
        row.update(zip(self.asked.by, key))
        return row


def column(q):
    """What Foresight calls a quantile's column."""
    text = ("%.12f" % q).rstrip("0").rstrip(".")
    return "q" + text


def _epoch(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        raise Problem('_time is "%s", not a time: put foresight before what formats it' % (text,), USAGE) from None


def _instant(text):
    """The epoch of a time that Foresight has written."""
    text = text.replace("Z", "+00:00") if text.endswith("Z") else text
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone.utc)
    return (at - EPOCH).total_seconds()


_DECIMAL = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")


def _number(text):
    return bool(_DECIMAL.match(text.strip()))


def _value(value, field, stamp):
    """A value as Foresight reads it: a number, or nothing."""
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or not _number(value):
        raise Problem('the field "%s" is "%s" at %s, which is not a number' % (field, value if isinstance(value, str) else ", ".join(map(str, value)), stamp), USAGE)
    return value.strip()


def _zone(tz):
    if not tz:
        return timezone.utc
    try:
        return ZoneInfo(tz)
    except Exception:  # noqa: BLE001 - no such zone, or no database of them: Foresight says which
        return None
