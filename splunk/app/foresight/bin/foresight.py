"""The search command foresight: … | timechart span=1d count | foresight count horizon=90 country=SE

It speaks Splunk's chunked protocol by splunklib.searchcommands, which the package has below lib.
"""

import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lib")]

from splunklib.searchcommands import Configuration, EventingCommand, Option, dispatch  # noqa: E402

from foresight_app import forecast, problems  # noqa: E402


@Configuration()
class Foresight(EventingCommand):
    """Forecasts the series of a timechart by Foresight; default/searchbnf.conf documents it for Splunk's search assistant."""

    horizon = Option()
    future_timespan = Option()  # as predict calls the horizon
    holdback = Option()
    country = Option()
    capacity = Option()
    tz = Option()
    freq = Option()
    aggregate = Option()
    model = Option()
    interval = Option()
    quantiles = Option()
    partial = Option()
    algorithm = Option()  # of predict, as is period: Foresight finds both by itself
    period = Option()

    def prepare(self):
        """Refuses what is wrong before the search begins."""
        self._rows = []
        given = {name: getattr(self, name) for name in forecast.Options.NAMES}
        given["horizon"] = self.horizon or self.future_timespan
        self._asking = forecast.Options(**given)
        try:
            self._asked = forecast.understood(self.fieldnames, self._asking)
        except problems.Problem as p:
            self._end(p)

    def transform(self, records):
        """Keeps chunk after chunk; the last one is answered with all rows and their forecasts."""
        self._rows.extend(records)
        if getattr(self.metadata, "preview", False):
            rows, self._rows = self._rows, []
            return rows  # Foresight is asked for what is final only
        if not getattr(self.metadata, "finished", False) or not self._rows:
            return []
        try:
            return self._answer()
        except problems.Problem as p:
            return self._end(p)

    def _answer(self):
        info = self.metadata.searchinfo
        most = getattr(info, "maxresultrows", 0) or 0
        if most and len(self._rows) >= most:
            self.write_warning("{}", "foresight: %d rows are as many as Splunk hands on (maxresultrows): if the search has more, they are missing here; take longer buckets" % len(self._rows))
        if self.algorithm or self.period:
            self.write_info("{}", "foresight: algorithm and period are predict's; the method is chosen by what would have been right before")
        now = time.time()
        latest = getattr(info, "latest_time", 0.0) or now
        tell = {"INFO": self.write_info, "WARN": self.write_warning}
        return forecast.run(
            self._rows, self._asked, self._asking, info.splunkd_uri, info.session_key, min(now, latest), tell=lambda level, text: tell[level]("{}", text)
        )

    def _end(self, problem):
        """Ends the search with a message and no rows."""
        self.write_error("{}", "foresight: %s" % problem if problem.code == problems.USAGE else "foresight: %s. Nothing was forecast." % problem)
        sys.exit(problem.code)

    def _protocol_v2_option_parser(self, arg):
        """Names of bands, as in upper90=high, are no options with a fixed name: they are read with the fields."""
        if arg[:5].lower() in ("upper", "lower") and arg[5:6].isdigit():
            return [arg]
        return super()._protocol_v2_option_parser(arg)


dispatch(Foresight, sys.argv, sys.stdin, sys.stdout, __name__)
