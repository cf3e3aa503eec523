"""What the search command does with its rows: Foresight's interface forecasts them, all or none."""

from urllib.parse import urlencode

from . import alert, settings
from .asked import Asked
from .problems import REFUSED, USAGE, Problem
from .series import Table, column
from .wire import persist, wanted

MOST_BYTES = 32 << 20  # that Foresight takes
PATIENCE = 30.0  # seconds for which a busy Foresight, or a busy splunkd, is asked again


class Options:
    """The command's options, as they were written; "" is left out."""

    NAMES = ("horizon", "holdback", "country", "capacity", "tz", "freq", "aggregate", "model", "interval", "quantiles", "partial")

    def __init__(self, **given):
        for name in self.NAMES:
            setattr(self, name, str(given.get(name) or "").strip())

    def whole(self, name, least):
        text = getattr(self, name)
        try:
            number = int(text or least)
        except ValueError:
            number = least - 1
        if number < least:
            raise Problem('%s "%s": write a whole number from %d' % (name, text, least), USAGE)
        return number

    def boolean(self, name):
        return alert.chosen({name: getattr(self, name)}, name, alert.BOOLEANS, "false")


def understood(words, options):
    """The arguments, checked before the search begins."""
    options.whole("horizon", 1)
    options.whole("holdback", 0)
    options.boolean("partial")
    if options.capacity:
        try:
            float(options.capacity)
        except ValueError:
            raise Problem('capacity "%s" is not a number' % options.capacity, USAGE) from None
    return Asked(words, options.interval, options.quantiles)


def parameters(asked, options, tz):
    """What Foresight is asked."""
    said = {"quantiles": ",".join(column(q)[1:] for q in asked.probabilities()), "format": "csv", "tz": tz}
    for name in ("horizon", "country", "capacity", "freq", "aggregate", "model"):
        said[name] = getattr(options, name)
    return urlencode({name: value for name, value in said.items() if value})


def run(rows, asked, options, server_uri, session_key, ended=None, tell=lambda level, text: None, read=settings.read, zone_of=settings.zone_of, sleep=None):
    """The rows with their forecasts. tell takes what the reader should know of them."""
    rest = {} if sleep is None else {"sleep": sleep}
    (kept, of_user), _ = persist(lambda: (read(server_uri, session_key), options.tz or zone_of(server_uri, session_key)), PATIENCE, **rest)
    wire, token, tz = kept.wire(), kept.secret(settings.TOKEN), of_user or kept.tz
    table = Table(rows, asked, options.whole("holdback", 0), tz, options.boolean("partial"), ended)
    body = table.csv()
    if len(body) > MOST_BYTES:
        raise Problem("the series are %d MB, and Foresight takes %d: forecast fewer, or longer buckets" % (len(body) >> 20, MOST_BYTES >> 20), REFUSED)
    headers = {"Authorization": "Bearer " + token, "Content-Type": "text/csv; charset=utf-8"}
    path = "/api/v1/forecast?" + parameters(asked, options, tz)
    reply, _ = persist(lambda: wanted(wire.send("POST", path, body, headers)), min(PATIENCE, kept.seconds("retry_for")), **rest)
    merged = table.merged(reply.body)
    if table.left_out is not None:
        tell("INFO", "foresight: the last bucket is not over and is not learned from (partial=true takes it as it is)")
    for note in reply.headers.get("x-foresight-note", []):
        tell("INFO", "foresight: " + note)
    return merged
